"""A case in an officer's hands for a word beside its steps: locked, with the right to write on it asked for."""

from sqlalchemy.orm import Session

from app.domain.actors import Actor, can
from app.domain.errors import Forbidden, NotFound
from app.services import clock
from app.services.flow import keys
from app.services.flow.case_run import CaseRun


def lock(session: Session, actor: Actor, case_id: str, verb: str = "annotate") -> CaseRun:
    """Inside a unit of work. Raises NotFound (no such case for them), Forbidden (they may see it, no more)."""
    run = CaseRun.lock(session, clock.now(), case_id=case_id)
    if actor.id == run.subject_id or not can(actor, "view_case", run.ref):
        raise NotFound
    if not can(actor, verb, run.ref):
        raise Forbidden
    return run


def once(session: Session, run: CaseRun, actor: Actor, key: str) -> bool:
    """False: this very form was taken before. Raises StaleForm for what is no key."""
    about = f"meja {run.id}"
    keys.check(key)
    if keys.is_known(session, actor, key, about=about):
        return False
    run.remember(keys.row(actor, key, run.id, run.now, about=about))
    return True
