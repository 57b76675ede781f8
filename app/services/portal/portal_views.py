"""What the residents' pages read and no other service offers: their cases, and a case's returns, files and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.domain.actors import APPLICANTS, Actor
from app.domain.errors import NotFound
from app.models import Answer, Case, StoredFile, Task, Upload, User
from app.procedures.context import FormContext, form_context
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.flow import cases
from app.services.flow import delivered as deliveries
from app.services.flow.cases import CaseView
from app.services.paging import COUNT_CAP, Cursor, at_most, capped, earlier
from app.services.portal.cards import CaseCard, Todo, cards_of, limits_of, todo_of

PAGE = 20
NEWEST = 5
RETURNS_SHOWN = 10
RUNNING, ENDED = "berjalan", "selesai"
PERMOHONAN = "permohonan"
MESSAGE = "pesan_pemohon"
"""The field in which officers write to the resident, by agreement of every form."""


@dataclass(frozen=True)
class CasePage:
    """`next`: the cursor of the following page, or None at the end."""

    cards: Sequence[CaseCard]
    next: Cursor | None


@dataclass(frozen=True)
class Return:
    """A case that came back to the resident. `answered_at`: when they had done their part."""

    step: str
    at: datetime
    message: str
    answered_at: datetime | None


@dataclass(frozen=True)
class FileView:
    """One page or document that the resident may see in the case."""

    id: str
    label: str
    mime: str
    at: datetime


def newest_running(actor: Actor) -> list[CaseCard]:
    """The few that were begun last and are not over."""
    found = their_cases(actor, RUNNING).order_by(Case.opened_at.desc(), Case.id.desc()).limit(at_most(NEWEST))
    return cards_of(store.session.scalars(found).all())


def my_cases(actor: Actor, which: str, after: Cursor | None = None, about: str = PERMOHONAN) -> CasePage:
    """This resident's RUNNING or ENDED cases, the newest first. Raises NotFound for another list."""
    found = their_cases(actor, which, about).order_by(Case.opened_at.desc(), Case.id.desc()).limit(at_most(PAGE + 1))
    if after is not None:
        found = found.where(earlier(Case.opened_at, Case.id, after))
    rows = store.session.scalars(found).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return CasePage(cards_of(rows[:PAGE]), Cursor("p", last.opened_at, last.id) if last else None)


def my_todos(actor: Actor, about: str = PERMOHONAN) -> list[CaseCard]:
    """At most PAGE running cases that wait for this resident, the newest first."""
    waits = select(Task.id).where(
        Task.case_id == Case.id, Task.closed_at.is_(None), Task.held_at.is_(None), Task.queue.in_(APPLICANTS)
    )
    found = their_cases(actor, RUNNING, about).where(waits.exists())
    rows = store.session.scalars(found.order_by(Case.opened_at.desc(), Case.id.desc()).limit(at_most(PAGE))).all()
    return [card for card in cards_of(rows) if card.todo is not None]


def my_counts(actor: Actor) -> Mapping[str, str]:
    """RUNNING and ENDED -> how many, "99+" from a hundred on."""
    counted = []
    for which in (RUNNING, ENDED):
        few = select(Case.id).where(*listed(actor, which, PERMOHONAN)).limit(at_most(COUNT_CAP)).subquery()
        counted.append(select(func.count()).select_from(few).scalar_subquery())
    running, ended = store.session.execute(select(*counted)).one()
    return {RUNNING: capped(running), ENDED: capped(ended)}


def todo(view: CaseView) -> Todo | None:
    """What waits for the resident in this case: the first open step of theirs."""
    open_now = [task for task in view.open_tasks if task.held_at is None]
    mine = [task for task in open_now if view.procedure.steps[task.step].by_applicant]
    return todo_of(view.procedure, mine[0], limits_of([view.id]), view.answers) if mine else None


