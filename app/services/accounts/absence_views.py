"""The list of leave, as an admin keeps it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from app.domain.actors import Actor, demand, title_of
from app.domain.tanggal import WIB, local_date
from app.models import Absence, Task, User
from app.services import clock, store
from app.services.paging import Cursor, at_most

PAGE = 50
NOW, COMING, OVER, ENDED = "berlaku", "akan datang", "selesai", "dihentikan"


@dataclass(frozen=True)
class Line:
    """One absence. `state`: NOW | COMING | OVER | ENDED; `posts`: ("Plh. Kepala Dinas", name of the substitute);
    `held`: tasks still in the absent officer's hands, counted while it lasts."""

    id: str
    user_id: str
    name: str
    first: date
    last: date
    kind: str
    reason: str
    state: str
    posts: tuple[tuple[str, str], ...]
    held: int


def page(actor: Actor, after: Cursor | None = None) -> tuple[list[Line], Cursor | None]:
    """What lasts longest first; `after`: the cursor that the page before gave. Raises Forbidden."""
    demand(actor, "administer")
    query = select(Absence).order_by(Absence.until_day.desc(), Absence.id.desc())
    if after is not None:
        day = local_date(after.at)
        earlier = (Absence.until_day == day) & (Absence.id < after.id)
        query = query.where(Absence.until_day <= day, (Absence.until_day < day) | earlier)
    rows = store.session.scalars(query.limit(at_most(PAGE + 1))).all()
    shown, today = rows[:PAGE], local_date(clock.now())
    people = {row.user_id for row in shown} | {one.substitute_id for row in shown for one in row.stand_ins}
    named = store.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names = {row.id: row.name for row in named}
    held = _held([row.user_id for row in shown if _state(row, today) == NOW])
    lines = [_line(row, names, held, today) for row in shown]
    if len(rows) <= PAGE:
        return lines, None
    return lines, Cursor("c", datetime.combine(shown[-1].until_day, time(12), WIB), shown[-1].id)


def _held(people: list[str]) -> dict[str, int]:
    query = select(Task.claimed_by, func.count()).where(Task.claimed_by.in_(people), Task.closed_at.is_(None))
    return {str(who): number for who, number in store.session.execute(query.group_by(Task.claimed_by))}


def _state(row: Absence, today: date) -> str:
    if row.ended_at is not None:
        return ENDED
    if row.until_day < today:
        return OVER
    return NOW if row.from_day <= today else COMING


def _line(row: Absence, names: dict[str, str], held: dict[str, int], today: date) -> Line:
    posts = sorted((title_of(one.role, one.form), names.get(one.substitute_id, "")) for one in row.stand_ins)
    state = _state(row, today)
    return Line(
        row.id,
        row.user_id,
        names.get(row.user_id, ""),
        row.from_day,
        row.until_day,
        row.kind,
        row.reason,
        state,
        tuple(posts),
        held.get(row.user_id, 0) if state == NOW else 0,
    )
