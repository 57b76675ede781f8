"""A compiled diagram: what advance() runs. Immutable, shared between threads, made once per version."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from app.domain.conditions import Condition, compile_condition
from app.domain.errors import ConditionError, Fault, ProcedureInvalid
from app.workflow.drawing import read_drawing
from app.workflow.drawn import OTHER, Drawing, Element, Flow
from app.workflow.lengths import TimerLength
from app.workflow.nodes import DiagramParser
from app.workflow.wiring import check_wiring

__all__ = ["OTHER", "Draft", "Element", "Flow", "Spec", "TimerLength", "compile_spec", "draft_spec"]

# At INFO SpiffWorkflow logs every task's data, and it gathers them whatever a parent logger says: set each one.
for _logger in ("spiff", "spiff.task", "spiff.data", "spiff.workflow"):
    logging.getLogger(_logger).setLevel(logging.WARNING)


@dataclass(frozen=True, eq=False)
class Spec:
    """`attached`: boundary event -> its task; `interrupting`: the boundary events that close their task.

    `timers`: timer event -> its drawn length, None when the length stands in the ikmt; `messages`: message event
    -> name of the message; `conditions`: text of a flow's condition -> the compiled condition.
    `content_hash`: sha256 hex of the file; a stored state belongs to exactly one.
    """

    process: str
    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]
    conditions: Mapping[str, Condition]
    attached: Mapping[str, str]
    interrupting: frozenset[str]
    timers: Mapping[str, TimerLength | None]
    messages: Mapping[str, str]
    content_hash: str
    _spiff: BpmnProcessSpec = field(repr=False, compare=False)


@dataclass(frozen=True)
class Draft:
    """What could be read of a diagram, and everything wrong with it.

    `spec`: None when the file is no diagram at all. With faults that are more than warnings it is there to be looked
    at, never to be run: flows and events that hang in the air and conditions that do not compile are left out, and
    elements that are not supported have the kind "other".
    """

    spec: Spec | None
    faults: tuple[Fault, ...]

    @property
    def broken(self) -> bool:
        return any(not fault.warning for fault in self.faults)


def compile_spec(bpmn: bytes, file: str) -> Spec:
    """Compile a BPMN file; `file` is the name that faults carry. ProcedureInvalid lists every fault found.

    This is the last line of defence: only what runs exactly as drawn passes. Words, lanes, forms and clocks
    are checked above, in `procedures`.
    """
    draft = draft_spec(bpmn, file)
    if draft.spec is None or draft.broken:
        raise ProcedureInvalid(list(draft.faults))
    return draft.spec


def draft_spec(bpmn: bytes, file: str) -> Draft:
    """Read as much of a BPMN file as can be read. Never raises, whatever the bytes."""
    try:
        drawing = read_drawing(bpmn, file)
    except ProcedureInvalid as error:
        return Draft(None, tuple(sorted(error.faults)))
    check_wiring(drawing)
    conditions = _compile_conditions(drawing)
    spiff = BpmnProcessSpec(drawing.process) if drawing.broken else _parse(drawing)
    spec = _spec(drawing, conditions, hashlib.sha256(bpmn).hexdigest(), spiff)
    return Draft(spec, tuple(sorted(set(drawing.faults))))


def _spec(drawing: Drawing, conditions: dict[str, Condition], content_hash: str, spiff: BpmnProcessSpec) -> Spec:
    known = drawing.elements.keys()
    attached = {event: host for event, host in drawing.attached.items() if {event, host} <= known}
    return Spec(
        process=drawing.process,
        elements=MappingProxyType(drawing.elements),
        flows=tuple(flow for flow in drawing.flows if {flow.source, flow.target} <= known),
        conditions=MappingProxyType(conditions),
        attached=MappingProxyType(attached),
        interrupting=frozenset(drawing.interrupting),
        timers=MappingProxyType(drawing.timers),
        messages=MappingProxyType(drawing.messages),
        content_hash=content_hash,
        _spiff=spiff,
    )


def _compile_conditions(drawing: Drawing) -> dict[str, Condition]:
    compiled = {}
    for flow in drawing.flows:
        if flow.condition:
            try:
                compiled[flow.condition] = compile_condition(flow.condition)
            except ConditionError as exc:
                drawing.fault(flow.condition_line, f"Kondisi alur {flow.id}: {exc.pesan}")
    return compiled


def _parse(drawing: Drawing) -> BpmnProcessSpec:
    """SpiffWorkflow's own opinion. What it refuses or loses, and we did not see, is a fault too."""
    parser = DiagramParser()
    try:
        parser.add_bpmn_xml(drawing.root, drawing.file)
        spiff = parser.get_spec(drawing.process)
    except ValidationException as exc:
        element = drawing.elements.get(exc.id)
        drawing.fault(
            element.line if element else drawing.line, f"Mesin alur tidak dapat membaca elemen ini ('{exc}')."
        )
        return BpmnProcessSpec(drawing.process)
    for element in drawing.elements.values():
        if element.id not in spiff.task_specs:
            drawing.fault(element.line, f"{element.id}: hilang saat dibaca mesin alur. Hapus, lalu gambar lagi.")
    return spiff
