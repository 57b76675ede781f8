"""Promises that will probably be broken, and how right earlier forecasts were: said beside them, always."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from app.models import CaseFigures
from app.services import store
from app.services.oversight.limits import within
from app.services.oversight.scope import Scope

SINCE = timedelta(days=30)


@dataclass(frozen=True)
class Outlooks:
    """`broken`: running cases whose promise is over; `breaking`: those that will probably break it.

    `told`: cases that ended in the last days and had a forecast; `right`: those that ended within its range.
    """

    broken: int
    breaking: int
    told: int
    right: int

    @property
    def accuracy(self) -> int | None:
        """Per cent; None of nothing."""
        return round(100 * self.right / self.told) if self.told else None


def read(scope: Scope, now: datetime) -> Outlooks:
    f, limits = CaseFigures, within(CaseFigures, scope)
    runs = f.ended_at.is_(None)
    broken = select(func.count()).where(runs, f.promise_at < now, *limits).scalar_subquery()
    breaking = select(func.count()).where(runs, f.will_break, f.promise_at >= now, *limits).scalar_subquery()
    right = func.coalesce(func.sum(case((f.hit.is_(True), 1), else_=0)), 0)
    told = select(func.count(), right, broken, breaking).where(f.ended_at >= now - SINCE, f.hit.is_not(None), *limits)
    found = store.session.execute(told).one()
    return Outlooks(found[2], found[3], found[0], int(found[1]))
