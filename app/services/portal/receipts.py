"""The receipt of a permohonan (bukti permohonan), and the public page that its QR leads to."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.adapters.pdf import Letterhead, Paper
from app.adapters.pdf_table import Column
from app.domain.actors import Actor
from app.domain.errors import NotFound, TooManyAttempts
from app.domain.masking import mask_nik
from app.domain.tanggal import format_date, format_moment, format_time
from app.models import Case, Permohonan, ProcedureVersion, StoredFile, Upload, User
from app.procedures.berkas import current_files
from app.services import clock, store
from app.services.counter import assistance
from app.services.counter.assistance import Assisted
from app.services.flow import cases
from app.services.flow.cases import CaseView
from app.services.messages import outgoing
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

VERIFY = "/verifikasi"
MOST_UNKNOWN = 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,40}")

# The texts of the office's own receipt (panduan, 6.a).
_EVIDENCE = (
    'Pasal 5 ayat (1) UU ITE 11/2008: "Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya '
    'merupakan alat bukti hukum yang sah".'
)
_COMPUTED = (
    "Dokumen ini digenerate secara komputerisasi melalui Aplikasi {application} sebagai bukti pengajuan permohonan "
    "dan tidak membutuhkan tandatangan petugas {office}."
)
_CONSENT = (
    "Saya hadir di {counter}, sudah mendengar isi permohonan ini dibacakan, dan menyetujui petugas mengajukannya atas "
    "nama saya."
)


@dataclass(frozen=True)
class Verified:
    """What anybody who holds a receipt may know of its permohonan: nothing about the person."""

    number: str
    title: str
    status: str
    opened_at: datetime
    status_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    """A receipt as a PDF, and whose permohonan it is for."""

    pdf: bytes
    subject_id: str


def receipt(actor: Actor, case_id: str, head: Letterhead) -> Receipt:
    """The receipt as a PDF with the status as it is now. Raises NotFound for who may not see the case."""
    view = cases.load(actor, case_id)
    permohonan = store.session.get(Permohonan, case_id)
    if permohonan is None:
        raise NotFound
    return draw(view, permohonan, head, assisted=assistance.of_case(case_id))


def draw(
    view: CaseView, permohonan: Permohonan, head: Letterhead, *, pin: str = "", assisted: Assisted | None = None
) -> Receipt:
    """The paper itself; rights are the caller's matter. `pin`: printed for whoever takes it home from a counter."""
    paper = Paper("Bukti permohonan", view.status_at, head)
    paper.letterhead(head)
    paper.heading("BUKTI PERMOHONAN")
    paper.details(_facts(view, permohonan, pin, assisted))
    paper.subheading("Yang diserahkan")
    rows = [[str(n), name, f"{pages} halaman"] for n, (name, pages) in enumerate(handed_in(view), start=1)]
    paper.table([Column("No.", 1, "C"), Column("Persyaratan", 10), Column("Jumlah", 3)], rows or [["-", "-", "-"]])
    if assisted is not None:
        paper.paragraph(_CONSENT.format(counter=assisted.counter))
    paper.signature(f"{head.place}, {format_date(view.opened_at)}", "Pemohon", _name(view), room=5)
    paper.qr(
        outgoing.link(f"{VERIFY}?t={permohonan.receipt_token}"),
        "Pindai kode ini untuk memeriksa keaslian bukti dan melihat status terbaru. Halaman itu tidak menampilkan "
        "data pribadi. Simpan bukti ini dan jangan bagikan kepada orang yang tidak Anda kenal.",
    )
    paper.items([_EVIDENCE, _COMPUTED.format(application=head.application, office=head.office)], small=True)
    return Receipt(paper.to_bytes(), view.subject_id)


def handed_in(view: CaseView) -> list[tuple[str, int]]:
    """What the pemohon handed in and still stands: (document, pages), in the order of the persyaratan."""
    steps = [step.id for step in view.procedure.steps.values() if step.by_applicant]
    rows = store.session.execute(
        select(Upload, StoredFile.pages)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(Upload.case_id == view.id, Upload.step.in_(steps))
        .order_by(Upload.created_at, Upload.id)
    ).all()
    pages = {upload.id: count for upload, count in rows}
    names = {requirement.code: requirement.name for requirement in view.procedure.requirements}
    files = current_files(view.procedure.forms, view.answers)
    found = [(name, sum(pages.get(one, 0) for one in files.get(code, ()))) for code, name in names.items()]
    others: dict[str, int] = {}
    for upload, count in rows:
        if not upload.requirement and upload.id in json.dumps(view.answers.get(upload.step, {})):
            label = _label(view, upload)
            others[label] = others.get(label, 0) + count
    return [(name, count) for name, count in [*found, *others.items()] if count]


def verify(token: str, address: str = "") -> Verified:
    """What a receipt's QR leads to. Raises NotFound: no receipt has this token; TooManyAttempts."""
    at = clock.now()
    limit = Limit(f"verifikasi alamat {throttle.place(address)}", MOST_UNKNOWN)
    if throttle.is_exceeded(store.session(), [limit], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak kode yang tidak dikenal. Coba lagi pukul {format_time(until)}.")
    query = (
        select(Case, ProcedureVersion.title)
        .join(Permohonan, Permohonan.case_id == Case.id)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .where(Permohonan.receipt_token == token)
    )
    row = store.session.execute(query).one_or_none() if _TOKEN.fullmatch(token) else None
    if row is None:
        with unit_of_work() as session:
            throttle.count(session, [limit], at)
        raise NotFound(
            "Bukti ini tidak dikenal. Pindai ulang kode di bukti, atau ketik kodenya persis seperti di alamatnya. "
            "Bila tetap tidak dikenal, bukti itu bukan dari kantor ini."
        )
    case = row.Case
    return Verified(case.number, row.title, case.status, case.opened_at, case.status_at, case.ended_at)


def _facts(view: CaseView, permohonan: Permohonan, pin: str, assisted: Assisted | None) -> list[tuple[str, str]]:
    subject = store.session.get(User, view.subject_id)
    kind = view.procedure.kinds.get(permohonan.jenis, "")
    facts = [
        ("Nomor permohonan", view.number),
        ("Layanan", view.procedure.service.title),
        ("Jenis", kind),
        ("Biaya", view.procedure.service.fee),
        ("Nama pemohon", _name(view)),
        ("NIK pemohon", mask_nik(subject.nik) if subject and subject.nik else ""),
        ("Diajukan", format_moment(view.opened_at)),
        ("Dibantu petugas", f"{assisted.officer}, {assisted.counter}" if assisted else ""),
        ("PIN cek status", pin and f"{pin}  (lihat perkembangannya di {outgoing.link('/cek-status')})"),
        ("Status saat bukti dibuat", f"{view.status}, sejak {format_moment(view.status_at)}"),
    ]
    return [(label, text) for label, text in facts if text]


def _name(view: CaseView) -> str:
    return view.names.get(view.subject_id, "")


def _label(view: CaseView, upload: Upload) -> str:
    form = view.procedure.forms.get(upload.step)
    field = form.field(upload.field.split(".")[0]) if form else None
    return field.label if field else "Berkas lain"
