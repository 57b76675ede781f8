"""Reads a BPMN file into plain data, with the line of everything. Nothing here knows SpiffWorkflow.

What is read is an allow-list: an element, child or attribute that would change the flow and is not in it is a
fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.domain.errors import Fault, ProcedureInvalid
from app.workflow.lengths import TimerLength, parse_length

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 200  # the parser goes one level deeper per element on a path

NS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
KINDS = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user",
    "serviceTask": "service",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "intermediateCatchEvent": "catch",
    "boundaryEvent": "boundary",
}
EVENTS = {
    "end": {"terminateEventDefinition"},
    "catch": {"timerEventDefinition", "messageEventDefinition"},
    "boundary": {"timerEventDefinition", "messageEventDefinition"},
}
NOTES = {"documentation", "extensionElements"}
WIRING = {"incoming", "outgoing"}
BESIDE_FLOW = {"laneSet", "textAnnotation", "association", "group"} | NOTES
RESERVED_IDS = {"Start", "End", "Root"}  # SpiffWorkflow's own
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True)
class Element:
    """`kind`: start, end, user, service, exclusive, parallel, catch_timer, catch_message, boundary_timer,
    boundary_message. `name` and `lane` are the words of the drawing, spaces tidied; "" when there are none.
    """

    id: str
    kind: str
    name: str
    lane: str
    line: int


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `condition`: its text, stripped, or None. `default`: its gateway's default."""

    id: str
    source: str
    target: str
    condition: str | None
    default: bool
    line: int


@dataclass
class Drawing:
    """A file as it was read. `root` is the XML with only the flow left in it, as SpiffWorkflow gets it."""

    file: str
    root: etree._Element
    process: str = ""
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)
    interrupting: set[str] = field(default_factory=set)
    timers: dict[str, TimerLength | None] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(self.file, line, message))

    def outgoing(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == element]


def read_drawing(bpmn: bytes, file: str) -> Drawing:
    """Read the file. Faults of single elements are in `.faults`; ProcedureInvalid when it cannot be read."""
    drawing = Drawing(file, _parse_xml(bpmn, file))
    _refuse_same_ids(drawing)
    process = _the_process(drawing)
    declared = {node.get("id"): _words(node) for node in drawing.root.iterchildren(f"{NS}message")}
    lanes = _lanes(process)
    for node in process.iterchildren(tag=etree.Element):
        word = _local(node)
        if word in KINDS:
            _read_element(drawing, node, word, lanes, declared)
        elif word == "sequenceFlow":
            _read_flow(drawing, node, process)
        elif word not in BESIDE_FLOW and _is_bpmn(node):
            drawing.fault(_line(node), f"{_called(node)}: {word} tidak didukung. Pakai tugas, gerbang, batas waktu.")
    if len(drawing.elements) > MAX_ELEMENTS:
        drawing.fault(0, f"Ada {len(drawing.elements)} elemen; paling banyak {MAX_ELEMENTS}. Pecah prosedurnya.")
    _strip(drawing.root, process)
    return drawing


