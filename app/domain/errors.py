"""What can go wrong, as types. Each carries `pesan`: Indonesian, for the person, saying what to do next.

The pages for these live in one place, `app/web/errors.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


class AlurError(Exception):
    """Base of every error that a person may see."""

    pesan = "Permintaan tidak dapat diproses. Muat ulang halaman, lalu coba lagi."

    def __init__(self, pesan: str | None = None) -> None:
        if pesan is not None:
            self.pesan = pesan
        super().__init__(self.pesan)


class NotFound(AlurError):
    """Also raised where the thing exists but may not even be known to exist."""

    pesan = "Halaman atau data ini tidak ditemukan. Kembali ke beranda, lalu pilih dari daftar."


class DealtWith(NotFound):
    """It was waiting for somebody and waits no more: a second click, or a colleague was quicker."""

    pesan = "Ini sudah ditangani, jadi tidak menunggu lagi."


class DownloadCut(NotFound):
    """What was delivered turned out to be somebody else's; nobody gets it any more."""

    pesan = "Unduhan ini sudah dimatikan. Petugas sedang menangani masalahnya."


class Forbidden(AlurError):
    pesan = "Anda tidak berhak membuka atau mengerjakan ini. Bila seharusnya boleh, hubungi admin kantor."


class AccountNotValid(Forbidden):
    """Only for residents whose account is valid; the page of the account says what is being waited for."""

    pesan = "Akun Anda sedang divalidasi; permohonan bisa diajukan sesudah akun sah."


class InvalidInput(AlurError):
    """What a person typed breaks a rule.

    `errors` maps a field path to sentences; a path is `field` or `table.0.column` (0-based row).
    The key "" is for the form as a whole.
    """

    pesan = "Ada isian yang perlu diperbaiki."

    def __init__(self, errors: Mapping[str, list[str]], pesan: str | None = None) -> None:
        super().__init__(pesan)
        self.errors = dict(errors)


class TaskAlreadyClaimed(AlurError):
    def __init__(self, by: str, at: datetime, pesan: str) -> None:
        super().__init__(pesan)
        self.by, self.at = by, at


class SkipsLate(AlurError):
    """A claim that passes over a task which is late already; nothing was taken, a reason is asked for.

    `number`: of the case that is late, `task_id`: its task.
    """

    def __init__(self, number: str, task_id: str, words: str) -> None:
        super().__init__(f"{number} sudah lewat batas ({words}) dan belum diambil siapa pun.")
        self.number, self.task_id = number, task_id


class TaskNotYours(AlurError):
    pesan = "Tugas ini tidak sedang Anda pegang. Buka inbox, lalu ambil tugasnya dulu."


class ReceiverRefused(AlurError):
    """Somebody cannot be given a task: `pesan` says why."""


class TaskClosed(AlurError):
    pesan = "Tugas ini sudah selesai di tab lain atau sudah ditutup. Buka inbox untuk tugas berikutnya."


class TaskHeld(AlurError):
    pesan = (
        "Pemohon menarik permohonan ini. Tugas ini ditahan sampai data di SIAK dikembalikan; "
        "sementara itu hanya dapat dilihat."
    )


class WithdrawalRefused(AlurError):
    pesan = "Permohonan ini tidak dapat ditarik lagi. Buka halaman permohonan untuk melihat keadaannya."


class ReopeningRefused(AlurError):
    pesan = "Permohonan ini belum berakhir, jadi tidak perlu dibuka kembali."


class DiscussionClosed(AlurError):
    pesan = "Diskusi ini sudah ditutup. Untuk bertanya lagi, hubungi kantor lewat halaman Kontak."


class StaleForm(AlurError):
    """The version token of the form is not the task's any more; nothing was changed."""

    pesan = "Tugas ini berubah sejak Anda membukanya. Isian Anda masih ada di bawah; periksa, lalu kirim lagi."


class FourEyes(AlurError):
    pesan = "Anda mengentri atau memverifikasi permohonan ini, jadi orang lain yang memverifikasi atau menandatangani."


class OwnHousehold(FourEyes):
    """The case names the officer's own NIK or nomor KK, whoever filed it."""

    pesan = "Permohonan ini menyebut NIK atau nomor KK Anda, jadi petugas lain yang menanganinya. Ambil tugas lain."


class UploadRefused(AlurError):
    pesan = "Berkas ini tidak dapat diterima. Foto ulang kertasnya, lalu unggah lagi."


class CaptchaRefused(AlurError):
    """The question that tells people from programs. `may_repeat`: the same answer may be sent once more; `repeated`: it
    is right, but was sent before, as by a double click."""

    def __init__(self, pesan: str, *, may_repeat: bool = False, repeated: bool = False) -> None:
        super().__init__(pesan)
        self.may_repeat, self.repeated = may_repeat, repeated


class AlreadySubmitted(AlurError):
    """The draft became a case earlier; `case_id` is where to go."""

    def __init__(self, case_id: str, pesan: str) -> None:
        super().__init__(pesan)
        self.case_id = case_id


class LoginRefused(AlurError):
    """One sentence for every cause: it must not tell whether the account exists."""

    pesan = "Email atau kata sandi salah."


class CodeRefused(LoginRefused):
    """The second factor; one sentence for wrong, too old and used."""

    pesan = "Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya di ponsel, lalu ketik lagi."


class HalfLoginOver(LoginRefused):
    pesan = "Sudah terlalu lama sejak kata sandi diketik. Masuk lagi dari awal."


class TooManyAttempts(LoginRefused):
    """`until`: when the next attempt is looked at again."""

    def __init__(self, until: datetime, pesan: str) -> None:
        super().__init__(pesan)
        self.until = until


class TokenSpent(AlurError):
    pesan = "Tautan ini sudah dipakai atau sudah kedaluwarsa. Minta tautan baru, lalu buka yang terakhir Anda terima."


class DraftOutdated(AlurError):
    """The procedure changed since the draft was begun; `changes` says what. Raised once, then the draft follows."""

    def __init__(self, changes: list[str], pesan: str) -> None:
        super().__init__(pesan)
        self.changes = changes


class PossibleDuplicate(AlurError):
    """The same was asked before and is still open; submitting again with `confirmed` goes on all the same."""

    def __init__(self, case_id: str, number: str, pesan: str) -> None:
        super().__init__(pesan)
        self.case_id, self.number = case_id, number


class SealRefused(AlurError):
    """No seal can be made before a person puts something right; `pesan` says what."""


class EngineFault(AlurError):
    """The engine could not take the step; the case stays exactly as it was."""

    pesan = "Langkah ini belum dapat diselesaikan. Isian Anda tetap tersimpan; coba lagi atau hubungi admin kantor."


class BackupRefused(AlurError):
    """A backup that cannot be made, or may not be put back; `pesan` says why and what to do."""

    pesan = "Cadangan ini tidak dapat dipakai. Pakai cadangan lain."


@dataclass(frozen=True, order=True)
class Fault:
    """One finding of the check, printed as `file:line: pesan`. Lines are 1-based; 0 = the whole file."""

    file: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "peringatan: " if self.warning else ""
        return f"{self.file}:{self.line}: {kind}{self.message}"


class ProcedureInvalid(AlurError):
    """A procedure that may not be published or run; `faults` says why, at least one not a warning."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"Prosedur belum dapat dipakai: {len(faults)} hal harus diperbaiki.")
        self.faults = faults


class ConditionError(AlurError):
    """A condition outside the small language; `pesan` says which part, in Indonesian."""
