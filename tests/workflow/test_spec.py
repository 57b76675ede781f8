"""What compiles, and what is refused with its line."""

import dataclasses
import re
from types import MappingProxyType

import pytest

from app.domain.errors import EngineFault, ProcedureInvalid
from app.workflow.spec import Element, compile_spec
from tests.workflow.acuan import (
    HEAD,
    boundary,
    catch,
    choice,
    diagram,
    end,
    flow,
    kk_perubahan_data,
    message,
    parallel,
    path,
    service,
    start,
    timer,
    user,
)
from tests.workflow.kasus import Case, compiled, kk

ESCAPES = [
    "random._os.getpid()",
    "uuid.os.environ",
    "().__class__.__base__.__subclasses__()",
    "__import__('os').system('id')",
    "9**9**9",
    "'%1000000000d' % 1",
    "[x for x in (1,)]",
    "open('/etc/passwd')",
    "a.__class__",
    "True",
]


def faults(bpmn: bytes) -> list[str]:
    """The faults as they are printed, `line: message`."""
    with pytest.raises(ProcedureInvalid) as caught:
        compile_spec(bpmn, "uji.bpmn")
    assert all(fault.file == "uji.bpmn" for fault in caught.value.faults)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def simple(*extra: str, outside: str = "") -> bytes:
    """mulai → a → selesai; the first extra part stands on line 4."""
    outside = outside or '<message id="pesan_penarikan" name="penarikan"/>'
    parts = (*extra, start("mulai"), user("a"), end("selesai"), path("mulai", "a", "selesai"))
    return diagram(*parts, outside=outside)


def gate(condition: str) -> bytes:
    """The condition stands on line 4."""
    parts = [start("mulai"), user("a"), choice("g", default="g-a"), end("selesai"), path("mulai", "a", "g", "a")]
    return diagram(flow("g", "selesai", condition), *parts)


def test_prosedur_acuan_terbaca_utuh() -> None:
    spec = kk()
    assert (len(spec.elements), len(spec.flows), spec.process) == (36, 48, "kk_perubahan_data")
    assert spec.attached == {"batas_lengkapi": "lengkapi_berkas", "batas_terima": "terima_kk"}
    assert spec.interrupting == {"batas_lengkapi", "batas_terima"}
    assert spec.messages == {"tunggu_penarikan": "penarikan"}
    assert spec.timers["batas_lengkapi"] is None and spec.timers["batas_terima"] is not None
    assert len(spec.conditions) == 12


def test_elemen_membawa_jenis_nama_lajur_dan_baris() -> None:
    named = '<userTask id="b" name="Meneliti\n berkas"/>'
    lane = '<lane id="l1" name="Petugas  Unit &amp; Entri"><flowNodeRef>\n b\n</flowNodeRef></lane>'
    lane = f'<laneSet id="l">{lane}</laneSet>'
    spec = compiled(diagram(named, lane, start("mulai"), end("selesai"), path("mulai", "b", "selesai")))
    assert spec.elements["b"] == Element("b", "user", "Meneliti berkas", "Petugas Unit & Entri", 5)


def test_spec_tidak_dapat_diubah() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        kk().process = "lain"  # type: ignore[misc]
    with pytest.raises(TypeError):
        kk().elements["x"] = kk().elements["mulai"]  # type: ignore[index]


def test_sidik_mengikuti_isi_berkas() -> None:
    assert compiled(simple()).content_hash == compiled(simple()).content_hash
    assert compiled(simple()).content_hash != compiled(simple() + b"\n").content_hash


@pytest.mark.parametrize("escape", ESCAPES)
def test_kondisi_di_luar_bahasa_ditolak_saat_dikompilasi(escape: str) -> None:
    [fault] = faults(gate(escape))
    assert fault.startswith("4: Kondisi alur g-selesai: ")


@pytest.mark.parametrize("escape", ESCAPES)
def test_kondisi_yang_diselundupkan_ditolak_saat_berjalan(escape: str) -> None:
    case = Case(compiled(gate('a.keputusan == "ya"')))
    for condition, _ in case.spec._spiff.task_specs["g"].cond_task_specs:
        if condition is not None:
            condition.args = [escape]
    with pytest.raises(EngineFault) as caught:
        case.do("a")
    assert "not compiled" in str(caught.value.__cause__)


def test_kondisi_yang_hilang_dari_spec_tidak_dianggap_salah() -> None:
    spec = dataclasses.replace(compiled(gate('a.keputusan == "ya"')), conditions=MappingProxyType({}))
    case = Case(spec)
    with pytest.raises(EngineFault):
        case.do("a")


