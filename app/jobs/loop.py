"""A loop that a process repeats until it is told to stop, or its supervisor is gone."""

import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.jobs import pulse

log = logging.getLogger(__name__)

_AFTER_TROUBLE_SECONDS = 2.0
_SECRET = re.compile(r"(password\s*=\s*|://[^:@/\s]*:)[^@\s]+", re.IGNORECASE)


class Every:
    """What a loop does less often than it turns; the first time at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._next = 0.0

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self.seconds
        return True

    def again(self) -> None:
        """Something was left undone: it is due at the next turn."""
        self._next = 0.0


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and SIGINT set `stop` from now on. Main thread only."""

    def handle(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def repeat(
    turn: Callable[[], int], stop: threading.Event, pause: float, beat: Callable[[], None] = pulse.silent
) -> None:
    """Call `turn` until `stop`; it returns how much it did, and after nothing we rest `pause` seconds.

    `beat` is called at every turn: a loop that hangs, or has no database, is seen to be dead.
    A database that is away is waited for; any other error ends the process, and the supervisor starts a fresh one.
    """
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        try:
            beat()
            done = turn()
        except SQLAlchemyError as problem:
            log.error("the database does not serve: %s", reason(problem))
            stop.wait(_AFTER_TROUBLE_SECONDS)
            continue
        if not done:
            stop.wait(pause)
    if os.getppid() != parent:
        log.warning("the process that started this one has ended, so this one stops too")


def reason(problem: SQLAlchemyError) -> str:
    """What the server or driver said, in one line without password; of other errors, which may quote data, the kind."""
    kind = type(problem).__name__
    if not isinstance(problem, OperationalError):
        return kind
    said = next(iter(str(problem.orig).strip().splitlines()), "")
    shown = _SECRET.sub(r"\1***", said)
    return f"{kind}: {shown}" if shown else kind
