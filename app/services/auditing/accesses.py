"""The log of readings as the auditor leafs through it: by case, or by the person who read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, tuple_

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.models import Access, Case, User
from app.services import store
from app.services.auditing import search
from app.services.auditing.search import FoundPerson
from app.services.flow import cases, discretion
from app.services.flow.cases import CaseView
from app.services.paging import Cursor, at_most
from app.services.records.reads import PURPOSES, READ

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One reading or one refusal. `who`: a name, or an id of somebody who is gone; `number`: of the case, or "".

    `reader`, `case_id`: where they lead, "" nowhere.
    """

    access: Access
    who: str
    reader: str
    case_id: str
    number: str

    @property
    def what(self) -> str:
        if self.access.kind != READ:
            return f"Ditolak ({self.access.status})"
        return PURPOSES.get(self.access.purpose, self.access.purpose).capitalize()


@dataclass(frozen=True)
class Page:
    """Newest first; `next`: the cursor of the following page, None at the end."""

    lines: Sequence[Line]
    next: Cursor | None


def of_case(actor: Actor, case_id: str, after: Cursor | None = None) -> tuple[CaseView, Page]:
    """Who read this case, for what, and who was turned away. Raises Forbidden, NotFound."""
    demand(actor, "audit")
    return cases.load(actor, case_id), _page(Access.case_id == case_id, after)


def by_person(actor: Actor, user_id: str, after: Cursor | None = None) -> tuple[FoundPerson, Page]:
    """What this person read, and where they were turned away. Raises Forbidden, NotFound."""
    person = search.offices(actor, user_id)
    if person is None:
        raise NotFound
    return person, _page(Access.actor == user_id, after)


def _page(condition: ColumnElement[bool], after: Cursor | None) -> Page:
    query = (
        select(Access, User.name, Case.number, Case.confidential & (Case.subject_id == Access.actor))
        .join(User, User.id == Access.actor, isouter=True)
        .join(Case, Case.id == Access.case_id, isouter=True)
        .where(condition)
        .order_by(Access.at.desc(), Access.id.desc())
    )
    if after is not None:
        query = query.where(tuple_(Access.at, Access.id) < tuple_(after.at, after.row))
    rows = store.session.execute(query.limit(at_most(PAGE + 1))).all()
    lines = [_line(*row) for row in rows[:PAGE]]
    last = lines[-1].access if len(rows) > PAGE else None
    return Page(lines, Cursor("p", last.at, str(last.id)) if last else None)


def _line(access: Access, name: str | None, number: str | None, is_discreet: bool | None) -> Line:
    """`is_discreet`: whoever wrote the case with discretion was turned away from it; the two are not shown together."""
    if not is_discreet:
        return Line(access, name or access.actor, access.actor, access.case_id or "", number or "")
    return Line(access, discretion.HIDDEN, "", "", "")
