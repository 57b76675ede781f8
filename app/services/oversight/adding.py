"""Sums of days put together into what a person reads: by step, role, kapanewon, or all at once."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.quantiles import median


@dataclass
class Sum:
    """`waiting` … `oldest_at`: of the open tasks, now; the rest: of the days asked for. Seconds are working time."""

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
    queue: list[int] = field(default_factory=list)
    handling: list[int] = field(default_factory=list)
    stops: dict[str, list[int]] = field(default_factory=dict)  # cause -> [tasks, seconds]
    causes: Counter[str] = field(default_factory=Counter)

    def add_day(self, row: Any) -> None:
        """A row of step_days."""
        self.done += row.done
        self.cancelled += row.cancelled
        self.returned += row.returned
        self.over_norm += row.over_norm
        self.passed += row.passed
        self.stopped_s += row.stopped_s
        self.queue += row.queue
        self.handling += row.handling
        if row.causes:
            self.causes.update(row.causes)
        for cause, (tasks, seconds) in row.stops.items():
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
        self.add_day(other)
        self.add_present(other)

    @property
    def has_past(self) -> bool:
        return any((self.done, self.cancelled, self.passed))

    @property
    def open(self) -> int:
        return self.waiting + self.in_hand + self.stopped + self.awaited

    @cached_property
    def queue_median(self) -> int | None:
        return median(sorted(self.queue))

    @cached_property
    def handling_median(self) -> int | None:
        return median(sorted(self.handling))

    @property
    def elapsed_s(self) -> int:
        """Queue, handling and stops together: all the working time that went by."""
        return sum(self.queue) + sum(self.handling) + self.stopped_s

    @property
    def returned_share(self) -> int | None:
        return _percent(self.returned, self.done)

    @property
    def over_norm_share(self) -> int | None:
        return _percent(self.over_norm, self.done)


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
