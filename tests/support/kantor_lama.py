"""An office as an earlier Alur left it: its rows, files and the bytes of its running cases, put into a database.

tests/data/kantor-0002.json.gz was written by the program of revision 0002 (before 0003 was made) with a case in every
step of the KK flow. It is never made anew: what it holds is what offices have.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Engine, LargeBinary, MetaData, text
from sqlalchemy.types import TypeEngine

from app.adapters.storage import FolderStore
from app.cli.database import alembic_config

PATH = Path(__file__).parents[1] / "data" / "kantor-0002.json.gz"


@dataclass(frozen=True)
class KantorLama:
    """`cases`: the step it stands at -> its id; `at`: the moment it was left."""

    at: datetime
    cases: Mapping[str, str]
    draft_id: str
    version_id: str


def put(engine: Engine, data_dir: Path, revision: str) -> KantorLama:
    """Into an empty database, at `revision`; columns that it did not have yet are left out."""
    told = json.loads(gzip.decompress(PATH.read_bytes()))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)
    with engine.begin() as connection:
        _insert(connection, told["columns"], told["rows"])
    for data in told["files"].values():
        FolderStore(data_dir / "berkas").put(base64.b64decode(data))
    version = told["rows"]["procedure_versions"][0][told["columns"]["procedure_versions"].index("id")]
    return KantorLama(datetime.fromisoformat(told["at"]), told["cases"], told["draft"], version)


def _insert(connection: Connection, columns: dict[str, list[str]], rows: dict[str, list[list[Any]]]) -> None:
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        names = columns.get(table.name, [])
        values = [
            {name: _typed(value, table.c[name].type) for name, value in zip(names, row, strict=True) if name in table.c}
            for row in rows.get(table.name, [])
        ]
        if values:
            connection.execute(table.insert(), values)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('events', 'id'), max(id)) FROM events"))


def _typed(value: Any, kind: TypeEngine[Any]) -> Any:
    """As SQLite keeps it -> as the column's type takes it."""
    if value is None:
        return None
    if isinstance(kind, JSON):
        return json.loads(value)
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if kind.timezone else moment
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return base64.b64decode(value["bytes"]) if isinstance(kind, LargeBinary) else value
