"""When a running case will probably end: from how long the last others took from the same step, in working time.

Nothing is said of a step with fewer than FEWEST of them. Each estimate is made once, when its step opens; the first of
a case is kept, so that what came of it can be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import WorkingCalendar
from app.domain.quantiles import quantile
from app.models import TaskFigures
from app.services.oversight.measuring import SELESAI, TERHENTI
from app.services.paging import at_most

FEWEST, MOST = 20, 200
"""Cases an estimate rests on: at least, and the newest of them at most."""
LOW, MID, HIGH = 0.2, 0.5, 0.8
FRESH = timedelta(minutes=30)
"""An estimate made long after its step opened would know too much: none is made while old cases are counted."""

Row = dict[str, Any]
NONE: Row = {
    "expect_task": "",
    "expect_low": None,
    "expect_mid": None,
    "expect_high": None,
    "samples": 0,
    "will_break": False,
}


@dataclass
class Outlook:
    """The samples that one round of counting needs, each read once."""

    session: Session
    calendar: WorkingCalendar
    now: datetime

    def __post_init__(self) -> None:
        self._samples: dict[tuple[str, str], list[int]] = {}

    def forecast(self, case: Row, tasks: list[Row], before: Mapping[str, Any] | None) -> Row:
        """What belongs into the case's row. `before`: its row so far."""
        first = _first_of(before)
        if case["ended_at"] is not None:
            low, high = first["first_low"], first["first_high"]
            hit = low <= case["ended_at"] <= high if low is not None and high is not None else None
            return {**NONE, **first, "hit": hit}
        expected = self._expected(case, tasks, before)
        if first["first_low"] is None and expected["expect_low"] is not None:
            first = {"first_low": expected["expect_low"], "first_high": expected["expect_high"]}
        return {**expected, **first, "hit": None}

    def _expected(self, case: Row, tasks: list[Row], before: Mapping[str, Any] | None) -> Row:
        running = [task for task in tasks if task["closed_at"] is None and task["state"] != TERHENTI]
        if not running:
            return _kept(before) if any(task["closed_at"] is None for task in tasks) else NONE
        newest = max(running, key=lambda task: (task["opened_at"], task["task_id"]))
        if before is not None and before["expect_task"] == newest["task_id"]:
            made = _kept(before)
        elif self.now - newest["opened_at"] > FRESH:
            return NONE
        else:
            made = self._made(newest)
        promise, mid = case["promise_at"], made["expect_mid"]
        return {**made, "will_break": promise is not None and mid is not None and mid > promise}

    def _made(self, task: Row) -> Row:
        lengths = self._lengths(task["slug"], task["step"])
        if len(lengths) < FEWEST:
            return {**NONE, "expect_task": task["task_id"], "samples": len(lengths)}
        low, mid, high = (self._after(task["opened_at"], quantile(lengths, share)) for share in (LOW, MID, HIGH))
        return {
            "expect_task": task["task_id"],
            "expect_low": low,
            "expect_mid": mid,
            "expect_high": high,
            "samples": len(lengths),
            "will_break": False,
        }

    def _after(self, start: datetime, seconds: int | None) -> datetime:
        return self.calendar.shift(start, timedelta(seconds=seconds or 0))

    def _lengths(self, slug: str, step: str) -> list[int]:
        if (slug, step) not in self._samples:
            newest = (
                select(TaskFigures.to_end_s)
                .where(TaskFigures.slug == slug, TaskFigures.step == step, TaskFigures.to_end_s.is_not(None))
                .where(TaskFigures.state == SELESAI)
                .order_by(TaskFigures.ended_at.desc())
                .limit(at_most(MOST))
            )
            self._samples[slug, step] = sorted(each for each in self.session.scalars(newest) if each is not None)
        return self._samples[slug, step]


def _first_of(before: Mapping[str, Any] | None) -> Row:
    return {name: before[name] if before is not None else None for name in ("first_low", "first_high")}


def _kept(before: Mapping[str, Any] | None) -> Row:
    return NONE if before is None else {name: before[name] for name in NONE}
