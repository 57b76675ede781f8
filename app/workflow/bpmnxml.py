"""A BPMN file as an XML tree, and the few questions that are asked of its nodes. Nothing here knows what they mean."""

import re
from collections.abc import Iterator

from lxml import etree

from app.domain.errors import Fault, ProcedureInvalid

MAX_BYTES = 2_000_000
NS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

_MISMATCH = re.compile(r"tag mismatch: (\S+) line (\d+) and (\S+),")
_PREFIX = re.compile(r"Namespace prefix (\S+) ")
_REPEATED = re.compile(r"Attribute (\S+) redefined")


def parse_xml(bpmn: bytes, file: str) -> etree._Element:
    """The `definitions` of the file, without comments. ProcedureInvalid when it is not such a file."""
    if len(bpmn) > MAX_BYTES:
        raise ProcedureInvalid([Fault(file, 1, f"Diagram lebih besar dari {MAX_BYTES // 1_000_000} MB.")])
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
        raise ProcedureInvalid([Fault(file, exc.lineno or 1, f"Bukan XML yang utuh: {_why(exc)}")]) from exc
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProcedureInvalid([Fault(file, 1, "DOCTYPE tidak diizinkan. Hapus baris <!DOCTYPE …>.")])
    if root.tag != f"{NS}definitions":
        message = "Bukan BPMN 2.0: akarnya harus <definitions>. Simpan diagram dari editor sebagai BPMN 2.0 XML."
        raise ProcedureInvalid([Fault(file, line(root), message)])
    return root


def _why(exc: etree.XMLSyntaxError) -> str:
    """What the XML reader says in English, for people; the commonest cases by name."""
    if found := _MISMATCH.search(exc.msg):
        return f"<{found[1]}> dari baris {found[2]} ditutup oleh </{found[3]}>. Tutup tiap tanda dengan pasangannya."
    if found := _PREFIX.search(exc.msg):
        return f"awalan {found[1]}: tidak dikenal. Tulis xmlns:{found[1]} di <definitions>."
    if found := _REPEATED.search(exc.msg):
        return f"{found[1]} ditulis dua kali pada elemen yang sama. Hapus salah satu."
    return "periksa tanda < > & dan tanda kutip di sekitar baris ini, atau simpan ulang dari editor BPMN."


def children(node: etree._Element) -> Iterator[etree._Element]:
    """Children that BPMN itself defines; a tool's own additions say nothing of the flow."""
    return (child for child in node.iterchildren(tag=etree.Element) if is_bpmn(child))


def is_bpmn(node: etree._Element) -> bool:
    return etree.QName(node).namespace == NS[1:-1]


def local(node: etree._Element) -> str:
    return etree.QName(node).localname


def line(node: etree._Element) -> int:
    """Where the node's opening tag ends, 1-based."""
    return node.sourceline or 1


def words(node: etree._Element | None) -> str:
    """The node's name, spaces tidied; "" when there is none."""
    return " ".join((node.get("name", "") if node is not None else "").split())


def called(node: etree._Element) -> str:
    """What a person would call the node."""
    return words(node)[:80] or node.get("id", "")[:80] or local(node)


def text_of(node: etree._Element) -> str:
    """The text of an expression, stripped, without that of anything inside it."""
    return "".join([node.text or "", *(child.tail or "" for child in node)]).strip()


def reference(node: etree._Element, attribute: str) -> str:
    """The id an attribute points at; some modelers write it with a prefix, as `tns:pesan`."""
    return node.get(attribute, "").strip().rpartition(":")[2]
