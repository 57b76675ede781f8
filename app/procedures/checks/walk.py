"""Walks sample paths with the real engine: every branch is taken once, and from there the case must reach an end."""

import itertools
import random
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.errors import AlurError
from app.procedures.actions import CASE, CLOSED_BY
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import possible_values
from app.workflow.contract import Advance, CaseData, Complete, Event, Fire, Message, OpenedTimer, Start
from app.workflow.engine import advance, live
from app.workflow.spec import Flow

MAX_EVENTS = 120  # in one walk; every step home is a shortest one, so a sound diagram needs far fewer
MAX_TOTAL = 4_000
MAX_COMBINATIONS = 64
SEEDS = 12  # tries for each branch, each a little wilder
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)

Answers = dict[str, dict[str, Any]]


def check_walk(subject: Subject) -> None:
    """A fault for every branch after which no end is reached, and a warning for branches never taken."""
    walker = _Walker(subject)
    flows: list[Flow | None] = [None]
    flows += [flow for flow in subject.spec.flows if subject.spec.elements[flow.source].kind == "exclusive"]
    for flow in flows:
        walker.walk(flow)
        if walker.total > MAX_TOTAL or (flow is None and subject.findings.broken):
            return


class _Stuck(Exception):
    """The case lives on and nothing can move it."""


class _Walker:
    def __init__(self, subject: Subject) -> None:
        self.subject, self.spec = subject, subject.spec
        self.fields = self._decisive_fields()
        self.total = 0

    def walk(self, flow: Flow | None) -> None:
        """Go through `flow` (None: straight on), then home; report what hinders it."""
        line = flow.line if flow else self.spec.elements[self.subject.start].line
        where = f"Sesudah alur '{flow.id}', kasus" if flow else "Kasus"
        try:
            for seed in range(SEEDS):
                walk = _Walk(self, random.Random(seed), flow, seed / SEEDS)
                if walk.run():
                    return
            if flow is not None and not walk.taken:
                self.subject.in_diagram(line, f"Alur '{flow.id}' tidak pernah tertempuh dalam jalan uji.", True)
                return
            self.subject.in_diagram(line, f"{where} tidak sampai ke akhir dalam {MAX_EVENTS} langkah.")
        except _Stuck:
            message = f"{where} macet: tidak ada langkah yang dapat dikerjakan, padahal belum selesai."
            self.subject.in_diagram(line, message)
        except AlurError:
            # The engine refuses a step after which nothing waits for anybody, or that never comes to rest.
            message = f"{where} macet di mesin alur: periksa gerbang gabung dan putaran sesudahnya."
            self.subject.in_diagram(line, message)

    def _decisive_fields(self) -> dict[str, dict[str, list[Any]]]:
        """Step -> field -> values worth trying: those that some gateway asks about."""
        found: dict[str, dict[str, list[Any]]] = {}
        for condition in self.spec.conditions.values():
            for step, name in sorted(condition.references):
                field = self.subject.fields(step).get(name)
                known = possible_values(field) if field else None
                asked: list[Any] = [value for at, each, value in condition.values if (at, each) == (step, name)]
                values = found.setdefault(step, {}).setdefault(name, [])
                values += [value for value in known or (*asked, None) if value not in values]
        return found

    def combinations(self, step: str, answers: Answers) -> list[dict[str, Any]]:
        fields = {
            name: self._offered(step, name, values, answers) for name, values in self.fields.get(step, {}).items()
        }
        every = itertools.product(*fields.values())
        return [dict(zip(fields, values, strict=True)) for values in itertools.islice(every, MAX_COMBINATIONS)]

    def _offered(self, step: str, name: str, values: list[Any], answers: Answers) -> list[Any]:
        """Without the options that this case does not show."""
        field = self.subject.fields(step).get(name)
        hidden = {
            option.value
            for option in (field.options if field else ())
            if option.visible is not None and not option.visible.holds(answers)
        }
        return [value for value in values if value not in hidden] or values

    def distances(self, goal: set[str]) -> dict[str, int]:
        """Element -> number of elements to the nearest of `goal`."""
        before: dict[str, list[str]] = {}
        for flow in self.spec.flows:
            before.setdefault(flow.target, []).append(flow.source)
        for event, host in self.spec.attached.items():
            before.setdefault(event, []).append(host)
        found = dict.fromkeys(goal, 0)
        todo = deque(goal)
        while todo:
            here = todo.popleft()
            for source in before.get(here, []):
                if source not in found:
                    found[source] = found[here] + 1
                    todo.append(source)
        return found

    def path_after(self, step: str, answers: Answers) -> Iterator[Flow]:
        """The flows that would be taken after `step`, through gateways, up to the next thing that waits."""
        here = step
        for _ in range(len(self.spec.elements)):
            flow = self._choose(here, answers)
            if flow is None:
                return
            yield flow
            here = flow.target
            if self.spec.elements[here].kind != "exclusive":
                return

    def _choose(self, here: str, answers: Answers) -> Flow | None:
        out = [flow for flow in self.spec.flows if flow.source == here]
        for flow in out:
            if flow.condition and self.spec.conditions[flow.condition].holds(answers):
                return flow
        return next((flow for flow in out if not flow.condition), None)