def _parse_xml(bpmn: bytes, file: str) -> etree._Element:
    if len(bpmn) > MAX_BYTES:
        raise ProcedureInvalid([Fault(file, 0, f"Diagram lebih besar dari {MAX_BYTES // 1_000_000} MB.")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(bpmn, parser)
    except etree.XMLSyntaxError as exc:
        raise ProcedureInvalid([Fault(file, exc.lineno or 0, f"Bukan XML yang utuh: {exc.msg}")]) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProcedureInvalid([Fault(file, 1, "DOCTYPE tidak diizinkan. Hapus baris <!DOCTYPE …>.")])
    if root.tag != f"{NS}definitions":
        raise ProcedureInvalid([Fault(file, _line(root), "Bukan BPMN 2.0: akarnya harus <definitions>.")])
    return root


def _the_process(drawing: Drawing) -> etree._Element:
    found = drawing.root.findall(f"{NS}process")
    if len(found) != 1:
        line = _line(found[1]) if found else 0
        message = f"Satu berkas berisi tepat satu proses; di sini ada {len(found)}."
        raise ProcedureInvalid([*drawing.faults, Fault(drawing.file, line, message)])
    process = found[0]
    drawing.process = process.get("id", "")
    if process.get("isExecutable", "true") != "true":
        drawing.fault(_line(process), "Proses ini tidak dapat dijalankan. Centang Executable pada prosesnya.")
    if not _ID.fullmatch(drawing.process):
        drawing.fault(_line(process), f"Id proses {drawing.process!r} hanya boleh huruf, angka, _ dan -.")
    return process


def _refuse_same_ids(drawing: Drawing) -> None:
    seen: dict[str, int] = {}
    for node in drawing.root.iter(f"{NS}*"):
        node_id = node.get("id")
        if node_id in seen:
            drawing.fault(_line(node), f"Id {node_id} dipakai dua kali; pertama di baris {seen[node_id]}.")
        elif node_id is not None:
            seen[node_id] = _line(node)


def _strip(root: etree._Element, process: etree._Element) -> None:
    """Leave nothing but flow nodes, flows and messages.

    SpiffWorkflow searches deep for ids and event definitions, also in a tool's own additions, and tries the branches
    of a gateway by their height on the page; without the layout it is the order in the file.
    """
    beside = [child for child in root if child is not process and child.tag != f"{NS}message"]
    beside += [child for child in process if not _is_bpmn(child) or _local(child) in BESIDE_FLOW]
    beside += [child for node in process for child in node if not _is_bpmn(child) or _local(child) in NOTES]
    for node in beside:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def _lanes(process: etree._Element) -> dict[str, str]:
    refs = process.iterfind(f"{NS}laneSet//{NS}flowNodeRef")
    return {(ref.text or "").strip(): _words(ref.getparent()) for ref in refs}


def _read_element(
    drawing: Drawing, node: etree._Element, word: str, lanes: dict[str, str], declared: dict[str | None, str]
) -> None:
    node_id, kind, line = node.get("id", ""), KINDS[word], _line(node)
    if not _ID.fullmatch(node_id) or node_id in RESERVED_IDS:
        drawing.fault(line, f"Id {node_id!r} tidak dapat dipakai. Pakai huruf, angka, _: periksa_berkas.")
    if node.get("isForCompensation") == "true":
        drawing.fault(line, f"{_called(node)}: kompensasi tidak didukung.")
    events = []
    for child in _children(node):
        if _local(child) in EVENTS.get(kind, ()):
            events.append(child)
        elif _local(child) not in WIRING | NOTES:
            drawing.fault(_line(child), f"{_called(node)}: {_local(child)} tidak didukung di sini.")
    if kind in ("catch", "boundary"):
        kind = _read_event(drawing, node, kind, events, declared)
    elif len(events) > 1:
        drawing.fault(line, f"{_called(node)}: hanya satu penanda akhir yang boleh dipakai.")
    drawing.elements[node_id] = Element(node_id, kind, _words(node), lanes.get(node_id, ""), line)


def _read_event(
    drawing: Drawing,
    node: etree._Element,
    kind: str,
    events: list[etree._Element],
    declared: dict[str | None, str],
) -> str:
    node_id, line = node.get("id", ""), _line(node)
    if kind == "boundary":
        drawing.attached[node_id] = node.get("attachedToRef", "")
        if node.get("cancelActivity", "true") == "true":
            drawing.interrupting.add(node_id)
    if len(events) != 1:
        drawing.fault(line, f"{_called(node)}: harus tepat satu batas waktu atau satu pesan.")
        return f"{kind}_timer"
    if _local(events[0]) == "timerEventDefinition":
        drawing.timers[node_id] = _read_length(drawing, node, events[0])
        return f"{kind}_timer"
    message = declared.get(events[0].get("messageRef"), "")
    if not message:
        drawing.fault(line, f"{_called(node)}: pesannya belum dipilih atau belum bernama.")
    drawing.messages[node_id] = message
    return f"{kind}_message"


def _read_length(drawing: Drawing, node: etree._Element, timer: etree._Element) -> TimerLength | None:
    written = [(child, (child.text or "").strip()) for child in _children(timer)]
    if not any(text for _, text in written):
        return None
    child, text = written[0]
    try:
        duration = _local(child) == "timeDuration"
        if len(written) > 1 or _local(child) == "timeCycle" or duration != text.startswith("P"):
            raise ValueError(text)
        return parse_length(text)
    except ValueError:
        drawing.fault(
            _line(child),
            f"{_called(node)}: panjang batas waktu {text[:40]!r} tidak dikenal. "
            "Tulis durasi ISO 8601, mis. P14D, atau kosongkan dan tulis di ikmt bagian batas.",
        )
        return None


def _read_flow(drawing: Drawing, node: etree._Element, process: etree._Element) -> None:
    flow_id, source, target = node.get("id", ""), node.get("sourceRef", ""), node.get("targetRef", "")
    texts: list[str] = []
    for child in _children(node):
        if _local(child) in NOTES:
            continue
        if _local(child) != "conditionExpression" or texts:
            drawing.fault(_line(child), f"Alur {flow_id}: {_local(child)} tidak didukung di sini.")
        else:
            texts.append((child.text or "").strip())
            child.text = texts[-1]
    defaults = {n.get("default") for n in process.iterchildren(tag=etree.Element) if n.get("id") == source}
    condition = texts[0] if texts else None
    drawing.flows.append(Flow(flow_id, source, target, condition, flow_id in defaults, _line(node)))


def _children(node: etree._Element) -> Iterator[etree._Element]:
    """Children that BPMN itself defines; a tool's own additions say nothing of the flow."""
    return (child for child in node.iterchildren(tag=etree.Element) if _is_bpmn(child))


def _is_bpmn(node: etree._Element) -> bool:
    return etree.QName(node).namespace == NS[1:-1]


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def _line(node: etree._Element) -> int:
    return node.sourceline or 0


def _words(node: etree._Element | None) -> str:
    return " ".join((node.get("name", "") if node is not None else "").split())


def _called(node: etree._Element) -> str:
    return _words(node) or node.get("id") or _local(node)
