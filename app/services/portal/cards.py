"""One permohonan as a card: its status, what it waits for, and by when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain.actors import APPLICANTS
from app.domain.durations import Duration
from app.models import Case, Task, Timer
from app.procedures.berkas import marked
from app.procedures.model.form import Form
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.discussion import views as discussion
from app.services.flow import published


@dataclass(frozen=True)
class Todo:
    """A step that waits for the resident. `until`: when the drawn timer takes it away, None = no limit.

    `wanted`: how many documents it asks for again.
    """

    task_id: str
    step: str
    title: str
    until: datetime | None
    wanted: int


@dataclass(frozen=True)
class CaseCard:
    """One case in the resident's list. `expected`: when the office means to be done, while it works on it."""

    id: str
    number: str
    title: str
    status: str
    status_at: datetime
    opened_at: datetime
    ended_at: datetime | None
    expected: datetime | None
    todo: Todo | None
    news: int  # messages of the office that its pemohon has not read


def cards_of(cases: Sequence[Case]) -> list[CaseCard]:
    ids = [case.id for case in cases]
    waiting, limits, complete = _open_tasks(ids), limits_of(ids), _complete_since(ids)
    news = discussion.unread_of(cases[0].subject_id, ids) if cases else {}
    return [
        _card(case, waiting.get(case.id, ()), limits, complete.get(case.id), news.get(case.id, 0)) for case in cases
    ]


def _complete_since(case_ids: Sequence[str]) -> Mapping[str, datetime]:
    """Case -> when its resident last did their part."""
    query = (
        select(Task.case_id, func.max(Task.completed_at).label("at"))
        .where(Task.case_id.in_(case_ids), Task.queue.in_(APPLICANTS), Task.completed_at.is_not(None))
        .group_by(Task.case_id)
    )
    return {row.case_id: row.at for row in store.session.execute(query)}


def _open_tasks(case_ids: Sequence[str]) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    query = select(Task).where(Task.case_id.in_(case_ids), Task.closed_at.is_(None)).order_by(Task.opened_at, Task.id)
    for task in store.session.scalars(query):
        found.setdefault(task.case_id, []).append(task)
    return found


def limits_of(case_ids: Sequence[str]) -> Mapping[tuple[str, str], datetime]:
    """(case, drawn timer) -> when it fires."""
    query = select(Timer).where(Timer.case_id.in_(case_ids), Timer.kind == "bpmn")
    return {(timer.case_id, timer.element): timer.due_at for timer in store.session.scalars(query)}


def _card(
    case: Case,
    tasks: Sequence[Task],
    limits: Mapping[tuple[str, str], datetime],
    complete_since: datetime | None,
    news: int,
) -> CaseCard:
    procedure = published.compiled(case.version_id)
    mine = [task for task in tasks if procedure.steps[task.step].by_applicant and task.held_at is None]
    answers = case.data["answers"]
    return CaseCard(
        id=case.id,
        number=case.number,
        title=procedure.service.title,
        status=case.status,
        status_at=case.status_at,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        expected=_expected(procedure, complete_since) if tasks and not mine else None,
        todo=todo_of(procedure, mine[0], limits, answers) if mine else None,
        news=news,
    )


def _expected(procedure: Procedure, complete_since: datetime | None) -> datetime | None:
    """By when the promise of the ikmt is kept, as long as it still can be."""
    length = Duration.leading(procedure.service.promise)
    if length is None or complete_since is None:
        return None
    promised = clock.calendar().add(complete_since, length)
    return promised if promised > clock.now() else None


def todo_of(
    procedure: Procedure,
    task: Task,
    limits: Mapping[tuple[str, str], datetime],
    answers: Mapping[str, Mapping[str, Any]],
) -> Todo:
    form = procedure.forms.get(task.step)
    title = (form.invitation or form.title) if form else procedure.steps[task.step].name
    on_it = [timer for timer, step in procedure.spec.attached.items() if step == task.step]
    until = min((limits[task.case_id, timer] for timer in on_it if (task.case_id, timer) in limits), default=None)
    return Todo(task.id, task.step, title, until, _wanted(form, answers) if form else 0)


def _wanted(form: Form, answers: Mapping[str, Mapping[str, Any]]) -> int:
    """How many documents the form asks for again."""
    fields = (field for section in form.sections for field in section.fields if field.kind == "berkas_diminta")
    return next((len(marked(field.extra["dari"], answers)) for field in fields), 0)