class _Walk:
    """One case: first towards a branch, then by the shortest way to an end."""

    def __init__(self, walker: _Walker, chance: random.Random, flow: Flow | None, wildness: float) -> None:
        self.walker, self.chance, self.flow, self.wildness = walker, chance, flow, wildness
        self.taken = flow is None
        self.answers: Answers = {}
        self.visits: dict[str, int] = {}
        self.open: dict[str, str] = {}
        self.timers: dict[str, OpenedTimer] = {}
        ends = {element.id for element in walker.spec.elements.values() if element.kind == "end"}
        self.home = walker.distances(ends)
        self.there = walker.distances({flow.source}) if flow else self.home

    def run(self) -> bool:
        result = self._advance(None, Start())
        for _ in range(MAX_EVENTS):
            if result.ended:
                return self.taken
            result = self._advance(result.state, self._next(result.state))
        return False

    def _advance(self, state: bytes | None, event: Event) -> Advance:
        self.walker.total += 1
        result = advance(self.walker.spec, state, event, CaseData(self.answers, self.visits), NOW)
        for closed in result.closed:
            self.open.pop(closed.token, None)
            self.timers.pop(closed.token, None)
        self.open |= {task.token: task.step for task in result.opened}
        self.open |= {job.token: job.step for job in result.jobs}
        self.timers |= {each.token: each for each in result.timers}
        closed_by = [element for element in result.passed if element in self.walker.subject.procedure.outcomes]
        if closed_by:
            self.answers = {**self.answers, CASE: {CLOSED_BY: closed_by[-1]}}
        return result

    def _next(self, state: bytes) -> Event:
        messages = [self.walker.spec.messages.get(element, "") for _, element in live(self.walker.spec, state)]
        message = next((name for name in messages if name), "")
        # Nobody must need a message to go on; to reach a branch it may be sent now and then.
        if message and self.open and not self.taken and self.chance.random() < 0.1:
            element = next(element for element, name in self.walker.spec.messages.items() if name == message)
            if not self._ends(element):
                self._note(element)
                return Message(message)
        if self.timers and (not self.open or (not self.taken and self.chance.random() < 0.15)):
            going_on = [each for each in sorted(self.timers) if not self._ends(self.timers[each].element)]
            token = self.chance.choice(going_on or sorted(self.timers))
            self._note(self.timers[token].element)
            return Fire(token)
        if not self.open:
            raise _Stuck
        distance = self.home if self.taken else self.there
        token = min(self.open, key=lambda each: (distance.get(self.open[each], 999), each))
        if not self.taken and self.chance.random() < 0.2 + self.wildness / 2:
            token = self.chance.choice(sorted(self.open))
        self._complete(self.open[token])
        return Complete(token)

    def _complete(self, step: str) -> None:
        tries = self.walker.combinations(step, self.answers)
        self.chance.shuffle(tries)
        best = min(tries, key=lambda values: self._cost(step, values))
        if not self.taken and self.chance.random() < 0.1 + self.wildness / 2:
            best = tries[0]
        self.answers = {**self.answers, step: best}
        self.visits[step] = self.visits.get(step, 0) + 1
        self._note(step)

    def _note(self, element: str) -> None:
        flows = self.walker.path_after(element, self.answers)
        self.taken = self.taken or any(flow.id == self.flow.id for flow in flows if self.flow)

    def _ends(self, element: str, answers: Answers | None = None) -> bool:
        """Does the way after `element` lead straight to an end, without the branch that is looked for?"""
        flows = list(self.walker.path_after(element, answers or self.answers))
        is_wanted = self.flow is not None and self.flow.id in {flow.id for flow in flows}
        return bool(flows) and not is_wanted and self.walker.spec.elements[flows[-1].target].kind == "end"

    def _cost(self, step: str, values: Mapping[str, Any]) -> int:
        flows = list(self.walker.path_after(step, {**self.answers, step: dict(values)}))
        if not self.taken and self.flow is not None and self.flow.id in {flow.id for flow in flows}:
            return -1
        if not self.taken and self._ends(step, {**self.answers, step: dict(values)}):
            return MAX_EVENTS
        distance = self.home if self.taken else self.there
        return distance.get(flows[-1].target, 999) if flows else 999
