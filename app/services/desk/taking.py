"""Taking from the queue: the most urgent task that is still free when the click arrives, or another one, with a reason
where that passes over a task which is late already."""

from collections.abc import Iterator

from app.domain.actors import Actor
from app.domain.errors import Forbidden, FourEyes, NotFound, SkipsLate, TaskAlreadyClaimed, TaskClosed
from app.models import Task
from app.services import store
from app.services.desk.inbox import page
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.flow import tasks
from app.services.flow.tasks import Claimed

ATTEMPTS = 8
_PASSED_BY = (TaskAlreadyClaimed, TaskClosed, FourEyes, Forbidden, NotFound)


def claim(actor: Actor, task_id: str, key: str, reason: str = "") -> Claimed:
    """Take this very task. `reason`: of tasks.SKIP_REASONS, heard only where the claim passes over a late one.

    Raises SkipsLate (and takes nothing) where it does and there is none; else as tasks.claim does.
    """
    late = _passed_over(actor, task_id)
    if late is None:
        return tasks.claim(actor, task_id, key)
    if reason not in tasks.SKIP_REASONS:
        raise late
    return tasks.claim(actor, task_id, key, skipping=reason)


def claim_next(actor: Actor, suggestion: str, key: str) -> Claimed | None:
    """Claim `suggestion` (what the page showed first, "" = none), else the next free one; None: the queue is empty.

    A second click carries the same suggestion, so it leads to the same task. One that is not the first of the actor's
    own queue (behind a filter, say) is claimed as `claim` does, and so may be asked about. Raises Forbidden, SkipsLate.
    """
    for task_id in _candidates(actor, suggestion):
        try:
            return claim(actor, task_id, key) if task_id == suggestion else tasks.claim(actor, task_id, key)
        except _PASSED_BY:
            continue
    return None


def _candidates(actor: Actor, suggestion: str) -> Iterator[str]:
    if suggestion:
        yield suggestion
    for row in page(actor, ANTREAN, Filters(), size=ATTEMPTS).rows:
        if row.task_id != suggestion:
            yield row.task_id


def _passed_over(actor: Actor, task_id: str) -> SkipsLate | None:
    """The late task that this officer could take and that is due before this one. What is not free is nobody's skip."""
    task = store.session.get(Task, task_id)
    if task is None or task.claimed_by is not None or task.closed_at is not None:
        return None
    first = next(iter(page(actor, ANTREAN, Filters(late=True), size=1).rows), None)
    if first is None or first.due_at is None or first.task_id == task_id:
        return None
    if task.due_at is not None and (first.due_at, first.task_id) >= (task.due_at, task.id):
        return None
    return SkipsLate(first.number, first.task_id, first.remaining.words.lower())
