"""What each kind of event says: one sentence, for the pemohon or for officers. One table names them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from app.domain.masking import mask_in_text
from app.domain.tanggal import format_date, format_moment
from app.procedures import corrections
from app.procedures.actions import DECISION, TRAIL_WORDS
from app.procedures.model.procedure import Procedure
from app.procedures.options import shown
from app.services.flow import tasks
from app.services.records.returns import returned_to

# What is the office's own business stays among officers.
OFFICERS_ONLY = frozenset(
    {
        "tugas_dilepas",
        "berkas_dibuang",
        "tugas_dialihkan",
        "lewat_batas",
        "insiden",
        "insiden_diulang",
        "lewati_diusulkan",
        "insiden_dilewati",
        "usul_lewati_ditolak",
        "batas_bergeser",
        "timer_tertunda",
        "langkah_belum_selesai",
        "jam_dihentikan",
        "jam_dilanjutkan",
        "kiriman_diulang",
        "kiriman_disampaikan",
        "kiriman_tidak_sampai",
        "catatan_ditulis",
        "tanda_dipasang",
        "tanda_dilepas",
        "prioritas_diberikan",
        "prioritas_dicabut",
        "tugas_ditahan",
        "tahan_diakhiri",
        *TRAIL_WORDS,
    }
)


class Act(Protocol):
    """What the sentences need of an event."""

    @property
    def at(self) -> datetime: ...
    @property
    def verb(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Telling:
    """What the sentences need besides the events. `reader`: the pemohon's id, "" for officers."""

    procedure: Procedure
    names: Mapping[str, str]
    messages: Mapping[str, str]  # task id -> what its doer wrote to the pemohon
    kept: Mapping[str, Mapping[str, Any]]  # id of an answer -> what was answered
    of_task: Mapping[tuple[str, str], Mapping[str, Any]]  # (task id, step) -> what was answered
    reader: str


