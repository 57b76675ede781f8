"""A signed letter on its way in: on disk first, under its signature's own name, then among the case's files, once.

Only while its task is open and its signatory's: what comes in for a task that went elsewhere meanwhile is thrown away.
"""

from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.adapters import private
from app.adapters.signature_proof import is_intact
from app.adapters.signer import AnswerUnusable
from app.adapters.storage import write_whole
from app.domain.actors import Actor, can
from app.domain.errors import TaskNotYours
from app.models import Answer, OfficeLetter, Signature, Upload, User, new_id
from app.services import clock, store
from app.services.accounts import acting
from app.services.files import file_store, lock_file
from app.services.flow import tasks
from app.services.flow.case_run import CaseRun
from app.services.flow.signed_only import KEPT, SENT
from app.services.signing import asking, letters
from app.services.work import unit_of_work

FOLDER = "tanda-tangan/masuk"
THROWN_AWAY = "tanda_tangan_dibuang"


class TooLate(TaskNotYours):
    pesan = (
        "Sementara ditandatangani, surat ini dikembalikan, dialihkan, atau ditutup. Tanda tangannya tidak dipakai. "
        "Muat ulang daftarnya."
    )


def put(task_id: str, signed: bytes) -> None:
    """Durable when this returns."""
    path = _path(task_id)
    private.folder(path.parent)
    write_whole(path, signed)


def find(task_id: str) -> bytes | None:
    """What a signer answered before we were interrupted."""
    try:
        return _path(task_id).read_bytes()
    except FileNotFoundError:
        return None


def discard(task_id: str) -> None:
    """What somebody's signer answered who signs this no more."""
    _path(task_id).unlink(missing_ok=True)


def keep(actor: Actor, task_id: str) -> None:
    """The signed letter becomes the case's, with who signed what in its history; what lay in between is thrown away.

    Nothing happens where it was done before. Raises AnswerUnusable where the file is no signed letter, TooLate where
    the task is not open and the actor's any more.
    """
    signed = find(task_id)
    if signed is None:
        return
    row = store.session.get_one(Signature, task_id)
    letter = store.session.get_one(OfficeLetter, row.letter_id)
    step, field = tasks.load(actor, task_id).step.id, asking.file_field(tasks.load(actor, task_id))
    draft, number = row.draft, letter.number
    if not is_intact(signed):
        discard(task_id)
        raise AnswerUnusable
    digest, at = file_store().put(signed), clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, at, task_id=task_id)
        signature = session.get_one(Signature, task_id, populate_existing=True)
        if signature.user_id != actor.id or signature.state != SENT:
            return
        in_time = _may_still_end(session, run, task_id, actor)
        if in_time:
            upload_id = new_id()
            lock_file(session, digest, at, mime=letters.MIME, size=len(signed))
            session.add(
                Upload(
                    id=upload_id,
                    owner_id=actor.id,
                    case_id=run.id,
                    step=step,
                    field=field,
                    digest=digest,
                    created_at=at,
                )
            )
            signature.state, signature.upload_id, signature.signed_digest = KEPT, upload_id, digest
            signature.signed_at, signature.cause = at, ""
            session.flush()
            what = {
                "tugas": task_id,
                "langkah": step,
                "nomor": number,
                "cara": signature.way,
                "sebagai": signature.capacity,
                "dilihat": signature.digest,
                "draf": draft,
                "sidik": digest,
            }
            run.chain.add(actor.id, "dokumen_ditandatangani", what, at)
        else:
            _throw_away(session, run, signature, TooLate.pesan)
        run.save()
    discard(task_id)
    if not in_time:
        raise TooLate


def drop(actor: Actor, task_id: str, cause: str) -> None:
    """A letter that was kept, but whose task went elsewhere before it ended: signed by nobody after all.

    Nothing happens where the signing is not the actor's, or not at that point.
    """
    at = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, at, task_id=task_id)
        signature = session.get_one(Signature, task_id, populate_existing=True)
        if signature.user_id != actor.id or signature.state != KEPT:
            return
        _throw_away(session, run, signature, cause)
        run.save()
    discard(task_id)


def is_used(row: Signature) -> bool:
    """Was the task ended with this very letter?"""
    given = select(Answer.data).where(Answer.case_id == row.case_id, Answer.task_id == row.task_id)
    return any([row.upload_id] in data.values() for data in store.session.scalars(given))


def _may_still_end(session: Session, run: CaseRun, task_id: str, actor: Actor) -> bool:
    """Under the lock, and with the rights they have by now: a signer takes its time."""
    task, user = run.task(task_id), session.get_one(User, actor.id, populate_existing=True)
    if task is None or task["held_at"] is not None or not user.active:
        return False
    return can(acting.actor_of(session, user, run.now), "complete", run.task_ref(task))


def _throw_away(session: Session, run: CaseRun, signature: Signature, cause: str) -> None:
    what = {"tugas": signature.task_id, "sidik": signature.signed_digest}
    run.chain.add(signature.user_id, THROWN_AWAY, what, run.now)
    session.execute(delete(Upload).where(Upload.id == signature.upload_id))
    signature.state, signature.cause = asking.FAILED, cause[:200]
    signature.upload_id, signature.signed_digest, signature.signed_at = "", "", None
    session.flush()


def _path(task_id: str) -> Path:
    return store.data_dir / FOLDER / f"{task_id}.pdf"
