"""Connections to PostgreSQL that keep the plans the server has made for them."""

import select
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy.exc import InvalidatePoolError


class KeepingConnection(psycopg.Connection[Any]):
    """A rollback forgets no prepared statement.

    psycopg forgets them all each time, lest a table that was made or dropped in the meantime be gone. Every reading
    transaction of ours ends with a rollback, and none of them makes or drops a table, so that with psycopg's own
    rollback the server would plan every statement of every page anew.
    """

    def rollback(self) -> None:
        healthy = self.pgconn.transaction_status == TransactionStatus.INTRANS
        if not healthy or self.pgconn.pipeline_status != PipelineStatus.OFF:
            super().rollback()
            return
        with self.lock:
            done = self.pgconn.exec_(b"ROLLBACK")
        if done.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(done.get_error_message())


def connect(_: object, __: object, arguments: list[Any], named: dict[str, Any]) -> KeepingConnection:
    """For SQLAlchemy's `do_connect`."""
    return KeepingConnection.connect(*arguments, **named)


def refuse_if_hung_up(connection: psycopg.Connection[Any], _: object, __: object) -> None:
    """For SQLAlchemy's `checkout`: a server that restarted has hung up on all of its connections.

    It shows without asking, while asking each time (pool_pre_ping) costs a step two trips to the server. Hosts that
    vanish without a word are found by TCP's keepalives. Raises InvalidatePoolError.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError
