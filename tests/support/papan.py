"""The page of figures counted a second time: each field of it from stories that the trail tells, see hitung.

Nothing of app/services/oversight is asked but the page itself. What officers answered is believed where its digest is
the one in the trail.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from statistics import median_low
from typing import Any

from app.domain.chain import canonical, salted_digest
from app.domain.durations import Duration
from app.domain.tanggal import local_date
from app.models import Answer
from app.procedures.model.procedure import Procedure
from app.services import clock
from app.services.oversight.adding import Sum
from app.services.oversight.board import Board, Cause, Channel, Day, Group, Holder, Skip, StepLine
from app.services.oversight.outlook_record import Outlooks
from app.services.oversight.people import Load
from tests.support.hitung import Story, Visit

Visits = dict[str, Visit]
Cases = list[Story]


@dataclass
class Told:
    """What is counted. `answers`: task id -> what was answered in it, as the trail vouches for."""

    stories: Mapping[str, Story]
    procedure: Procedure
    answers: Mapping[str, Mapping[str, Any]]
    first: date
    last: date

    def visits(self, wanted: Callable[[Story, Visit], bool] = lambda story, visit: True) -> Visits:
        """By task id."""
        return {key: one for story in self.cases() for key, one in story.tasks.items() if wanted(story, one)}

    def at(self, *steps: str) -> Visits:
        return self.visits(lambda _, visit: visit.step in steps)

    def cases(self, wanted: Callable[[Story], bool] = lambda story: True) -> Cases:
        return [story for story in self.stories.values() if wanted(story)]

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.first <= local_date(at) <= self.last

    def done(self, visits: Visits) -> Visits:
        return {key: visit for key, visit in visits.items() if visit.done and self.within(visit.closed)}

    def theirs(self, visit: Visit) -> bool:
        return self.procedure.steps[visit.step].by_applicant

    def handling(self, visit: Visit) -> int:
        queue, stopped, everything = visit.times()
        return everything - queue - stopped

    def is_slow(self, visit: Visit) -> bool:
        norm = self.procedure.steps[visit.step].norm
        return bool(norm and norm.minutes and not self.theirs(visit) and self.handling(visit) > norm.minutes * 60)

    def promise(self, story: Story) -> datetime | None:
        """ "1 hari kerja" after the pemohon did their last part."""
        theirs = [visit for visit in story.tasks.values() if self.theirs(visit)]
        last = max((visit.closed for visit in theirs if visit.done and visit.closed), default=None)
        if last is None or any(visit.closed is None for visit in theirs):
            return None
        number, *words = self.procedure.service.promise.split()
        assert words[:2] == ["hari", "kerja"]
        return clock.calendar().add(last, Duration(days=int(number)))

    def kept(self, story: Story) -> bool | None:
        promise = self.promise(story)
        return None if promise is None or story.ended is None else story.ended <= promise

    def channel(self, story: Story) -> str:
        if not any(step.by_applicant for step in self.procedure.steps.values()):
            return "kantor"
        if story.at_counter or story.for_another:
            return "dibantu"
        begun = next(iter(story.tasks.values())).closer  # whoever filed it is its pemohon
        brings = [visit for visit in story.tasks.values() if self.theirs(visit) and visit.step != "terima_kk"]
        return "whatsapp" if any(visit.closer not in ("", begun) for visit in brings) else "mandiri"

    def causes(self, task_id: str, visit: Visit) -> list[str]:
        """Each paper that was not found good, by what was said of it; else where it was sent."""
        if not visit.returned:
            return []
        said = self.answers[task_id] if visit.digest else {}
        judged = [each for name in ("berkas", "berkas_diragukan") for each in (said.get(name) or {}).items()]
        found = {f"{paper}:{one['nilai']}": None for paper, one in judged if one.get("nilai", "sesuai") != "sesuai"}
        return list(found) or [f":{visit.returned_to}"]


def vouched(answers: Iterable[Answer], stories: Mapping[str, Story]) -> dict[str, Mapping[str, Any]]:
    """Task id -> those answers whose digest the trail holds."""
    digests = {task_id: visit.digest for story in stories.values() for task_id, visit in story.tasks.items()}
    return {
        one.task_id: one.data
        for one in answers
        if digests.get(one.task_id) == salted_digest(one.salt, canonical(one.data).decode())
    }


def _done(count: Callable[[Told, Visit], object]) -> Callable[[Told, Visits], int]:
    return lambda told, visits: sum(bool(count(told, visit)) for visit in told.done(visits).values())


def _open(count: Callable[[Told, Visit], object]) -> Callable[[Told, Visits], int]:
    return lambda told, visits: sum(bool(count(told, one)) for one in visits.values() if one.closed is None)


def _waits(told: Told, visit: Visit) -> bool:
    return not (visit.closed or visit.stands or visit.claimed or told.theirs(visit))


def _seconds(each: Callable[[Told, Visit], int]) -> Callable[[Told, Visits], list[int]]:
    return lambda told, visits: sorted(each(told, visit) for visit in told.done(visits).values())


def _middle(each: Callable[[Told, Visit], int]) -> Callable[[Told, Visits], int | None]:
    return lambda told, visits: median_low(found) if (found := _seconds(each)(told, visits)) else None


def _share(part: Callable[[Told, Visits], int]) -> Callable[[Told, Visits], int | None]:
    return lambda told, visits: round(100 * part(told, visits) / len(done)) if (done := told.done(visits)) else None


def _stops(told: Told, visits: Visits) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for visit in told.done(visits).values():
        for cause, seconds in visit.stood().items():
            found[cause] = [found[cause][0] + 1, found[cause][1] + seconds]
    return dict(found)


def _queue(told: Told, visit: Visit) -> int:
    return visit.times()[0]


_RETURNED = _done(lambda told, visit: visit.returned)
_SLOW = _done(Told.is_slow)

SUM: Mapping[str, Callable[[Told, Visits], object]] = {
    "waiting": _open(_waits),
    "in_hand": _open(lambda told, visit: visit.claimed and not visit.stands and not told.theirs(visit)),
    "stopped": _open(lambda told, visit: visit.stands),
    "awaited": _open(lambda told, visit: told.theirs(visit) and not visit.stands),
    "late": _open(lambda told, visit: visit.late and not visit.stands and not told.theirs(visit)),
    "oldest_at": lambda told, visits: min((one.opened for one in visits.values() if _waits(told, one)), default=None),
    "done": lambda told, visits: len(told.done(visits)),
    "cancelled": lambda told, visits: sum(told.within(one.closed) and not one.done for one in visits.values()),
    "returned": _RETURNED,
    "over_norm": _SLOW,
    "passed": lambda told, visits: sum(told.within(visit.late) for visit in visits.values()),
    "stopped_s": lambda told, visits: sum(visit.times()[1] for visit in told.done(visits).values()),
    "queue": _seconds(_queue),
    "handling": _seconds(Told.handling),
    "stops": _stops,
    "causes": lambda told, visits: Counter(
        cause for key, visit in told.done(visits).items() for cause in told.causes(key, visit)
    ),
    "skips": lambda told, visits: Counter(one.skipped for one in told.done(visits).values() if one.skipped),
    "has_past": lambda told, visits: any(told.within(one.closed) or told.within(one.late) for one in visits.values()),
    "open": _open(lambda told, visit: True),
    "queue_median": _middle(_queue),
    "handling_median": _middle(Told.handling),
    "returned_share": _share(_RETURNED),
    "over_norm_share": _share(_SLOW),
}
"""Of tasks: how each field of a sum is counted. What is open is counted as it is now, the rest within the days."""


def _ended(told: Told, cases: Cases) -> Cases:
    return [story for story in cases if told.within(story.ended)]


def _case_wait(told: Told, story: Story) -> int:
    return sum(visit.times()[0] for visit in story.tasks.values() if not told.theirs(visit))


def _wait_median(told: Told, cases: Cases) -> int | None:
    waits = [_case_wait(told, story) for story in _ended(told, cases)]
    return median_low(waits) if waits else None


CASES: Mapping[str, Callable[[Told, Cases], object]] = {
    "opened": lambda told, cases: sum(told.within(story.opened) for story in cases),
    "ended": lambda told, cases: len(_ended(told, cases)),
    "returned": lambda told, cases: sum(
        any(visit.returned for visit in story.tasks.values()) for story in _ended(told, cases)
    ),
    "kept": lambda told, cases: sum(told.kept(story) is True for story in _ended(told, cases)),
    "broken": lambda told, cases: sum(told.kept(story) is False for story in _ended(told, cases)),
    "wait_median": _wait_median,
}
"""The same of cases."""


def _awaited(told: Told) -> list[int]:
    """What the pemohon had in hand: how many turns of theirs, and how long."""
    theirs = [visit.times() for visit in told.done(told.visits(lambda _, visit: told.theirs(visit))).values()]
    waited = [everything - stopped for _, stopped, everything in theirs]
    return [sum(map(bool, waited)), sum(waited)]


def _holders(told: Told) -> dict[str, list[int]]:
    found = _stops(told, told.visits()) | {"": _awaited(told)}
    return {cause: counts for cause, counts in found.items() if any(counts)}


def _loads(told: Told) -> dict[str, list[int]]:
    held = told.visits(lambda _, one: bool(one.closed is None and one.holder and not told.theirs(one)))
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for visit in held.values():
        found[visit.holder] = [found[visit.holder][0] + 1, found[visit.holder][1] + visit.stands]
    return dict(found)


def _causes(told: Told) -> Counter[tuple[str, str]]:
    done = told.done(told.visits())
    return Counter((visit.step, cause) for key, visit in done.items() for cause in told.causes(key, visit))


def _overdue(told: Told) -> int:
    ways = [told.promise(story) for story in told.cases(lambda story: story.ended is None)]
    return sum(promise is not None and promise < clock.now() for promise in ways)


def _late(told: Told) -> int:
    name = "late" if told.within(clock.now()) else "passed"
    return SUM[name](told, told.visits())  # type: ignore[return-value]


def _fullest(told: Told) -> int:
    steps = {step: told.at(step) for step in told.procedure.steps}
    return max(int(SUM["waiting"](told, visits)) for visits in steps.values())  # type: ignore[call-overload]


def _oldest(told: Told, found: Board) -> timedelta:
    step = found.bottleneck.step if found.bottleneck else ""
    since = SUM["oldest_at"](told, told.at(step))
    return clock.calendar().between(since, clock.now()) if since else timedelta(0)  # type: ignore[arg-type]


def _lines(told: Told, found: Board) -> list[str]:
    wrong, shown = [], {line.step for line in found.lines}
    for line in found.lines:
        wrong += _sum(told, line.sum, told.at(line.step), line.step)
        norm = told.procedure.steps[line.step].norm
        wrong += [f"norm of {line.step}"] * (line.norm != (norm.minutes if norm and not line.by_applicant else 0))
    return wrong + _left_out(told, told.visits(lambda _, visit: visit.step not in shown))


def _roles(told: Told, found: Board) -> list[str]:
    queues = {step.id: "|".join(sorted(step.roles)) for step in told.procedure.steps.values() if not step.by_applicant}
    wrong, shown = [], {group.key for group in found.roles}
    for group in found.roles:
        visits = told.at(*(step for step, queue in queues.items() if queue == group.key))
        wrong += _sum(told, group.sum, visits, group.key)
    return wrong + _left_out(told, told.at(*(step for step, queue in queues.items() if queue not in shown)))


def _units(told: Told, found: Board) -> list[str]:
    wrong, shown = [], {group.key for group in found.units}
    for group in found.units:
        cases = [story for story in told.cases() if story.unit == group.key]
        visits = {key: one for case in cases for key, one in case.tasks.items() if not told.theirs(one)}
        wrong += _sum(told, group.sum, visits, group.key)
        wrong += _compared(group, {name: CASES[name](told, cases) for name in ("opened", "ended")}, group.key)
    return wrong + _left_out(told, told.visits(lambda case, _: case.unit not in shown))


def _channels(told: Told, found: Board) -> list[str]:
    wrong, shown = [], {one.key for one in found.channels}
    for one in found.channels:
        cases = [story for story in told.cases() if told.channel(story) == one.key]
        wrong += _compared(one, {name: count(told, cases) for name, count in CASES.items()}, one.key)
    rest = told.cases(lambda case: told.channel(case) not in shown)
    return wrong + ["a channel is left out"] * any(told.within(one.opened) or told.within(one.ended) for one in rest)


def _sum(told: Told, found: Sum, visits: Visits, where: str) -> list[str]:
    flat = {name: sorted(chain.from_iterable(getattr(found, name))) for name in ("queue", "handling")}
    shown = {name: flat.get(name, getattr(found, name)) for name in SUM}
    counted = {name: count(told, visits) for name, count in SUM.items()}
    return [f"{where}.{name}: {shown[name]} != {counted[name]}" for name in SUM if shown[name] != counted[name]]


def _left_out(told: Told, visits: Visits) -> list[str]:
    return [f"left out: {visit.step}" for visit in visits.values() if visit.closed is None or told.within(visit.closed)]


def _compared(found: object, counted: Mapping[str, object], where: str = "") -> list[str]:
    wrong = {name: (getattr(found, name), value) for name, value in counted.items() if getattr(found, name) != value}
    return [f"{where}.{name}: {shown} != {value}" for name, (shown, value) in wrong.items()]


def _equal(shown: object, counted: object) -> list[str]:
    return [] if shown == counted else [f"{shown} != {counted}"]


Check = Callable[[Told, Board], list[str]]
BOARD: Mapping[str, Check] = {
    "opened": lambda told, found: _equal(found.opened, CASES["opened"](told, told.cases())),
    "ended": lambda told, found: _equal(found.ended, CASES["ended"](told, told.cases())),
    "late": lambda told, found: _equal(found.late, _late(told)),
    "bottleneck": lambda told, found: _equal(found.bottleneck.sum.waiting if found.bottleneck else 0, _fullest(told)),
    "oldest": lambda told, found: _equal(found.oldest, _oldest(told, found)),
    "lines": _lines,
    "roles": _roles,
    "units": _units,
    "channels": _channels,
    "causes": lambda told, found: _equal({(one.step, one.cause): one.count for one in found.causes}, _causes(told)),
    "holders": lambda told, found: _equal({one.key: [one.tasks, one.seconds] for one in found.holders}, _holders(told)),
    "skips": lambda told, found: _equal({one.key: one.tasks for one in found.skips}, SUM["skips"](told, told.visits())),
    "days": lambda told, found: _equal(
        [(one.day, one.opened, one.ended) for one in found.days],
        [
            (day, *(CASES[name](replace(told, first=day, last=day), told.cases()) for name in ("opened", "ended")))
            for day in found.range.days
        ],
    ),
    "people": lambda told, found: _equal({one.person: [one.held, one.stopped] for one in found.people}, _loads(told)),
    "outlooks": lambda told, found: _compared(found.outlooks, {name: each(told) for name, each in OUTLOOKS.items()}),
    "is_empty": lambda told, found: _equal(found.is_empty, False),
}
OUTLOOKS: Mapping[str, Callable[[Told], object]] = {"broken": _overdue}
_IN_BOARD = "compared in BOARD"

COUNTED: Mapping[type, Mapping[str, object]] = {
    Board: BOARD,
    Sum: SUM,
    Channel: CASES,
    Outlooks: OUTLOOKS,
    StepLine: dict.fromkeys(("norm", "sum"), _IN_BOARD),
    Group: dict.fromkeys(("sum", "opened", "ended"), _IN_BOARD),
    Cause: {"count": _IN_BOARD},
    Holder: dict.fromkeys(("tasks", "seconds"), _IN_BOARD),
    Skip: {"tasks": _IN_BOARD},
    Day: dict.fromkeys(("opened", "ended"), _IN_BOARD),
    Load: dict.fromkeys(("held", "stopped"), _IN_BOARD),
}
"""Every figure of every class of the page -> how it is counted."""
NAMES: Mapping[type, frozenset[str]] = {
    Board: frozenset({"range", "scope", "counted_at", "is_behind", "is_current"}),
    Sum: frozenset(),
    Channel: frozenset({"key", "name"}),
    # Forecasts are estimates, which the trail does not hold: test_perkiraan has what they are made of and come to.
    Outlooks: frozenset({"breaking", "told", "right", "accuracy"}),
    StepLine: frozenset({"slug", "service", "step", "name", "queue", "role", "by_applicant"}),
    Group: frozenset({"key", "name"}),
    Cause: frozenset({"slug", "step", "cause", "service", "step_name", "paper", "reason"}),
    Holder: frozenset({"key", "name"}),
    Skip: frozenset({"key", "name"}),
    Day: frozenset({"day"}),
    Load: frozenset({"person", "name"}),
}
"""What else they have: what a figure is called and what it is about."""


def differences(told: Told, found: Board) -> list[str]:
    """Where the page says something else than the trail does."""
    return [f"{name}: {said}" for name, check in BOARD.items() for said in check(told, found)]
