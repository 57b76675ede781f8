"""Who was turned away, and where: the list of it, and a word to the admin when somebody is turned away again and again.

What is listed was written by records.reads, bounded for each person and kept as long as the readings are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Office, can
from app.domain.errors import Forbidden
from app.domain.tanggal import format_moment, local_date
from app.models import Access, User
from app.services import clock, store
from app.services.accounts import acting, telling
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.paging import Cursor, at_most
from app.services.records.reads import REFUSED
from app.services.work import unit_of_work

KIND = "penolakan"
PAGE = 50
BURST = 20
"""So many refusals of one person WITHIN a while are worth an admin's look."""
WITHIN = timedelta(minutes=15)
PATH = "/admin/penolakan"

# Written out, so that a kept plan knows that the index of these alone will do.
_REFUSED = literal(REFUSED, literal_execute=True)


@dataclass(frozen=True)
class Refusal:
    """One of them. `route`: the rule, never the address; `name`: "" for an account that is gone."""

    at: datetime
    name: str
    route: str
    status: int


def page(actor: Actor, before: Cursor | None = None) -> tuple[list[Refusal], Cursor | None]:
    """The newest first, and the cursor of what came before. Raises Forbidden, NotFound: no cursor of ours."""
    if not (can(actor, "administer", Office()) or can(actor, "audit", Office())):
        raise Forbidden
    query = select(Access.id, Access.at, Access.actor, Access.route, Access.status).where(Access.kind == _REFUSED)
    if before is not None:
        same = (Access.at == before.at) & (Access.id < before.row)
        query = query.where(Access.at <= before.at, (Access.at < before.at) | same)
    rows = store.session.execute(query.order_by(Access.at.desc(), Access.id.desc()).limit(at_most(PAGE + 1))).all()
    shown = rows[:PAGE]
    people = store.session.execute(select(User.id, User.name).where(User.id.in_({row.actor for row in shown})))
    names = {row.id: row.name for row in people}
    lines = [Refusal(row.at, names.get(row.actor, ""), row.route, row.status) for row in shown]
    return lines, Cursor("r", shown[-1].at, str(shown[-1].id)) if len(rows) > PAGE else None


def watch(actor: Actor) -> None:
    """After a refusal was written: a burst makes one job a day for each person, whatever follows."""
    at = clock.now()
    recent = select(Access.id).where(Access.actor == actor.id, Access.at > at - WITHIN, Access.kind == _REFUSED)
    if (store.session.scalar(select(func.count()).select_from(recent.limit(BURST).subquery())) or 0) < BURST:
        return
    with unit_of_work() as session:
        key = f"{KIND}:{actor.id}:{local_date(at).isoformat()}"
        job_rows.add(session, key, KIND, {"user": actor.id, "at": at.isoformat()}, at, at=at)


def tell(job: Lease) -> None:
    """`penolakan`: to every admin, who it was; what they tried stands in the list."""
    who, moment = str(job.payload["user"]), datetime.fromisoformat(job.payload["at"])
    name = store.session.scalar(select(User.name).where(User.id == who)) or "Seseorang"
    admins = [person for person, _ in acting.holders("admin", local_date(clock.now())) if person != who]

    def effects(session: Session, at: datetime) -> None:
        title = "Banyak akses ditolak"
        body = f"{name} ditolak {BURST} kali atau lebih dalam seperempat jam, sampai {format_moment(moment)}."
        telling.tell(session, admins, title, body, key=f"{KIND}:{job.id}", at=at, path=PATH)

    job_rows.finish(job, effects)
