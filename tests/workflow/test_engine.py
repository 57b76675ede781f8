"""One step at a time: what opens, what closes, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import EngineFault, NotFound, TaskClosed
from app.workflow.contract import (
    CaseData,
    Closed,
    Complete,
    Fire,
    Message,
    OpenedJob,
    OpenedTask,
    OpenedTimer,
    Start,
)
from app.workflow.engine import advance, live
from tests.workflow.acuan import (
    boundary,
    catch,
    choice,
    diagram,
    end,
    flow,
    message,
    parallel,
    path,
    service,
    start,
    timer,
    user,
)
from tests.workflow.kasus import PAGI, Case, compiled, kk


def line(*nodes: str, kinds: str) -> bytes:
    """A straight diagram: `mulai`, the nodes in order, `selesai`."""
    return diagram(start("mulai"), kinds, end("selesai"), path("mulai", *nodes, "selesai"))


def with_boundary(event: str, interrupting: bool = True) -> bytes:
    return diagram(
        start("mulai"),
        user("a"),
        boundary("batas", "a", event, interrupting),
        user("b"),
        user("c"),
        end("selesai"),
        path("mulai", "a", "b", "selesai"),
        path("batas", "c", "selesai"),
    )


def test_mulai_membuka_tugas_pertama_dan_mencatat_yang_dilewati() -> None:
    result = Case(kk()).last
    assert result.opened == (OpenedTask("t1", "isi_permohonan"),)
    assert result.passed == ("mulai",)
    assert (result.closed, result.jobs, result.timers, result.ended) == ((), (), (), None)


def test_masukan_yang_sama_memberi_bita_yang_sama() -> None:
    first, second = Case(kk()), Case(kk())
    for case in (first, second):
        case.do("isi_permohonan")
        case.do("buka_permohonan")
        case.do("periksa_berkas", keputusan="kurang")
    assert first.results == second.results


def test_yang_dilewati_tercatat_menurut_urutan_jalannya() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    result = case.do("periksa_berkas", keputusan="lengkap", jenis_ditetapkan="hilang")
    assert result.passed == ("periksa_berkas", "gw_berkas", "gw_perlu_entri")
    assert result.opened == (OpenedTask("t5", "ajukan_cetak"),)


def test_gerbang_melihat_data_kasus_bukan_data_token() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    case.do("periksa_berkas", keputusan="lengkap", jenis_ditetapkan="perubahan")
    case.do("entri_siak", status_entri="tersimpan")
    result = case.send("penarikan")  # this branch parted before entri_siak
    assert result.passed == ("tunggu_penarikan", "gw_sudah_entri")
    assert [task.step for task in result.opened] == ["pulihkan_data"]


def test_gerbang_dapat_menghitung_kunjungan() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            user("a"),
            choice("g", default="g-a"),
            end("selesai"),
            path("mulai", "a", "g"),
            flow("g", "selesai", "kunjungan.a >= 3"),
            flow("g", "a"),
        )
    )
    case = Case(spec)
    ends = [case.do("a").ended for _ in range(3)]
    assert ends == [None, None, "selesai"]


def test_tugas_layanan_tetap_terbuka_sampai_pekerjaannya_selesai() -> None:
    case = Case(compiled(line("kirim", kinds=service("kirim"))))
    assert case.last.jobs == (OpenedJob("t1", "kirim"),)
    assert case.last.opened == ()
    assert case.do("kirim").ended == "selesai"


def test_panjang_batas_waktu_dihitung_dari_saat_mulainya() -> None:
    case = Case(compiled(with_boundary(timer("P3DT2H"))))
    due = PAGI + timedelta(minutes=1, days=3, hours=2)
    assert case.last.timers == (OpenedTimer("t2", "batas", due, task="t1"),)


def test_batas_tanpa_panjang_diserahkan_ke_ikmt() -> None:
    assert Case(compiled(with_boundary(timer()))).last.timers[0].due_at is None


def test_batas_bertanggal_jatuh_pada_tanggalnya() -> None:
    event = timer().replace(
        "<timerEventDefinition>",
        "<timerEventDefinition><timeDate>2026-07-01T08:00:00</timeDate>",
    )
    assert Case(compiled(with_boundary(event))).last.timers[0].due_at == datetime(2026, 7, 1, 1, tzinfo=UTC)


def test_batas_waktu_tidak_pernah_jatuh_sendiri() -> None:
    spec = compiled(with_boundary(timer("PT1S")))
    state = advance(spec, None, Start(), CaseData(), datetime(2000, 1, 1, tzinfo=UTC)).state
    result = advance(spec, state, Complete("t1"), CaseData(), datetime(2099, 1, 1, tzinfo=UTC))
    assert [task.step for task in result.opened] == ["b"]


def test_batas_yang_memutus_menutup_tugasnya() -> None:
    case = Case(compiled(with_boundary(timer("P1D"))))
    result = case.fire("batas")
    assert result.closed == (Closed("t1", "a", cancelled=True), Closed("t2", "batas", cancelled=False))
    assert result.passed == ("batas",)
    assert case.live() == ["c"]


def test_batas_yang_tidak_memutus_membiarkan_tugasnya() -> None:
    case = Case(compiled(with_boundary(timer("P1D"), interrupting=False)))
    assert case.fire("batas").closed == (Closed("t2", "batas", cancelled=False),)
    assert case.live() == ["a", "c"]
    case.do("a")
    case.do("b")
    assert case.do("c").ended == "selesai"


def test_tugas_yang_selesai_mencabut_batasnya() -> None:
    case = Case(compiled(with_boundary(timer("P1D"), interrupting=False)))
    assert case.do("a").closed == (Closed("t1", "a", cancelled=False), Closed("t2", "batas", cancelled=True))


def test_batas_di_tengah_alur_menunggu_lalu_lanjut() -> None:
    case = Case(compiled(line("jeda", "a", kinds=catch("jeda", timer("PT5M")) + user("a"))))
    assert case.last.timers == (OpenedTimer("t1", "jeda", PAGI + timedelta(minutes=6), task=None),)
    assert case.fire("jeda").passed == ("jeda",)
    assert case.live() == ["a"]


def test_pesan_di_batas_tugas_memutus_tugas() -> None:
    case = Case(compiled(with_boundary(message())))
    assert case.send("penarikan").closed == (Closed("t1", "a", cancelled=True),)
    assert case.live() == ["c"]


def test_batas_jatuh_dulu_lalu_penyelesaian_terlambat_ditolak() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    case.do("periksa_berkas", keputusan="kurang")
    late = case.token("lengkapi_berkas")
    assert case.fire("batas_lengkapi").ended == "tutup_tanpa_kk"
    with pytest.raises(TaskClosed):
        case.take(Complete(late))


def test_selesai_dulu_lalu_batasnya_tidak_dapat_jatuh() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    case.do("periksa_berkas", keputusan="kurang")
    due = case.token("batas_lengkapi")
    case.do("lengkapi_berkas")
    with pytest.raises(TaskClosed):
        case.take(Fire(due))


def test_akhir_yang_menghentikan_menutup_semua_yang_masih_terbuka() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    result = case.send("penarikan")
    assert result.ended == "tutup_tanpa_kk"
    assert result.closed == (Closed("t4", "periksa_berkas", cancelled=True),)
    assert case.live() == []


def test_akhir_biasa_menunggu_cabang_lain() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            parallel("bagi"),
            user("a"),
            user("b"),
            end("akhir_a"),
            end("akhir_b"),
            path("mulai", "bagi", "a", "akhir_a"),
            path("bagi", "b", "akhir_b"),
        )
    )
    case = Case(spec)
    assert case.do("b").ended is None
    assert case.live() == ["a"]
    assert case.do("a").ended == "akhir_a"


def test_sesudah_akhir_semua_ditolak() -> None:
    case = Case(compiled(line("a", kinds=user("a"))))
    case.do("a")
    with pytest.raises(TaskClosed):
        case.take(Complete("t1"))
    with pytest.raises(EngineFault):
        case.take(Message("penarikan"))


@pytest.mark.parametrize("token", ["t0", "t7", "x1", "", "1", "t-1", "t" + "9" * 6000])
def test_token_yang_tidak_pernah_ada_tidak_ditemukan(token: str) -> None:
    case = Case(kk())
    with pytest.raises(NotFound):
        case.take(Complete(token))


def test_tugas_tidak_dapat_diselesaikan_dua_kali() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    with pytest.raises(TaskClosed):
        case.take(Complete("t1"))


def test_kejadian_yang_tidak_cocok_dengan_tokennya_ditolak() -> None:
    case = Case(compiled(with_boundary(timer("P1D"))))
    with pytest.raises(EngineFault):
        case.take(Complete(case.token("batas")))
    with pytest.raises(EngineFault):
        case.take(Fire(case.token("a")))
    with pytest.raises(EngineFault):
        case.take(Start())
    with pytest.raises(EngineFault):
        advance(case.spec, None, Complete("t1"), CaseData(), PAGI)


def test_pesan_yang_tidak_ditunggu_ditolak() -> None:
    case = Case(kk())
    with pytest.raises(EngineFault, match="Langkah ini belum dapat diselesaikan") as caught:
        case.send("penarikan")  # nobody waits before isi_permohonan is done
    assert "penarikan" in str(caught.value.__cause__)


def test_token_pesan_terlihat_tetapi_tidak_dapat_diselesaikan_orang() -> None:
    case = Case(kk())
    case.do("isi_permohonan")
    assert ("t3", "tunggu_penarikan") in live(case.spec, case.last.state)
    for event in (Complete("t3"), Fire("t3")):
        with pytest.raises(EngineFault):
            case.take(event)


def test_gabungan_menunggu_semua_cabang_di_putaran_mana_pun() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            choice("masuk"),
            parallel("bagi"),
            user("a"),
            user("b"),
            parallel("gabung"),
            user("c"),
            choice("g", default="g-masuk"),
            end("selesai"),
            path("mulai", "masuk", "bagi", "a", "gabung", "c", "g", "masuk"),
            path("bagi", "b", "gabung"),
            flow("g", "selesai", 'c.cukup == "ya"'),
        )
    )
    case = Case(spec)
    for first, second in (("a", "b"), ("b", "a"), ("b", "a"), ("a", "b")):
        case.do(first)
        assert case.live() == [second]
        case.do(second)
        assert case.live() == ["c"]
        case.do("c", cukup="belum")
    assert case.live() == ["a", "b"]


def test_dua_token_di_tugas_yang_sama_masing_masing_diselesaikan() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            parallel("bagi"),
            user("a"),
            user("b"),
            user("c"),
            end("selesai"),
            path("mulai", "bagi", "a", "c", "selesai"),
            path("bagi", "b", "c"),
        )
    )
    case = Case(spec)
    case.do("a")
    case.do("b")
    assert case.live() == ["c", "c"]
    assert case.do("c").ended is None
    assert case.do("c").ended == "selesai"


def test_banyak_cabang_sejajar_berturut_turut_tetap_ringan() -> None:
    blocks, nodes = 20, ["mulai"]
    parts = [start("mulai"), end("selesai")]
    for n in range(blocks):
        parts += [parallel(f"bagi{n}"), user(f"a{n}"), user(f"b{n}"), parallel(f"gabung{n}")]
        parts.append(path(f"bagi{n}", f"b{n}", f"gabung{n}"))
        nodes += [f"bagi{n}", f"a{n}", f"gabung{n}"]
    case = Case(compiled(diagram(*parts, path(*nodes, "selesai"))))
    for n in range(blocks):
        case.do(f"a{n}")
        case.do(f"b{n}")
    assert case.last.ended == "selesai"


def test_lingkaran_tanpa_orang_dihentikan() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            user("a"),
            choice("g1"),
            choice("g2", default="g2-g1"),
            end("selesai"),
            path("mulai", "a", "g1", "g2"),
            flow("g2", "selesai", 'a.keputusan == "berhenti"'),
            flow("g2", "g1"),
        )
    )
    case = Case(spec)
    before = case.state
    with pytest.raises(EngineFault) as caught:
        case.do("a", keputusan="terus")
    assert "automatic" in str(caught.value.__cause__)
    case.state = before
    assert case.do("a", keputusan="berhenti").ended == "selesai"


def test_gabungan_yang_tidak_akan_lengkap_ketahuan() -> None:
    spec = compiled(
        diagram(
            start("mulai"),
            user("a"),
            choice("g", default="g-x"),
            user("x"),
            user("y"),
            parallel("gabung"),
            end("selesai"),
            path("mulai", "a", "g", "x", "gabung", "selesai"),
            path("y", "gabung"),
            flow("g", "y", 'a.keputusan == "y"'),
        )
    )
    case = Case(spec)
    case.do("a")
    with pytest.raises(EngineFault) as caught:
        case.do("x")
    assert "stuck" in str(caught.value.__cause__)


def test_gabungan_tidak_menghitung_token_putaran_sebelumnya() -> None:
    spec = compiled(
        diagram(
            *(start("mulai"), choice("masuk"), parallel("bagi"), user("a"), parallel("gabung")),
            *(choice("g", default="g-masuk"), end("selesai")),
            path("mulai", "masuk", "bagi", "a", "gabung", "g", "masuk"),
            flow("bagi", "gabung"),
            flow("g", "selesai", 'a.cukup == "ya"'),
        )
    )
    case = Case(spec)
    for _ in range(3):  # the direct branch arrives in the same step in which the previous lap joined
        assert case.do("a", cukup="belum").ended is None
        assert case.live() == ["a"]
    assert case.do("a", cukup="ya").ended == "selesai"


def test_satu_pesan_sampai_ke_semua_yang_menunggu_kecuali_yang_sudah_tertutup() -> None:
    def two_waiting(terminate: bool) -> Case:
        nodes = [start("mulai"), parallel("bagi"), catch("x", message()), catch("y", message()), user("b")]
        ways = [path("mulai", "bagi", "x", "akhir_x"), path("bagi", "y", "b", "akhir_b")]
        return Case(compiled(diagram(*nodes, end("akhir_x", terminate), end("akhir_b"), *ways)))

    both = two_waiting(terminate=False)
    assert both.send("penarikan").passed == ("x", "akhir_x", "y")
    assert both.live() == ["b"]
    first_ends_all = two_waiting(terminate=True)
    assert first_ends_all.send("penarikan").ended == "akhir_x"
    assert first_ends_all.live() == []


def test_kasus_tidak_dianggap_selesai_selama_gabungan_masih_menunggu() -> None:
    spec = compiled(
        diagram(
            *(start("mulai"), parallel("bagi"), user("a"), user("b"), choice("g", default="g-akhir_a")),
            *(parallel("gabung"), end("akhir_a"), end("akhir_b")),
            path("mulai", "bagi", "a", "g"),
            path("bagi", "b", "gabung", "akhir_b"),
            flow("g", "gabung", 'a.ikut == "ya"'),
            flow("g", "akhir_a"),
        )
    )
    case = Case(spec)
    case.do("b")
    with pytest.raises(EngineFault) as caught:
        case.do("a", ikut="tidak")
    assert "stuck" in str(caught.value.__cause__)
