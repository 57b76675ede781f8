"""What the office decided, taken over by this process while it runs: one look at one number, at most every PERIOD."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.domain.calendar_book import Book
from app.models import OfficeVersion
from app.services import clock, store
from app.services.messages import wording
from app.services.office import code_following, profile, versions

log = logging.getLogger("alur.office")

PERIOD = 2.0
SETTLE = timedelta(seconds=6)
"""After this every process that does anything has taken over what was saved."""

_lock = threading.Lock()
_next = 0.0
_seen = 0


def refresh(*, at_once: bool = False) -> None:
    """Take over what is new. Of a database that is away the last known stays: whoever needs it will say so."""
    global _next
    if not at_once and time.monotonic() < _next:
        return
    with _lock:
        _next = time.monotonic() + PERIOD
        try:
            # A session of its own: the caller's transaction must not notice.
            with Session(store.engine()) as session:
                _take(session)
        except SQLAlchemyError as problem:
            log.warning("the office's settings cannot be read: %s", type(problem).__name__)


def reset() -> None:
    """Another application begins in this process: nothing is known of its office."""
    global _next, _seen
    _next, _seen = 0.0, 0
    for follow in _FOLLOWERS.values():
        follow({})


def _take(session: Session) -> None:
    global _seen
    newest = session.scalar(select(func.max(OfficeVersion.id))) or 0
    if newest == _seen:
        return
    for name, follow in _FOLLOWERS.items():
        query = select(OfficeVersion.data).where(OfficeVersion.name == name)
        follow(session.scalar(query.order_by(OfficeVersion.number.desc()).limit(1)) or {})
    _seen = newest


def _calendar(data: Mapping[str, Any]) -> None:
    clock.follow(Book.from_data(data).calendar() if data else None)


_FOLLOWERS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    versions.CALENDAR: _calendar,
    versions.PROFILE: profile.follow,
    versions.LOGO: profile.follow_logo,
    versions.LETTERS: wording.follow,
    versions.CODES: code_following.follow,
}
