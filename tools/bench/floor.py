"""The floor: the same rows that the application wrote for one case, written by hand for its twin.

What claim and complete changed is read off the tables as inserts, updates and deletes of rows, moved to an untouched
case of the same shape in the same database, and sent over the bare driver: writes alone, no reads, one commit for the
claim and one for the completion. Values are encoded before the clock runs.
"""

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, make_url

from app.models import new_id
from app.services.store import SQLITE_PRAGMAS

Row = dict[str, Any]
Tables = dict[str, dict[tuple[Any, ...], Row]]
Statement = tuple[str, tuple[Any, ...]]

# table -> (column that says which case, primary key, what a twin's row is known by)
_TABLES: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "cases": ("id", ("id",), ()),
    "streams": ("name", ("name",), ()),
    "tasks": ("case_id", ("id",), ("token",)),
    "timers": ("case_id", ("id",), ("kind", "token", "element")),
    "jobs": ("case_id", ("id",), ("kind",)),
    "notices": ("case_id", ("id",), ("title",)),
    "answers": ("case_id", ("id",), ("step", "visit")),
    "events": ("stream", ("id",), ("seq",)),
    "idempotency_keys": ("case_id", ("actor_id", "key"), ("actor_id", "at")),
}


def rows_of(connection: Connection, case_id: str) -> Tables:
    """Every row of one case as the driver gives it: table -> primary key -> row."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    found: Tables = {}
    for table, (about, primary, _) in _TABLES.items():
        value = f"kasus:{case_id}" if table in ("streams", "events") else case_id
        rows = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE {about} = {mark}", (value,)).mappings()
        found[table] = {tuple(row[column] for column in primary): dict(row) for row in rows}
    return found


class Twin:
    """Turns what happened to one case into statements for another that is still as the first was `before`."""

    def __init__(self, before: Tables, twin: Tables, mark: str) -> None:
        self.mark = mark
        self.names: dict[Any, Any] = {}
        for table, (_, primary, alike) in _TABLES.items():
            theirs = sorted(twin[table].values(), key=lambda row: [str(row[column]) for column in alike])
            ours = sorted(before[table].values(), key=lambda row: [str(row[column]) for column in alike])
            for one, other in zip(ours, theirs, strict=True):
                self.names.update({one[column]: other[column] for column in primary})

    def statements(self, before: Tables, after: Tables) -> list[Statement]:
        written: list[Statement] = []
        for table, (_, primary, _) in _TABLES.items():
            for key in before[table].keys() - after[table].keys():
                written.append(self._delete(table, primary, key))
            for key, row in after[table].items():
                old = before[table].get(key)
                if old is None:
                    written.append(self._insert(table, row))
                elif old != row:
                    changed = {column: value for column, value in row.items() if value != old[column]}
                    written.append(self._update(table, primary, key, changed))
        return written

    def _delete(self, table: str, primary: Sequence[str], key: Sequence[Any]) -> Statement:
        return f"DELETE FROM {table} WHERE {self._where(primary)}", tuple(map(self._moved, key))

    def _update(self, table: str, primary: Sequence[str], key: Sequence[Any], changed: Row) -> Statement:
        places = ", ".join(f'"{column}" = {self.mark}' for column in changed)
        values = (*map(self._moved, changed.values()), *map(self._moved, key))
        return f"UPDATE {table} SET {places} WHERE {self._where(primary)}", values

    def _insert(self, table: str, row: Row) -> Statement:
        row = dict(row)
        if table == "events":
            del row["id"]
        elif "id" in row:
            self.names.setdefault(row["id"], new_id())
        if "key" in row:
            row["key"] = new_id() + str(row["key"])[22:]
        columns = ", ".join(f'"{column}"' for column in row)
        marks = ", ".join(self.mark for _ in row)
        return f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(map(self._moved, row.values()))

    def _where(self, primary: Sequence[str]) -> str:
        return " AND ".join(f'"{column}" = {self.mark}' for column in primary)

    def _moved(self, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value)
        return self.names.get(value, value)


class Hand:
    """A connection of the bare driver, as durable as the application's."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self.connection: Any
        if address.drivername == "sqlite":
            self.mark, self.begin = "?", "BEGIN IMMEDIATE"
            self.connection = sqlite3.connect(str(address.database), isolation_level=None)
            for pragma in SQLITE_PRAGMAS:
                self.connection.execute(pragma)
        else:
            self.mark, self.begin = "%s", "BEGIN"
            plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(plain, autocommit=True)

    def write(self, statements: Sequence[Statement]) -> float:
        """Seconds for one transaction."""
        began = time.perf_counter()
        cursor = self.connection.cursor()
        cursor.execute(self.begin)
        for sql, values in statements:
            cursor.execute(sql, values)
        cursor.execute("COMMIT")
        return time.perf_counter() - began
