"""Which lane an element stands in: the innermost of the pool that names it."""

from collections.abc import Callable

from lxml import etree

from app.workflow.bpmnxml import NS, called, children, line, local, words


def read_lanes(process: etree._Element, fault: Callable[[int, str], None]) -> dict[str, str]:
    """Element id -> name of its lane. An element that stands in two lanes is a fault."""
    found: dict[str, str] = {}
    for lanes in process.iterchildren(f"{NS}laneSet"):
        _read(lanes, found, fault)
    return found


def _read(lanes: etree._Element, found: dict[str, str], fault: Callable[[int, str], None]) -> None:
    """An outer lane may name again what its inner lanes hold; the inner one says who it is."""
    here: dict[str, str] = {}
    for lane in lanes.iterchildren(f"{NS}lane"):
        inner: dict[str, str] = {}
        for part in children(lane):
            if local(part) == "childLaneSet":
                _read(part, inner, fault)
        for reference in lane.iterchildren(f"{NS}flowNodeRef"):
            inner.setdefault((reference.text or "").strip(), words(lane))
        for element in inner.keys() & here.keys():
            fault(line(lane), f"{element[:80]} berada di dua lajur: {here[element]} dan {called(lane)}. Pilih satu.")
        here |= inner
    found |= here
