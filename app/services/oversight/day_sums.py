"""What was done in a range of days, one sum for each step and unit: a month is hundreds of rows, not thousands.

The database adds up and puts the times one behind the other; a row for every day and unit, each with its own JSON,
would cost more to read than all the rest of the page.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Text, cast, func, select

from app.models import CaseDay, StepDay
from app.services import store
from app.services.oversight.adding import Sum
from app.services.oversight.limits import within
from app.services.oversight.ranges import Range
from app.services.oversight.scope import Scope

_COUNTS = (
    StepDay.done,
    StepDay.cancelled,
    StepDay.returned,
    StepDay.over_norm,
    StepDay.passed,
    StepDay.stopped_s,
)
_LISTS = (StepDay.queue, StepDay.handling, StepDay.stops, StepDay.causes, StepDay.skips)
_KEY = (StepDay.slug, StepDay.step, StepDay.unit)

Key = tuple[str, str, str]


def read(range_: Range, scope: Scope) -> Mapping[Key, Sum]:
    """(slug, step, unit) -> its sum, the times sorted. In one statement."""
    query = (
        select(
            *_KEY,
            *(func.sum(column).label(column.key) for column in _COUNTS),
            *(func.aggregate_strings(cast(column, Text), ",").label(column.key) for column in _LISTS),
        )
        .where(StepDay.day.between(range_.first.isoformat(), range_.last.isoformat()), *within(StepDay, scope))
        .group_by(*_KEY)
    )
    return {(row.slug, row.step, row.unit): _sum(row) for row in store.session.execute(query)}


def _sum(row: Any) -> Sum:
    found = Sum(queue=[_times(row.queue)], handling=[_times(row.handling)])
    for column in _COUNTS:
        setattr(found, column.key, getattr(row, column.key))
    for stops in _each(row.stops):
        found.add_stops(stops)
    for causes in _each(row.causes):
        found.add_causes(causes)
    for skips in _each(row.skips):
        found.skips.update(skips)
    return found


def waits(range_: Range, scope: Scope) -> Mapping[str, list[int]]:
    """Channel -> how long each case that ended in these days waited to be taken, working seconds, sorted."""
    texts = func.aggregate_strings(cast(CaseDay.waits, Text), ",").label("waits")
    asked = CaseDay.day.between(range_.first.isoformat(), range_.last.isoformat())
    query = select(CaseDay.channel, texts).where(asked, *within(CaseDay, scope)).group_by(CaseDay.channel)
    return {row.channel: _times(row.waits) for row in store.session.execute(query)}


def _times(texts: str) -> list[int]:
    return sorted(chain.from_iterable(_each(texts)))


def _each(texts: str) -> Any:
    """JSON texts with commas between them."""
    return orjson.loads(f"[{texts}]")
