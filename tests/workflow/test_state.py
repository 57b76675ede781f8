"""The stored bytes: small for ever, and refused when they are not what they should be."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import EngineFault
from app.workflow.contract import CaseData, Complete, Message
from app.workflow.engine import advance, live
from tests.workflow.acuan import diagram, end, path, start, user
from tests.workflow.kasus import PAGI, Case, compiled, kk


def case_at_periksa() -> Case:
    case = Case(kk())
    case.do("isi_permohonan")
    case.do("buka_permohonan")
    return case


def test_lima_ratus_putaran_tidak_membesarkan_keadaan() -> None:
    case = case_at_periksa()
    for _ in range(500):
        case.do("periksa_berkas", keputusan="kurang")
        assert case.live() == ["batas_lengkapi", "lengkapi_berkas", "tunggu_penarikan"]
        case.do("lengkapi_berkas")
        assert case.live() == ["periksa_berkas", "tunggu_penarikan"]
    assert max(len(result.state) for result in case.results) < 150
    case.do("periksa_berkas", keputusan="kurang")
    assert case.fire("batas_lengkapi").ended == "tutup_tanpa_kk"


def test_isian_tidak_ikut_tersimpan_di_keadaan() -> None:
    case = case_at_periksa()
    case.do("periksa_berkas", keputusan="lengkap", jenis_ditetapkan="hilang", pesan_pemohon="rahasia")
    assert b"rahasia" not in case.last.state
    assert b"hilang" not in case.last.state


def test_isian_tidak_masuk_log_mesin(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        case = case_at_periksa()
        case.do("periksa_berkas", keputusan="lengkap", pesan_pemohon="rahasia")
    assert [r for r in caplog.records if r.name.startswith("spiff")] == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"0[]",
        b"2" + b"[]",
        b"1",
        b"1null",
        b"1{}",
        b"1[1,2]",
        b'1["x",1,null,[[1,"isi_permohonan"]]]',
        b"\x80\x04pickle",
    ],
)
def test_bita_asing_ditolak(raw: bytes) -> None:
    with pytest.raises(EngineFault):
        advance(kk(), raw, Complete("t1"), CaseData(), PAGI)


def test_keadaan_prosedur_lain_ditolak() -> None:
    other = compiled(diagram(start("mulai"), user("isi_permohonan"), end("e"), path("mulai", "isi_permohonan", "e")))
    with pytest.raises(EngineFault):
        live(other, Case(kk()).last.state)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"periksa_berkas", b"langkah_lama"),
        (b'[4,"periksa_berkas"]', b'[4,"periksa_berkas",9]'),
        (b'[4,"periksa_berkas"]', b'[3,"periksa_berkas"]'),
        (b'[4,"periksa_berkas"]', b'[4,"gabung_akhir",null,"langkah_lama"]'),
    ],
)
def test_keadaan_yang_tidak_cocok_dengan_diagram_ditolak(good: bytes, bad: bytes) -> None:
    state = case_at_periksa().last.state
    assert good in state
    with pytest.raises(EngineFault) as caught:
        advance(kk(), state.replace(good, bad), Message("penarikan"), CaseData(), PAGI)
    assert caught.value.__cause__ is not None


def test_satu_spec_dipakai_delapan_utas_tanpa_saling_mengganggu() -> None:
    def whole_case(number: int) -> tuple[list[str], bytes]:
        case = case_at_periksa()
        for _ in range(number % 5):
            case.do("periksa_berkas", keputusan="kurang")
            case.do("lengkapi_berkas")
        case.do("periksa_berkas", keputusan="lengkap", jenis_ditetapkan="perubahan" if number % 2 else "rusak")
        return case.live(), case.last.state

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(whole_case, range(320)))
    alone = [whole_case(number) for number in range(10)]
    assert together == alone * 32