@pytest.mark.parametrize(
    "part",
    [
        '<scriptTask id="x"><script>import os</script></scriptTask>',
        '<businessRuleTask id="x"/>',
        '<sendTask id="x"/>',
        '<receiveTask id="x"/>',
        '<manualTask id="x"/>',
        '<task id="x"/>',
        '<callActivity id="x" calledElement="lain"/>',
        '<subProcess id="x"/>',
        '<subProcess id="x" triggeredByEvent="true"/>',
        '<transaction id="x"/>',
        '<adHocSubProcess id="x"/>',
        '<inclusiveGateway id="x"/>',
        '<complexGateway id="x"/>',
        '<eventBasedGateway id="x"/>',
        '<intermediateThrowEvent id="x"><linkEventDefinition name="l"/></intermediateThrowEvent>',
    ],
)
def test_elemen_yang_tidak_didukung_ditolak_dengan_barisnya(part: str) -> None:
    assert any(fault.startswith("4: ") and "tidak didukung" in fault for fault in faults(simple(part)))


@pytest.mark.parametrize(
    "inner",
    [
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>",
        '<standardLoopCharacteristics loopMaximum="3"/>',
    ],
)
def test_isi_tugas_yang_tidak_didukung_ditolak(inner: str) -> None:
    bpmn = diagram(
        f'<userTask id="a">{inner}</userTask>', start("mulai"), end("selesai"), path("mulai", "a", "selesai")
    )
    assert [fault for fault in faults(bpmn) if fault.startswith("4: ")]


@pytest.mark.parametrize(
    "event",
    [
        "<signalEventDefinition/>",
        "<errorEventDefinition/>",
        "<conditionalEventDefinition><condition>1</condition></conditionalEventDefinition>",
        "<compensateEventDefinition/>",
        '<linkEventDefinition name="l"/>',
        "",
        message() + timer("P1D"),
        message("tidak_ada"),
        "<messageEventDefinition/>",
        "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>",
        timer("PT3M("),
        timer("besok"),
        timer("P99999999D"),
        timer("P"),
        timer("2026-07-01"),
    ],
)
def test_peristiwa_yang_tidak_didukung_ditolak_dengan_barisnya(event: str) -> None:
    bpmn = diagram(
        boundary("x", "a", event),
        *(start("mulai"), user("a"), end("selesai")),
        path("mulai", "a", "selesai"),
        path("x", "a"),
    )
    assert all(fault.startswith("4: ") for fault in faults(bpmn))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([user("b")], r"4: b: tidak ada alur keluar"),
        ([user("b"), path("b", "a")], r"4: b: tidak pernah dicapai"),
        ([flow("a", "tidak_ada")], r"4: Alur a-tidak_ada menyambung ke tidak_ada"),
        ([flow("selesai", "a")], r"akhir tidak boleh mempunyai alur keluar"),
        ([flow("a", "mulai")], r"4: Alur a-mulai tidak boleh masuk ke mulai"),
        ([user("b"), path("a", "b", "selesai")], r"a: 2 alur keluar"),
        ([start("mulai_2"), path("mulai_2", "a")], r"6: .*tepat satu awal"),
        ([boundary("x", "mulai", timer("P1D")), path("x", "a")], r"4: x: harus menempel pada tugas"),
        ([boundary("x", "", timer("P1D")), path("x", "a")], r"4: x: harus menempel pada tugas"),
        ([user("a"), ""], r"Id a dipakai dua kali"),
        ([user("Start"), path("Start", "a")], r"4: Id 'Start' tidak dapat dipakai"),
        ([user("b.c"), path("b.c", "a")], r"4: Id 'b.c' tidak dapat dipakai"),
        (['<userTask id="b" isForCompensation="true"/>', path("b", "a")], r"4: b: kompensasi"),
    ],
)
def test_sambungan_yang_salah_ditolak_dengan_barisnya(parts: list[str], expected: str) -> None:
    assert any(re.search(expected, fault) for fault in faults(simple(*parts)))


def test_kondisi_pada_alur_keluar_tugas_ditolak() -> None:
    bpmn = diagram(flow("a", "selesai", 'a.x == "y"'), start("mulai"), user("a"), end("selesai"), path("mulai", "a"))
    [fault] = faults(bpmn)
    assert fault.startswith("4: Alur a-selesai: kondisi hanya dibaca pada alur keluar gerbang eksklusif.")


def test_kondisi_pada_gerbang_sejajar_ditolak() -> None:
    bpmn = diagram(
        flow("g", "b", 'a.x == "y"'),
        *(start("mulai"), user("a"), user("b"), user("c"), parallel("g"), end("selesai")),
        path("mulai", "a", "g", "c", "selesai"),
        path("b", "selesai"),
    )
    assert len(faults(bpmn)) == 1


def test_gerbang_tanpa_jalan_default_ditolak() -> None:
    bpmn = gate('a.x == "y"').replace(b' default="g-a"', b"")
    assert any("belum ada alur default" in fault for fault in faults(bpmn))


def test_jalan_default_tidak_boleh_berkondisi() -> None:
    bpmn = gate('a.x == "y"').replace(b'default="g-a"', b'default="g-selesai"')
    assert any("tidak boleh berkondisi" in fault for fault in faults(bpmn))


