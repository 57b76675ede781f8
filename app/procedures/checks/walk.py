"""Walks sample paths with the real engine: every branch is taken once, and from there the case must reach an end.

Bounded in effort, not in time, so that a check finds the same on every machine.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.domain.errors import AlurError, Fault
from app.procedures.actions import CASE, CLOSED_BY
from app.procedures.checks.ground import Answers, Ground, ground
from app.procedures.checks.subject import Subject
from app.workflow.contract import Advance, CaseData, Complete, Event, Fire, Message, OpenedTimer, Start
from app.workflow.engine import advance, live
from app.workflow.spec import Flow

MAX_EVENTS = 120  # in one walk; every step home is a shortest one, so a sound diagram needs far fewer
MAX_EFFORT = 400_000  # about two seconds; one step of the engine is 60, one flow looked at 1
MAX_STATE = 4_000  # bytes: some two hundred things open at once
SEEDS = 24  # tries for each branch, most of them needed only by a branch far from everything
WILD = 12  # tries from the tamest to the wildest, then again
HOMEWARD = 4  # of them, how many may take the branch and then not get home: that way is no longer left to chance
STEP = 60
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def check_walk(subject: Subject) -> None:
    """A fault for every branch after which no end is reached, and a warning for branches never taken."""
    path = subject.sources.files.bpmn_path
    subject.findings.extend(
        Fault(path, fault.line, fault.message, fault.warning) for fault in walk_all(ground(subject))
    )


@lru_cache(maxsize=16)
def walk_all(ground: Ground) -> tuple[Fault, ...]:
    """What the walks find, without the name of the file."""
    walker = _Walker(ground)
    branches = [flow for flow in ground.spec.flows if ground.spec.elements[flow.source].kind == "exclusive"]
    for number, flow in enumerate([None, *branches]):
        if flow is not None and flow.id in walker.covered:
            continue
        walker.walk(flow)
        if walker.is_broken:
            break
        if walker.effort > MAX_EFFORT:
            left = len(branches) - max(number - 1, 0)
            message = f"Diagram ini terlalu besar untuk ditempuh seluruhnya; {left} cabang belum diuji jalannya."
            walker.say(walker.start, message, True)
            break
    return tuple(walker.found)


class _Stuck(Exception):
    """The case lives on and nothing can move it."""


class _Piling(Exception):
    """More and more is open at once."""


class _Walker:
    """`is_broken`: straight on leads nowhere, so the branches need not be tried; `covered`: flows that some case took
    on its way to an end."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.spec = ground, ground.spec
        self.effort = 0
        self.found: list[Fault] = []
        self.covered: set[str] = set()
        self.is_broken = False
        self.start = next(element.line for element in self.spec.elements.values() if element.kind == "start")

    def say(self, line: int, message: str, warning: bool = False) -> None:
        self.found.append(Fault("", line, message, warning))

    def walk(self, flow: Flow | None) -> None:
        """Go through `flow` (None: straight on), then home; report what hinders it."""
        message, warning = self._hindrance(flow)
        if message:
            self.say(flow.line if flow else self.start, message, warning)
            self.is_broken = flow is None

    def _hindrance(self, flow: Flow | None) -> tuple[str, bool]:
        where = f"Sesudah alur '{flow.id}', kasus" if flow else "Kasus"
        there = self.ground.distances({flow.source}) if flow else self.ground.home
        lost = 0
        try:
            for seed in range(SEEDS):
                walk = _Walk(self, random.Random(seed), flow, there, seed % WILD / WILD)
                if walk.run():
                    self.covered |= walk.seen
                    return "", False
                lost += walk.taken
                if self.effort > MAX_EFFORT:
                    return "", False
                if lost == HOMEWARD:
                    break
        except _Stuck:
            return f"{where} macet: tidak ada langkah yang dapat dikerjakan, padahal belum selesai.", False
        except _Piling:
            return f"{where} membuka makin banyak langkah sekaligus: satukan cabang sejajar sebelum berputar.", False
        except AlurError:
            # The engine refuses a step after which nothing waits for anybody, or that never comes to rest.
            return f"{where} macet di mesin alur: periksa gerbang gabung dan putaran sesudahnya.", False
        if not lost:
            return f"Alur '{flow.id if flow else ''}' tidak pernah tertempuh dalam jalan uji.", True
        return f"{where} tidak sampai ke akhir dalam {MAX_EVENTS} langkah.", False


