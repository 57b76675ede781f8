"""Breaks the files of a procedure at random: their XML, their YAML, their bytes. The same seed breaks the same."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from lxml import etree

from app.domain.errors import ProcedureInvalid
from app.procedures.files import ProcedureFiles
from app.procedures.yamltext import load

NS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TAGS = (
    *("userTask", "serviceTask", "task", "scriptTask", "manualTask", "sendTask", "callActivity", "subProcess"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"),
    *("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"),
    *("timerEventDefinition", "messageEventDefinition", "linkEventDefinition", "signalEventDefinition"),
    *("terminateEventDefinition", "compensateEventDefinition", "multiInstanceLoopCharacteristics"),
    *("sequenceFlow", "conditionExpression", "timeDuration", "timeDate", "timeCycle", "lane", "laneSet", "process"),
    *("message", "documentation", "extensionElements", "incoming", "outgoing", "flowNodeRef", "subProsesAneh"),
)
ATTRIBUTES = (
    *("id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "cancelActivity", "messageRef"),
    *("isExecutable", "processRef", "triggeredByEvent", "isForCompensation", "startQuantity", "aneh"),
)
WORDS = (
    *("", " ", "0", "-1", "1", "9" * 40, "1e309", "x" * 3_000, "ya", "tidak", "null", "no", "true", "false", "~"),
    *("periksa_berkas", "gw_berkas", "isi_permohonan", "tidak_ada", "kasus", "keputusan", "jenis", "Start", "Root"),
    *("P14D", "P99999999D", "PT", "R3/PT1H", "2026-02-30", "9999-12-31T23:59:59-23:59", "14 hari kerja", "-3 menit"),
    *('a.b == "c"', '=a = "b"', "${a == 'b'}", "a.b or", "not a.b", "(" * 90, "9**9**9", "__import__('os')", "a.b.c"),
    *("kunjungan.periksa_berkas >= 2", 'periksa_berkas.keputusan in ["lengkap", "kurang"]', "a.b == '\\'"),
    *("ı\u202e🙂", "é\u0301", "\u2028", "{nik}", "{", "[", "%s", "../../etc/passwd", "<b>", "&amp;", "kode/pekerjaan"),
)
TOKENS = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\t", b": ", b"- ", b"{", b"]", b"\n", b"\n\n  ", b'"', b"'", b"|"),
    *(b"&a ", b"*a", b"<<: *a", b"!!python/object:os.system", b"---\n", b"%YAML 9.9\n", b"...\n", b"? ", b"@", b"`"),
    *(b"</bpmn:process>", b"<![CDATA[", b"]]>", b"&#0;", b"&xxe;", b"<!DOCTYPE a []>", b"<!--", b"<?x ?>", b"<", b">"),
    *(b"[" * 400, b"a: {" * 60, b"<a>" * 400, b"9" * 400, "🙂".encode() * 50),
)
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n"
MERGE = b"a: &a {x: 1}\nb: &b {<<: [*a,*a,*a,*a]}\nc: {<<: [*b,*b,*b,*b,*b,*b]}\n"


def mutate(files: ProcedureFiles, rng: random.Random) -> ProcedureFiles:
    """`files` with one to three things broken, mostly in one file."""
    found = dict(files.files)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        path = _choose_path(files, rng)
        found[path] = _break(found[path], path, rng)
    return replace(files, files=found)


def _choose_path(files: ProcedureFiles, rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.56:
        return files.bpmn_path
    return (
        files.ikmt_path
        if kind < 0.72
        else rng.choice([*files.form_steps.values(), *files.prints.values(), *files.shared.values()])
    )


def _break(raw: bytes, path: str, rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return rng.choice(BYTES)(raw, rng)
    return _break_xml(raw, rng) if path.endswith(".bpmn") else _break_yaml(raw, path, rng)


def _break_xml(raw: bytes, rng: random.Random) -> bytes:
    try:
        root = etree.fromstring(raw)
    except etree.XMLSyntaxError:
        return raw
    near = [node for node in root.iter(f"{NS}*") if node is not root]
    nodes = (
        near if near and rng.random() < 0.92 else [node for node in root.iter(tag=etree.Element) if node is not root]
    )
    if not nodes:
        return raw
    rng.choice(XML)(rng.choice(nodes), rng.choice(nodes), rng)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _drop_node(node: Any, other: Any, rng: random.Random) -> None:
    node.getparent().remove(node)


def _double_node(node: Any, other: Any, rng: random.Random) -> None:
    twin = copy.deepcopy(node)
    if rng.random() < 0.6:
        for each in twin.iter(tag=etree.Element):
            if each.get("id"):
                each.set("id", f"{each.get('id')}_kembar")
    node.addnext(twin)


def _retag(node: Any, other: Any, rng: random.Random) -> None:
    node.tag = NS + rng.choice(TAGS) if rng.random() < 0.9 else rng.choice(("aneh", "{urn:x}userTask"))


def _drop_attribute(node: Any, other: Any, rng: random.Random) -> None:
    if node.attrib:
        del node.attrib[rng.choice(sorted(node.attrib))]


def _set_attribute(node: Any, other: Any, rng: random.Random) -> None:
    ids = [value for value in (other.get("id"), other.get("sourceRef"), other.get("targetRef")) if value]
    name = rng.choice(sorted(node.attrib) or list(ATTRIBUTES)) if rng.random() < 0.7 else rng.choice(ATTRIBUTES)
    node.set(name, rng.choice(ids) if ids and rng.random() < 0.7 else _safe(rng.choice(WORDS)))


def _set_text(node: Any, other: Any, rng: random.Random) -> None:
    written = [each for each in node.getroottree().iter(f"{NS}*") if (each.text or "").strip()]
    target = rng.choice(written) if written else node
    target.text = rng.choice(written).text if written and rng.random() < 0.5 else _safe(rng.choice(WORDS))


def _swap_nodes(node: Any, other: Any, rng: random.Random) -> None:
    if any(each in (node, other) for each in (*node.iterancestors(), *other.iterancestors())) or node is other:
        return
    here, there = node.getparent(), other.getparent()
    at, to = here.index(node), there.index(other)
    mark = etree.Element("tanda")
    here[at] = mark
    there[to] = node
    mark.getparent().replace(mark, other)


def _nest(node: Any, other: Any, rng: random.Random) -> None:
    inner = node
    for _ in range(rng.choice((1, 3, 60, 300))):
        inner = etree.SubElement(inner, NS + rng.choice(TAGS))


def _add_node(node: Any, other: Any, rng: random.Random) -> None:
    new = etree.SubElement(node, NS + rng.choice(TAGS))
    for name in rng.sample(ATTRIBUTES, 3):
        new.set(name, other.get("id") or "baru")


def _redirect_flow(node: Any, other: Any, rng: random.Random) -> None:
    flows = list(node.getroottree().iter(f"{NS}sequenceFlow"))
    if len(flows) > 1:
        one, two = rng.sample(flows, 2)
        end = rng.choice(("sourceRef", "targetRef"))
        one.set(end, two.get(rng.choice(("sourceRef", "targetRef")), "x"))


def _change_kind(node: Any, other: Any, rng: random.Random) -> None:
    """To a kind that is run as well: the likeliest to slip through."""
    kinds = ("userTask", "serviceTask", "exclusiveGateway", "parallelGateway", "endEvent")
    found = list(node.getroottree().iter(*(NS + kind for kind in kinds)))
    if found:
        rng.choice(found).tag = NS + rng.choice(kinds)


XML: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    *(_drop_node, _double_node, _retag, _drop_attribute, _set_attribute, _set_attribute, _set_text, _swap_nodes, _nest),
    *(_add_node, _redirect_flow, _redirect_flow, _change_kind),
)


def _safe(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() or letter == " ")


def _break_yaml(raw: bytes, path: str, rng: random.Random) -> bytes:
    """On the tree, written back as JSON, which is YAML too: the shape breaks, not the syntax."""
    written = _data(raw, path)
    if written is None:
        return raw
    data = copy.deepcopy(written)
    spots = list(_spots(data, ()))
    rng.choice(YAML)(data, rng.choice(spots), rng.choice(spots), rng)
    return json.dumps(data, indent=1, ensure_ascii=False).encode()


@lru_cache(maxsize=64)
def _data(raw: bytes, path: str) -> Any:
    try:
        return load(raw, path).data
    except ProcedureInvalid:
        return None


Spot = tuple[Any, ...]


def _spots(data: Any, path: Spot) -> Any:
    """The path of everything inside."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from _spots(value, (*path, key))


