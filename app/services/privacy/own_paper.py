"""What own_data gives a program, as a paper to read: in words, numbers of persons masked, the newest of each."""

from datetime import datetime

from app.adapters.pdf import Letterhead, Paper
from app.adapters.pdf_table import Column
from app.domain.actors import Actor
from app.domain.masking import mask_nik, mask_phone
from app.domain.tanggal import format_moment
from app.models import Case, User
from app.procedures.context import form_context
from app.procedures.display import lines
from app.services import clock, store
from app.services.flow import published
from app.services.messages import notices
from app.services.privacy import agreed, own_data, readers

MOST_CASES = 25
"""The newest; all of them are in the JSON. A paper of so many is drawn within a second or two."""

_WHAT = {"privasi": "Pemberitahuan privasi", "whatsapp": "Pemberitahuan lewat WhatsApp"}


def paper(actor: Actor, head: Letterhead) -> bytes:
    """Everything about this person as a PDF. Raises NotFound."""
    at = clock.now()
    sheet = Paper("Data saya", at, head)
    sheet.letterhead(head)
    sheet.heading("DATA SAYA")
    sheet.paragraph(
        f"Semua yang disimpan tentang pemilik akun ini, dibuat {format_moment(at)}. NIK dan nomor KK disamarkan; "
        "data lengkap tanpa samaran ada di unduhan JSON. Simpan baik-baik dan jangan bagikan."
    )
    _account(sheet, actor)
    _agreements(sheet, actor)
    _cases(sheet, actor)
    _notices(sheet, actor)
    _sessions(sheet, actor)
    _readers(sheet, actor)
    return sheet.to_bytes()


def _account(sheet: Paper, actor: Actor) -> None:
    user = store.session.get_one(User, actor.id)
    sheet.subheading("Akun")
    sheet.details(
        [
            ("Nama", user.name),
            ("NIK", mask_nik(user.nik) if user.nik else ""),
            ("Nomor KK", mask_nik(user.nomor_kk) if user.nomor_kk else ""),
            ("Email", user.email),
            ("Nomor WhatsApp", mask_phone(user.phone) if user.phone else ""),
            ("Dibuka", format_moment(user.created_at)),
        ]
    )


def _agreements(sheet: Paper, actor: Actor) -> None:
    rows = [
        [format_moment(one.at), _WHAT.get(one.what, one.what), "Setuju" if one.yes else "Ditarik", one.version]
        for one in agreed.every(actor)
    ]
    _table(sheet, "Persetujuan", [("Waktu", 5), ("Apa", 5), ("Jawaban", 2), ("Naskah", 3)], rows)


def _cases(sheet: Paper, actor: Actor) -> None:
    every = own_data.of_person(actor, MOST_CASES + 1)
    sheet.subheading("Permohonan")
    if not every:
        sheet.paragraph("Tidak ada.")
    for row in every[:MOST_CASES]:
        sheet.subheading(f"{row.number} · {row.title}")
        ended = [("Berakhir", format_moment(row.ended_at))] if row.ended_at else []
        sheet.details([("Status", row.status), ("Diajukan", format_moment(row.opened_at)), *ended])
        _answers(sheet, row.id)
    if len(every) > MOST_CASES:
        sheet.paragraph("Permohonan yang lebih lama ada di unduhan JSON.")


def _answers(sheet: Paper, case_id: str) -> None:
    """The latest answers of every step of the resident, and how many files stand there."""
    case = store.session.get_one(Case, case_id)
    procedure = published.compiled(case.version_id)
    context = form_context(procedure, clock.now(), answers=case.data["answers"])
    for step, form in procedure.forms.items():
        own = case.data["answers"].get(step)
        if own is None or not procedure.steps[step].by_applicant:
            continue
        told = [pair for section in form.sections for pair in lines(form, section, own, context)]
        sheet.details([(label, "\n".join(texts)) for label, texts in told])


def _notices(sheet: Paper, actor: Actor) -> None:
    rows = [[format_moment(one.created_at), one.title] for one in notices.mine(actor).notices]
    _table(sheet, "Pemberitahuan terbaru", [("Waktu", 5), ("Judul", 10)], rows)


def _sessions(sheet: Paper, actor: Actor) -> None:
    rows = [[one["perangkat"], _moment(one["mulai"]), _moment(one["berakhir"])] for one in own_data.sessions(actor)]
    _table(sheet, "Perangkat yang pernah masuk", [("Perangkat", 5), ("Mulai", 5), ("Berakhir", 5)], rows)


def _readers(sheet: Paper, actor: Actor) -> None:
    rows = [
        [format_moment(one.at), one.number, f"{one.role} ({one.mark})", one.why] for one in readers.mine(actor).lines
    ]
    heads = [("Waktu", 4), ("Permohonan", 3), ("Petugas", 4), ("Keperluan", 4)]
    _table(sheet, "Yang membuka data saya, terbaru", heads, rows)


def _table(sheet: Paper, title: str, heads: list[tuple[str, int]], rows: list[list[str]]) -> None:
    sheet.subheading(title)
    if rows:
        sheet.table([Column(name, width) for name, width in heads], rows)
    else:
        sheet.paragraph("Tidak ada.")


def _moment(written: str) -> str:
    return format_moment(datetime.fromisoformat(written)) if written else ""
