"""The page of figures, in a handful of statements however many cases there were."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import select

from app.domain.actors import ROLES, Actor
from app.domain.quantiles import median
from app.domain.tanggal import local_date
from app.models import CaseDay, StepPresent
from app.services import clock, store
from app.services.flow.opening import queue_name
from app.services.flow.tasks import SKIP_REASONS
from app.services.oversight import day_sums, outlook_record, people, ranges, services, tip
from app.services.oversight.adding import Sum
from app.services.oversight.day_sums import Key
from app.services.oversight.limits import within
from app.services.oversight.measuring import DIBANTU, KANTOR, MANDIRI, WHATSAPP
from app.services.oversight.outlook_record import Outlooks
from app.services.oversight.people import Load
from app.services.oversight.ranges import Range
from app.services.oversight.scope import Scope, scope_of, unit_name
from app.services.oversight.services import Services

BEHIND = timedelta(minutes=5)
"""Figures older than this are said to be late."""
CHANNELS: Mapping[str, str] = {
    MANDIRI: "Warga sendiri",
    DIBANTU: "Dibantu petugas",
    WHATSAPP: "Lewat WhatsApp",
    KANTOR: "Kantor sendiri",
}
AWAITED = "Menunggu pemohon"
_CASE_COUNTS = ("opened", "ended", "returned", "kept", "broken")


@dataclass(frozen=True)
class StepLine:
    """`queue`: the roles that may do it, `role`: in words. `norm`: working minutes, 0 where the step has none."""

    slug: str
    service: str
    step: str
    name: str
    queue: str
    role: str
    norm: int
    by_applicant: bool
    sum: Sum


@dataclass(frozen=True)
class Group:
    """Those who may do a step (`key`: their queue), or a kapanewon (its code)."""

    key: str
    name: str
    sum: Sum
    opened: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Channel:
    key: str
    name: str
    opened: int
    ended: int
    returned: int  # of those that ended, how many were sent back at least once
    kept: int
    broken: int
    wait_median: int | None  # of those that ended: working seconds until they were taken, all steps together


@dataclass(frozen=True)
class Skip:
    """Tasks done in these days that had been taken before one that was late. `key`: the reason as it is counted."""

    key: str
    name: str
    tasks: int


@dataclass(frozen=True)
class Cause:
    slug: str
    step: str
    cause: str
    service: str
    step_name: str
    paper: str
    reason: str
    count: int


@dataclass(frozen=True)
class Holder:
    """What kept tasks waiting that were closed in these days. `key`: the cause as it is counted."""

    key: str
    name: str
    tasks: int
    seconds: int


@dataclass(frozen=True)
class Day:
    day: date
    opened: int
    ended: int


@dataclass(frozen=True)
class Board:
    """`counted_at`: None where nothing was ever counted. `late`: with a limit passed: now, or in days gone by."""

    range: Range
    scope: Scope
    counted_at: datetime | None
    is_behind: bool
    is_current: bool
    opened: int
    ended: int
    late: int
    bottleneck: StepLine | None
    oldest: timedelta
    lines: Sequence[StepLine]
    roles: Sequence[Group]
    units: Sequence[Group]
    channels: Sequence[Channel]
    causes: Sequence[Cause]
    holders: Sequence[Holder]
    skips: Sequence[Skip]
    days: Sequence[Day]
    people: Sequence[Load]
    outlooks: Outlooks

    @property
    def is_empty(self) -> bool:
        """Nothing happened in these days; what is open now belongs to days that are not over."""
        happened = any(line.sum.has_past or (self.is_current and line.sum.open) for line in self.lines)
        return not (self.opened or self.ended or happened)


def read(actor: Actor, key: str = "", slug: str = "", unit: str = "") -> Board:
    """Raises Forbidden, NotFound (a unit that is not theirs)."""
    now = clock.now()
    today = local_date(now)
    scope, range_ = scope_of(actor, slug, unit), ranges.read(key, today)
    names, counted_at = services.known(), tip.counted_at()
    days, present, cases = day_sums.read(range_, scope), _present(scope), _cases(range_, scope)
    lines = _lines(names, days, present)
    is_current = range_.is_current(today)
    office = [line for line in lines if not line.by_applicant]
    most = max(office, key=lambda line: line.sum.waiting, default=None)
    bottleneck = most if most is not None and most.sum.waiting else None
    oldest = bottleneck.sum.oldest_at if bottleneck else None
    return Board(
        range=range_,
        scope=scope,
        counted_at=counted_at,
        is_behind=counted_at is None or now - counted_at > BEHIND,
        is_current=is_current,
        opened=sum(row.opened for row in cases),
        ended=sum(row.ended for row in cases),
        late=sum(line.sum.late if is_current else line.sum.passed for line in lines),
        bottleneck=bottleneck,
        oldest=clock.calendar().between(oldest, now) if oldest else timedelta(0),
        lines=lines,
        roles=_roles(office),
        units=_with_cases(_units(names, days, present), cases),
        channels=_channels(cases, day_sums.waits(range_, scope)),
        causes=_causes(names, lines),
        holders=_holders(lines),
        skips=_skips(lines),
        days=_series(range_, cases),
        people=people.loads(scope),
        outlooks=outlook_record.read(scope, now),
    )


def _present(scope: Scope) -> Sequence[Any]:
    return store.session.execute(select(StepPresent.__table__).where(*within(StepPresent, scope))).all()


def _cases(range_: Range, scope: Scope) -> Sequence[Any]:
    asked = CaseDay.day.between(range_.first.isoformat(), range_.last.isoformat())
    return store.session.execute(select(CaseDay.__table__).where(asked, *within(CaseDay, scope))).all()


def _lines(names: Services, days: Mapping[Key, Sum], present: Iterable[Any]) -> list[StepLine]:
    sums: dict[tuple[str, str], Sum] = defaultdict(Sum)
    for (slug, step, _), found in days.items():
        sums[slug, step].add_past(found)
    for row in present:
        sums[row.slug, row.step].add_present(row)
    keys = sorted(sums, key=lambda key: (names.titles.get(key[0], key[0]), names.order.get(key, 0), key))
    return [_line(names, slug, step, sums[slug, step]) for slug, step in keys if (slug, step) in names.steps]


def _line(names: Services, slug: str, step_id: str, found: Sum) -> StepLine:
    step = names.steps[slug, step_id]
    norm = 0 if step.by_applicant or step.norm is None else step.norm.minutes
    title, queue = names.titles.get(slug, slug), queue_name(step.roles)
    return StepLine(slug, title, step_id, step.name, queue, role_name(queue), norm, step.by_applicant, found)


def role_name(queue: str) -> str:
    """Of the roles that may do a step, as queue_name puts them together."""
    return ", ".join(ROLES.get(role, role) for role in queue.split("|"))


def _roles(lines: Iterable[StepLine]) -> list[Group]:
    sums: dict[str, Sum] = defaultdict(Sum)
    for line in lines:
        sums[line.queue].add(line.sum)
    return [Group(queue, role_name(queue), sums[queue]) for queue in sorted(sums, key=role_name)]


def _units(names: Services, days: Mapping[Key, Sum], present: Iterable[Any]) -> list[Group]:
    """What the office itself does; the turns of the pemohon are not its time."""
    sums: dict[str, Sum] = defaultdict(Sum)
    theirs = {key for key, step in names.steps.items() if step.by_applicant}
    for (slug, step, unit), found in days.items():
        if (slug, step) not in theirs:
            sums[unit].add_past(found)
    for row in present:
        if (row.slug, row.step) not in theirs:
            sums[row.unit].add_present(row)
    return [Group(unit, unit_name(unit), sums[unit]) for unit in sums]


def _with_cases(groups: Sequence[Group], cases: Iterable[Any]) -> list[Group]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in cases:
        counts[row.unit].update(opened=row.opened, ended=row.ended)
    known = {group.key: group.sum for group in groups}
    keys = sorted(known.keys() | counts.keys(), key=unit_name)
    return [
        Group(key, unit_name(key), known.get(key, Sum()), counts[key]["opened"], counts[key]["ended"]) for key in keys
    ]


def _channels(cases: Sequence[Any], waits: Mapping[str, Sequence[int]]) -> list[Channel]:
    found = []
    for key, name in CHANNELS.items():
        here = [row for row in cases if row.channel == key]
        if here:
            sums = {each: sum(getattr(row, each) for row in here) for each in _CASE_COUNTS}
            found.append(Channel(key=key, name=name, wait_median=median(waits.get(key, ())), **sums))
    return found


def _causes(names: Services, lines: Iterable[StepLine]) -> list[Cause]:
    """The most frequent first."""
    found = []
    for line in lines:
        for cause, count in line.sum.causes.items():
            paper, reason = names.cause(line.slug, line.step, cause)
            found.append(Cause(line.slug, line.step, cause, line.service, line.name, paper, reason, count))
    return sorted(found, key=lambda one: (-one.count, one.paper, one.reason))


def _holders(lines: Iterable[StepLine]) -> list[Holder]:
    """By cause; what the pemohon had in hand is one of them."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        stops = dict(line.sum.stops)
        if line.by_applicant and line.sum.done:
            waited = sum(bool(seconds) for seconds in chain.from_iterable(line.sum.queue))
            stops[AWAITED] = [waited, sum(map(sum, chain(line.sum.queue, line.sum.handling)))]
        for cause, (tasks, seconds) in stops.items():
            found[cause][0] += tasks
            found[cause][1] += seconds
    return [
        Holder("" if cause == AWAITED else cause, cause[:1].upper() + cause[1:], *found[cause])
        for cause in sorted(found)
        if any(found[cause])
    ]


def _skips(lines: Iterable[StepLine]) -> list[Skip]:
    """Every reason that was given, in the order in which it is offered."""
    found = Counter[str]()
    for line in lines:
        found.update(line.sum.skips)
    return [Skip(key, name[:1].upper() + name[1:], found[key]) for key, name in SKIP_REASONS.items() if found[key]]


def _series(range_: Range, cases: Iterable[Any]) -> list[Day]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in cases:
        counts[row.day].update(opened=row.opened, ended=row.ended)
    days = [(day, counts[day.isoformat()]) for day in range_.days]
    return [Day(day, count["opened"], count["ended"]) for day, count in days]
