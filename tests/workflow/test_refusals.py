"""What BPMN has and we do not run: each refused on its line, by its name, with what to draw instead."""

import pytest

from app.domain.errors import Fault
from app.workflow.spec import compile_spec, draft_spec
from tests.workflow.acuan import boundary, catch, choice, diagram, end, flow, path, start, timer, user
from tests.workflow.kasus import Case, compiled

CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
DROOLS = 'xmlns:drools="http://www.jboss.org/drools"'


def found(bpmn: bytes) -> list[str]:
    draft = draft_spec(bpmn, "uji.bpmn")
    assert all(isinstance(fault, Fault) and fault.file == "uji.bpmn" for fault in draft.faults)
    return [f"{fault.line}: {fault.message}" for fault in draft.faults if not fault.warning]


def warned(bpmn: bytes) -> list[str]:
    return [f"{fault.line}: {fault.message}" for fault in draft_spec(bpmn, "uji.bpmn").faults if fault.warning]


def simple(*extra: str) -> bytes:
    """mulai → a → selesai; the first extra part stands on line 4."""
    return diagram(*extra, start("mulai"), user("a"), end("selesai"), path("mulai", "a", "selesai"))


def task(inner: str = "", attributes: str = "") -> bytes:
    """mulai → a → selesai; the task stands on line 4."""
    a = f'<userTask id="a" name="Meneliti" {attributes}>{inner}</userTask>'
    return diagram(a, start("mulai"), end("selesai"), path("mulai", "a", "selesai"))


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ('<task id="x" name="Cek"/>', "Cek: task tidak didukung. Ubah jenisnya menjadi user task"),
        ('<manualTask id="x"/>', "x: manualTask tidak didukung. Ubah jenisnya menjadi user task"),
        ('<scriptTask id="x"/>', "x: scriptTask tidak didukung. Skrip tidak pernah dijalankan. Pakai service task"),
        ('<businessRuleTask id="x"/>', "x: businessRuleTask tidak didukung. Pakai gerbang eksklusif berkondisi"),
        ('<sendTask id="x"/>', "x: sendTask tidak didukung. Pakai service task dengan kirim_pemberitahuan"),
        ('<receiveTask id="x"/>', "x: receiveTask tidak didukung. Pakai peristiwa tengah berpesan"),
        ('<callActivity id="x" calledElement="b"/>', "x: callActivity tidak didukung. Gambar langkah-langkahnya"),
        ('<subProcess id="x"><startEvent id="y"/></subProcess>', "x: subProcess tidak didukung. Gambar langkah"),
        (
            '<subProcess id="x" triggeredByEvent="true"><startEvent/></subProcess>',
            "x: subProcess tidak didukung. Subproses peristiwa bukan bagian alur ini. Pakai batas waktu atau pesan",
        ),
        (
            '<subProcess id="x" triggeredByEvent="true"><startEvent><signalEventDefinition/></startEvent></subProcess>',
            "Pakai batas waktu atau pesan di tepi tugas",
        ),
        ('<transaction id="x"/>', "x: transaction tidak didukung. Gambar langkah-langkahnya"),
        ('<adHocSubProcess id="x"/>', "x: adHocSubProcess tidak didukung. Gambar langkah-langkahnya"),
        (
            '<inclusiveGateway id="x"/>',
            "x: inclusiveGateway tidak didukung. Pakai gerbang eksklusif (pilih satu jalan)",
        ),
        ('<complexGateway id="x"/>', "x: complexGateway tidak didukung. Pakai gerbang eksklusif (pilih satu jalan)"),
        (
            '<eventBasedGateway id="x"/>',
            "x: eventBasedGateway tidak didukung. Pakai batas waktu atau pesan di tepi tugas",
        ),
        ('<intermediateThrowEvent id="x"/>', "x: intermediateThrowEvent tidak didukung. Pakai service task"),
        (
            '<intermediateThrowEvent id="x"><linkEventDefinition name="l"/></intermediateThrowEvent>',
            "x: intermediateThrowEvent linkEventDefinition tidak didukung. Sambungkan kedua ujungnya langsung",
        ),
        (
            '<intermediateThrowEvent id="x"><compensateEventDefinition/></intermediateThrowEvent>',
            "x: intermediateThrowEvent compensateEventDefinition tidak didukung. Gambar pembatalannya sebagai tugas",
        ),
        ('<elemenBaru id="x"/>', "x: elemenBaru tidak didukung. Pakai user task, service task"),
    ],
)
def test_elemen_ditolak_dengan_namanya_dan_penggantinya(part: str, instead: str) -> None:
    assert [fault for fault in found(simple(part)) if fault.startswith("4: ") and instead in fault]


