"""The history of a case in sentences: for the pemohon with roles, for officers with names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select

from app.domain.actors import SYSTEM_ID, Actor, can
from app.domain.errors import NotFound
from app.domain.masking import mask_in_text
from app.domain.tanggal import format_date, format_moment
from app.models import Answer, Event, User
from app.procedures import corrections
from app.procedures.actions import TRAIL_WORDS
from app.procedures.model import Procedure
from app.procedures.options import shown
from app.services import store
from app.services.flow import discretion, tasks
from app.services.flow.cases import CaseView
from app.services.messages.notice_facts import MESSAGE
from app.services.paging import at_most
from app.services.records import trail
from app.services.records.returns import returned_to

SYSTEM_NAME = "Sistem"
PAGE = 50
# What is the office's own business stays among officers.
_OFFICERS_ONLY = frozenset(
    {
        "tugas_dilepas",
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


@dataclass(frozen=True)
class Entry:
    """One act. `who`: a name for officers, "Anda" or a role for the pemohon; `is_return`: the case went back."""

    at: datetime
    sentence: str
    who: str
    is_return: bool = False


class Act(Protocol):
    """What the sentences need of an event."""

    @property
    def at(self) -> datetime: ...
    @property
    def verb(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class _Telling:
    """What the sentences need besides the events. `reader`: the pemohon's id, "" for officers."""

    procedure: Procedure
    names: Mapping[str, str]
    messages: Mapping[str, str]  # task id -> what its doer wrote to the pemohon
    kept: Mapping[str, Mapping[str, Any]]  # id of an answer -> what was answered
    of_task: Mapping[tuple[str, str], Mapping[str, Any]]  # (task id, step) -> what was answered
    reader: str


@dataclass(frozen=True)
class Timeline:
    """Oldest first. `before`: what to pass for the page of what happened before these, None at the beginning."""

    entries: Sequence[Entry]
    before: int | None


def timeline(actor: Actor, view: CaseView, before: int | None = None) -> Timeline:
    """The newest PAGE acts of a case, or the newest before one. Raises NotFound for who may not see the case."""
    if not can(actor, "view_case", view.ref):
        raise NotFound
    reader = actor.id if actor.id == view.subject_id else ""
    query = select(Event).where(Event.stream == trail.case_stream(view.id))
    if reader:
        query = query.where(Event.verb.not_in(sorted(_OFFICERS_ONLY)))
    if before is not None:
        query = query.where(Event.seq < before)
    found = store.session.scalars(query.order_by(Event.seq.desc()).limit(at_most(PAGE + 1))).all()
    events = found[:PAGE][::-1]
    people = {event.actor for event in events} | {str(event.payload.get("kepada", "")) for event in events}
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names = {row.id: row.name for row in rows} | ({view.subject_id: discretion.HIDDEN} if view.hides_name else {})
    entries = _tell(events, _Telling(view.procedure, names, *_answers(view.id, events), reader))
    return Timeline(entries, events[0].seq if len(found) > PAGE else None)


def for_officers(case_id: str, procedure: Procedure, events: Sequence[Event], names: Mapping[str, str]) -> list[Entry]:
    """All of these events without an actor, for the archive; rights are the caller's matter."""
    return _tell(events, _Telling(procedure, names, *_answers(case_id, events), ""))


def sentences(case_id: str, procedure: Procedure, events: Sequence[Act]) -> list[str]:
    """One for each of these events, "" where there is none, for the auditor; rights are the caller's matter."""
    telling = _Telling(procedure, {}, *_answers(case_id, events), "")
    return [_sentence(event, telling) for event in events]


def _sentence(event: Act, telling: _Telling) -> str:
    try:
        told = _SENTENCES.get(event.verb, _unknown)(event.payload, telling)
    except (KeyError, TypeError, AttributeError, ValueError):
        return ""  # the entry was altered: the auditor sees it as it stands
    return told[0] if told else ""


def _answers(
    case_id: str, events: Sequence[Act]
) -> tuple[dict[str, str], dict[str, Mapping[str, Any]], dict[tuple[str, str], Mapping[str, Any]]]:
    """What was answered while these events (oldest first) happened."""
    if not events:
        return {}, {}, {}
    here = select(Answer.id, Answer.task_id, Answer.step, Answer.data).where(
        Answer.case_id == case_id, Answer.at >= events[0].at, Answer.at <= events[-1].at
    )
    rows = store.session.execute(here).all()
    messages = {row.task_id: mask_in_text(str(row.data[MESSAGE])) for row in rows if row.data.get(MESSAGE)}
    return messages, {row.id: row.data for row in rows}, {(row.task_id, row.step): row.data for row in rows}


