"""What sample paths depend on, apart from the rest of a procedure: the diagram, and the answers that decide in it."""

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.conditions import Condition
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import possible_values
from app.workflow.spec import Flow, Spec

MAX_COMBINATIONS = 64

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Ground:
    """Equal when the walks would be the same, so that a flow is walked once however often the texts around it change.

    `shape`: all of the diagram that counts, its lines too since they are said; `fields`: (step, field, values worth
    trying), those that some gateway asks about; `hidden`: (step, field, value, the condition under which that option
    is offered); `outcomes`: elements whose passing becomes `kasus.sebab_tutup`.
    """

    spec: Spec = field(compare=False, repr=False)
    shape: tuple[Any, ...]
    fields: tuple[tuple[str, str, tuple[Any, ...]], ...]
    hidden: tuple[tuple[str, str, str, Condition], ...]
    outcomes: frozenset[str]

    @cached_property
    def out(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {element: [] for element in self.spec.elements}
        for flow in self.spec.flows:
            found[flow.source].append(flow)
        return found

    @cached_property
    def ends(self) -> set[str]:
        return {element.id for element in self.spec.elements.values() if element.kind == "end"}

    @cached_property
    def home(self) -> dict[str, int]:
        return self.distances(self.ends)

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        before: dict[str, list[str]] = {}
        for flow in self.spec.flows:
            before.setdefault(flow.target, []).append(flow.source)
        for event, host in self.spec.attached.items():
            before.setdefault(event, []).append(host)
        return before

    @cached_property
    def _tried(self) -> dict[str, dict[str, tuple[Any, ...]]]:
        found: dict[str, dict[str, tuple[Any, ...]]] = {}
        for step, name, values in self.fields:
            found.setdefault(step, {})[name] = values
        return found

    def distances(self, goal: set[str]) -> dict[str, int]:
        """Element -> number of elements to the nearest of `goal`."""
        found = dict.fromkeys(goal, 0)
        todo = deque(goal)
        while todo:
            here = todo.popleft()
            for source in self._before.get(here, []):
                if source not in found:
                    found[source] = found[here] + 1
                    todo.append(source)
        return found

    def combinations(self, step: str, answers: Answers) -> list[dict[str, Any]]:
        """Answers to try at `step`, as many as MAX_COMBINATIONS; at least one, perhaps empty."""
        fields = {name: self._offered(step, name, values, answers) for name, values in self._tried_at(step)}
        every = itertools.product(*fields.values())
        return [dict(zip(fields, values, strict=True)) for values in itertools.islice(every, MAX_COMBINATIONS)]

    def _tried_at(self, step: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield from self._tried.get(step, {}).items()

    def _offered(self, step: str, name: str, values: tuple[Any, ...], answers: Answers) -> list[Any]:
        """Without the options that this case does not show."""
        gone = {
            value
            for at, field, value, condition in self.hidden
            if (at, field) == (step, name) and not condition.holds(answers)
        }
        return [value for value in values if value not in gone] or list(values)

    def path_after(self, step: str, answers: Answers, visits: Mapping[str, int]) -> list[Flow]:
        """The flows that would be taken after `step`, through gateways, up to the next thing that waits."""
        found: list[Flow] = []
        here = step
        for _ in range(len(self.spec.elements)):
            flow = self._choose(here, answers, visits)
            if flow is None:
                break
            found.append(flow)
            here = flow.target
            if self.spec.elements[here].kind != "exclusive":
                break
        return found

    def _choose(self, here: str, answers: Answers, visits: Mapping[str, int]) -> Flow | None:
        otherwise = None
        for flow in self.out[here]:
            if not flow.condition:
                otherwise = otherwise or flow
            elif self.spec.conditions[flow.condition].holds(answers, visits):
                return flow
        return otherwise


def shape(spec: Spec) -> tuple[Any, ...]:
    """What of a diagram decides how it runs, hashable."""
    return (
        tuple((each.id, each.kind, each.line) for each in spec.elements.values()),
        spec.flows,
        tuple(spec.attached.items()),
        spec.interrupting,
        tuple(spec.timers),
        tuple(spec.messages.items()),
    )


def ground(subject: Subject) -> Ground:
    fields: dict[tuple[str, str], list[Any]] = {}
    for condition in subject.spec.conditions.values():
        for step, name in sorted(condition.references):
            field = subject.fields(step).get(name)
            known = possible_values(field) if field else None
            asked = sorted((value for at, each, value in condition.values if (at, each) == (step, name)), key=str)
            values = fields.setdefault((step, name), [])
            form = subject.procedure.forms.get(step)
            open_ends = {value for value in known or () if form is not None and form.leaves_open({name: value})}
            values += [value for value in known or (*asked, None) if value not in values and value not in open_ends]
    hidden = [
        (step, name, option.value, option.visible)
        for step, name in fields
        for option in (subject.fields(step)[name].options if name in subject.fields(step) else ())
        if option.visible is not None
    ]
    return Ground(
        spec=subject.spec,
        shape=shape(subject.spec),
        fields=tuple((step, name, tuple(values)) for (step, name), values in fields.items()),
        hidden=tuple(hidden),
        outcomes=frozenset(subject.procedure.outcomes),
    )
