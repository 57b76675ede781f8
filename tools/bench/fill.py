"""A full office in seconds: one real case copied by the database itself, with new ids and later moments.

The copies' chains carry the hashes of the original, so that `audit verify` would find them; nothing here asks it.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Table, text

from app.extensions import db
from app.models import Base, new_id

# What a copy has of its own; every other column is the original's. {id}: a new id, {n}: the number of the copy.
_OWN: Mapping[str, Mapping[str, str]] = {
    "cases": {"id": "m.case_id", "number": "'{prefix}' || m.n"},
    "permohonan": {"case_id": "m.case_id", "draft_id": "{id}", "receipt_token": "{id}"},
    "tasks": {"id": "{id}", "case_id": "m.case_id", "due_at": "{later:due_at}", "opened_at": "{later:opened_at}"},
    "timers": {"id": "{id}", "case_id": "m.case_id", "due_at": "{later:due_at}"},
    "answers": {"id": "{id}", "case_id": "m.case_id"},
    "streams": {"name": "'kasus:' || m.case_id"},
    "events": {"stream": "'kasus:' || m.case_id"},
}
_ABOUT = {"cases": "id", "streams": "name", "events": "stream"}
_ID = {"sqlite": "substr(lower(hex(randomblob(11))), 1, 22)", "postgresql": "substr(md5(random()::text), 1, 22)"}
_LATER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', o.{column}, '+' || (m.n % 10000) || ' seconds')",
    "postgresql": "o.{column} + (m.n % 10000) * interval '1 second'",
}


def copy(case_id: str, count: int, prefix: str) -> list[str]:
    """`count` copies of a case as it stands; their ids. Jobs, notices and files are not copied. `prefix` of numbers."""
    ids = [new_id() for _ in range(count)]
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE m (n INTEGER PRIMARY KEY, case_id VARCHAR(22))"))
        connection.execute(
            text("INSERT INTO m VALUES (:n, :case_id)"), [{"n": n, "case_id": one} for n, one in enumerate(ids, 1)]
        )
        for name in _OWN:
            _copy_rows(connection, Base.metadata.tables[name], case_id, prefix)
        connection.execute(text("DROP TABLE m"))
    return ids


def _copy_rows(connection: Connection, table: Table, case_id: str, prefix: str) -> None:
    dialect, own = connection.dialect.name, _OWN[table.name]
    columns = [column.name for column in table.columns if not (table.name == "events" and column.name == "id")]
    values = []
    for column in columns:
        value = own.get(column, f"o.{column}").replace("{id}", _ID[dialect]).replace("{prefix}", prefix)
        values.append(_LATER[dialect].replace("{column}", column) if value.startswith("{later") else value)
    about = _ABOUT.get(table.name, "case_id")
    named = ", ".join(f'"{column}"' for column in columns)
    whose = f"kasus:{case_id}" if about in ("name", "stream") else case_id
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({named}) SELECT {', '.join(values)} FROM {table.name} o CROSS JOIN m "
        f"WHERE o.{about} = '{whose}'".replace("%", "%%" if dialect == "postgresql" else "%")
    )
