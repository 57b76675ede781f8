"""Tasks that nobody at work may do: everyone with the role is of the household, or did what another must check."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from app.domain.actors import Actor, CaseRef, TaskRef, can
from app.models import Case, Task, User
from app.services import store
from app.services.desk import colleagues
from app.services.flow import kin, published
from app.services.paging import at_most

LISTED = 100


@dataclass(frozen=True)
class Stuck:
    """`left_out`: names of the officers whose household it is."""

    task_id: str
    case_id: str
    subject_id: str
    number: str
    step: str
    left_out: tuple[str, ...]


def waiting_for(actor: Actor) -> list[Stuck]:
    """Those that the actor may deal out, in cases that name an officer; the most urgent first."""
    session = store.session()
    case_ids = kin.named_cases(session)
    rows = session.execute(
        select(Task.id, Task.step, Task.claimed_by, Case.id.label("case_id"), Case.number, Case.subject_id)
        .add_columns(Case.unit, Case.version_id, Case.data, Case.confidential)
        .join(Case, Case.id == Task.case_id)
        .where(Task.case_id.in_(case_ids), Task.closed_at.is_(None), Task.held_at.is_(None))
        .order_by(Task.due_at, Task.id)
        .limit(at_most(LISTED))
    ).all()
    kept_from = kin.of_cases(session, {row.case_id for row in rows})
    stuck = [row for row in rows if _is_stuck(actor, row, kept_from.get(row.case_id, frozenset()))]
    people = sorted({person for row in stuck for person in kept_from[row.case_id]})
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(people)))}
    # Nobody is named where discretion was asked for: whose household it is says who wrote it.
    return [_line(row, [] if row.confidential else [names[one] for one in kept_from[row.case_id]]) for row in stuck]


def _is_stuck(actor: Actor, row: Row[Any], own: frozenset[str]) -> bool:
    procedure = published.compiled(row.version_id)
    step = procedure.steps[row.step]
    case = CaseRef(row.case_id, row.subject_id, row.unit, procedure.roles)
    if not own or not can(actor, "assign", TaskRef(case, step.roles, row.claimed_by, kin=own)):
        return False
    did = {person for other in step.different_from for person in row.data["actors"].get(other, ())}
    return not colleagues.of_step(step.roles, row.unit, but=own | did | {row.subject_id})


def _line(row: Row[Any], names: list[str]) -> Stuck:
    step = published.compiled(row.version_id).steps[row.step].name
    return Stuck(row.id, row.case_id, row.subject_id, row.number, step, tuple(sorted(names)))
