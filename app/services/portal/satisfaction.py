"""What all residents together think: the index of satisfaction by year, half of it, and service, for everybody to read.

Their own words are for the heads of the office only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.skm import FEWEST, KEYS, Result, result
from app.domain.tanggal import local
from app.models import ProcedureVersion, Rating, RatingSum
from app.services import clock, store
from app.services.paging import at_most

HEADS = frozenset({"kasi", "kabid", "sekretaris", "kepala_dinas", "supervisor"})
REMARKS_SHOWN, REMARKS_SINCE = 20, timedelta(days=90)
_HALVES = {"": ("01", "12"), "1": ("01", "06"), "2": ("07", "12")}


@dataclass(frozen=True)
class Group:
    """One service, or all of them (`slug` ""). `result`: None where too few have rated."""

    slug: str
    title: str
    respondents: int
    result: Result | None


@dataclass(frozen=True)
class Remark:
    title: str
    text: str
    at: datetime


def years() -> list[int]:
    """From the first one with a rating to this one, the newest first."""
    first = store.session.scalar(select(func.min(RatingSum.month)))
    now = local(clock.now()).year
    return list(range(now, (int(first[:4]) if first else now) - 1, -1))


def groups(year: int, half: str = "") -> list[Group]:
    """All services together first, then each by its title. `half`: "" | "1" | "2". Raises NotFound."""
    if half not in _HALVES or not 2000 <= year <= 9999:
        raise NotFound
    first, last = (f"{year}-{month}" for month in _HALVES[half])
    rows = store.session.scalars(select(RatingSum).where(RatingSum.month.between(first, last))).all()
    titles = _titles()
    found = [_group("", "Semua layanan", rows)]
    for slug in sorted({row.slug for row in rows}, key=lambda slug: titles.get(slug, slug)):
        found.append(_group(slug, titles.get(slug, slug), [row for row in rows if row.slug == slug]))
    return found


def remarks(actor: Actor | None) -> list[Remark]:
    """The newest of these days, for the heads of the office; nothing for anybody else."""
    if actor is None or not actor.roles & HEADS:
        return []
    titles = _titles()
    query = (
        select(Rating)
        .where(Rating.at > clock.now() - REMARKS_SINCE, Rating.remark != "")
        .order_by(Rating.at.desc(), Rating.case_id.desc())
    )
    found = store.session.scalars(query.limit(at_most(REMARKS_SHOWN)))
    return [Remark(titles.get(one.slug, one.slug), one.remark, one.at) for one in found]


def _group(slug: str, title: str, rows: Sequence[RatingSum]) -> Group:
    people = sum(row.respondents for row in rows)
    totals: Counter[str] = Counter()
    for row in rows:
        totals.update({key: getattr(row, key.lower()) for key in KEYS})
    return Group(slug, title, people, result(totals, people) if people >= FEWEST else None)


def _titles() -> Mapping[str, str]:
    query = select(ProcedureVersion.slug, ProcedureVersion.title).order_by(ProcedureVersion.number)
    return dict(store.session.execute(query).all())
