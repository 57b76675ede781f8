"""The whole machinery for the admin: parts, processes, jobs by kind, seals, backups; what needs a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.actors import Actor, demand
from app.domain.version import VERSION
from app.services import store
from app.services.operations import figures, health, heartbeats, records, revision
from app.services.operations.figures import Figures
from app.services.operations.health import Part
from app.services.operations.heartbeats import Process
from app.services.operations.records import Line
from app.services.records.seal_standing import read_tip

BACKUP_OLD = timedelta(hours=26)
"""A nightly backup that is later than this did not happen."""
_MB = 1024 * 1024


@dataclass(frozen=True)
class Jobs:
    """Of one kind, not done: how many wait for their time, are due, are being worked on, were given up."""

    kind: str
    waiting: int
    due: int
    leased: int
    failed: int


@dataclass(frozen=True)
class Seals:
    """`number`, `at`: the last one (0, None: none yet). `apart`: its file lies outside the folder of all other data."""

    number: int
    at: datetime | None
    unsealed_s: float
    size: int
    apart: bool


@dataclass(frozen=True)
class State:
    """`free_mb`: place -> what is left; `database`: its kind; `revision`: of its tables."""

    version: str
    database: str
    revision: str
    parts: Sequence[Part]
    processes: Sequence[Process]
    jobs: Sequence[Jobs]
    figures: Figures
    seals: Seals
    backups: Sequence[Line]
    restores: Sequence[Line]
    free_mb: Mapping[str, int]


def read(actor: Actor, now: datetime, *, redis_url: str, disk_min_mb: int) -> State:
    """Raises Forbidden; SQLAlchemyError when the database does not answer."""
    demand(actor, "administer")
    counted = figures.read(now)
    return State(
        version=VERSION,
        database=store.engine().dialect.name,
        revision=revision.current(),
        parts=health.parts(now, redis_url=redis_url, disk_min_mb=disk_min_mb),
        processes=heartbeats.processes(now),
        jobs=_by_kind(counted),
        figures=counted,
        seals=_seals(counted.unsealed_s),
        backups=records.last(records.BACKUP),
        restores=records.last(records.RESTORE),
        free_mb={name: free // _MB for name, free in health.free_bytes().items()},
    )


def troubles(actor: Actor, now: datetime, *, redis_url: str, disk_min_mb: int) -> Sequence[Part]:
    """Parts that are not well, an old backup among them. Raises Forbidden."""
    demand(actor, "administer")
    found = [*health.parts(now, redis_url=redis_url, disk_min_mb=disk_min_mb), backup(now)]
    return [part for part in found if part.state != health.GOOD]


def backup(now: datetime) -> Part:
    """Is there a backup of last night?"""
    made = records.last(records.BACKUP, 1)
    if not made:
        advice = "Belum ada cadangan yang tercatat. Nyalakan cadangan tiap malam (panduan operator, bagian Cadangan)."
        return Part("cadangan", health.POOR, advice)
    if now - made[0].at > BACKUP_OLD:
        days = max(1, round((now - made[0].at) / timedelta(days=1)))
        advice = f"Cadangan terakhir {days} hari yang lalu. Periksa jadwalnya (panduan operator, bagian Cadangan)."
        return Part("cadangan", health.POOR, advice)
    if made[0].missing:
        advice = f"Cadangan terakhir kehilangan {made[0].missing} berkas. Pulihkan berkas itu dari cadangan sebelumnya."
        return Part("cadangan", health.POOR, advice)
    return Part("cadangan", health.GOOD)


def _by_kind(counted: Figures) -> list[Jobs]:
    def of(kind: str, state: str) -> int:
        return counted.jobs.get((kind, state), 0)

    states = (figures.WAITING, figures.DUE, figures.LEASED, figures.FAILED)
    kinds = sorted({kind for kind, _ in counted.jobs})
    return [Jobs(kind, *(of(kind, state) for state in states)) for kind in kinds]


def _seals(unsealed_s: float) -> Seals:
    tip, file = read_tip(store.session()), store.seals.file
    size = file.stat().st_size if file.exists() else 0
    return Seals(tip.number, tip.at, unsealed_s, size, store.data_dir not in file.parents)
