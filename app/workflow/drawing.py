"""Reads a BPMN file into plain data, with the line of everything. Nothing here knows SpiffWorkflow.

What is read is an allow-list: an element, child or attribute that would change the flow and is not in it is a
fault. Faults do not end the reading, so that all of them can be said at once.
"""

import re
from collections.abc import Iterator

from lxml import etree

from app.domain.errors import Fault, ProcedureInvalid
from app.workflow.additions import DATA, PEOPLE, additions
from app.workflow.bpmnxml import NS, called, children, is_bpmn, line, local, parse_xml, reference, text_of, words
from app.workflow.drawn import OTHER, Drawing, Element, Flow
from app.workflow.lanes import read_lanes
from app.workflow.lengths import TimerLength, parse_length
from app.workflow.unsupported import instead_inside, instead_of

MAX_ELEMENTS = 200  # the parser goes one level deeper per element on a path
MAX_FLOWS = 1_000
MAX_ID = 80  # what the tables of tasks and timers hold

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
BESIDE_FLOW = {"laneSet", "textAnnotation", "association", "group"} | NOTES | DATA | PEOPLE
RESERVED_IDS = {"Start", "End", "Root"}  # SpiffWorkflow's own
COUNTS = ("startQuantity", "completionQuantity")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


def read_drawing(bpmn: bytes, file: str) -> Drawing:
    """Read the file. Faults of single elements are in `.faults`; ProcedureInvalid when it cannot be read."""
    drawing = Drawing(file, parse_xml(bpmn, file))
    _refuse_same_ids(drawing)
    process = _the_process(drawing)
    _refuse_too_many(drawing, process)
    _Reader(drawing, process).read()
    _strip(drawing.root, process)
    return drawing


def _the_process(drawing: Drawing) -> etree._Element:
    """The one process with something in it: modelers also write an empty one for a pool that is only named."""
    found = drawing.root.findall(f"{NS}process")
    full = [each for each in found if any(local(child) not in BESIDE_FLOW for child in children(each))] or found[:1]
    if len(full) != 1:
        at = line(full[1]) if full else line(drawing.root)
        message = f"Satu berkas berisi tepat satu proses; di sini ada {len(full)}."
        if full:
            names = ", ".join(called(each) for each in full[:5])
            message += f" Gabungkan {names} menjadi satu pool dengan beberapa lajur, atau pisahkan berkasnya."
        raise ProcedureInvalid([*drawing.faults, Fault(drawing.file, at, message)])
    process = full[0]
    drawing.process, drawing.line = process.get("id", ""), line(process)
    # Most modelers write "false" and offer no switch; here it is publishing that makes a procedure run.
    process.set("isExecutable", "true")
    if not _is_id(drawing.process):
        drawing.fault(line(process), f"Id proses {drawing.process[:MAX_ID]!r} hanya boleh huruf, angka, _ dan -.")
    return process


def _is_id(text: str) -> bool:
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def _refuse_same_ids(drawing: Drawing) -> None:
    seen: dict[str, int] = {}
    for node in drawing.root.iter(f"{NS}*"):
        node_id = node.get("id")
        if node_id in seen:
            drawing.fault(line(node), f"Id {node_id[:MAX_ID]} dipakai dua kali; pertama di baris {seen[node_id]}.")
        elif node_id is not None:
            seen[node_id] = line(node)


def _refuse_too_many(drawing: Drawing, process: etree._Element) -> None:
    flows = len(process.findall(f"{NS}sequenceFlow"))
    nodes = sum(local(child) not in BESIDE_FLOW for child in children(process)) - flows
    for count, most, what in ((nodes, MAX_ELEMENTS, "elemen"), (flows, MAX_FLOWS, "garis alur")):
        if count > most:
            message = f"Ada {count} {what}; paling banyak {most}. Pecah prosedurnya."
            raise ProcedureInvalid([Fault(drawing.file, line(process), message)])