def returns(view: CaseView) -> list[Return]:
    """The last RETURNS_SHOWN times the case came back: steps of the resident that the paper has no row for.

    Oldest first.
    """
    extra = [step.id for step in view.procedure.steps.values() if step.by_applicant and not step.rows]
    query = (
        select(Task.step, Task.opened_at, Task.completed_at)
        .where(Task.case_id == view.id, Task.step.in_(extra))
        .order_by(Task.opened_at.desc(), Task.id.desc())
        .limit(at_most(RETURNS_SHOWN))
    )
    rows = store.session.execute(query).all()[::-1]
    messages = _messages(view, [row.opened_at for row in rows])
    return [Return(row.step, row.opened_at, messages.get(row.opened_at, ""), row.completed_at) for row in rows]


def files(view: CaseView) -> list[FileView]:
    """What the resident handed in, and what the office delivered; never the officers' working papers."""
    rows = store.session.execute(
        select(Upload, StoredFile.mime)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(deliveries.to_pemohon(store.session(), view.id, view.procedure))
        .order_by(Upload.created_at, Upload.id)
    ).all()
    return [FileView(upload.id, _label(view.procedure, upload), mime, upload.created_at) for upload, mime in rows]


def delivered(view: CaseView) -> list[str]:
    """Upload ids of the result, newest delivery, without what was cut off or destroyed since; empty until delivery."""
    newest = list(deliveries.newest(view.procedure, view.answers))
    there = set(store.session.scalars(select(Upload.id).where(Upload.id.in_(newest), Upload.cut_at.is_(None))))
    return [upload for upload in newest if upload in there]


def own_case(actor: Actor, case_id: str) -> CaseView:
    """The case as its pemohon; NotFound for anybody else, officers too (they have their own room)."""
    view = cases.load(actor, case_id)
    if view.subject_id != actor.id:
        raise NotFound
    return view


def account(actor: Actor) -> User:
    """One's own account, for reading."""
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    return user


def context(view: CaseView) -> FormContext:
    """The answers of a case to read them in words."""
    return form_context(view.procedure, clock.now(), answers=view.answers)


def kept_uploads(actor: Actor, view: CaseView, task: Task) -> dict[str, list[str]]:
    """Field path -> files this person has uploaded for the open task and not sent yet."""
    query = (
        select(Upload.id, Upload.field)
        .where(Upload.case_id == view.id, Upload.step == task.step, Upload.owner_id == actor.id)
        .where(Upload.created_at >= task.opened_at, Upload.cut_at.is_(None))
        .order_by(Upload.created_at, Upload.id)
    )
    found: dict[str, list[str]] = {}
    for row in store.session.execute(query):
        found.setdefault(row.field, []).append(row.id)
    return found


def their_cases(actor: Actor, which: str, about: str = PERMOHONAN) -> Select[Case]:
    return select(Case).where(*listed(actor, which, about))


def listed(actor: Actor, which: str, about: str = PERMOHONAN) -> list[ColumnElement[bool]]:
    """The condition on `ended_at` names the index that holds just these, in their order."""
    if which not in (RUNNING, ENDED):
        raise NotFound
    has_ended = Case.ended_at.is_(None) if which == RUNNING else Case.ended_at.is_not(None)
    return [Case.subject_id == actor.id, Case.about == about, has_ended]


def _messages(view: CaseView, moments: Sequence[datetime]) -> dict[datetime, str]:
    """When an answer was given, of these moments -> what it says to the resident."""
    query = select(Answer).where(Answer.case_id == view.id, Answer.at.in_(moments))
    return {answer.at: str(answer.data[MESSAGE]) for answer in store.session.scalars(query) if _speaks(answer.data)}


def _speaks(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get(MESSAGE), str) and bool(data[MESSAGE].strip())


def _label(procedure: Procedure, upload: Upload) -> str:
    names = {requirement.code: requirement.name for requirement in procedure.requirements}
    if upload.requirement in names:
        return names[upload.requirement]
    form = procedure.forms.get(upload.step)
    field = form.field(upload.field.split(".")[0]) if form else None
    return field.label if field else "Berkas"
