"""What waits for somebody's signature, as the list they choose from."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select

from app.adapters.signer import SIAK
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.tanggal import WIB, local_date
from app.models import Answer, Task
from app.procedures.actions import DECISION, SENT_BACK, SIGNS_HERE
from app.services import clock, store
from app.services.desk import bulk, inbox
from app.services.desk.bulk import BulkRow
from app.services.desk.duties import duties_of
from app.services.desk.inbox_views import Filters
from app.services.flow.tasks import TaskView
from app.services.signing import shown, sightings

_MOST_A_DAY = 1000


@dataclass(frozen=True)
class WaitingRow:
    """`digest`: of what there is to see now; `seen`: this person has seen just that."""

    what: BulkRow
    digest: str
    seen: bool


@dataclass(frozen=True)
class Waiting:
    """`way`: siak, lokal or bsre; `noun`: what is signed ("kk", "surat"); `sent_back`: today, by this person.

    `rest`: as of a BulkPage."""

    step: str
    title: str
    way: str
    noun: str
    rows: tuple[WaitingRow, ...]
    sent_back: int
    rest: str


@dataclass(frozen=True)
class OpenStep:
    """`noun`: what is signed, as a sentence says it; `count`: "7", or "99+"."""

    step: str
    title: str
    noun: str
    count: str

    @property
    def any(self) -> bool:
        return self.count != "0"


def steps(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(step, title) of every signing step this person's roles may do many at once."""
    return tuple((step, title) for step, (title, _, _) in duties_of(actor).signing.items())


def open_steps(actor: Actor) -> tuple[OpenStep, ...]:
    """Each step this person signs in, and how much waits there; one statement a step."""
    return tuple(
        OpenStep(step, title, "KK" if noun == "kk" else noun, inbox.count(actor, [Filters(step=step)]))
        for step, (title, _, noun) in duties_of(actor).signing.items()
    )


def others(actor: Actor, step: str) -> tuple[OpenStep, ...]:
    """What waits for the same signature elsewhere."""
    return tuple(one for one in open_steps(actor) if one.step != step and one.any)


def signs_here(view: TaskView) -> bool:
    """Is this the step in which Alur itself signs? Then its own page is where it is done."""
    signing = view.case.procedure.signing
    return view.step.id == signing.get("langkah") and signing.get("cara") in SIGNS_HERE


def demand(actor: Actor, step: str) -> tuple[str, str, str]:
    """(title, way, what is signed). Raises NotFound where this person signs nothing in the step."""
    found = duties_of(actor).signing.get(step)
    if found is None:
        raise NotFound
    return found


def load(actor: Actor, step: str) -> Waiting:
    """The most urgent bulk.LISTED of the step. Raises Forbidden; NotFound: nothing is signed there by this person."""
    title, way, noun = demand(actor, step)
    rows, rest = bulk.rows(actor, step)
    now = shown.digests([one.row.case_id for one in rows], step)
    seen = sightings.of(actor, [one.row.task_id for one in rows])
    listed = tuple(
        WaitingRow(one, now[one.row.case_id], seen.get(one.row.task_id) == now[one.row.case_id]) for one in rows
    )
    return Waiting(step, title, way or SIAK, noun, listed, _sent_back(actor, step), rest)


def _sent_back(actor: Actor, step: str) -> int:
    """The office's tasks of a day first, then what was answered in those: joined, one of them would be read whole."""
    done = store.session.execute(
        select(Task.id, Task.case_id)
        .where(Task.completed_by == actor.id, Task.completed_at >= _midnight(), Task.step == step)
        .limit(_MOST_A_DAY)
    ).all()
    if not done:
        return 0
    task_ids = {row.id for row in done}
    answers = store.session.execute(
        select(Answer.task_id, Answer.data).where(Answer.case_id.in_({row.case_id for row in done}))
    )
    return sum(row.task_id in task_ids and row.data.get(DECISION) == SENT_BACK for row in answers)


def _midnight() -> datetime:
    return datetime.combine(local_date(clock.now()), time(), tzinfo=WIB)
