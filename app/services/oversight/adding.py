"""Sums of days put together into what a person reads: by step, role, kapanewon, or all at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.quantiles import median_of_runs


@dataclass
class Sum:
    """`waiting` … `oldest_at`: of the open tasks, now; the rest: of the days asked for. Seconds are working time.

    `queue`, `handling`: runs of them, each sorted.
    """

    waiting: int = 0
    in_hand: int = 0
    stopped: int = 0
    awaited: int = 0
    late: int = 0
    oldest_at: datetime | None = None
    done: int = 0
    cancelled: int = 0
    returned: int = 0
    over_norm: int = 0
    passed: int = 0
    stopped_s: int = 0
    queue: list[list[int]] = field(default_factory=list)
    handling: list[list[int]] = field(default_factory=list)
    stops: dict[str, list[int]] = field(default_factory=dict)  # cause -> [tasks, seconds]
    causes: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)  # why taken out of turn -> tasks

    def add_past(self, other: "Sum") -> None:
        """What was done."""
        self.done += other.done
        self.cancelled += other.cancelled
        self.returned += other.returned
        self.over_norm += other.over_norm
        self.passed += other.passed
        self.stopped_s += other.stopped_s
        self.queue += other.queue
        self.handling += other.handling
        self.add_causes(other.causes)
        self.skips.update(other.skips)
        self.add_stops(other.stops)

    def add_causes(self, causes: Mapping[str, int]) -> None:
        for cause, count in causes.items():  # Counter.update asks twice what it was given: dear for one or two
            self.causes[cause] = self.causes.get(cause, 0) + count

    def add_stops(self, stops: Mapping[str, Sequence[int]]) -> None:
        for cause, (tasks, seconds) in stops.items():
            known = self.stops.setdefault(cause, [0, 0])
            known[0] += tasks
            known[1] += seconds

    def add_present(self, row: Any) -> None:
        """A row of step_present."""
        self.waiting += row.waiting
        self.in_hand += row.in_hand
        self.stopped += row.stopped
        self.awaited += row.awaited
        self.late += row.late
        if row.oldest_at is not None and (self.oldest_at is None or row.oldest_at < self.oldest_at):
            self.oldest_at = row.oldest_at

    def add(self, other: "Sum") -> None:
        self.add_past(other)
        self.add_present(other)

    @property
    def has_past(self) -> bool:
        return any((self.done, self.cancelled, self.passed))

    @property
    def open(self) -> int:
        return self.waiting + self.in_hand + self.stopped + self.awaited

    @cached_property
    def queue_median(self) -> int | None:
        return median_of_runs(self.queue)

    @cached_property
    def handling_median(self) -> int | None:
        return median_of_runs(self.handling)

    @property
    def returned_share(self) -> int | None:
        return _percent(self.returned, self.done)

    @property
    def over_norm_share(self) -> int | None:
        return _percent(self.over_norm, self.done)


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