def _tell(events: Sequence[Event], telling: _Telling) -> list[Entry]:
    entries = []
    for event in events:
        if telling.reader and event.verb in _OFFICERS_ONLY:
            continue
        told = _SENTENCES.get(event.verb, _unknown)(event.payload, telling)
        if told is not None:
            sentence, is_return = told
            entries.append(Entry(event.at, sentence, _who(event, telling), is_return))
    return entries


def _opened(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    if what.get("nomor_asal"):
        return f"Permohonan {what['nomor']} dibuat untuk mengoreksi permohonan {what['nomor_asal']}.", False
    noun = telling.procedure.noun.capitalize()
    return f"{noun} {what.get('nomor', '')} dibuat.".replace("  ", " "), False


def _assisted(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    who = "Anda" if telling.reader else "pemohon"
    where = what.get("loket", "")
    return f"Diajukan dengan bantuan petugas di {where}; {who} hadir dan menyetujui secara lisan.", False


def _followed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Permohonan koreksi {what['nomor']} dibuka.", False


def _taken(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    step = telling.procedure.steps.get(what["langkah"])
    if step is None:
        return None
    reason = "" if telling.reader else tasks.SKIP_REASONS.get(str(what.get("mendahului", "")), "")
    if reason:
        return f"{step.name}: diambil mendahului yang lewat batas ({reason}).", False
    # Opening is the whole step then, and its completion is the next entry.
    return None if step.done_when_opened else (f"{step.name}: mulai dikerjakan.", False)


def _released(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: dilepas kembali ke antrean. Alasan: {what.get('alasan', '')}", False


def _passed_on(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    reason = f" Alasan: {what['alasan']}" if what.get("alasan") else ""
    to = telling.names.get(what["kepada"], "petugas lain")
    return f"{_name(telling, what['langkah'])}: diserahkan kepada {to}.{reason}", False


def _done(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    step = telling.procedure.steps.get(what["langkah"])
    if step is None:
        return f"{what['langkah']}: selesai.", False
    back = returned_to(step, what, telling.procedure)
    if back is None:
        return f"{step.name}: selesai.", False
    reason = telling.messages.get(what.get("tugas", ""), "")
    if back.by_applicant:
        to = "Anda" if telling.reader else "pemohon"
        return f"Dikembalikan kepada {to} untuk dilengkapi{f': {reason}' if reason else '.'}", True
    if telling.reader:
        return f"{step.name}: selesai.", False  # what officers correct among themselves is theirs
    return f"{step.name}: dikembalikan ke langkah {back.name}.", True


def _deadline(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    element = telling.procedure.spec.elements.get(what["elemen"])
    return f"Batas waktu tercapai: {element.name if element and element.name else what['elemen']}.", False


def _late(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: lewat batas.", False


def _incident(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Gangguan: {what.get('sebab', '')}", False


def _retried(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return "Pekerjaan yang terganggu dicoba lagi.", False


def _skip_proposed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Pekerjaan yang terganggu diusulkan dilewati. Alasan: {what['alasan']}", False


def _skipped(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Pekerjaan yang terganggu dilewati, disetujui dua orang. Alasan: {what['alasan']}", False


def _skip_declined(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return "Usul melewati pekerjaan yang terganggu dibatalkan.", False


def _limit_moved(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    moment = format_moment(datetime.fromisoformat(what["menjadi"]))
    return f"{_name(telling, what['langkah'])}: jatuh tempo menjadi {moment}, karena kalender kantor berubah.", False


def _withdrawn(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    reason = mask_in_text(str(what.get("alasan", "")))
    return f"Permohonan ditarik.{f' Alasan: {reason}' if reason else ''}", False


def _cut(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return "Unduhan dimatikan.", False


def _wrong_person(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    found = mask_in_text(str(what.get("sebab", "")))
    until = format_moment(datetime.fromisoformat(str(what["lapor_sebelum"])))
    return f"Insiden data pribadi: dokumen orang lain.{f' {found}' if found else ''} Laporkan sebelum {until}.", False


def _incident_closed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Insiden data pribadi ditutup: {mask_in_text(str(what.get('tindakan', '')))}", False


def _old_card(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"KK lama diterima kantor, lalu {what['nasib']}.", True


def _unfinished(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    form = telling.procedure.forms.get(what["langkah"])
    answers = telling.kept.get(what["jawaban"], {})
    named = form.unfinished.reasons if form and form.unfinished else ()
    fields = [field for name in named if form and (field := form.field(name)) is not None and name in answers]
    reasons = mask_in_text("; ".join(shown(field, answers[field.id]) for field in fields))
    return f"{_name(telling, what['langkah'])}: belum berhasil{f' ({reasons})' if reasons else ''}.", False


def _paused(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: jam dihentikan. Sebab: {what['sebab']}.", False


def _resumed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: jam dilanjutkan.", False


def _sent_again(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    other = " ke alamat lain" if what.get("alamat_diganti") else ""
    return f'Surat "{what["judul"]}" gagal terkirim dan dikirim lagi{other}.', False


def _told_otherwise(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f'Surat "{what["judul"]}" gagal terkirim; disampaikan dengan cara lain: {what["catatan"]}', False


def _did_not_arrive(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    name = "WhatsApp" if what.get("kanal") == "whatsapp" else "Surat"
    return f'{name} "{what["judul"]}" tidak sampai: {what["sebab"]}', False


def _reopened(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    reason = "" if telling.reader else f" Alasan: {what['alasan']}"
    return f"{telling.procedure.noun.capitalize()} dibuka kembali.{reason}", False


def _corrected(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    form = telling.procedure.forms.get(what["langkah"])
    answers = telling.of_task.get((what["tugas"], what["langkah"]), {})
    found = corrections.in_answers(form, answers) if form else ()
    changes = [each for field, one in found for each in corrections.told(field, one, telling.procedure.forms)]
    said = "; ".join(f'{label}: "{before}" menjadi "{after}"' for label, before, after in changes)
    return f"Isian diperbaiki. {mask_in_text(said)}.", False


def _message(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    files = f" dengan {len(what['berkas'])} lampiran" if what.get("berkas") else ""
    if what.get("dari") == "petugas":
        return f"Pesan dari petugas di diskusi{files}.", False
    return f"{'Anda' if telling.reader else 'Pemohon'} menulis di diskusi{files}.", False


def _signed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"Nomor {what['nomor']} ditandatangani secara elektronik oleh {what['sebagai']}.", False


def _aside(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    until = format_date(date.fromisoformat(what["sampai"]))
    return f"{_name(telling, what['langkah'])}: ditahan sampai {until}. Sebab: {what['alasan']}", False


def _back(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return f"{_name(telling, what['langkah'])}: tidak ditahan lagi.", False


def _reasoned(sentence: str, key: str = "alasan") -> "_Sentence":
    return lambda what, telling: (f"{sentence}: {what[key]}", False)


def _noted(sentence: str) -> "_Sentence":
    return lambda what, telling: (sentence, False)


def _destroyed(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return "Foto dan PDF dimusnahkan karena masa simpannya habis", False


def _unknown(what: Mapping[str, Any], telling: _Telling) -> tuple[str, bool] | None:
    return None


_Sentence = Callable[[Mapping[str, Any], _Telling], tuple[str, bool] | None]

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
    "insiden": _incident,
    "insiden_diulang": _retried,
    "lewati_diusulkan": _skip_proposed,
    "insiden_dilewati": _skipped,
    "usul_lewati_ditolak": _skip_declined,
    "batas_bergeser": _limit_moved,
}


def _name(telling: _Telling, step_id: str) -> str:
    step = telling.procedure.steps.get(step_id)
    return step.name if step else step_id


def _who(event: Event, telling: _Telling) -> str:
    if event.actor == SYSTEM_ID:
        return SYSTEM_NAME
    if event.actor == telling.reader:
        return "Anda"
    if not telling.reader:
        name, title = telling.names.get(event.actor, "Petugas"), event.payload.get("sebagai", "")
        return f"{name} ({title})" if title else name
    step = telling.procedure.steps.get(str(event.payload.get("langkah", "")))
    return step.lane if step else "Petugas"