@pytest.mark.parametrize(
    ("event", "instead"),
    [
        ("<signalEventDefinition/>", "signalEventDefinition tidak didukung di sini. Pakai pesan (message)."),
        ('<linkEventDefinition name="l"/>', "linkEventDefinition tidak didukung di sini. Sambungkan kedua ujungnya"),
        ("<compensateEventDefinition/>", "compensateEventDefinition tidak didukung di sini. Gambar pembatalannya"),
        ("<conditionalEventDefinition/>", "conditionalEventDefinition tidak didukung di sini. Pakai gerbang eksklusif"),
        ("<errorEventDefinition/>", "errorEventDefinition tidak didukung di sini. Pekerjaan sistem yang gagal"),
        ("<escalationEventDefinition/>", "escalationEventDefinition tidak didukung di sini. Keterlambatan diatur"),
        ("<cancelEventDefinition/>", "cancelEventDefinition tidak didukung di sini. Pakai akhir terminate"),
        ("", "harus tepat satu batas waktu (timer) atau satu pesan (message)"),
        (timer("besok"), "panjang batas waktu 'besok' (timeDuration) tidak dikenal. Tulis durasi ISO 8601"),
        (timer("=duration(&quot;P1D&quot;)"), "(timeDuration) tidak dikenal. Tulis durasi ISO 8601"),
        (timer("${lama}"), "panjang batas waktu '${lama}' (timeDuration) tidak dikenal."),
        ("<timerEventDefinition><timeDate>P14D</timeDate></timerEventDefinition>", "batas waktu 'P14D' (timeDate)"),
        ("<timerEventDefinition><timeDate>besok</timeDate></timerEventDefinition>", "batas waktu 'besok' (timeDate)"),
        (
            "<timerEventDefinition><timeCycle>0 0 9 * * ?</timeCycle></timerEventDefinition>",
            "'0 0 9 * * ?' (timeCycle)",
        ),
    ],
)
def test_peristiwa_ditolak_dengan_penggantinya(event: str, instead: str) -> None:
    on_edge = (boundary("x", "a", event), start("mulai"), user("a"), end("selesai"))
    between = (catch("x", event), start("mulai"), user("a"), end("selesai"))
    for bpmn in (
        diagram(*on_edge, path("mulai", "a", "selesai"), path("x", "a")),
        diagram(*between, path("mulai", "a", "x", "selesai")),
    ):
        [fault] = found(bpmn)
        assert fault.startswith("4: x: ") and instead in fault


def test_awal_dan_akhir_berpenanda_ditolak_dengan_penggantinya() -> None:
    begun = '<startEvent id="mulai"><messageEventDefinition messageRef="pesan_penarikan"/></startEvent>'
    [fault] = found(diagram(begun, user("a"), end("selesai"), path("mulai", "a", "selesai")))
    assert (
        fault == "4: mulai: messageEventDefinition tidak didukung di sini. Pakai awal polos: kasus dibuat saat pemohon "
        "mengirim permohonan."
    )
    ended = '<endEvent id="selesai"><errorEventDefinition/></endEvent>'
    [fault] = found(diagram(ended, start("mulai"), user("a"), path("mulai", "a", "selesai")))
    assert fault == "4: selesai: errorEventDefinition tidak didukung di sini. Pakai akhir polos atau terminate."


@pytest.mark.parametrize(
    ("inner", "attributes", "instead"),
    [
        ("<multiInstanceLoopCharacteristics/>", "", "Pakai satu tugas dengan isian tabel."),
        ("<standardLoopCharacteristics/>", "", "Gambar putarannya dengan gerbang eksklusif."),
        ("", 'isForCompensation="true"', "kompensasi tidak didukung. Gambar pembatalannya"),
        ("", 'startQuantity="2"', "harus 1. Untuk menunggu beberapa cabang, pakai gerbang paralel."),
        ("", 'completionQuantity="2"', "harus 1."),
        (
            f'<extensionElements><camunda:taskListener {CAMUNDA} class="x.Y" event="create"/></extensionElements>',
            "",
            "taskListener menjalankan kode, dan itu tidak didukung.",
        ),
        (
            f"<extensionElements><drools:onEntry-script {DROOLS}/></extensionElements>",
            "",
            "onEntry-script menjalankan kode, dan itu tidak didukung.",
        ),
        ("", f'{CAMUNDA} camunda:skipExpression="${{true}}"', "skipExpression menjalankan kode"),
    ],
)
def test_isi_tugas_yang_mengubah_alur_ditolak(inner: str, attributes: str, instead: str) -> None:
    [fault] = found(task(inner, attributes))
    assert fault.startswith("4: Meneliti: ") and instead in fault


