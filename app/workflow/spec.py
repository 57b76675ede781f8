"""A compiled diagram: what advance() runs. Immutable, shared between threads, made once per version."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from SpiffWorkflow.bpmn.parser import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from app.domain.conditions import Condition, compile_condition
from app.domain.errors import ConditionError, Fault, ProcedureInvalid
from app.workflow.drawing import Drawing, Element, Flow, read_drawing
from app.workflow.lengths import TimerLength
from app.workflow.nodes import DiagramParser
from app.workflow.wiring import check_wiring

__all__ = ["Element", "Flow", "Spec", "TimerLength", "compile_spec"]

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


def compile_spec(bpmn: bytes, file: str) -> Spec:
    """Compile a BPMN file; `file` is the name that faults carry. ProcedureInvalid lists every fault found.

    This is the last line of defence: only what runs exactly as drawn passes. Words, lanes, forms and clocks
    are checked above, in `procedures`.
    """
    drawing = read_drawing(bpmn, file)
    check_wiring(drawing)
    conditions = _compile_conditions(drawing)
    if drawing.faults:
        raise ProcedureInvalid(sorted(drawing.faults))
    return Spec(
        process=drawing.process,
        elements=MappingProxyType(drawing.elements),
        flows=tuple(drawing.flows),
        conditions=MappingProxyType(conditions),
        attached=MappingProxyType(drawing.attached),
        interrupting=frozenset(drawing.interrupting),
        timers=MappingProxyType(drawing.timers),
        messages=MappingProxyType(drawing.messages),
        content_hash=hashlib.sha256(bpmn).hexdigest(),
        _spiff=_parse(drawing),
    )


def _compile_conditions(drawing: Drawing) -> dict[str, Condition]:
    compiled = {}
    for flow in drawing.flows:
        if flow.condition:
            try:
                compiled[flow.condition] = compile_condition(flow.condition)
            except ConditionError as exc:
                drawing.fault(flow.line, f"Kondisi alur {flow.id}: {exc.pesan}")
    return compiled


def _parse(drawing: Drawing) -> BpmnProcessSpec:
    parser = DiagramParser()
    try:
        parser.add_bpmn_xml(drawing.root, drawing.file)
        spiff = parser.get_spec(drawing.process)
    except ValidationException as exc:
        element = drawing.elements.get(exc.id)
        line = element.line if element else 0
        raise ProcedureInvalid([Fault(drawing.file, line, f"Diagram tidak dapat dijalankan: {exc}")]) from exc
    lost = [e for e in drawing.elements.values() if e.id not in spiff.task_specs]
    if lost:
        message = "hilang saat dibaca mesin alur."
        raise ProcedureInvalid([Fault(drawing.file, e.line, f"{e.id}: {message}") for e in lost])
    return spiff