def _strip(root: etree._Element, process: etree._Element) -> None:
    """Leave nothing but flow nodes, flows and messages.

    SpiffWorkflow searches deep for ids and event definitions, also in a tool's own additions, and tries the branches
    of a gateway by their height on the page; without the layout it is the order in the file.
    """
    beside = [child for child in root if child is not process and child.tag != f"{NS}message"]
    beside += [child for child in process if not is_bpmn(child) or local(child) in BESIDE_FLOW]
    unread = NOTES | DATA | PEOPLE
    beside += [child for node in process for child in node if not is_bpmn(child) or local(child) in unread]
    # Nor does it need what stands inside a message, an event definition or a reference.
    beside += [inner for child in root if child is not process for inner in child]
    beside += [inner for node in process for child in node for inner in child]
    for node in beside:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


class _Reader:
    """One pass over a process."""

    def __init__(self, drawing: Drawing, process: etree._Element) -> None:
        self.drawing, self.process = drawing, process
        self.messages = {node.get("id"): words(node) for node in drawing.root.iterchildren(f"{NS}message")}
        self.lanes = read_lanes(process, drawing.fault)
        self.defaults = {node.get("id"): node.get("default") for node in children(process)}

    def read(self) -> None:
        self._say_additions(self.process, called(self.process))
        for node in children(self.process):
            word = local(node)
            if word in KINDS:
                self._element(node, KINDS[word])
            elif word == "sequenceFlow":
                self._flow(node)
            elif word not in BESIDE_FLOW:
                self._other(node, word)

    def _say_additions(self, node: etree._Element, name: str) -> None:
        for at, word, why in additions(node):
            if why:
                self.drawing.fault(at, f"{name}: {word} dari alat gambar diabaikan; {why}.", warning=True)
            else:
                self.drawing.fault(
                    at, f"{name}: {word} menjalankan kode, dan itu tidak didukung. Hapus, atau gambar service task."
                )

    def _other(self, node: etree._Element, word: str) -> None:
        events = [local(child) for child in children(node) if local(child).endswith("EventDefinition")]
        instead = instead_of(word, events, node.get("triggeredByEvent") == "true")
        what = " ".join([word, *events])
        self.drawing.fault(line(node), f"{called(node)}: {what} tidak didukung. {instead}")
        if node_id := node.get("id"):
            self.drawing.elements[node_id] = self._drawn(node, node_id, OTHER)

    def _drawn(self, node: etree._Element, node_id: str, kind: str) -> Element:
        return Element(node_id, kind, words(node), self.lanes.get(node_id, ""), line(node))

    def _element(self, node: etree._Element, kind: str) -> None:
        node_id, name = node.get("id", ""), called(node)
        if not _is_id(node_id) or node_id in RESERVED_IDS:
            message = f"Id {node_id[:MAX_ID]!r} tidak dapat dipakai. Pakai huruf, angka, _: periksa_berkas."
            self.drawing.fault(line(node), message)
        if node.get("isForCompensation") == "true":
            message = f"{name}: kompensasi tidak didukung. Gambar pembatalannya sebagai tugas di jalan tersendiri."
            self.drawing.fault(line(node), message)
        if any(node.get(count, "1").strip() != "1" for count in COUNTS):
            message = f"{name}: {' dan '.join(COUNTS)} harus 1. Untuk menunggu beberapa cabang, pakai gerbang paralel."
            self.drawing.fault(line(node), message)
        self._say_additions(node, name)
        events = list(self._events(node, kind, name))
        if kind in ("catch", "boundary"):
            kind = self._event(node, kind, events)
        elif len(events) > 1:
            self.drawing.fault(line(node), f"{name}: hanya satu penanda akhir yang boleh dipakai. Hapus lainnya.")
        self.drawing.elements[node_id] = self._drawn(node, node_id, kind)

    def _events(self, node: etree._Element, kind: str, name: str) -> Iterator[etree._Element]:
        for child in children(node):
            word = local(child)
            if word in EVENTS.get(kind, ()):
                yield child
            elif word not in WIRING | NOTES | DATA | PEOPLE:
                message = f"{name}: {word} tidak didukung di sini. {instead_inside(word, kind)}"
                self.drawing.fault(line(child), message)

    def _event(self, node: etree._Element, kind: str, events: list[etree._Element]) -> str:
        node_id = node.get("id", "")
        if kind == "boundary":
            self.drawing.attached[node_id] = reference(node, "attachedToRef")
            node.set("attachedToRef", self.drawing.attached[node_id])
            if node.get("cancelActivity", "true") == "true":
                self.drawing.interrupting.add(node_id)
        if len(events) != 1:
            if events or not any(local(child).endswith("EventDefinition") for child in children(node)):
                message = f"{called(node)}: harus tepat satu batas waktu (timer) atau satu pesan (message)."
                self.drawing.fault(line(node), message)
            return OTHER
        [event] = events
        if local(event) == "timerEventDefinition":
            self.drawing.timers[node_id] = self._length(node, event)
            return f"{kind}_timer"
        event.set("messageRef", reference(event, "messageRef"))
        message = self.messages.get(event.get("messageRef"), "")
        if not message:
            self.drawing.fault(line(node), f"{called(node)}: pesannya belum dipilih atau belum bernama.")
        self.drawing.messages[node_id] = message
        return f"{kind}_message"

    def _length(self, node: etree._Element, timer: etree._Element) -> TimerLength | None:
        written = [(child, text_of(child)) for child in children(timer) if local(child) not in NOTES]
        written = [(child, text) for child, text in written if text]
        if not written:
            return None
        child, text = written[0]
        try:
            duration = local(child) == "timeDuration"
            if len(written) > 1 or local(child) == "timeCycle" or duration != text.startswith("P"):
                raise ValueError(text)
            return parse_length(text)
        except ValueError:
            self.drawing.fault(
                line(child),
                f"{called(node)}: panjang batas waktu {text[:40]!r} ({local(child)}) tidak dikenal. "
                "Tulis durasi ISO 8601 di timeDuration, mis. P14D, tanggal di timeDate, atau kosongkan dan tulis di "
                "ikmt bagian batas.",
            )
            return None

    def _flow(self, node: etree._Element) -> None:
        flow_id = node.get("id", "")
        self._say_additions(node, f"Alur {flow_id[:MAX_ID]}")
        written: list[tuple[str, int]] = []
        for child in list(children(node)):
            if local(child) in NOTES | DATA:
                continue
            if local(child) != "conditionExpression" or written:
                self.drawing.fault(
                    line(child), f"Alur {flow_id[:MAX_ID]}: {local(child)} tidak didukung di sini. Hapus bagian ini."
                )
            else:
                written.append((text_of(child), line(child)))
                _keep_only_text(node, child, written[0][0])
        condition, at = written[0] if written and written[0][0] else (None, line(node))
        source, target = node.get("sourceRef", ""), node.get("targetRef", "")
        if not flow_id:  # SpiffWorkflow would lose what comes after it, and say nothing
            message = f"Alur dari {source[:MAX_ID]} ke {target[:MAX_ID]} belum punya id. Gambar lagi garisnya."
            self.drawing.fault(line(node), message)
        is_default = bool(flow_id) and self.defaults.get(source) == flow_id
        self.drawing.flows.append(Flow(flow_id, source, target, condition, is_default, line(node), at))


def _keep_only_text(flow: etree._Element, condition: etree._Element, text: str) -> None:
    """As SpiffWorkflow will look it up. An empty condition, which some modelers write on every flow, is none."""
    if not text:
        flow.remove(condition)
        return
    for child in list(condition):
        condition.remove(child)
    condition.text = text
