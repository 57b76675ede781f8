"""Verifying the trail: every stream from its first entry to its head, in one pass and one snapshot of the database.

The seals are read first, so that none of them names an entry that the snapshot does not hold yet.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Executable, Row, String, Text, cast, exists, select, type_coerce

from app.domain.actors import Actor, Office, can
from app.domain.chain import GENESIS, Entry, first_broken
from app.domain.errors import Forbidden
from app.domain.seal_chain import SealFault
from app.domain.sealed_heads import SealedHeads, Watch
from app.domain.seals import Seal
from app.models import Event, Stream
from app.services import store
from app.services.records.seal_check import SealCheck
from app.services.records.seal_standing import read_tip

SEAL_FILE = "berkas segel"
_BATCH = 1000
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """The first entry at which a stream is not what was written; `why` is an Indonesian sentence.

    In SEAL_FILE `seq` is the line, 0 for the whole file.
    """

    stream: str
    seq: int
    why: str

    @property
    def place(self) -> str:
        if self.stream != SEAL_FILE:
            return f"{self.stream}: catatan {self.seq}"
        return f"{SEAL_FILE}: baris {self.seq}" if self.seq else SEAL_FILE


@dataclass
class Report:
    """Filled while `findings` is walked through. `notes`: worth telling, but nothing is wrong; `last`: newest seal."""

    findings: Iterator[Finding]
    streams: int = 0
    entries: int = 0
    seals: int = 0
    last: Seal | None = None
    notes: list[Finding] = field(default_factory=list)


def verify(actor: Actor, public_key: str | None = None) -> Report:
    """Walk through `report.findings` to verify; counts are complete afterwards. Raises Forbidden.

    `public_key` (hex): the office's, for a machine without its key file.
    """
    if not can(actor, "audit", Office()):
        raise Forbidden
    report = Report(iter(()))
    report.findings = _walk(report, public_key)
    return report


def _walk(report: Report, public_key: str | None) -> Iterator[Finding]:
    check = SealCheck(read_tip(store.session()))
    store.session.rollback()
    yield from map(_of_file, check.faults_of_file(public_key))
    report.seals, report.last = check.count, check.chain.last
    report.notes = [_of_file(note) for note in check.chain.notes]
    with _snapshot() as connection:
        yield from map(_of_file, check.faults_against(read_tip(connection)))
        yield from _streams(connection, check.heads, report)


def _of_file(fault: SealFault) -> Finding:
    return Finding(SEAL_FILE, fault.line, fault.why)


def _streams(connection: Connection, heads: SealedHeads, report: Report) -> Iterator[Finding]:
    lost = heads.streams()
    rows = connection.execute(_entries(connection.dialect.name), execution_options={"yield_per": _BATCH})
    for name, group in groupby(rows, key=attrgetter("stream")):
        report.streams += 1
        lost.discard(name)
        finding = _judge(name, group, heads.watch(name), report)
        if finding is not None:
            yield finding
    for name, length in connection.execute(_EMPTIED):
        report.streams += 1
        lost.discard(name)
        yield Finding(name, 1, f"Catatan 1 sampai {length} hilang: rangkaiannya kosong.")
    for name in sorted(lost):
        broken = heads.lost(name)
        yield Finding(name, broken.seq, broken.why)


def _snapshot() -> Connection:
    """A connection that sees one moment throughout, while others go on writing."""
    engine = store.engine()
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def _entries(dialect: str) -> Executable:
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


_EMPTIED = (
    select(Stream.name, Stream.seq)
    .where(Stream.seq > 0, ~exists().where(Event.stream == Stream.name))
    .order_by(Stream.name)
)


def _judge(name: str, rows: Iterable[Row[Any]], watch: Watch, report: Report) -> Finding | None:
    rest = iter(rows)
    first = next(rest)
    if first.head is None:
        return Finding(name, first.seq, "Kepala rangkaian ini hilang, jadi ujungnya tidak dapat dipastikan.")
    entries = watch.over(_read(first, rest, report))
    broken = first_broken(name, entries, first.head or GENESIS, first.length) or watch.verdict()
    return None if broken is None else Finding(name, broken.seq, broken.why)


def _read(first: Row[Any], rest: Iterator[Row[Any]], report: Report) -> Iterator[Entry]:
    yield _entry(first, report)
    for row in rest:
        yield _entry(row, report)


def _entry(row: Row[Any], report: Report) -> Entry:
    report.entries += 1
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
