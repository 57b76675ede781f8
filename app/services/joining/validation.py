"""The validation of an account, as a case: opened when an e-mail was proved, and what its resident reads of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.models import Case, ProcedureVersion, Task, Timer, Upload, User, new_id
from app.services import clock, store
from app.services.accounts.people import as_actor
from app.services.flow import cases, published
from app.services.joining import blocks
from app.services.joining.blocks import Held
from app.services.joining.claims import claim_of
from app.services.records.counters import case_number

SLUG = "validasi-akun"
CORRECTIONS = 3
WAITS, MEND, BLOCKED, VALID = "divalidasi", "perbaiki", "diblokir", "sah"
_NOT_YET = {
    WAITS: "Akun Anda sedang divalidasi; permohonan bisa diajukan sesudah akun sah.",
    MEND: "Data akun Anda belum cocok; perbaiki dulu, lalu permohonan bisa diajukan sesudah akun sah.",
    BLOCKED: "Akun Anda diblokir, jadi permohonan tidak dapat diajukan. Sebabnya ada di status akun.",
}


@dataclass(frozen=True)
class Standing:
    """How an account stands. `kind`: WAITS | MEND | BLOCKED | VALID.

    `expected`: when the office means to have looked; `note`: what the officer wrote,
    of a correction or of the block; `correction`: 1, 2 or 3;
    `until`: by when it must be mended; `task_id`: what waits for the resident.
    """

    kind: str
    number: str = ""
    expected: datetime | None = None
    note: str = ""
    correction: int = 0
    until: datetime | None = None
    task_id: str = ""
    block: Held | None = None


def open_case(session: Session, user: User, given: Mapping[str, Any], at: datetime) -> str:
    """Start the validation of an account, inside the unit of work that makes it; the id of the case.

    `given`: answers of the first step (nama, nik, nomor_kk, nomor_hp, email, swafoto: upload ids). The rows of the
    uploads get the case's id here.
    """
    version = published.in_force(SLUG, clock.today())
    procedure, version_id = published.compiled(version.id), version.id
    case_id = cases.open_case(
        session,
        as_actor(user),
        case_id=new_id(),
        version_id=version_id,
        subject_id=user.id,
        unit="",
        number=case_number(session, "akun", at),
        answers=given,
        at=at,
    )
    for upload in session.scalars(select(Upload).where(Upload.id.in_(list(given.get("swafoto", ()))))):
        upload.case_id, upload.owner_id = case_id, user.id
        upload.step, upload.field = procedure.first_step, "swafoto"
    session.flush()
    return case_id


def open_again(session: Session, user: User, at: datetime) -> str | None:
    """After a block was lifted from an account that was never valid: the same statement, looked at anew.

    None where that is still being looked at, nothing is known any more of what was stated, or the account is gone:
    erased or closed while it was blocked.
    """
    last = session.scalars(_cases_of(user.id).limit(1)).one_or_none()
    if not user.has_account or (last is not None and last.ended_at is None):
        return None
    claim = claim_of(published.compiled(last.version_id), last.data["answers"]) if last else None
    if claim is None:
        return None
    photos = session.scalars(select(Upload).where(Upload.id.in_(list(claim.answers.get("swafoto", ()))))).all()
    copies = [_copy(photo, user.id, at) for photo in photos]
    session.add_all(copies)
    session.flush()
    given = {key: value for key, value in claim.answers.items() if key != "balasan"}
    return open_case(session, user, {**given, "email": user.email, "swafoto": [each.id for each in copies]}, at)


def mine(actor: Actor) -> Standing:
    """How the actor's own account stands."""
    block = blocks.of(actor.id)
    if block is not None:
        return Standing(BLOCKED, block.number, note=_said(store.session.get(Case, block.case_id)), block=block)
    if "pendaftar" not in actor.roles:
        return Standing(VALID)
    case = store.session.scalars(_cases_of(actor.id).limit(1)).one_or_none()
    if case is None:
        return Standing(WAITS)
    return _of_case(case)


def explanation(standing: Standing) -> str:
    """Why no permohonan can be filed yet, in a sentence; "" for a valid account."""
    return _NOT_YET.get(standing.kind, "")


def _of_case(case: Case) -> Standing:
    procedure = published.compiled(case.version_id)
    tasks = store.session.scalars(select(Task).where(Task.case_id == case.id, Task.closed_at.is_(None))).all()
    waiting = next((task for task in tasks if procedure.steps[task.step].by_applicant), None)
    if waiting is None:
        due = min((task.due_at for task in tasks if task.due_at), default=None)
        return Standing(WAITS, case.number, expected=due)
    until = store.session.scalar(select(Timer.due_at).where(Timer.case_id == case.id, Timer.kind == "bpmn"))
    return Standing(MEND, case.number, None, _said(case), waiting.visit, until, waiting.id)


def _said(case: Case | None) -> str:
    """What the officer wrote to the resident in this case; "" where nothing is known of it any more."""
    said = (answers.get("pesan_pemohon") for answers in case.data.get("answers", {}).values()) if case else ()
    return next((str(text) for text in said if text), "")


def _cases_of(user_id: str) -> Any:
    version_ids = select(ProcedureVersion.id).where(ProcedureVersion.slug == SLUG)
    return (
        select(Case)
        .where(Case.subject_id == user_id, Case.about == "akun", Case.version_id.in_(version_ids))
        .order_by(Case.opened_at.desc(), Case.id.desc())
    )


def _copy(photo: Upload, owner_id: str, at: datetime) -> Upload:
    copied = {"step": photo.step, "field": photo.field, "digest": photo.digest, "requirement": photo.requirement}
    return Upload(id=new_id(), owner_id=owner_id, created_at=at, **copied)
