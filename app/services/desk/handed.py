"""Since when a task is in the hands of who holds it now, where another put it there."""

from datetime import datetime

from sqlalchemy import select

from app.models import Event, Task
from app.services import store
from app.services.flow.handing_over import VERB
from app.services.paging import at_most
from app.services.records import trail

LOOKED_AT = 50


def since(task: Task) -> datetime | None:
    """When it was last given to its holder; None: nobody holds it, or they took it themselves.

    `claimed_at` stays what it was: from hands to hands, the work on it goes on.
    """
    if task.claimed_by is None or task.claimed_at is None:
        return None
    newest = select(Event.at, Event.verb, Event.payload).where(Event.stream == trail.case_stream(task.case_id))
    found = store.session.execute(newest.order_by(Event.seq.desc()).limit(at_most(LOOKED_AT)))
    given = next((one for one in found if one.verb == VERB and one.payload.get("tugas") == task.id), None)
    return given.at if given is not None and given.payload.get("kepada") == task.claimed_by else None
