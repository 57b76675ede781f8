"""One small procedure as eight drawing tools would export it: whoever drew it, the same steps and flows are read."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.workflow.spec import Draft, Spec, draft_spec
from tests.workflow.kasus import Case

FOLDER = Path(__file__).parent / "modelers"
FILES = sorted(path.name for path in FOLDER.iterdir())
PLAIN = "bpmnio.bpmn"

# What each says that has no effect here: element and word.
WARNED: dict[str, set[str]] = {
    "camunda7.bpmn": {"Mengisi permohonan: formKey", "Meneliti berkas: candidateGroups", "Menyusun arsip: topic"},
    "camunda8.bpmn": {
        *("Mengisi permohonan: formDefinition", "Meneliti berkas: assignmentDefinition"),
        *("Menyusun arsip: taskDefinition", "Menyusun arsip: ioMapping"),
    },
    "flowable.bpmn": {
        *("Surat keterangan: candidateStarterGroups", "Mengisi permohonan: assignee", "Mengisi permohonan: formKey"),
        *("Meneliti berkas: candidateGroups", "Menyusun arsip: class"),
    },
    "jbpm.bpmn2": {"Meneliti berkas: potentialOwner"},
}

STEPS = {
    ("mulai", "start", "Mulai", "Pemohon"),
    ("isi", "user", "Mengisi permohonan", "Pemohon"),
    ("periksa", "user", "Meneliti berkas", "Petugas Layanan"),
    ("batas", "boundary_timer", "Lewat tiga hari", "Petugas Layanan"),
    ("gw", "exclusive", "Lengkap?", "Petugas Layanan"),
    ("susun", "service", "Menyusun arsip", "Petugas Layanan"),
    ("selesai", "end", "Selesai", "Petugas Layanan"),
    ("tutup", "end", "Ditutup", "Petugas Layanan"),
}
FLOWS = {
    ("mulai", "isi", None, False),
    ("isi", "periksa", None, False),
    ("periksa", "gw", None, False),
    ("gw", "isi", None, True),
    ("gw", "susun", 'periksa.keputusan == "lengkap"', False),
    ("susun", "selesai", None, False),
    ("batas", "tutup", None, False),
}


def read(raw: bytes) -> Draft:
    return draft_spec(raw, "gambar.bpmn")


def spec_of(raw: bytes) -> Spec:
    draft = read(raw)
    assert draft.spec is not None and not draft.broken, draft.faults
    return draft.spec


def assert_same(spec: Spec) -> None:
    """The same procedure, and it runs: one lap back, then home; and once past its deadline."""
    assert {(each.id, each.kind, each.name, each.lane) for each in spec.elements.values()} == STEPS
    assert {(flow.source, flow.target, flow.condition, flow.default) for flow in spec.flows} == FLOWS
    assert (dict(spec.attached), spec.interrupting, spec.process) == ({"batas": "periksa"}, {"batas"}, "surat")
    timer = spec.timers["batas"]
    assert timer is not None and timer.span.days == 3
    case = Case(spec)
    case.do("isi")
    case.do("periksa", keputusan="kurang")
    case.do("isi")
    case.do("periksa", keputusan="lengkap")
    assert case.do("susun").ended == "selesai"
    late = Case(spec)
    late.do("isi")
    assert late.fire("batas").ended == "tutup"


def text() -> str:
    return (FOLDER / PLAIN).read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_gambar_alat_mana_pun_dibaca_sebagai_prosedur_yang_sama(name: str) -> None:
    raw = (FOLDER / name).read_bytes()
    assert_same(spec_of(raw))
    warned = {fault.message.partition(" dari alat gambar")[0] for fault in read(raw).faults}
    assert warned == WARNED.get(name, set())


def test_semua_delapan_alat_ada() -> None:
    tools = ("bizagi", "bpmnio", "camunda7", "camunda8", "enterprise_architect", "flowable", "jbpm", "signavio")
    assert tuple(name.partition(".")[0] for name in FILES) == tools


@pytest.mark.parametrize("prefix", ["bpmn", "bpmn2", "semantic", "model", "b-1"])
def test_awalan_apa_pun_dibaca_sama(prefix: str) -> None:
    root: Any = etree.fromstring(text().encode())
    namespace = root.nsmap[None]
    names = {(prefix if key is None else key): value for key, value in root.nsmap.items()}
    renamed = etree.Element(f"{{{namespace}}}definitions", dict(root.attrib), nsmap=names)
    renamed.extend(list(root))
    etree.cleanup_namespaces(renamed, top_nsmap=names)
    raw = etree.tostring(renamed).replace(b'"tFormalExpression"', f'"{prefix}:tFormalExpression"'.encode())
    assert f"<{prefix}:userTask".encode() in raw
    assert_same(spec_of(raw))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' xsi:type="tFormalExpression">periksa', ">periksa"),
        (' xsi:type="tFormalExpression">periksa', ' xsi:type="tExpression">periksa'),
        (' xsi:type="tFormalExpression">periksa', ' id="k" language="http://www.mvel.org/2.0">periksa'),
        ('"lengkap"<', "&quot;lengkap&quot;<"),
        ('periksa.keputusan == "lengkap"', '\n   <![CDATA[periksa.keputusan == "lengkap"]]>\n   '),
        ('periksa.keputusan == "lengkap"', '<!-- syarat -->periksa.keputusan == "lengkap"'),
        (' targetNamespace="http://bpmn.io/bpmn"', ' targetNamespace="urn:apa-saja"'),
        (' isExecutable="false"', ""),
        (' isExecutable="false"', ' isExecutable="true" isClosed="true"'),
        (' name="Mulai"', ' name="  Mulai "'),
        ('attachedToRef="periksa"', 'attachedToRef="periksa" cancelActivity="true"'),
        ("\n", "\r\n"),
        ("\n", " "),
    ],
)
def test_cara_menulis_yang_lain_dibaca_sama(old: str, new: str) -> None:
    assert old in text()
    assert_same(spec_of(text().replace(old, new).encode()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
@pytest.mark.parametrize("declared", [True, False])
def test_penyandian_apa_pun_dibaca_sama(encoding: str, declared: bool) -> None:
    """As a tool saves it, and as an editor that only changes the bytes and leaves the first line."""
    written = text()
    if encoding == "iso-8859-1" or declared:
        written = written.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig").upper()}"')
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert_same(spec_of(mark + written.encode(encoding)))


def test_tanpa_gambar_letak_dibaca_sama() -> None:
    start, end = (
        text().index("<bpmndi:BPMNDiagram"),
        text().index("</bpmndi:BPMNDiagram>") + len("</bpmndi:BPMNDiagram>"),
    )
    assert_same(spec_of((text()[:start] + text()[end:]).encode()))


def test_dua_kolam_berisi_ditolak_dengan_jalan_keluarnya() -> None:
    other = '<process id="warga"><startEvent id="w"/></process><process id="surat"'
    [fault] = read(text().replace('<process id="surat"', other).encode()).faults
    assert "di sini ada 2. Gabungkan warga, Surat keterangan menjadi satu pool dengan beberapa lajur" in fault.message
