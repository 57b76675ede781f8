"""Who signs a PDF for a person: a certificate kept here (`lokal`) or BSrE's e-Sign service (`bsre`).

Both take the person's passphrase with every call and keep it nowhere.
"""

from dataclasses import dataclass, field
from typing import Protocol

from app.domain.errors import AlurError

LOCAL, BSRE, SIAK = "lokal", "bsre", "siak"
READY = "ISSUE"
"""The one status with which a certificate may sign; the other words are BSrE's too."""

_WHY_NOT = {
    "EXPIRED": "sertifikat habis",
    "RENEW": "sertifikat sedang diperpanjang",
    "WAITING_FOR_VERIFICATION": "sertifikat menunggu verifikasi",
    "NEW": "sertifikat belum diaktifkan",
    "NO_CERTIFICATE": "belum punya sertifikat",
    "NOT_HERE": "tidak ada sertifikatnya di mesin ini",
    "NOT_REGISTERED": "belum terdaftar",
    "SUSPEND": "sertifikat ditangguhkan",
    "REVOKE": "sertifikat dicabut",
}


class SigningFailed(AlurError):
    """A document was not signed. `cause`: a few words for a list; `stops`: the next one would fail as well."""

    cause = "tidak dapat ditandatangani"
    stops = False


class WrongPassphrase(SigningFailed):
    pesan = "Frasa sandi salah."
    cause = "frasa sandi salah"
    stops = True


class CertificateUnusable(SigningFailed):
    """`status`: BSrE's word for it, e.g. EXPIRED; NOT_HERE: among the certificates kept here there is none."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.cause = _WHY_NOT.get(status, "sertifikat tidak dapat dipakai")
        super().__init__(f"{self.cause.capitalize()}. Hubungi admin kantor, lalu ulangi yang gagal.")


class SignerAway(SigningFailed):
    """The service does not answer, or not in time. Whether it signed meanwhile is not known."""

    pesan = "Layanan tanda tangan tidak menjawab. Yang sudah ditandatangani tetap sah; coba lagi beberapa menit lagi."
    cause = "layanan tanda tangan tidak menjawab"
    stops = True


class TimeAway(SigningFailed):
    """The timestamp authority gave none: nothing was signed."""

    pesan = (
        "Layanan stempel waktu tidak memberi waktu, jadi surat ini belum ditandatangani. Ulangi yang gagal beberapa "
        "menit lagi, atau hubungi admin kantor."
    )
    cause = "layanan stempel waktu tidak menjawab"


class AnswerUnusable(SigningFailed):
    """What came back is not the document with one more signature that holds."""

    pesan = "Layanan tanda tangan menjawab dengan isi yang tidak dapat dipakai. Ulangi yang gagal, atau hubungi admin."
    cause = "jawaban layanan tanda tangan tidak dapat dipakai"


class DocumentRefused(SigningFailed):
    pesan = "Layanan tanda tangan menolak dokumen ini. Kembalikan ke kasi, atau hubungi admin kantor."
    cause = "ditolak layanan tanda tangan"


class NotSetUp(SigningFailed):
    pesan = "Cara tanda tangan ini belum disetel di kantor ini. Hubungi admin kantor."
    cause = "cara tanda tangan belum disetel"
    stops = True


@dataclass(frozen=True)
class Signatory:
    """A person who signs. `id`: of the account; `nik`: "" where the account has none."""

    id: str
    name: str
    email: str
    nik: str = field(default="", repr=False)


@dataclass(frozen=True)
class Box:
    """Where the signature is seen. `page` from 1; the rest in points from the lower left corner of the page."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Order:
    """One document to sign. `look`: what is seen in the box, a PNG."""

    pdf: bytes = field(repr=False)
    box: Box
    look: bytes = field(repr=False)
    reason: str
    location: str


class Signer(Protocol):
    def status(self, who: Signatory) -> str:
        """READY, or why not. Raises SignerAway, AnswerUnusable."""

    def sign(self, order: Order, who: Signatory, passphrase: str) -> bytes:
        """The same document with one more signature. Raises SigningFailed."""