def _get(data: Any, path: Spot) -> Any:
    for key in path:
        data = data[key]
    return data


def _drop_value(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    del _get(data, at[:-1])[at[-1]]


def _set_value(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    """Another word: one of this file, of the list above, or the same with a letter gone."""
    old = _get(data, at)
    words = [rng.choice(WORDS), _get(data, other), old[1:] if isinstance(old, str) else "x"]
    _get(data, at[:-1])[at[-1]] = copy.deepcopy(rng.choice(words))


def _set_type(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    value = rng.choice(([], {}, [[]], {"a": "b"}, ["x"], None, 7, 10**40, True, 1.5, {"": ""}, [{"id": "a"}] * 3))
    _get(data, at[:-1])[at[-1]] = value


def _rename_key(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    keys = [path for path in _spots(data, ()) if isinstance(path[-1], str)]
    path = rng.choice(keys)
    inside = _get(data, path[:-1])
    renamed = rng.choice((f"{path[-1]}x", path[-1][1:], rng.choice(WORDS), rng.choice(keys)[-1]))
    items = [(renamed if key == path[-1] else key, value) for key, value in inside.items()]
    inside.clear()
    inside.update(items)


def _double_item(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    lists = [path for path in _spots(data, ()) if isinstance(path[-1], int)]
    if lists:
        path = rng.choice(lists)
        inside = _get(data, path[:-1])
        inside.insert(rng.randint(0, len(inside)), copy.deepcopy(inside[path[-1]]))


def _swap_values(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    if at[: len(other)] == other or other[: len(at)] == at:
        return
    one, two = _get(data, at), _get(data, other)
    _get(data, at[:-1])[at[-1]], _get(data, other[:-1])[other[-1]] = two, one


def _shuffle(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    lists = [_get(data, path) for path in _spots(data, ()) if isinstance(_get(data, path), list)]
    if lists:
        rng.shuffle(rng.choice(lists))


def _deepen(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    value = _get(data, at)
    for _ in range(rng.choice((1, 5, 40))):
        value = rng.choice(([value], {"a": value}))
    _get(data, at[:-1])[at[-1]] = value


def _multiply(data: Any, at: Spot, other: Spot, rng: random.Random) -> None:
    inside = _get(data, at[:-1])
    for number in range(rng.choice((3, 60, 400))):
        value = copy.deepcopy(inside[at[-1]])
        if isinstance(inside, dict):
            inside[f"{at[-1]}_{number}"] = value
        else:
            inside.append(value)


YAML: tuple[Callable[[Any, Spot, Spot, random.Random], None], ...] = (
    *(_drop_value, _set_value, _set_value, _set_value, _set_type, _rename_key, _double_item, _swap_values, _shuffle),
    *(_deepen, _multiply),
)


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randint(0, len(raw))]


def _drop_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


def _double_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = rng.randrange(len(lines))
    lines.insert(rng.randint(0, len(lines)), lines[at])
    return b"\n".join(lines)


def _indent_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = rng.randrange(len(lines))
    lines[at] = rng.choice((b"  " + lines[at], lines[at][2:], b"\t" + lines[at]))
    return b"\n".join(lines)


def _insert(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(raw))
    return raw[:at] + rng.choice(TOKENS) + raw[at:]


def _overwrite(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(raw))
    return raw[:at] + rng.choice((*TOKENS, rng.randbytes(4))) + raw[at + rng.randint(0, 30) :]


def _number(raw: bytes, rng: random.Random) -> bytes:
    places = [at for at in range(len(raw)) if raw[at : at + 1].isdigit()]
    if not places:
        return raw
    at = rng.choice(places)
    return raw[:at] + rng.choice((b"0", b"99999", b"9" * 300, b"-1", b"1e9", b"\xd9\xa3")) + raw[at + 1 :]


def _recode(raw: bytes, rng: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp1252")), "replace")


def _bomb(raw: bytes, rng: random.Random) -> bytes:
    return rng.choice((BOMB + raw, raw + BOMB, MERGE + raw, raw + MERGE, raw + raw, b"", b"\0" * 50))


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_cut, _drop_line, _drop_line, _double_line, _indent_line, _insert, _insert, _overwrite, _number, _recode, _bomb),
)
