"""Who has seen what they are about to sign. Only what was seen, and is still as it was seen, may be signed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.actors import Actor
from app.domain.errors import AlurError, NotFound
from app.models import Sighting
from app.services import clock, store
from app.services.flow import tasks
from app.services.signing import shown
from app.services.work import unit_of_work


class Changed(AlurError):
    pesan = "Dokumen ini berubah sejak Anda membukanya. Lihat lagi, lalu tandai sudah dilihat."


class NotSeen(AlurError):
    pesan = "Dokumen ini belum Anda lihat, atau berubah sesudah Anda lihat. Buka dulu dokumennya."


def note(actor: Actor, step: str, task_id: str, digest: str) -> None:
    """The actor has seen all of the task's document as `digest` names it. Raises NotFound, Changed."""
    view = tasks.load(actor, task_id)
    if view.step.id != step or not (view.mine or view.claimable):
        raise NotFound("Dokumen ini tidak menunggu tanda tangan Anda lagi.")
    now = shown.digests([view.case.id], step)[view.case.id]
    if now != digest:
        raise Changed
    at = clock.now()
    with unit_of_work() as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        insert = dialect.insert(Sighting).values(task_id=task_id, user_id=actor.id, digest=digest, at=at)
        session.execute(
            insert.on_conflict_do_update(index_elements=["task_id", "user_id"], set_={"digest": digest, "at": at})
        )


def of(actor: Actor, task_ids: Sequence[str]) -> Mapping[str, str]:
    """Task -> the digest of what this person saw of it last."""
    rows = store.session.execute(
        select(Sighting.task_id, Sighting.digest).where(Sighting.task_id.in_(task_ids), Sighting.user_id == actor.id)
    )
    return {row.task_id: row.digest for row in rows}


def demand(actor: Actor, task_id: str, case_id: str, step: str) -> str:
    """The digest of what was seen and still stands. Raises NotSeen."""
    seen = of(actor, [task_id]).get(task_id)
    if seen is None or shown.digests([case_id], step).get(case_id) != seen:
        raise NotSeen
    return seen