def _opened(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    if what.get("nomor_asal"):
        return f"Permohonan {what['nomor']} dibuat untuk mengoreksi permohonan {what['nomor_asal']}.", False
    noun = telling.procedure.noun.capitalize()
    return f"{noun} {what.get('nomor', '')} dibuat.".replace("  ", " "), False


def _assisted(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    who = "Anda" if telling.reader else "pemohon"
    where = what.get("loket", "")
    return f"Diajukan dengan bantuan petugas di {where}; {who} hadir dan menyetujui secara lisan.", False


def _followed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Permohonan koreksi {what['nomor']} dibuka.", False


def _taken(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    step = telling.procedure.steps.get(what["langkah"])
    if step is None:
        return None
    reason = "" if telling.reader else tasks.SKIP_REASONS.get(str(what.get("mendahului", "")), "")
    if reason:
        return f"{step.name}: diambil mendahului yang lewat batas ({reason}).", False
    # Opening is the whole step then, and its completion is the next entry.
    return None if step.done_when_opened else (f"{step.name}: mulai dikerjakan.", False)


def _released(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: dilepas kembali ke antrean. Alasan: {what.get('alasan', '')}", False


def _passed_on(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    reason = f" Alasan: {what['alasan']}" if what.get("alasan") else ""
    to = telling.names.get(what["kepada"], "petugas lain")
    return f"{_name(telling, what['langkah'])}: diserahkan kepada {to}.{reason}", False


def _done(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    step = telling.procedure.steps.get(what["langkah"])
    if step is None:
        return f"{what['langkah']}: selesai.", False
    back = returned_to(step, what, telling.procedure)
    if back is None:
        return f"{step.name}: selesai{_decided(what, telling)}.", False
    reason = telling.messages.get(what.get("tugas", ""), "")
    if back.by_applicant:
        to = "Anda" if telling.reader else "pemohon"
        return f"Dikembalikan kepada {to} untuk dilengkapi{f': {reason}' if reason else '.'}", True
    if telling.reader:
        return f"{step.name}: selesai.", False  # what officers correct among themselves is theirs
    return f"{step.name}: dikembalikan ke langkah {back.name}{_decided(what, telling)}.", True


def _decided(what: Mapping[str, Any], telling: Telling) -> str:
    """ ", keputusan Valid", for officers; the pemohon reads of it in the status and the messages."""
    if telling.reader:
        return ""
    answers = telling.of_task.get((what.get("tugas", ""), what["langkah"]), {})
    form = telling.procedure.forms.get(what["langkah"])
    asked = form.field(DECISION) if form else None
    label = shown(asked, answers.get(DECISION)) if asked else ""
    return f", keputusan: {label}" if label else ""


def _deadline(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    element = telling.procedure.spec.elements.get(what["elemen"])
    return f"Batas waktu tercapai: {element.name if element and element.name else what['elemen']}.", False


def _late(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: lewat batas.", False


def _incident(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Gangguan: {what.get('sebab', '')}", False


def _retried(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return "Pekerjaan yang terganggu dicoba lagi.", False


def _skip_proposed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Pekerjaan yang terganggu diusulkan dilewati. Alasan: {what['alasan']}", False


def _skipped(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Pekerjaan yang terganggu dilewati, disetujui dua orang. Alasan: {what['alasan']}", False


def _skip_declined(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return "Usul melewati pekerjaan yang terganggu dibatalkan.", False


def _limit_moved(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    moment = format_moment(datetime.fromisoformat(what["menjadi"]))
    return f"{_name(telling, what['langkah'])}: jatuh tempo menjadi {moment}, karena kalender kantor berubah.", False


def _withdrawn(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    reason = mask_in_text(str(what.get("alasan", "")))
    return f"Permohonan ditarik.{f' Alasan: {reason}' if reason else ''}", False


def _cut(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return "Unduhan dimatikan.", False


def _wrong_person(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    found = mask_in_text(str(what.get("sebab", "")))
    until = format_moment(datetime.fromisoformat(str(what["lapor_sebelum"])))
    return f"Insiden data pribadi: dokumen orang lain.{f' {found}' if found else ''} Laporkan sebelum {until}.", False


def _incident_closed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Insiden data pribadi ditutup: {mask_in_text(str(what.get('tindakan', '')))}", False


def _old_card(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"KK lama diterima kantor, lalu {what['nasib']}.", True


def _unfinished(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    form = telling.procedure.forms.get(what["langkah"])
    answers = telling.kept.get(what["jawaban"], {})
    named = form.unfinished.reasons if form and form.unfinished else ()
    fields = [field for name in named if form and (field := form.field(name)) is not None and name in answers]
    reasons = mask_in_text("; ".join(shown(field, answers[field.id]) for field in fields))
    return f"{_name(telling, what['langkah'])}: belum berhasil{f' ({reasons})' if reasons else ''}.", False


def _paused(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: jam dihentikan. Sebab: {what['sebab']}.", False


def _resumed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: jam dilanjutkan.", False


def _sent_again(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    other = " ke alamat lain" if what.get("alamat_diganti") else ""
    return f'Surat "{what["judul"]}" gagal terkirim dan dikirim lagi{other}.', False


def _told_otherwise(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f'Surat "{what["judul"]}" gagal terkirim; disampaikan dengan cara lain: {what["catatan"]}', False


def _did_not_arrive(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    name = "WhatsApp" if what.get("kanal") == "whatsapp" else "Surat"
    return f'{name} "{what["judul"]}" tidak sampai: {what["sebab"]}', False


def _reopened(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    reason = "" if telling.reader else f" Alasan: {what['alasan']}"
    return f"{telling.procedure.noun.capitalize()} dibuka kembali.{reason}", False


def _corrected(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    form = telling.procedure.forms.get(what["langkah"])
    answers = telling.of_task.get((what["tugas"], what["langkah"]), {})
    found = corrections.in_answers(form, answers) if form else ()
    changes = [each for field, one in found for each in corrections.told(field, one, telling.procedure.forms)]
    said = "; ".join(f'{label}: "{before}" menjadi "{after}"' for label, before, after in changes)
    return f"Isian diperbaiki. {mask_in_text(said)}.", False


def _message(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    files = f" dengan {len(what['berkas'])} lampiran" if what.get("berkas") else ""
    if what.get("dari") == "petugas":
        return f"Pesan dari petugas di diskusi{files}.", False
    return f"{'Anda' if telling.reader else 'Pemohon'} menulis di diskusi{files}.", False


def _signed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"Nomor {what['nomor']} ditandatangani secara elektronik oleh {what['sebagai']}.", False


def _aside(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    until = format_date(date.fromisoformat(what["sampai"]))
    return f"{_name(telling, what['langkah'])}: ditahan sampai {until}. Sebab: {what['alasan']}", False


def _back(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: tidak ditahan lagi.", False


def _reasoned(sentence: str, key: str = "alasan") -> "_Sentence":
    return lambda what, telling: (f"{sentence}: {what[key]}", False)


def _noted(sentence: str) -> "_Sentence":
    return lambda what, telling: (sentence, False)


def _destroyed(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return "Foto dan PDF dimusnahkan karena masa simpannya habis", False


def _unknown(what: Mapping[str, Any], telling: Telling) -> tuple[str, bool] | None:
    return None


_Sentence = Callable[[Mapping[str, Any], Telling], tuple[str, bool] | None]

_SENTENCES: dict[str, _Sentence] = {
    **{word: _noted(sentence) for word, sentence in TRAIL_WORDS.items()},
    "kasus_dibuka": _opened,
    "dibantu_petugas": _assisted,
    "pemohon_berakun": _noted("Pemohon kini punya akun; permohonan ini terbawa ke akunnya."),
    "tugas_diambil": _taken,
    "tugas_dilepas": _released,
    "tugas_dialihkan": _passed_on,
    "langkah_selesai": _done,
    "batas_tercapai": _deadline,
    "lewat_batas": _late,
    "langkah_belum_selesai": _unfinished,
    "jam_dihentikan": _paused,
    "jam_dilanjutkan": _resumed,
    "penarikan": _withdrawn,
    "kasus_lanjutan": _followed,
    "isian_diperbaiki": _corrected,
    "kasus_dibuka_kembali": _reopened,
    "pesan_diskusi": _message,
    "kiriman_diulang": _sent_again,
    "kiriman_disampaikan": _told_otherwise,
    "kiriman_tidak_sampai": _did_not_arrive,
    "dokumen_ditandatangani": _signed,
    "tanda_tangan_dibuang": _noted("Tanda tangan tidak dipakai: surat lebih dulu dikembalikan atau dialihkan."),
    "catatan_ditulis": _noted("Catatan petugas ditulis."),
    "tanda_dipasang": _reasoned("Tanda dipasang", "tanda"),
    "tanda_dilepas": _reasoned("Tanda dilepas", "tanda"),
    "prioritas_diberikan": _reasoned("Diberi prioritas. Alasan"),
    "prioritas_dicabut": _reasoned("Prioritas dicabut. Alasan"),
    "tugas_ditahan": _aside,
    "tahan_diakhiri": _back,
    "pelayanan_dinilai": _noted("Pelayanan dinilai pemohon."),
    "pin_diganti": _noted("PIN cek status diganti."),
    "tautan_dimatikan": _cut,
    "insiden_data": _wrong_person,
    "insiden_data_ditutup": _incident_closed,
    "kk_lama_diterima": _old_card,
    "berkas_dimusnahkan": _destroyed,
    "berkas_dibuang": _noted("Berkas yang belum dikirim dibuang bersama tugas yang dilepas atau dialihkan."),
    "insiden": _incident,
    "insiden_diulang": _retried,
    "lewati_diusulkan": _skip_proposed,
    "insiden_dilewati": _skipped,
    "usul_lewati_ditolak": _skip_declined,
    "batas_bergeser": _limit_moved,
}


def _name(telling: Telling, step_id: str) -> str:
    step = telling.procedure.steps.get(step_id)
    return step.name if step else step_id


def tell(event: Act, telling: Telling) -> tuple[str, bool] | None:
    """Its sentence, and whether the case went back with it; None: nothing to tell."""
    return _SENTENCES.get(event.verb, _unknown)(event.payload, telling)
