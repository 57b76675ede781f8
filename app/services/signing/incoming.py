"""A signed letter on its way in: on disk first, under its signature's own name, then among the case's files, once."""

from pathlib import Path

from sqlalchemy import update

from app.adapters import private
from app.adapters.signature_proof import is_intact
from app.adapters.signer import AnswerUnusable
from app.adapters.storage import write_whole
from app.domain.actors import Actor
from app.models import OfficeLetter, Signature, Upload, new_id
from app.services import clock, store
from app.services.files import file_store, lock_file
from app.services.flow import tasks
from app.services.flow.case_run import CaseRun
from app.services.flow.signed_only import KEPT
from app.services.signing import asking, letters
from app.services.work import unit_of_work

FOLDER = "tanda-tangan/masuk"


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

    Nothing happens where it was done before. Raises AnswerUnusable where the file is no signed letter.
    """
    signed = find(task_id)
    if signed is None:
        return
    row = store.session.get_one(Signature, task_id)
    letter = store.session.get_one(OfficeLetter, row.letter_id)
    step, field = tasks.load(actor, task_id).step.id, asking.file_field(tasks.load(actor, task_id))
    draft, number = row.draft, letter.number
    if not is_intact(signed):
        _path(task_id).unlink(missing_ok=True)
        raise AnswerUnusable
    digest, at = file_store().put(signed), clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, at, task_id=task_id)
        upload_id = new_id()
        taken = session.execute(
            update(Signature)
            .where(Signature.task_id == task_id, Signature.user_id == actor.id, Signature.state == asking.SENT)
            .values(state=KEPT, upload_id=upload_id, signed_digest=digest, signed_at=at, cause=""),
            execution_options={"synchronize_session": False},
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            return
        signature = session.get_one(Signature, task_id, populate_existing=True)
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
        run.save()
    _path(task_id).unlink(missing_ok=True)


def _path(task_id: str) -> Path:
    return store.data_dir / FOLDER / f"{task_id}.pdf"
