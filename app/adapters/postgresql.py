"""Connections to PostgreSQL that keep the plans the server has made for them."""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError

# A server that is being restarted is waited for, by everyone who needs it and all together for this long at most.
_RESTART_SECONDS = 4.0
_PAUSE_SECONDS = 0.2
_FORGOTTEN_SECONDS = 30.0


class KeepingConnection(psycopg.Connection[Any]):
    """A rollback forgets no prepared statement, and a server that is gone has rolled back by itself.

    psycopg forgets every plan each time, lest a table that was made or dropped in the meantime be gone. Every reading
    transaction of ours ends with a rollback, and none of them makes or drops a table, so that with psycopg's own
    rollback the server would plan every statement of every page anew.
    """

    def rollback(self) -> None:
        if self.closed:
            return
        healthy = self.pgconn.transaction_status == TransactionStatus.INTRANS
        if not healthy or self.pgconn.pipeline_status != PipelineStatus.OFF:
            with self._letting_go():
                super().rollback()
            return
        with self._letting_go(), self.lock:
            done = self.pgconn.exec_(b"ROLLBACK")
            if done.status != ExecStatus.COMMAND_OK:
                raise psycopg.OperationalError(done.get_error_message())

    @contextmanager
    def _letting_go(self) -> Iterator[None]:
        """A page that is ready must not fail because the server went away before we could say good-bye.

        A server that is there takes every rollback, so whatever it says instead, this connection is of no more use.
        """
        try:
            yield
        except psycopg.OperationalError:
            self.close()


class _Absence:
    """Since when the server is away, as this process knows. Nobody asked for a while: it is another absence."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = self._seen = float("-inf")

    def is_worth_waiting(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._seen > _FORGOTTEN_SECONDS:
                self._since = now
            self._seen = now
            return now - self._since < _RESTART_SECONDS

    def is_over(self) -> None:
        with self._lock:
            self._seen = float("-inf")


_absence = _Absence()


def pause() -> None:
    time.sleep(_PAUSE_SECONDS)


def connect(_: object, __: object, arguments: list[Any], named: dict[str, Any]) -> KeepingConnection:
    """For SQLAlchemy's `do_connect`. Nothing has happened yet, so a short absence can be sat out unseen."""
    while True:
        try:
            connection = KeepingConnection.connect(*arguments, **named)
        except psycopg.OperationalError:
            if not _absence.is_worth_waiting():
                raise
            pause()
        else:
            _absence.is_over()
            return connection


@contextmanager
def pipeline(connection: Connection) -> Iterator[None]:
    """Statements in here cross the wire together. Raises SQLAlchemy's errors, as statements outside do."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as problem:
        gone = bool(driver.closed)
        if gone:
            connection.invalidate(problem)
        raise DBAPIError.instance(
            None, None, problem, psycopg.Error, connection_invalidated=gone, dialect=connection.dialect
        ) from problem


def refuse_if_hung_up(connection: psycopg.Connection[Any], _: object, __: object) -> None:
    """For SQLAlchemy's `checkout`: a server that restarted has hung up on all of its connections.

    Hosts that vanish without a word are found by TCP's keepalives. Raises InvalidatePoolError.
    """
    if is_hung_up(connection):
        raise InvalidatePoolError


def is_hung_up(connection: psycopg.Connection[Any]) -> bool:
    """It shows without asking, while asking each time (pool_pre_ping) costs a step two trips to the server."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
