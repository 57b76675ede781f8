"""What the checks look at, with the questions they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.procedures.forms import field_places
from app.procedures.model import Field, Procedure
from app.procedures.places import Findings, Place
from app.procedures.sources import Sources
from app.workflow.spec import Spec


@dataclass(frozen=True)
class Subject:
    """A procedure that could be built, and where everything in it is written."""

    sources: Sources
    procedure: Procedure
    findings: Findings

    @property
    def spec(self) -> Spec:
        return self.procedure.spec

    @cached_property
    def root(self) -> Place:
        assert self.sources.ikmt is not None
        return Place(self.sources.ikmt)

    @property
    def user_steps(self) -> set[str]:
        return {step.id for step in self.procedure.steps.values() if step.kind == "user"}

    def in_diagram(self, line: int, message: str, warning: bool = False) -> None:
        self.findings.add(self.sources.files.bpmn_path, line, message, warning)

    def saying(self, place: Place) -> Callable[[str, bool], None]:
        """A function that reports (message, is it only a warning) at `place`."""
        return lambda message, warning: self.findings.at(place, message, warning)

    def fields(self, step: str) -> dict[str, Field]:
        form = self.procedure.forms.get(step)
        return {field.id: field for section in form.sections for field in section.fields} if form else {}

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, Place]]:
        """Step -> field id (or `table.column`) -> where it is written."""
        return {step: field_places(document, self.sources.shared) for step, document in self.sources.forms.items()}

    @cached_property
    def _next(self) -> dict[str, set[str]]:
        after: dict[str, set[str]] = {element: set() for element in self.spec.elements}
        for flow in self.spec.flows:
            after[flow.source].add(flow.target)
        for event, host in self.spec.attached.items():
            after[host].add(event)
        return after

    def reached_from(self, element: str, without: str = "") -> set[str]:
        """Everything that can come after `element`; with `without` taken out of the diagram."""
        seen: set[str] = set()
        todo = [element] if element != without else []
        while todo:
            for target in self._next[todo.pop()]:
                if target not in seen and target != without:
                    seen.add(target)
                    todo.append(target)
        return seen

    @cached_property
    def start(self) -> str:
        return next(element.id for element in self.spec.elements.values() if element.kind == "start")

    def precedes(self, step: str, element: str) -> bool:
        return element in self.reached_from(step)

    def may_be_skipped(self, step: str, element: str) -> bool:
        """Can `element` be reached without ever doing `step`?"""
        return element in self.reached_from(self.start, without=step)
