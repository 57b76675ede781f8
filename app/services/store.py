"""What services work with, handed to them once by create_app(): session, data folder, bell, where seals are kept.

A module, not a class: there is one store per process, and services must not know Flask.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry

from app.adapters import postgresql, private

WRITING = "alur_writing"
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=20000",
)


@dataclass(frozen=True)
class SealPlaces:
    """`key`: the signing key; `file`: the seals. `makes_key`: a key that is not there yet is made at first use."""

    key: Path
    file: Path
    makes_key: bool

    @classmethod
    def within(cls, data_dir: Path) -> "SealPlaces":
        return cls(data_dir / "segel" / "kunci.pem", data_dir / "segel" / "segel.jsonl", makes_key=True)


session: scoped_session[Session]
data_dir: Path
files_dir: Path
bell: Callable[[str], None]
seals: SealPlaces
_engine_for: Callable[[], Engine]
_thread_lock = threading.Lock()


def _silent(job_id: str) -> None:
    """No bell: workers find the row by polling."""


def bind(
    *,
    session: scoped_session[Session],
    engine_for: Callable[[], Engine],
    data_dir: Path,
    bell: Callable[[str], None] = _silent,
    seals: SealPlaces | None = None,
    files_dir: Path | None = None,
) -> None:
    """Called once per process, inside an application context, before the first query. `files_dir`: of uploads."""
    places = seals or SealPlaces.within(data_dir)
    _hold(session, engine_for, data_dir, bell, places, files_dir or data_dir / "berkas")
    private.folder(data_dir)
    engine = engine_for()
    if engine.dialect.name == "sqlite" and engine.url.database:
        private.sqlite_file(Path(engine.url.database))
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _on_sqlite_connect):
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    if engine.dialect.name == "postgresql" and not event.contains(engine, "do_connect", postgresql.connect):
        event.listen(engine, "do_connect", postgresql.connect)
        event.listen(engine, "checkout", postgresql.refuse_if_hung_up)


@contextmanager
def instead(*, session: scoped_session[Session], engine_for: Callable[[], Engine], data_dir: Path) -> Iterator[None]:
    """Another store for a while, for a simulation; no bell rings. Not while other threads work."""
    before = (globals()["session"], _engine_for, globals()["data_dir"], bell, seals, files_dir)
    bind(session=session, engine_for=engine_for, data_dir=data_dir)
    try:
        yield
    finally:
        _hold(*before)


def _hold(
    a_session: scoped_session[Session],
    an_engine_for: Callable[[], Engine],
    a_data_dir: Path,
    a_bell: Callable[[str], None],
    the_seals: SealPlaces,
    a_files_dir: Path,
) -> None:
    global session, _engine_for, data_dir, bell, seals, files_dir
    session, _engine_for, data_dir, bell = a_session, an_engine_for, a_data_dir, a_bell
    seals, files_dir = the_seals, a_files_dir


def engine() -> Engine:
    return _engine_for()


@contextmanager
def writing() -> Iterator[None]:
    """One writer at a time on SQLite, across threads and processes; on PostgreSQL row locks do it.

    A plain BEGIN IMMEDIATE still loses claims to "database is locked" under load; waiting here never does.
    """
    if engine().dialect.name != "sqlite":
        yield
        return
    with _thread_lock:
        lock = os.open(data_dir / "tulis.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def reads_anew(connection: Connection) -> bool:
    """Is this a PostgreSQL transaction at READ COMMITTED that nothing went wrong in, on a server that is there?"""
    if connection.dialect.name != "postgresql" or connection.default_isolation_level != "READ COMMITTED":
        return False
    if connection.invalidated:
        return False
    driver: Any = connection.connection.driver_connection
    return bool(driver.info.transaction_status.name == "INTRANS" and not postgresql.is_hung_up(driver))


@contextmanager
def sent_together(connection: Connection, *, with_commit: bool = False) -> Iterator[None]:
    """Writes in here whose results nobody waits for cross the wire to PostgreSQL in one go, not one by one.

    What the database has against one of them is raised when the block ends.
    `with_commit`: they are the last of the transaction, whose COMMIT goes along; the session's own commit then finds
    nothing left to do. After a refused write the server skips it like everything else up to the end of the block.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    with postgresql.pipeline(connection):
        yield
        if with_commit:
            connection.exec_driver_sql("COMMIT")


def _on_sqlite_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get(WRITING, False)
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
    cursor.close()