@pytest.mark.parametrize(
    ("inner", "attributes", "why"),
    [
        ("", f'{CAMUNDA} camunda:assignee="budi"', "assignee dari alat gambar diabaikan; pelakunya ditentukan lajur"),
        ("", f'{CAMUNDA} camunda:formKey="x.html"', "formKey dari alat gambar diabaikan; layarnya berkas di forms/"),
        ("", f'{CAMUNDA} camunda:dueDate="2026-01-01"', "dueDate dari alat gambar diabaikan; batasnya ditulis"),
        ("<potentialOwner/>", "", "potentialOwner dari alat gambar diabaikan; pelakunya ditentukan lajur"),
    ],
)
def test_tambahan_yang_tidak_berlaku_di_sini_diberi_peringatan(inner: str, attributes: str, why: str) -> None:
    bpmn = task(inner, attributes)
    [warning] = warned(bpmn)
    assert warning.startswith("4: Meneliti: ") and why in warning
    assert Case(compile_spec(bpmn, "uji.bpmn")).live() == ["a"]


def test_uraian_data_dan_hiasan_alat_diabaikan_tanpa_kata() -> None:
    data = '<ioSpecification><dataInput id="d"/><inputSet><dataInputRefs>d</dataInputRefs></inputSet></ioSpecification>'
    paint = "<extensionElements><x:warna xmlns:x='urn:x' class='biru'/></extensionElements>"
    bpmn = task(paint + data + '<dataInputAssociation id="e"><targetRef>d</targetRef></dataInputAssociation>')
    assert draft_spec(bpmn, "uji.bpmn").faults == ()
    reference = '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/><dataStoreReference id="s"/>'
    assert Case(compiled(simple(reference))).do("a").ended == "selesai"


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ('=a.x = "y"', "tidak memakai = atau ${ } di depannya. Tulis saja: periksa_berkas.keputusan =="),
        ("${a.x == 'y'}", "tidak memakai = atau ${ } di depannya."),
        ("#{a.x == 'y'}", "tidak memakai = atau ${ } di depannya."),
        ('a.x = "y"', "pakai == (dua kali)"),
        ("x == 'y'", "'x' berdiri sendiri"),
        ("a.x && a.y", "tidak dapat dibaca"),
        ('return KieFunctions.equalsTo(x, "y");', "tidak dapat dibaca"),
        ("getDataObject('x') == 'y'", "Fungsi tidak dapat dipanggil"),
    ],
)
def test_kondisi_alat_lain_ditolak_di_barisnya_sendiri(condition: str, why: str) -> None:
    way = f"<sequenceFlow id='ke' sourceRef='g' targetRef='selesai'>\n<conditionExpression><![CDATA[{condition}]]>"
    parts = (start("mulai"), user("a"), choice("g", default="g-a"), end("selesai"), path("mulai", "a", "g", "a"))
    [fault] = found(diagram(f"{way}</conditionExpression></sequenceFlow>", *parts))
    assert fault.startswith("5: Kondisi alur ke: ") and why in fault


def test_kondisi_pada_alur_tugas_ditolak_di_baris_kondisinya() -> None:
    way = "<sequenceFlow id='ke' sourceRef='a' targetRef='selesai'>\n<conditionExpression>a.x == 'y'"
    bpmn = diagram(
        f"{way}</conditionExpression></sequenceFlow>", start("mulai"), user("a"), end("selesai"), path("mulai", "a")
    )
    [fault] = found(bpmn)
    assert fault.startswith("5: Alur ke: kondisi hanya dibaca pada alur keluar gerbang eksklusif.")
    assert fault.endswith("Gambar gerbangnya sesudah a.")


def test_kondisi_kosong_sama_dengan_tanpa_kondisi() -> None:
    way = "<sequenceFlow id='ke' sourceRef='a' targetRef='selesai'><conditionExpression/></sequenceFlow>"
    bpmn = diagram(way, start("mulai"), user("a"), end("selesai"), path("mulai", "a"))
    assert Case(compiled(bpmn)).do("a").ended == "selesai"


