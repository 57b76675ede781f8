from collections import Counter

import pytest

from app.domain.codes import LEGACY, TITLES, UnknownCode, code, code_list, code_list_names
from app.domain.regions import (
    Kapanewon,
    kalurahan,
    kalurahan_by_code,
    kapanewon,
    kapanewon_by_code,
)


@pytest.mark.parametrize("name", code_list_names())
def test_kode_unik_dan_bernama_di_tiap_daftar(name: str) -> None:
    codes = code_list(name)
    assert all(each.kode and each.nama for each in codes)
    assert max(Counter(each.kode for each in codes).values()) == 1


def test_jumlah_kode_menurut_versi() -> None:
    assert len(code_list("pekerjaan")) == 108
    assert len(code_list("pekerjaan", LEGACY)) == 89
    assert len(code_list("pendidikan")) == 12
    assert len(code_list("golongan_darah")) == 13


def test_angka_yang_sama_berbeda_arti_antarversi() -> None:
    assert code("pekerjaan", "89").nama != code("pekerjaan", "89", LEGACY).nama


def test_daftar_tanpa_versi_sama_di_semua_versi() -> None:
    assert code_list("alasan_pindah") == code_list("alasan_pindah", LEGACY)


@pytest.mark.parametrize("arguments", [("tidak_ada",), ("../wilayah/kapanewon",), ("agama", "2099")])
def test_daftar_atau_versi_yang_tidak_ada_ditolak(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UnknownCode):
        code_list(*arguments)


def test_kode_yang_tidak_ada_ditolak() -> None:
    with pytest.raises(UnknownCode, match="'999' tidak ada di daftar agama"):
        code("agama", "999")


def test_tujuh_belas_kapanewon_dan_tujuh_puluh_lima_kalurahan() -> None:
    real = kapanewon(demo=False)
    assert [each.kode for each in real] == [str(340200 + n) for n in range(1, 18)]
    assert sum(len(kalurahan(each.kode)) for each in real) == 75


def test_nama_yang_sama_di_dua_tingkat_dibedakan_kodenya() -> None:
    bantul = next(each for each in kapanewon() if each.nama == "Bantul")
    namesake = next(each for each in kalurahan(bantul.kode) if each.nama == "Bantul")
    assert kalurahan_by_code(namesake.kode).kapanewon == bantul.kode == "340208"


def test_wilayah_peragaan_punya_kalurahan_dan_bertanda() -> None:
    assert kapanewon_by_code("340299") == Kapanewon("340299", "Contoh (peragaan)", is_demo=True)
    assert kalurahan("340299") and all(each.is_demo for each in kalurahan("340299"))


@pytest.mark.parametrize("kode", ["", "340218", "34.02.01", "Bantul"])
def test_kode_wilayah_yang_tidak_ada_ditolak(kode: str) -> None:
    with pytest.raises(UnknownCode):
        kalurahan(kode)
    with pytest.raises(UnknownCode):
        kalurahan_by_code(kode)


def test_tiap_daftar_punya_judul_untuk_orang() -> None:
    assert set(TITLES) == set(code_list_names())
