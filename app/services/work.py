"""unit_of_work(): the only writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app.services import store

_BELL = "ring_after_commit"


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: all or nothing. Not nested; nothing slow inside (no network, images, PDFs, hashing of files).

    Whatever was read before in this session is dropped first, so that decisions rest on what is locked here.
    """
    session = store.session()
    _forget_what_was_read(session)
    with store.writing():
        session.connection(execution_options=None if session.in_transaction() else {store.WRITING: True})
        try:
            yield session
            session.commit()
        finally:
            session.rollback()
            waiting = session.info.pop(_BELL, ())
    for job_id in waiting:
        store.bell(job_id)


def _forget_what_was_read(session: Session) -> None:
    """On PostgreSQL a healthy transaction that has only read may go on: there every statement sees anew.

    It spares three trips to the server. On SQLite a writer must begin as one.
    """
    has_changes = session.new or session.dirty or session.deleted
    if session.in_transaction() and not has_changes and store.reads_anew(session.connection()):
        session.expire_all()
    else:
        session.rollback()


def ring_after_commit(session: Session, job_id: str) -> None:
    """Hurry the worker once this transaction is durable. Losing the ring only delays: the job's row is the truth."""
    session.info.setdefault(_BELL, []).append(job_id)


def one_or_many(rows: list[dict[str, Any]]) -> dict[str, Any] | list[dict[str, Any]]:
    """Parameters for one statement. Drivers take a slower way for a list, even of one."""
    return rows[0] if len(rows) == 1 else rows
