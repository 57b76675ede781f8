"""The office's own letters as the admin changes them: judged, warned about, shown filled in before they are saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound
from app.domain.masking import mask_in_text
from app.domain.placeholders import TITLE_LENGTH, fill, fill_title
from app.domain.texts import storable
from app.procedures.model.notices import NoticeRule, NoticeTemplate
from app.procedures.model.procedure import Procedure
from app.services import clock
from app.services.flow import published
from app.services.messages import notices, outgoing, wording
from app.services.messages.wording import LETTERS
from app.services.office import taking, versions
from app.services.work import unit_of_work

EASY_TITLE, EASY_BODY = 78, 900
"""Longer subjects are cut off by mail programs, longer letters are not read on a phone."""
INVENTED = {
    "nama": "Siti Contoh",
    "nomor": "KK-2026-000123",
    "layanan": "Kartu Keluarga karena perubahan data",
    "langkah": "Periksa berkas",
    "status": "Perlu dilengkapi",
    "pesan": "Foto KTP buram; mohon foto ulang di tempat terang.",
    "dasar": "Pasal 11 ayat (1) Perpres 96/2018",
    "jumlah": "3",
    "berkas": "- KTP-el: Tidak terbaca (buram)",
    "batas": "Senin, 7 Desember 2026",
    "sisa_hari": "7 hari kerja",
    "pin": "482913",
    "janji": "1 hari kerja",
    "waktu": "Senin, 23 November 2026 pukul 10.15",
    "kali": "5",
    "sisa": "4",
    "baru": "s***@contoh.id",
    "alamat": "s***@contoh.id",
    "jawaban": "Permohonan Anda sudah selesai semua.",
}


_OF_LETTERS = {"batas": "Selasa, 24 November 2026 pukul 10.15"}
_OF_ONE = {"sandi_lupa": {"batas": "11.00"}}


@dataclass(frozen=True)
class Shown:
    """One message as its reader gets it. `channel`: situs | email | whatsapp."""

    channel: str
    title: str
    body: str


@dataclass(frozen=True)
class NoticeShown:
    """A notice of a procedure. `to`: whom, in the ikmt's words; `shown`: once for each channel."""

    template: str
    to: str
    shown: Sequence[Shown]
    warnings: Sequence[str]


def changed(actor: Actor) -> tuple[int, frozenset[str]]:
    """The version that counts, and which letters are the office's own. Raises Forbidden."""
    versions.demand_admin(actor)
    number, data = versions.current(versions.LETTERS)
    return number, frozenset(data)


def preview(key: str, title: str, body: str) -> list[Shown]:
    """As its reader would get it, with invented data. Raises NotFound."""
    letter = _known(key)
    filled_title, filled = wording.fill(key, title, body, {**INVENTED, **_OF_LETTERS, **_OF_ONE.get(key, {})})
    if not letter.by_mail:
        return [Shown("situs", filled_title, filled)]
    return [Shown("email", filled_title, outgoing.letter(filled, letter.path))]


def warnings(key: str, title: str, body: str) -> list[str]:
    """What may be meant so, but should be looked at again."""
    letter = _known(key)
    found = _warnings(title, body)
    missing = [word for word in letter.words if word not in wording.words_in(title + body)]
    if missing:
        found.append(f"Tidak menyebut {', '.join(f'{{{word}}}' for word in missing)}, yang ada di teks bawaannya.")
    if "tautan" in letter.body and "tautan" not in body:
        found.append("Di bawah surat ini ada tautan, tetapi teksnya tidak menyebutnya.")
    return found


def save(actor: Actor, key: str, base: int, title: str, body: str, reason: str) -> int:
    """Raises Forbidden, NotFound, InvalidInput (`judul`, `isi`, `alasan`), StaleForm."""
    versions.demand_admin(actor)
    title, body = clean(title, body)
    judge(key, title, body)
    if wording.said(key) == (title, body):
        raise InvalidInput({"": ["Tidak ada yang berubah."]})
    return _keep(actor, base, {key: {"judul": title, "isi": body}}, (), f"Surat diubah: {_known(key).about}", reason)


