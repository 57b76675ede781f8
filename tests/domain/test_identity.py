import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import code_list
from app.domain.identity import (
    InvalidIdentity,
    assumed_birth_date,
    nik_cautions,
    parse_nik,
    parse_nomor_kk,
    parse_phone,
)
from app.domain.regions import kapanewon

VECTORS = json.loads((Path(__file__).parent / "vektor-identitas.json").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(VECTORS["ref_date"])


@pytest.mark.parametrize("vector", VECTORS["nik"], ids=lambda vector: vector["input"][-10:])
def test_vektor_nik(vector: dict) -> None:
    expect = vector["expect"]
    if expect["ok"]:
        nik = parse_nik(vector["input"], TODAY)
        assert (nik.region, nik.sex, nik.birth_date.isoformat(), nik.sequence) == (
            expect["wilayah"],
            expect["jk"],
            expect["tgl"],
            expect["urut"],
        )
    else:
        with pytest.raises(InvalidIdentity) as caught:
            parse_nik(vector["input"], TODAY)
        assert caught.value.code == expect["err"]


@pytest.mark.parametrize("vector", VECTORS["no_kk"], ids=lambda vector: vector["input"][-10:])
def test_vektor_nomor_kk(vector: dict) -> None:
    expect = vector["expect"]
    if expect["ok"]:
        kk = parse_nomor_kk(vector["input"], TODAY)
        assert (kk.region, kk.recorded_on.isoformat(), kk.sequence) == (
            expect["wilayah"],
            expect["tgl"],
            expect["urut"],
        )
    else:
        with pytest.raises(InvalidIdentity) as caught:
            parse_nomor_kk(vector["input"], TODAY)
        assert caught.value.code == expect["err"]


@pytest.mark.parametrize("vector", VECTORS["phone"], ids=lambda vector: vector["input"])
def test_vektor_nomor_hp(vector: dict) -> None:
    if vector["expect"]:
        assert parse_phone(vector["input"]) == vector["expect"]
    else:
        with pytest.raises(InvalidIdentity, match="Tulis nomor WhatsApp, contoh 0812 3456 7890"):
            parse_phone(vector["input"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("340299120790001", "NIK harus 16 angka. Anda menulis 15."),
        ("", "NIK harus 16 angka. Anda menulis 0."),
        ("3402991207900001x", "NIK hanya berisi angka. Hapus huruf dan tanda lain."),
        (
            "3402991213900001",
            "NIK ini tidak mungkin benar: angka ke-7 sampai ke-12 bukan tanggal. Periksa di KTP atau KK.",
        ),
    ],
)
def test_kalimat_galat_nik(text: str, sentence: str) -> None:
    with pytest.raises(InvalidIdentity) as caught:
        parse_nik(text, TODAY)
    assert caught.value.pesan == sentence


def test_spasi_dan_tanda_hubung_diterima() -> None:
    assert parse_nik("3402 9912-0790.0001", TODAY).number == "3402991207900001"


@pytest.mark.parametrize("pasted", ["\u200e{}", "\u202a{}\u202c", "\u2068{}\u2069", "\ufeff{}\u200b"])
def test_tanda_tak_tampak_dari_tempelan_tidak_mengganggu(pasted: str) -> None:
    assert parse_nik(pasted.format("3402995508950004"), TODAY).number == "3402995508950004"
    assert parse_nomor_kk(pasted.format("3402990101200004"), TODAY).number == "3402990101200004"
    assert parse_nik("340299\u2010550895\u20130004", TODAY).number == "3402995508950004"


def test_abad_mengikuti_hari_ini() -> None:
    assert parse_nik("3402992311260001", date(2026, 11, 22)).birth_date == date(1926, 11, 23)
    assert parse_nik("3402992311260001", date(2026, 11, 23)).birth_date == date(2026, 11, 23)
    assert parse_nik("3402992902280001", TODAY).birth_date == date(1928, 2, 29)


def test_beda_dengan_isian_hanya_peringatan() -> None:
    nik = parse_nik("3402991207900001", TODAY)
    assert nik_cautions(nik, date(1990, 7, 12), "L", {"340299"}) == ()
    codes = [caution.code for caution in nik_cautions(nik, date(1991, 7, 12), "P", {"340201"})]
    assert codes == ["TANGGAL_LAHIR_BEDA", "JENIS_KELAMIN_BEDA", "WILAYAH_TAK_DIKENAL"]


def test_lansia_di_atas_99_tahun_tidak_diberi_peringatan_abad() -> None:
    nik = parse_nik("3402990101200001", TODAY)
    assert nik_cautions(nik, date(1920, 1, 1)) == ()


def test_pendatang_hanya_peringatan() -> None:
    assert [c.code for c in nik_cautions(parse_nik("3174991207900001", TODAY))] == ["LUAR_WILAYAH"]


def test_tanggal_lahir_yang_tidak_diketahui() -> None:
    assert assumed_birth_date(1950) == date(1950, 7, 1)
    assert assumed_birth_date(1950, 3) == date(1950, 3, 15)
    assert assumed_birth_date(1950, 3, 2) == date(1950, 3, 2)


def test_nik_tidak_muncul_di_repr() -> None:
    assert "120790" not in repr(parse_nik("3402991207900001", TODAY))


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_teks_apa_pun_hanya_menimbulkan_invalid_identity(text: str) -> None:
    for parse in (
        lambda: parse_nik(text, TODAY),
        lambda: parse_nomor_kk(text, TODAY),
        lambda: parse_phone(text),
    ):
        try:
            parse()
        except InvalidIdentity as fault:
            assert fault.pesan.endswith(".")


def test_wilayah_peragaan_dikenal_dan_terpisah() -> None:
    assert "340299" in {each.kode for each in kapanewon()}
    assert "340299" not in {each.kode for each in kapanewon(demo=False)}
    assert code_list("jenis_kelamin")
