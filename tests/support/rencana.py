"""What the database means to do with a statement: does it walk a big table, or a whole index?

Statements are taken from the engine as they are sent, and explained afterwards with the parameters they came with.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

# Tables that grow for as long as the office is open. The others (versions, roles, counters, heartbeats) stay small.
BIG = frozenset(
    {
        "absences",
        "access_log",
        "answers",
        "bulk_items",
        "bulk_runs",
        "case_kks",
        "case_niks",
        "case_notes",
        "case_tags",
        "cases",
        "data_incidents",
        "data_requests",
        "discussion_marks",
        "discussion_messages",
        "discussions",
        "deliveries",
        "drafts",
        "events",
        "half_logins",
        "idempotency_keys",
        "jobs",
        "mailbox",
        "name_words",
        "notice_preferences",
        "notices",
        "old_cards",
        "permohonan",
        "ratings",
        "recovery_codes",
        "second_factors",
        "registrations",
        "saved_filters",
        "sessions",
        "staged_results",
        "stored_files",
        "stand_ins",
        "streams",
        "task_asides",
        "task_drafts",
        "task_figures",
        "task_stops",
        "tasks",
        "timers",
        "uploads",
        "users",
    }
)
_EXPLAINED = ("SELECT", "UPDATE", "DELETE", "WITH")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass
class Sent:
    """Every statement once, with the parameters of its first time."""

    statements: dict[str, Any] = field(default_factory=dict)

    def note(self, conn: object, cursor: object, sql: str, parameters: Any, context: object, many: bool) -> None:
        if sql.lstrip().upper().startswith(_EXPLAINED):
            self.statements.setdefault(sql, parameters[0] if many else parameters)


@contextmanager
def collecting(engine: Engine) -> Iterator[Sent]:
    sent = Sent()
    event.listen(engine, "before_cursor_execute", sent.note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", sent.note)


def walks(connection: Connection, sql: str, parameters: Any, *, generic: bool = False) -> list[str]:
    """Each big table that this statement would read from one end to the other, and how.

    `generic`: as PostgreSQL plans a statement that it keeps, not knowing the parameters.
    """
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(parameters)).all()
        details = [row[3] for row in rows]
        sorts = any("TEMP B-TREE" in detail for detail in details)
        if "LIMIT" in sql and "WHERE" not in sql and not sorts:
            return []  # the first few of an order, or whether there is any
        return [detail for detail in details if _is_sqlite_walk(detail)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    if generic:
        plan = _explain(connection, f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {_numbered(sql)}", None)
    else:
        plan = _explain(connection, f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    return [text for node, stops in _nodes(plan) if (text := _postgresql_walk(node, stops))]


def _is_sqlite_walk(detail: str) -> bool:
    found = re.match(r"SCAN (\w+?)(?:_\d+)?(?: |$)", detail)
    return found is not None and found.group(1) in BIG


def _explain(connection: Connection, sql: str, parameters: Any) -> Mapping[str, Any]:
    driver: Any = connection.connection.driver_connection
    plan = driver.execute(sql, parameters).fetchone()[0]
    found: Mapping[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


def _numbered(sql: str) -> str:
    """The same with $1, $2 … as PostgreSQL itself writes parameters."""
    numbers: dict[str, int] = {}
    return _PLACEHOLDER.sub(lambda m: f"${numbers.setdefault(m.group(1), len(numbers) + 1)}", sql).replace("%%", "%")


def _nodes(plan: Mapping[str, Any], stops: bool = False) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every part of a plan, and whether what is above it stops it after a few rows."""
    yield plan, stops
    kind = plan["Node Type"]
    stops = kind == "Limit" or (stops and kind in ("Nested Loop", "LockRows", "Subquery Scan", "Result", "Append"))
    for part in plan.get("Plans", ()):
        yield from _nodes(part, stops)


def _postgresql_walk(node: Mapping[str, Any], stops: bool) -> str:
    kind, table = node["Node Type"], node.get("Relation Name", "")
    if stops and "Filter" not in node:
        return ""  # the first few of an order, or whether there is any
    if kind == "Seq Scan" and table in BIG:
        return f"Seq Scan on {table}: {node.get('Filter', '')}"
    if "Index" in kind and "Scan" in kind and "Index Cond" not in node:
        index = node.get("Index Name", "")
        if table in BIG or (not table and index):
            return f"{kind} of all of {index}: {node.get('Filter', '')}"
    return ""
