"""Whose is this PDF? The open task that waits for a result with one of the numbers that stand in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from app.adapters.pdf_text import Reading
from app.domain.actors import APPLICANTS, Actor
from app.models import Case, Task, User, UserRole
from app.services import store
from app.services.delivery.targets import Target
from app.services.flow.opening import roles_of


@dataclass(frozen=True)
class Waiting:
    """A task that waits for the result with this number. `holder_id`: whose hands it is in, "" = nobody's."""

    task_id: str
    case_id: str
    number: str
    subject_id: str
    applicant: str
    holder_id: str


def find(actor: Actor, targets: Sequence[Target], reading: Reading) -> list[Waiting]:
    """The tasks of the actor's units that the PDF fits: its own number where it tells one, else any number in it."""
    wanted = (reading.title,) if reading.title else tuple(dict.fromkeys(reading.numbers))
    if not wanted:
        return []
    found: dict[str, Waiting] = {}
    for target in targets:
        for statement in _statements(actor, target, wanted):
            for row in store.session.execute(statement):
                found[row.id] = _waiting(row)
    return list(found.values())


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        task_id=row.id,
        case_id=row.case_id,
        number=row.number,
        subject_id=row.subject_id,
        applicant=row.name,
        holder_id=row.claimed_by or "",
    )


def _statements(actor: Actor, target: Target, wanted: Sequence[str]) -> Iterator[Any]:
    """Free ones by their queue, held ones by the people who may hold them: each along an index of its own."""
    units = actor.units_in(roles_of(target.queue) - APPLICANTS)
    place = [] if units is None else [Task.unit.in_(sorted(units))]
    shared = [Task.closed_at.is_(None), Task.step == target.step, Task.held_at.is_(None), *place]
    its = [Case.version_id.in_(target.versions), _number(target).in_(wanted)]
    base = (
        select(Task.id, Task.case_id, Task.claimed_by, Case.number, Case.subject_id, User.name)
        .join(Case, Case.id == Task.case_id)
        .join(User, User.id == Case.subject_id)
    )
    free = [Task.claimed_by.is_(None), Task.queue == target.queue]
    yield base.where(*shared, *free, Task.due_at.is_not(None), *its)
    yield base.where(*shared, *free, Task.due_at.is_(None), *its)
    roles = sorted(roles_of(target.queue) - APPLICANTS)
    colleagues = select(UserRole.user_id).where(UserRole.role.in_(roles))
    people = sorted(set(store.session.scalars(colleagues)))
    if people:
        yield base.where(*shared, Task.claimed_by.in_(people), *its)


def _number(target: Target) -> ColumnElement[str]:
    """The first of the sources that is filled, as procedures look it up."""
    answers = [Case.data["answers"][step][field].as_string() for step, field in target.sources]
    filled = [func.nullif(answer, "") for answer in answers]
    return filled[0] if len(filled) == 1 else func.coalesce(*filled)
