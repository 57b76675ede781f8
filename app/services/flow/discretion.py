"""Cases whose writer asked for discretion: who of the office may know their name."""

from typing import Any

from sqlalchemy import ColumnElement, case

from app.domain.actors import APPLICANTS, Actor, CaseRef, can
from app.models import Case, Task
from app.procedures.model.procedure import Procedure

HIDDEN = "Dirahasiakan"


def may_know(actor: Actor, ref: CaseRef, procedure: Procedure, tasks: tuple[Task, ...]) -> bool:
    """Its writer, and the officers of a step that is open now: not those of other steps, nor who only oversees."""
    if actor.id == ref.subject_id:
        return True
    roles = {role for task in tasks if task.closed_at is None for role in procedure.steps[task.step].roles}
    wanted = roles - APPLICANTS
    return can(actor, "view_case", ref) and bool(actor.roles & wanted) and actor.serves(ref.unit, wanted)


def in_lists(name: Any) -> ColumnElement[str]:
    """The column `name` of whom a Case is about, as every list shows it."""
    return case((Case.confidential, HIDDEN), else_=name)
