"""What each officer has in hand now: load and what stands still, by name. No speed, no ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.models import TaskFigures, User
from app.services import store
from app.services.oversight.limits import within
from app.services.oversight.measuring import TERHENTI
from app.services.oversight.scope import Scope


@dataclass(frozen=True)
class Load:
    """`held`: all in their hands; `stopped`: those of them whose clock stands still."""

    person: str
    name: str
    held: int
    stopped: int


def loads(scope: Scope) -> list[Load]:
    """In the order of the names."""
    f = TaskFigures
    stopped = func.sum(case((f.state == TERHENTI, 1), else_=0))
    query = select(f.holder, func.count(), stopped).where(f.closed_at.is_(None), f.holder != "", *within(f, scope))
    rows = store.session.execute(query.group_by(f.holder)).all()
    names = _names([row[0] for row in rows])
    found = [Load(person, names.get(person, "Petugas"), held, int(still)) for person, held, still in rows]
    return sorted(found, key=lambda load: (load.name.casefold(), load.person))


def _names(ids: Sequence[str]) -> dict[str, str]:
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}
