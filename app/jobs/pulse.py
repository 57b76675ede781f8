"""The heartbeat of a process, as its loops call it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import SQLAlchemyError

from app.jobs.run import application
from app.services.operations.heartbeats import Pulse


def silent() -> None:
    """Nobody watches."""


@contextmanager
def beating(kind: str) -> Iterator[Callable[[], None]]:
    """What to call at every turn. At the end the process says good-bye, if the database is there to hear it."""
    pulse = Pulse(kind)

    def beat() -> None:
        with application().app_context():
            pulse.beat()

    try:
        yield beat
    finally:
        with application().app_context(), suppress(SQLAlchemyError):
            pulse.stop()
