""" "Ambil berikutnya": take the most urgent task that is still free when the click arrives."""

from collections.abc import Iterator

from app.domain.actors import Actor
from app.domain.errors import Forbidden, FourEyes, NotFound, TaskAlreadyClaimed, TaskClosed
from app.services.desk.inbox import page
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.flow import tasks
from app.services.flow.tasks import Claimed

ATTEMPTS = 8

_PASSED_BY = (TaskAlreadyClaimed, TaskClosed, FourEyes, Forbidden, NotFound)


def claim_next(actor: Actor, suggestion: str, key: str) -> Claimed | None:
    """Claim `suggestion` (what the page showed first, "" = none), else the next free one; None: the queue is empty.

    A second click carries the same suggestion, so it leads to the same task. Raises Forbidden.
    """
    for task_id in _candidates(actor, suggestion):
        try:
            return tasks.claim(actor, task_id, key)
        except _PASSED_BY:
            continue
    return None


def _candidates(actor: Actor, suggestion: str) -> Iterator[str]:
    if suggestion:
        yield suggestion
    for row in page(actor, ANTREAN, Filters(), size=ATTEMPTS).rows:
        if row.task_id != suggestion:
            yield row.task_id
