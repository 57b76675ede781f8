"""The trail read back as it stands in the tables, altered or not, in one snapshot."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, String, Text, cast, select, type_coerce

from app.domain.chain import Entry
from app.models import Event, Stream
from app.services import store
from app.services.paging import at_most

BATCH = 1000
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


def snapshot() -> Connection:
    """A connection that sees one moment throughout, while others go on writing."""
    engine = store.engine()
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def entries(dialect: str) -> Select[*tuple[Any, ...]]:
    """In the order of writing, so that exchanged numbers show. SQLite holds whatever was put there: read it as text."""
    at = type_coerce(Event.at, String) if dialect == "sqlite" else Event.at
    return (
        select(
            Event.stream,
            Event.seq,
            at.label("at"),
            Event.actor,
            Event.verb,
            cast(Event.payload, Text).label("payload"),
            Event.hash,
            Stream.head,
            Stream.seq.label("length"),
        )
        .join_from(Event, Stream, Stream.name == Event.stream, isouter=True)
        .order_by(Event.stream, Event.id)
    )


def newest(dialect: str, stream: str, before: int | None, limit: int) -> Select[*tuple[Any, ...]]:
    """The last entries of one stream, or the last before number `before`; the newest first."""
    query = entries(dialect).where(Event.stream == stream).order_by(None).order_by(Event.seq.desc())
    return (query if before is None else query.where(Event.seq < before)).limit(at_most(limit))


def entry(row: Row[Any]) -> Entry:
    seq = row.seq if isinstance(row.seq, int) else 0
    return Entry(seq, _moment(row.at), row.actor, row.verb, _payload(row.payload), row.hash)


def _payload(text: str | None) -> Any:
    """What nobody can read was altered; None has another hash than any payload."""
    try:
        return json.loads(text or "")
    except ValueError:
        return None


def _moment(value: datetime | str | None) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value or "").replace(tzinfo=UTC)
    except ValueError:
        return _NO_MOMENT
