"""Something outside is down: the clocks of all one's tasks that need it are stopped, or go on, with one click."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor, demand
from app.domain.errors import AlurError
from app.models import Case, Task
from app.services import store
from app.services.flow import pauses, published


@dataclass(frozen=True)
class Outage:
    """One cause that the procedures know, and how many of the actor's tasks it concerns."""

    cause: str
    running: int
    paused: int


def offers(actor: Actor) -> tuple[Outage, ...]:
    """Every cause that some task in the actor's hands may be stopped for."""
    running, paused = Counter[str](), Counter[str]()
    for _, cause, is_paused in _mine(actor):
        (paused if is_paused else running)[cause] += 1
    return tuple(Outage(cause, running[cause], paused[cause]) for cause in sorted(running.keys() | paused.keys()))


def pause_all(actor: Actor, cause: str) -> int:
    """Stop what runs; how many. One that changed meanwhile is left alone."""
    return _each(actor, cause, paused=False)


def resume_all(actor: Actor, cause: str) -> int:
    """Let what stands still go on; how many."""
    return _each(actor, cause, paused=True)


def _each(actor: Actor, cause: str, *, paused: bool) -> int:
    demand(actor, "use_inbox")
    turn = pauses.resume if paused else pauses.pause
    done = 0
    for task_id, its_cause, is_paused in _mine(actor):
        if its_cause == cause and is_paused == paused:
            try:
                done += turn(actor, task_id)
            except AlurError:
                continue
    return done


def _mine(actor: Actor) -> list[tuple[str, str, bool]]:
    """(task id, cause, does it stand still) of the open tasks in the actor's hands that know a cause."""
    rows = store.session.execute(
        select(Task.id, Task.step, Task.paused_at, Case.version_id)
        .join(Case, Case.id == Task.case_id)
        .where(Task.claimed_by == actor.id, Task.closed_at.is_(None), Task.held_at.is_(None))
        .order_by(Task.due_at, Task.id)
    ).all()
    found = []
    for row in rows:
        form = published.compiled(row.version_id).forms.get(row.step)
        if form is not None and form.pause is not None:
            found.append((row.id, form.pause.cause, row.paused_at is not None))
    return found
