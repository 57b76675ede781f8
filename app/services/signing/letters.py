"""The office's own letters: a number, the words of the procedure filled in, a QR to check them by, room to sign.

A letter that is drawn anew, because it was sent back, keeps its number; the earlier drawing is superseded.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.adapters.pdf import Letterhead, Paper
from app.adapters.signature_look import HEIGHT, WIDTH
from app.adapters.signer import Box
from app.domain.tanggal import format_date, local
from app.models import Case, OfficeLetter, ProcedureVersion, Task, Upload, new_id
from app.procedures.model.form import Form
from app.procedures.model.prints import PrintBlock, PrintForm
from app.procedures.model.procedure import Procedure
from app.procedures.printing import filled
from app.services import clock, store
from app.services.files import file_store, lock_file
from app.services.flow.opening import APPLICANT_QUEUES
from app.services.messages import outgoing
from app.services.records.counters import add_one
from app.services.work import unit_of_work

MIME = "application/pdf"
FIELD = "draf"
CHOSEN = "permohonan"
"""The field of the first step that names the permohonan which a letter is about, by agreement of every form."""
_EVIDENCE = (
    'Pasal 5 ayat (1) UU ITE 11/2008: "Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya '
    'merupakan alat bukti hukum yang sah".'
)


def _nobody() -> Letterhead:
    raise RuntimeError("no letterhead was handed over")


_head: Callable[[], Letterhead] = _nobody


def bind(*, head: Callable[[], Letterhead]) -> None:
    """Called once per process. `head`: whose letters these are, as it is now."""
    globals()["_head"] = head


def place() -> str:
    """Where the office signs."""
    return _head().place


@dataclass(frozen=True)
class Drawn:
    """A draft that is kept in the store, and its rows to write."""

    letter_id: str
    number: str
    digest: str
    size: int
    pages: int
    upload_id: str
    box: Box

    @property
    def answers(self) -> Mapping[str, Any]:
        return {"nomor": self.number, FIELD: [self.upload_id], "sidik": self.digest}


def draw(case: Case, procedure: Procedure, arguments: Mapping[str, Any], key: str) -> Drawn:
    """The letter `cetak` of a case as a PDF in the store. The same job again draws the same bytes.

    `key`: unique to this visit of the step.
    """
    form = procedure.prints[arguments["cetak"]]
    letter = _reserved(case.id, key, str(arguments["nomor"]), procedure.slug, form.title)
    pdf, box, pages = _paper(form, procedure, case, letter)
    digest = file_store().put(pdf)
    return Drawn(letter.id, letter.number, digest, len(pdf), pages, new_id(), box)


def keep(session: Session, drawn: Drawn, case_id: str, step: str, at: datetime) -> None:
    """Inside the job's own unit of work: the draft becomes the case's, earlier ones are superseded."""
    lock_file(session, drawn.digest, at, mime=MIME, size=drawn.size, pages=drawn.pages)
    session.add(
        Upload(
            id=drawn.upload_id,
            owner_id=_who_asked(session, case_id),
            case_id=case_id,
            step=step,
            field=FIELD,
            digest=drawn.digest,
            created_at=at,
        )
    )
    session.execute(
        update(OfficeLetter)
        .where(OfficeLetter.case_id == case_id, OfficeLetter.superseded_at.is_(None))
        .where(OfficeLetter.id != drawn.letter_id)
        .values(superseded_at=at),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(OfficeLetter)
        .where(OfficeLetter.id == drawn.letter_id)
        .values(digest=drawn.digest, upload_id=drawn.upload_id, box=asdict(drawn.box)),
        execution_options={"synchronize_session": False},
    )


def current(case_id: str) -> OfficeLetter | None:
    """The letter of the case that holds now."""
    return store.session.scalars(
        select(OfficeLetter)
        .where(OfficeLetter.case_id == case_id, OfficeLetter.superseded_at.is_(None), OfficeLetter.digest != "")
        .order_by(OfficeLetter.created_at.desc())
        .limit(1)
    ).one_or_none()


def _reserved(case_id: str, key: str, template: str, slug: str, title: str) -> OfficeLetter:
    """Its number first, in a transaction of its own: drawing takes too long to hold the counter meanwhile."""
    at = clock.now()
    with unit_of_work() as session:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        earlier = session.scalars(
            select(OfficeLetter).where(OfficeLetter.case_id == case_id).order_by(OfficeLetter.created_at)
        ).all()
        letter = next((one for one in earlier if one.key == key), None)
        if letter is None:
            number = earlier[0].number if earlier else _number(session, template, slug, at)
            letter = OfficeLetter(id=new_id(), case_id=case_id, key=key, number=number, title=title, created_at=at)
            letter.token = new_id()
            session.add(letter)
        session.flush()
        session.expunge(letter)
    return letter


def _number(session: Session, template: str, slug: str, at: datetime) -> str:
    year = str(local(at).year)
    urut = add_one(session, f"surat:{slug}"[:50] + f":{year}")
    return template.replace("{urut}", f"{urut:04d}").replace("{tahun}", year)


def _who_asked(session: Session, case_id: str) -> str:
    """The officer whose step led here; a file has an owner."""
    query = (
        select(Task.completed_by)
        .where(Task.case_id == case_id, Task.completed_by.is_not(None), Task.queue.not_in(APPLICANT_QUEUES))
        .order_by(Task.completed_at.desc(), Task.id.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return str(found or session.get_one(Case, case_id).opened_by)


def _paper(form: PrintForm, procedure: Procedure, case: Case, letter: OfficeLetter) -> tuple[bytes, Box, int]:
    head, asked = _head(), procedure.forms[procedure.first_step]
    answers = case.data["answers"].get(procedure.first_step, {})
    facts = _facts(case, letter, answers)
    paper = Paper(form.title, letter.created_at, head, landscape=form.landscape)
    paper.letterhead(head)
    for block in form.blocks:
        _BLOCKS[block.kind](paper, block, asked, answers, facts)
    box = paper.room_to_sign(f"{head.place}, {format_date(letter.created_at)}", WIDTH, HEIGHT)
    paper.qr(
        outgoing.link(f"/verifikasi?t={letter.token}"),
        "Pindai kode ini untuk memeriksa keaslian surat: siapa yang menandatangani, kapan, dan apakah masih berlaku.",
        size=24,
    )
    paper.paragraph(_EVIDENCE, small=True)
    return paper.to_bytes(), Box(*box, WIDTH, HEIGHT), paper.pages


def _facts(case: Case, letter: OfficeLetter, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the letter may say besides the answers (procedures.actions.LETTER_FACTS); nothing of another's case."""
    facts = {"nomor_surat": letter.number, "tanggal_surat": format_date(letter.created_at)}
    row = store.session.execute(
        select(Case.opened_at, Case.status, ProcedureVersion.title)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .where(Case.number == str(answers.get(CHOSEN, "")).strip().upper(), Case.subject_id == case.subject_id)
    ).one_or_none()
    store.session.rollback()  # drawing is slow: no transaction stays open meanwhile
    if row is not None:
        about = {"layanan": row.title, "tanggal": format_date(row.opened_at), "status": row.status}
        facts |= {f"permohonan_{name}": text for name, text in about.items()}
    return facts


_Facts = Mapping[str, str]
_Draw = Callable[[Paper, PrintBlock, Form, Mapping[str, Any], _Facts], None]


def _heading(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any], facts: _Facts) -> None:
    paper.heading(filled(block.text, form, answers, facts))


def _subheading(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any], facts: _Facts) -> None:
    paper.subheading(filled(block.text, form, answers, facts))


def _paragraph(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any], facts: _Facts) -> None:
    paper.paragraph(filled(block.text, form, answers, facts), small=block.kind == "catatan")


def _details(paper: Paper, block: PrintBlock, form: Form, answers: Mapping[str, Any], facts: _Facts) -> None:
    """A line without anything to say is left out."""
    lines = [(label, filled(text, form, answers, facts)) for label, text in block.lines]
    paper.details([(label, text) for label, text in lines if text])


_BLOCKS: dict[str, _Draw] = {
    "judul": _heading,
    "sub_judul": _subheading,
    "paragraf": _paragraph,
    "catatan": _paragraph,
    "rincian": _details,
}
