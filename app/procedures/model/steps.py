"""The steps of the diagram and the rows of the paper that they are."""

from dataclasses import dataclass

from app.domain.actors import APPLICANTS
from app.domain.durations import Duration


@dataclass(frozen=True)
class Row:
    """One row of the paper's table, word for word."""

    no: int
    steps: tuple[str, ...]
    uraian: str
    kelengkapan: str
    waktu: Duration
    output: str
    keterangan: str
    lanes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One user task or service task of the diagram, with what the ikmt says of it.

    `norm`: working time for handling, the step's share of its rows; None or zero: no clock.
    `queue_limit`: working time it may wait unclaimed on top of the norm; None: the office's default.
    `helpers`: roles that may do a pemohon's step on their behalf (files that came by WhatsApp or over the counter).
    `status`: the resident's word once this step is COMPLETED (from its row); `open_status`: while it is open
    (steps of langkah_tambahan); "" = unchanged.
    """

    id: str
    name: str
    kind: str  # "user" | "service"
    lane: str
    roles: frozenset[str]
    rows: tuple[int, ...]
    norm: Duration | None = None
    queue_limit: Duration | None = None
    tell_when_late: tuple[str, ...] = ()
    different_from: tuple[str, ...] = ()
    bulk: bool = False
    done_when_opened: bool = False
    clock_stops: bool = False
    helpers: frozenset[str] = frozenset()
    reminders: tuple[Duration, ...] = ()
    status: str = ""
    open_status: str = ""

    @property
    def by_applicant(self) -> bool:
        return bool(self.roles) and self.roles <= APPLICANTS
