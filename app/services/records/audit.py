"""Verifying the trail: every stream from its first entry to its head, in one pass and one snapshot of the database.

The seals are read first, so that none of them names an entry that the snapshot does not hold yet.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from app.domain.actors import Actor, demand
from app.domain.chain import GENESIS, Entry, first_broken
from app.domain.seal_chain import SealFault
from app.domain.sealed_heads import SealedHeads, Watch
from app.domain.seals import Seal
from app.models import Event, Stream
from app.services import store
from app.services.records import trail_rows
from app.services.records.seal_check import SealCheck
from app.services.records.seal_standing import read_tip

SEAL_FILE = "berkas segel"


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
    """Filled while `findings` is walked through. `notes`: worth telling, but nothing is wrong; `last`: newest seal;
    `progress` hears, every so many entries, how many were read.

    `key_problem`: why nothing could be held against the office's key; not a finding, but not a proof either.
    """

    findings: Iterator[Finding]
    streams: int = 0
    entries: int = 0
    seals: int = 0
    last: Seal | None = None
    key_problem: str = ""
    notes: list[Finding] = field(default_factory=list)
    progress: Callable[[int], None] = lambda entries: None


def verify(actor: Actor, public_key: str | None = None) -> Report:
    """Walk through `report.findings` to verify; counts are complete afterwards. Raises Forbidden.

    `public_key` (hex): the office's, for a machine without its key file.
    """
    demand(actor, "audit")
    report = Report(iter(()))
    report.findings = _walk(report, public_key)
    return report


def _walk(report: Report, public_key: str | None) -> Iterator[Finding]:
    check = SealCheck(read_tip(store.session()))
    store.session.rollback()
    yield from map(_of_file, check.faults_of_file(public_key))
    report.key_problem = check.key_problem
    report.seals, report.last = check.count, check.chain.last
    report.notes = [_of_file(note) for note in check.chain.notes]
    with trail_rows.snapshot() as connection:
        yield from map(_of_file, check.faults_against(read_tip(connection)))
        yield from _streams(connection, check.heads, report)


def _of_file(fault: SealFault) -> Finding:
    return Finding(SEAL_FILE, fault.line, fault.why)


def _streams(connection: Connection, heads: SealedHeads, report: Report) -> Iterator[Finding]:
    lost = heads.streams()
    rows = connection.execute(
        trail_rows.entries(connection.dialect.name), execution_options={"yield_per": trail_rows.BATCH}
    )
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
    for row in chain((first,), rest):
        report.entries += 1
        if report.entries % trail_rows.BATCH == 0:
            report.progress(report.entries)
        yield trail_rows.entry(row)
