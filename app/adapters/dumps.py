"""A whole database into one file and back, while others go on writing: SQLite's online backup, or pg_dump."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from app.domain.errors import BackupRefused

NAMES: Mapping[str, str] = {"sqlite": "basis-data.sqlite", "postgresql": "basis-data.pgdump"}


@contextmanager
def dumped(engine: Engine, target: Path) -> Iterator[Connection]:
    """Write the database into `target`; the connection sees exactly the moment that was written.

    Raises BackupRefused when the tools for it are missing or refuse.
    """
    with _SAVE[engine.dialect.name](engine, target) as connection:
        yield connection


def load(engine: Engine, source: Path) -> None:
    """Put `source` in the place of everything that is in the database. Raises BackupRefused."""
    _LOAD[engine.dialect.name](engine, source)


def check(kind: str, source: Path) -> None:
    """Can `source` be read at all? Raises BackupRefused."""
    if kind == "sqlite":
        with closing(_frozen(source)) as database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupRefused("Basis data di cadangan ini rusak. Pakai cadangan lain.")
    else:
        _run([_tool("pg_restore"), "--list", str(source)], {})


@contextmanager
def _save_sqlite(engine: Engine, target: Path) -> Iterator[Connection]:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(str(engine.url.database))) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)  # in one go: a reader's moment, and with WAL no writer waits for a reader
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal beside it
    with create_engine("sqlite://", creator=lambda: _frozen(target), poolclass=NullPool).connect() as connection:
        yield connection


def _frozen(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _load_sqlite(engine: Engine, source: Path) -> None:
    engine.dispose()
    with closing(_frozen(source)) as copy, closing(sqlite3.connect(str(engine.url.database))) as live:
        copy.backup(live)


@contextmanager
def _save_postgresql(engine: Engine, target: Path) -> Iterator[Connection]:
    tool = _tool("pg_dump")
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        _demand_new_enough(tool, connection)
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        target.touch(mode=0o600)
        what = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run([tool, *what, *_address(engine)], _secrets(engine))
        yield connection


def _load_postgresql(engine: Engine, source: Path) -> None:
    tool = _tool("pg_restore")
    with engine.begin() as connection:
        _demand_new_enough(tool, connection)
        there = MetaData()
        there.reflect(connection)
        there.drop_all(connection)
    engine.dispose()
    how = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run([tool, *how, *_address(engine), str(source)], _secrets(engine))


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} tidak ditemukan di PATH. Pasang klien PostgreSQL seversi servernya (Debian/Ubuntu: "
            "apt-get install postgresql-client), lalu ulangi."
        )
    return found


def _demand_new_enough(tool: str, connection: Connection) -> None:
    """An older pg_dump refuses a newer server, in words that don't say what to do."""
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)(?:\.\d+)?", said)
    server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10000
    if found is not None and int(found[1]) < server:
        name = Path(tool).name
        raise BackupRefused(
            f"{name} di PATH versi {found[1]}, server PostgreSQL versi {server}. Pasang postgresql-client-{server} "
            f"atau lebih baru dan dahulukan di PATH, lalu ulangi."
        )


def _address(engine: Engine) -> list[str]:
    """Without the password: a command line can be read by everyone on the machine."""
    url = engine.url.set(drivername="postgresql", password=None)
    return [f"--dbname={url.render_as_string(hide_password=False)}"]


def _secrets(engine: Engine) -> dict[str, str]:
    return {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}


def _run(command: list[str], secrets: Mapping[str, str]) -> None:
    done = subprocess.run(command, env={**os.environ, **secrets}, capture_output=True, text=True, check=False)
    if done.returncode:
        last = " ".join(done.stderr.split())[-300:]
        raise BackupRefused(f"{Path(command[0]).name} gagal: {last}")


_SAVE = {"sqlite": _save_sqlite, "postgresql": _save_postgresql}
_LOAD = {"sqlite": _load_sqlite, "postgresql": _load_postgresql}
