"""A diagram as plain data: its elements, its flows, and the faults found on the way."""

from dataclasses import dataclass, field

from lxml import etree

from app.domain.errors import Fault
from app.workflow.lengths import TimerLength

OTHER = "other"
"""Kind of what is drawn and not supported; kept so that nobody is told it is not in the diagram."""


@dataclass(frozen=True)
class Element:
    """`kind`: start, end, user, service, exclusive, parallel, catch_timer, catch_message, boundary_timer,
    boundary_message; in a drawing with faults also other. `name` and `lane` are the words of the drawing, spaces
    tidied; "" when there are none.
    """

    id: str
    kind: str
    name: str
    lane: str
    line: int


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `condition`: its text, stripped, or None, and the line it stands on; `default`: its gateway's
    default."""

    id: str
    source: str
    target: str
    condition: str | None
    default: bool
    line: int
    condition_line: int


@dataclass
class Drawing:
    """A file as it was read. `root` is the XML with only the flow left in it, as SpiffWorkflow gets it."""

    file: str
    root: etree._Element
    process: str = ""
    line: int = 1
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)
    interrupting: set[str] = field(default_factory=set)
    timers: dict[str, TimerLength | None] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, at: int, message: str, warning: bool = False) -> None:
        self.faults.append(Fault(self.file, at, message, warning))

    @property
    def broken(self) -> bool:
        return any(not fault.warning for fault in self.faults)

    def outgoing(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == element]
