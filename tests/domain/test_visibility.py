"""`tampil_jika` and `perlu_jika` of the reference form, as conditions."""

import pytest

from app.domain.conditions import ConditionError, compile_visibility


def shows(rule: object, **answers: object) -> bool:
    return compile_visibility(rule, "isi").holds({"isi": answers})


def test_beberapa_kunci_berarti_dan() -> None:
    rule = {"jenis": "perubahan", "kk_lama": ["ada", "rusak"]}
    assert shows(rule, jenis="perubahan", kk_lama="rusak")
    assert not shows(rule, jenis="perubahan", kk_lama="hilang")
    assert not shows(rule, kk_lama="rusak")


def test_daftar_berarti_atau() -> None:
    rule = [{"jenis": "hilang"}, {"kk_lama": "hilang"}]
    assert shows(rule, jenis="hilang")
    assert shows(rule, jenis="perubahan", kk_lama="hilang")
    assert not shows(rule, jenis="perubahan", kk_lama="ada")
    assert not shows(rule)


def test_jawaban_berupa_daftar_cukup_memuat_salah_satu_nilai() -> None:
    assert shows({"kanal": ["email", "whatsapp"]}, kanal=["unduh", "whatsapp"])
    assert not shows({"kanal": "email"}, kanal=["unduh"])
    assert not shows({"kanal": "email"}, kanal=[])


@pytest.mark.parametrize("value", ["ya", True])
def test_ya_ditulis_sebagai_kata_atau_sebagai_benar(value: object) -> None:
    assert shows({"perlu_ktp": value}, perlu_ktp=True)
    assert shows({"perlu_ktp": value}, perlu_ktp="ya")
    assert not shows({"perlu_ktp": value}, perlu_ktp=False)


def test_angka_yang_ditulis_di_yaml_tetap_cocok_dengan_jawaban_angka() -> None:
    assert shows({"jumlah": "3"}, jumlah=3)
    assert shows({"jumlah": 3}, jumlah=3)
    assert not shows({"kode": "01"}, kode=1)


def test_kunci_bertitik_melihat_langkah_lain() -> None:
    condition = compile_visibility({"periksa_berkas.keputusan": "kurang"}, "lengkapi_berkas")
    assert condition.references == {("periksa_berkas", "keputusan")}
    assert condition.values == {("periksa_berkas", "keputusan", "kurang")}


def test_teks_dibaca_sebagai_kondisi_gerbang() -> None:
    assert compile_visibility('isi.jenis != "rusak"', "isi").holds({"isi": {"jenis": "hilang"}})


def test_teks_kondisi_dapat_dibaca_orang() -> None:
    assert compile_visibility([{"a": True}, {"b": ["x", "y"], "c": "z"}], "isi").text == (
        '(isi.a == "ya") or (isi.b in ["x", "y"] and isi.c == "z")'
    )


@pytest.mark.parametrize(
    "rule",
    [
        {},
        [],
        None,
        3,
        [{}],
        ["jenis"],
        {"jenis": None},
        {"jenis": []},
        {"jenis": {"a": 1}},
        {"jenis": ""},
        {"jenis": 1.5},
        {"jenis": ["x"] * 101},
        {"_x": "a"},
        {"a.b.c": "x"},
        {"a b": "x"},
        {"": "x"},
    ],
)
def test_syarat_tampil_yang_salah_susun_ditolak(rule: object) -> None:
    with pytest.raises(ConditionError):
        compile_visibility(rule, "isi")
