"""A resident's own permohonan, all of them, by number, service or status."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.domain.actors import Actor
from app.models import Case, ProcedureVersion
from app.services import store
from app.services.paging import Cursor, at_most, earlier
from app.services.portal.cards import cards_of
from app.services.portal.portal_views import ENDED, PAGE, RUNNING, CasePage, listed, their_cases

LONGEST = 60


@dataclass(frozen=True)
class Wanted:
    """`text`: a piece of the number, or words of the service's name; `status`: the word on the badge. "" = any."""

    text: str = ""
    status: str = ""

    @classmethod
    def typed(cls, text: str, status: str) -> "Wanted":
        return cls(" ".join(text.split())[:LONGEST], status[:LONGEST])

    def __bool__(self) -> bool:
        return bool(self.text or self.status)


def find(actor: Actor, wanted: Wanted, after: Cursor | None = None) -> CasePage:
    """Those that run first, then those that ended, each the newest first. Raises NotFound for a cursor of no list."""
    rows: list[tuple[str, Case]] = []
    stages = (RUNNING, ENDED) if after is None or after.stage == RUNNING else (after.stage,)
    for stage in stages:
        here = after if after is not None and after.stage == stage else None
        rows += [(stage, case) for case in _some(actor, stage, wanted, here)]
        if len(rows) > PAGE:
            break
    stage, last = rows[PAGE - 1] if len(rows) > PAGE else ("", None)
    cards = cards_of([case for _, case in rows[:PAGE]])
    return CasePage(cards, Cursor(stage, last.opened_at, last.id) if last is not None else None)


def statuses(actor: Actor) -> Sequence[str]:
    """The words on the badges of this resident's permohonan, to choose from."""
    parts = (select(Case.status).where(*listed(actor, which)) for which in (RUNNING, ENDED))
    running, ended = parts
    return sorted(store.session.scalars(running.union(ended)))


def _some(actor: Actor, which: str, wanted: Wanted, after: Cursor | None) -> Sequence[Case]:
    query = their_cases(actor, which)
    if wanted.text:
        by_number = Case.number.icontains(wanted.text, autoescape=True)
        query = query.where(or_(by_number, Case.version_id.in_(_called(wanted.text))))
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if after is not None:
        query = query.where(earlier(Case.opened_at, Case.id, after))
    return store.session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(at_most(PAGE + 1))).all()


def _called(text: str) -> Sequence[str]:
    """The versions whose service has all these words in its name; asked first, since there are few."""
    words = (ProcedureVersion.title.icontains(word, autoescape=True) for word in text.split())
    return store.session.scalars(select(ProcedureVersion.id).where(*words)).all()