class _Walk:
    """One case: first towards a branch, then by the shortest way to an end."""

    def __init__(
        self, walker: _Walker, chance: random.Random, flow: Flow | None, there: Mapping[str, int], wildness: float
    ) -> None:
        self.walker, self.ground, self.spec = walker, walker.ground, walker.spec
        self.chance, self.flow, self.there, self.wildness = chance, flow, there, wildness
        self.taken = flow is None
        self.answers: dict[str, Mapping[str, Any]] = {}
        self.visits: dict[str, int] = {}
        self.open: dict[str, str] = {}
        self.timers: dict[str, OpenedTimer] = {}
        self.seen: set[str] = set()

    @property
    def distance(self) -> Mapping[str, int]:
        return self.ground.home if self.taken else self.there

    def run(self) -> bool:
        """Did it take the branch and end?"""
        result = self._advance(None, Start())
        for _ in range(MAX_EVENTS):
            if result.ended:
                return self.taken
            if self.walker.effort > MAX_EFFORT:
                return False
            result = self._advance(result.state, self._next(result.state))
        return False

    def _advance(self, state: bytes | None, event: Event) -> Advance:
        result = advance(self.spec, state, event, CaseData(self.answers, self.visits), NOW)
        self.walker.effort += STEP + len(result.state) // 4
        if len(result.state) > MAX_STATE:
            raise _Piling
        for closed in result.closed:
            self.open.pop(closed.token, None)
            self.timers.pop(closed.token, None)
        self.open |= {task.token: task.step for task in result.opened}
        self.open |= {job.token: job.step for job in result.jobs}
        self.timers |= {each.token: each for each in result.timers}
        closed_by = [element for element in result.passed if element in self.ground.outcomes]
        if closed_by:
            self.answers = {**self.answers, CASE: {CLOSED_BY: closed_by[-1]}}
        return result

    def _next(self, state: bytes) -> Event:
        message = self._message(state)
        # Nobody must need a message to go on; to reach a branch it may be sent now and then.
        if message and self.open and not self.taken and self.chance.random() < 0.4:
            element = next(element for element, name in self.spec.messages.items() if name == message)
            if not self._ends(element):
                self._note(element)
                return Message(message)
        if self.timers and (
            not self.open or self._is_time_nearer() or (not self.taken and self.chance.random() < 0.15)
        ):
            going_on = [each for each in sorted(self.timers) if not self._ends(self.timers[each].element)]
            token = self.chance.choice(going_on or sorted(self.timers))
            self._note(self.timers[token].element)
            return Fire(token)
        if not self.open:
            raise _Stuck
        distance = self.distance
        token = min(self.open, key=lambda each: (distance.get(self.open[each], 999), each))
        if not self.taken and self.chance.random() < 0.2 + self.wildness / 2:
            token = self.chance.choice(sorted(self.open))
        self._complete(self.open[token])
        return Complete(token)

    def _is_time_nearer(self) -> bool:
        """Is waiting the shorter way home? Not on the first try: people should get there by themselves."""
        home = self.ground.home
        timer = min(home.get(each.element, 999) for each in self.timers.values())
        return self.taken and self.wildness > 0 and timer < min(home.get(step, 999) for step in self.open.values())

    def _message(self, state: bytes) -> str:
        """The name of a message that is waited for, "" when there is none."""
        if not self.spec.messages:
            return ""
        names = [self.spec.messages.get(element, "") for _, element in live(self.spec, state)]
        return next((name for name in names if name), "")

    def _complete(self, step: str) -> None:
        tries = self.ground.combinations(step, self.answers)
        if len(tries) > 1:
            self.chance.shuffle(tries)
        visits = {**self.visits, step: self.visits.get(step, 0) + 1}
        best = min(tries, key=lambda values: self._cost(step, values, visits)) if len(tries) > 1 else tries[0]
        if not self.taken and self.chance.random() < 0.1 + self.wildness / 2:
            best = tries[0]
        self.answers = {**self.answers, step: best}
        self.visits = visits
        self._note(step)

    def _path(self, step: str, answers: Answers, visits: Mapping[str, int] | None = None) -> list[Flow]:
        flows = self.ground.path_after(step, answers, visits or self.visits)
        self.walker.effort += 1 + sum(len(self.ground.out[flow.source]) for flow in flows)
        return flows

    def _takes(self, flows: list[Flow]) -> bool:
        return self.flow is not None and any(flow.id == self.flow.id for flow in flows)

    def _note(self, element: str) -> None:
        flows = self._path(element, self.answers)
        self.seen |= {flow.id for flow in flows}
        self.taken = self.taken or self._takes(flows)

    def _ends(self, element: str) -> bool:
        """Does the way after `element` lead straight to an end, without the branch that is looked for?"""
        flows = self._path(element, self.answers)
        return bool(flows) and not self._takes(flows) and flows[-1].target in self.ground.ends

    def _cost(self, step: str, values: Mapping[str, Any], visits: Mapping[str, int]) -> int:
        flows = self._path(step, {**self.answers, step: values}, visits)
        if not flows:
            return 999
        if not self.taken and self._takes(flows):
            return -1
        if not self.taken and flows[-1].target in self.ground.ends:
            return MAX_EVENTS
        return self.distance.get(flows[-1].target, 999)