def test_kondisi_dan_kesalahan_lain_disebut_bersama() -> None:
    parts = (start("mulai"), user("a"), choice("g"), end("selesai"), path("mulai", "a", "g", "a"))
    text = " ".join(found(diagram(flow("g", "selesai", "open(1)"), flow("g", "hilang", "b +"), *parts)))
    for word in ("Fungsi tidak dapat", "tidak dapat dibaca", "belum ada alur default", "menyambung ke hilang"):
        assert word in text


def test_alur_tanpa_id_ditolak() -> None:
    """The engine would pass over it in silence: after a deadline the case would stand still for ever."""
    nameless = '<sequenceFlow sourceRef="b" targetRef="selesai"/>'
    parts = (start("mulai"), user("a"), boundary("b", "a", timer("P1D")), end("selesai"))
    [fault] = found(diagram(nameless, *parts, path("mulai", "a", "selesai")))
    assert fault == "4: Alur dari b ke selesai belum punya id. Gambar lagi garisnya."


def test_spasi_di_dalam_lajur_dibuang() -> None:
    lane = '<laneSet id="s"><lane id="l" name="Unit"><flowNodeRef>\n\t a \n</flowNodeRef></lane></laneSet>'
    assert compiled(simple(lane)).elements["a"].lane == "Unit"


def test_lajur_terdalam_yang_berlaku_dan_dua_lajur_sejajar_ditolak() -> None:
    def lane(name: str, inner: str = "") -> str:
        return f'<lane id="{name}" name="{name}"><flowNodeRef>a</flowNodeRef>{inner}</lane>'

    inner = f'<childLaneSet id="c">{lane("Cetak")}</childLaneSet>'
    assert compiled(simple(f'<laneSet id="s">{lane("Dinas", inner)}</laneSet>')).elements["a"].lane == "Cetak"
    [fault] = found(simple(f'<laneSet id="s">{lane("Unit")}{lane("Kasi")}</laneSet>'))
    assert fault == "4: a berada di dua lajur: Unit dan Kasi. Pilih satu."


def test_acuan_berawalan_dibaca() -> None:
    edge = boundary("x", "t:a", '<messageEventDefinition messageRef="t:pesan_penarikan"/>')
    bpmn = diagram(edge, start("mulai"), user("a"), end("selesai"), path("mulai", "a", "selesai"), flow("x", "selesai"))
    spec = compiled(bpmn)
    assert (spec.attached, spec.messages) == ({"x": "a"}, {"x": "penarikan"})
    assert Case(spec).send("penarikan").ended == "selesai"


def test_dua_proses_disebut_namanya_dan_yang_kosong_dilewati() -> None:
    [fault] = found(
        simple().replace(b"</definitions>", b'<process id="q"><startEvent id="s"/></process></definitions>')
    )
    assert fault.endswith(
        "di sini ada 2. Gabungkan p, q menjadi satu pool dengan beberapa lajur, atau pisahkan berkasnya."
    )
    empty = simple().replace(b"</definitions>", b'<process id="q"><documentation/></process></definitions>')
    assert Case(compiled(empty)).live() == ["a"]


@pytest.mark.parametrize(
    ("bpmn", "why"),
    [
        (b"<a>\n<b></a>", "2: Bukan XML yang utuh: <b> dari baris 2 ditutup oleh </a>."),
        (b"<a><x:b/></a>", "1: Bukan XML yang utuh: awalan x: tidak dikenal. Tulis xmlns:x di <definitions>."),
        (b'<a x="1" x="2"/>', "1: Bukan XML yang utuh: x ditulis dua kali pada elemen yang sama."),
        (b"<a>\0</a>", "1: Bukan XML yang utuh: periksa tanda < > &"),
        (b"<a/>", "1: Bukan BPMN 2.0: akarnya harus <definitions>."),
    ],
)
def test_xml_yang_rusak_dijelaskan_dalam_bahasa_indonesia(bpmn: bytes, why: str) -> None:
    [fault] = found(bpmn)
    assert fault.startswith(why)


def test_diagram_raksasa_ditolak_seketika() -> None:
    nodes = "".join(user(f"a{n}") for n in range(20_000))
    assert found(simple(nodes))[0].endswith("paling banyak 200. Pecah prosedurnya.")
    ways = "".join(f'<sequenceFlow id="f{n}" sourceRef="a" targetRef="selesai"/>' for n in range(5_000))
    assert found(simple(ways))[0].endswith("paling banyak 1000. Pecah prosedurnya.")