def restore(actor: Actor, key: str, base: int, reason: str) -> int:
    """As it came with Alur. Raises Forbidden, NotFound, InvalidInput (no reason), StaleForm."""
    versions.demand_admin(actor)
    return _keep(actor, base, {}, (key,), f"Surat dikembalikan ke bawaan: {_known(key).about}", reason)


def clean(title: str, body: str) -> tuple[str, str]:
    return " ".join(storable(title).split()), storable(body.replace("\r\n", "\n")).strip()


def judge(key: str, title: str, body: str) -> None:
    """Raises InvalidInput, NotFound."""
    known, errors = {**_known(key).words, **wording.OFFICE_WORD}, {}
    for name, text, longest in (("judul", title, TITLE_LENGTH), ("isi", body, wording.LONGEST)):
        unknown = [word for word in wording.words_in(text) if word not in known]
        if not 0 < len(text) <= longest:
            errors[name] = [f"Isi ini, paling banyak {longest} huruf."]
        elif unknown:
            allowed = ", ".join(f"{{{word}}}" for word in known)
            errors[name] = [f"{{{unknown[0]}}} tidak dikenal di surat ini. Yang dapat dipakai: {allowed}."]
        elif mask_in_text(text) != text:
            errors[name] = ["Ada NIK atau nomor KK di teks ini. Hapus dulu: surat tidak boleh memuatnya."]
    if errors:
        raise InvalidInput(errors)


def of_procedure(actor: Actor, slug: str) -> tuple[str, list[NoticeShown]]:
    """Its title, and every notice it sends as it is in force today, filled with invented data. Raises NotFound."""
    versions.demand_admin(actor)
    procedure = published.compiled(published.in_force(slug, clock.today()).id)
    return procedure.service.title, [_of_rule(procedure, rule) for rule in procedure.notices]


def _of_rule(procedure: Procedure, rule: NoticeRule) -> NoticeShown:
    template = procedure.templates.get(rule.template) or NoticeTemplate(rule.template, "")
    facts = {**INVENTED, "layanan": procedure.service.title, "kantor": outgoing.office}
    facts["tautan"] = outgoing.link("/permohonan")
    title, body = fill_title(template.title, facts), fill(template.body, facts)
    shown = [Shown("situs", title, body)]
    if notices.MAIL in rule.channels:
        shown.append(Shown("email", title, outgoing.letter(body, "/permohonan")))
    if notices.WHATSAPP in rule.channels:
        shown.append(Shown("whatsapp", title, f"{title}\n{outgoing.link('/permohonan')}"))
    to = ", ".join(rule.to)
    return NoticeShown(rule.template, to, shown, _warnings(template.title, template.body))


def _warnings(title: str, body: str) -> list[str]:
    found = []
    if mask_in_text(title + body) != title + body:
        found.append("Ada NIK atau nomor KK di teksnya; ia ditutup saat dikirim.")
    if len(title) > EASY_TITLE:
        found.append(f"Judulnya {len(title)} huruf; di atas {EASY_TITLE} terpotong di banyak kotak surat.")
    if len(body) > EASY_BODY:
        found.append(f"Isinya {len(body)} huruf; di atas {EASY_BODY} jarang dibaca sampai habis di ponsel.")
    return found


def _keep(actor: Actor, base: int, own: Mapping[str, object], without: Sequence[str], about: str, reason: str) -> int:
    reason, at = versions.clean_reason(reason), clock.now()
    with unit_of_work() as session:
        _, before = versions.current(versions.LETTERS)
        data = {name: each for name, each in {**before, **own}.items() if name not in without}
        number = versions.add(session, actor, versions.LETTERS, base, data, about, reason, at)
    taking.refresh(at_once=True)
    return number


def _known(key: str) -> wording.Letter:
    if key not in LETTERS:
        raise NotFound
    return LETTERS[key]
