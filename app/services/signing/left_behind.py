"""Signings that somebody began and may not end: their stand-in is over, or the task went to somebody else meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.models import Case, Signature, Task, Upload
from app.services.flow.signed_only import KEPT, SENT
from app.services.signing import incoming
from app.services.signing.asking import WAITING


def free(session: Session, actor: Actor, task_ids: Sequence[str], sent_before: datetime) -> None:
    """What others left half done of these tasks, which the actor holds or may claim, may be asked for anew.

    What their signer had answered is thrown away: the letter bears the signature of whoever ends the task. A signing
    that is with the signer since `sent_before` or later is left alone, and so is what waits in a batch that was begun
    or went on since then.
    """
    lapsed = and_(Signature.state == SENT, Signature.sent_at <= sent_before)
    other = aliased(Signature)
    moved = (other.asked_at > sent_before, other.sent_at > sent_before, other.signed_at > sent_before)
    alive = select(other.task_id).where(other.batch == Signature.batch, or_(*moved)).exists()
    abandoned = and_(Signature.state == WAITING, ~alive)
    stuck = (Signature.user_id != actor.id, or_(Signature.state == KEPT, lapsed, abandoned))
    query = select(Signature.task_id, Signature.case_id).where(Signature.task_id.in_(task_ids), *stuck)
    for task_id, case_id in session.execute(query.order_by(Signature.case_id)).all():
        # Completing the task and keeping a letter lock the case as well: neither is under way from here on.
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        holder, closed_at = session.execute(select(Task.claimed_by, Task.closed_at).where(Task.id == task_id)).one()
        if closed_at is not None or holder not in (None, actor.id):
            continue
        kept = session.scalar(select(Signature.upload_id).where(Signature.task_id == task_id, *stuck))
        if kept is None:
            continue
        incoming.discard(task_id)
        if kept:
            session.execute(delete(Upload).where(Upload.id == kept))
        session.execute(
            update(Signature)
            .where(Signature.task_id == task_id)
            .values(state=WAITING, batch="", upload_id="", signed_digest="", sent_at=None, signed_at=None),
            execution_options={"synchronize_session": False},
        )
