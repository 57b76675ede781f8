"""What the checks look at, with the questions they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.procedures.forms import field_places
from app.procedures.model.form import Field
from app.procedures.model.procedure import Procedure
from app.procedures.places import Findings, Place
from app.procedures.sources import Sources
from app.workflow.spec import OTHER, Spec

AUTOMATIC = {"start", "exclusive", "parallel", "service"}


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
        return Place(self.sources.document)

    @property
    def has_document(self) -> bool:
        return self.sources.ikmt is not None

    @property
    def is_whole(self) -> bool:
        """Is the diagram without faults of its own, so that what comes before what can be said?"""
        return self.sources.is_whole

    @property
    def can_be_walked(self) -> bool:
        return self.is_whole and self.has_document and self.sources.all_forms_read and not self.rings

    def is_doubtful(self, element: str) -> bool:
        """Is this drawn as something that is not supported? That is said already; what it is to be, nobody knows."""
        return element in self.spec.elements and self.spec.elements[element].kind == OTHER

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
    def rings(self) -> tuple[str, ...]:
        """Elements on a way round that no person and no timer stops, or that leads into one: it would run for ever."""
        automatic = {element.id for element in self.spec.elements.values() if element.kind in AUTOMATIC}
        after = {element: self._next[element] & automatic for element in automatic}
        # What leads nowhere can be in no ring; take it away until only rings (and what leads to them) are left.
        while ends := {element for element, targets in after.items() if not targets}:
            after = {element: targets - ends for element, targets in after.items() if element not in ends}
        return tuple(sorted(after))

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
            for target in self._next.get(todo.pop(), ()):
                if target not in seen and target != without:
                    seen.add(target)
                    todo.append(target)
        return seen

    @cached_property
    def start(self) -> str:
        return next((element.id for element in self.spec.elements.values() if element.kind == "start"), "")

    def precedes(self, step: str, element: str) -> bool:
        """Can `element` come after `step`? In a diagram with faults there is no telling, and nothing is said."""
        return not self.is_whole or element in self.reached_from(step)

    def may_be_skipped(self, step: str, element: str) -> bool:
        """Can `element` be reached without ever doing `step`?"""
        return self.is_whole and element in self.reached_from(self.start, without=step)