def test_dua_alur_antara_elemen_yang_sama_ditolak() -> None:
    again = flow("mulai", "a").replace('id="mulai-a"', 'id="lagi"')
    assert any("sudah ada alur lain" in fault for fault in faults(simple(again)))


def test_semua_kesalahan_dilaporkan_sekaligus() -> None:
    assert len(faults(simple('<scriptTask id="x"/>', user("b"), user("c")))) >= 3


@pytest.mark.parametrize(
    "bpmn",
    [
        b"",
        b"bukan xml",
        kk_perubahan_data()[:-200],
        b'<?xml version="1.0" encoding="tak-dikenal"?><a/>',
        b"<definitions/>",
        f"{HEAD}</definitions>".encode(),
        f'{HEAD}<process id="p" isExecutable="false"/></definitions>'.encode(),
        f'{HEAD}<process id="p"/><process id="q"/></definitions>'.encode(),
        f'{HEAD}<process id="p 1" isExecutable="true"/></definitions>'.encode(),
        f'{HEAD}<process isExecutable="true"/></definitions>'.encode(),
        b" " * 2_000_001,
        b"\xff\xfe\x00",
    ],
)
def test_berkas_yang_rusak_ditolak_tanpa_jejak_galat(bpmn: bytes) -> None:
    assert faults(bpmn)


def test_doctype_ditolak_dan_berkas_luar_tidak_dibaca() -> None:
    evil = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + simple().replace(b'id="a"', b'id="a" name="&x;"')
    for bpmn in (evil, b"<!DOCTYPE definitions>" + simple(), b'<!DOCTYPE d SYSTEM "http://alur.invalid/d">' + simple()):
        [fault] = faults(bpmn)
        assert "DOCTYPE" in fault or "XML" in fault
        assert "root:" not in fault


def test_tambahan_alat_gambar_tidak_mengubah_alur() -> None:
    extension = (
        "<extensionElements><x:a xmlns:x='urn:x' id='selesai'/><timerEventDefinition>"
        "<timeDuration>PT1S</timeDuration></timerEventDefinition></extensionElements><x:b xmlns:x='urn:x' id='mulai'/>"
    )
    drawn = f'<userTask id="a"><documentation>catatan</documentation>{extension}</userTask>'
    note = '<textAnnotation id="t"><text>catatan</text></textAnnotation>'
    note += '<association id="s" sourceRef="a" targetRef="t"/>'
    spec = compiled(diagram(drawn, note, start("mulai"), end("selesai"), path("mulai", "a", "selesai")))
    case = Case(spec)
    assert (case.last.timers, case.live()) == ((), ["a"])
    assert case.do("a").ended == "selesai"


def test_letak_kotak_di_halaman_tidak_mengubah_pilihan() -> None:
    """Both conditions hold: the first in the file wins, wherever the boxes stand."""
    body = diagram(
        *(start("mulai"), user("a"), choice("g", default="g-a"), user("b"), user("c"), end("selesai")),
        path("mulai", "a", "g"),
        flow("g", "b", 'a.x == "y"'),
        flow("g", "c", 'a.x != "z"'),
        flow("g", "a"),
        path("b", "selesai"),
        path("c", "selesai"),
    ).decode()
    shape = '<di:BPMNShape id="{0}_di" bpmnElement="{0}"><dc:Bounds x="1" y="{1}" width="9" height="9"/></di:BPMNShape>'
    layout = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d"><di:BPMNPlane id="pl">'
        f"{shape.format('b', 900)}{shape.format('c', 1)}</di:BPMNPlane></di:BPMNDiagram></definitions>"
    )
    case = Case(compiled(body.replace("</definitions>", layout).encode()))
    case.do("a", x="y")
    assert case.live() == ["b"]


def test_diagram_terpanjang_yang_diizinkan_masih_jalan() -> None:
    steps = [f"a{n}" for n in range(198)]
    spec = compiled(diagram(start("mulai"), *map(user, steps), end("selesai"), path("mulai", *steps, "selesai")))
    case = Case(spec)
    for step in steps:
        case.do(step)
    assert case.last.ended == "selesai"
    steps.append("lebih")
    assert faults(diagram(start("mulai"), *map(user, steps), end("selesai"), path("mulai", *steps, "selesai")))


def test_lingkaran_tanpa_gerbang_eksklusif_tidak_menggantung_mesin() -> None:
    spec = compiled(
        diagram(
            *(start("mulai"), parallel("bagi"), user("a"), service("s"), catch("x", message()), end("selesai", True)),
            path("mulai", "bagi", "a", "s"),
            path("bagi", "x", "selesai"),
            flow("s", "a"),
        )
    )
    case = Case(spec)
    for _ in range(3):
        case.do("a")
        case.do("s")
    assert case.live() == ["a", "x"]
    assert case.send("penarikan").ended == "selesai"
