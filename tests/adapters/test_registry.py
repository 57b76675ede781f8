"""The embedded population registry and its CSV."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.adapters import registry
from app.adapters.registry import DEMO_CSV, RegistryFileInvalid, TableRegistry, read_csv
from app.domain.codes import code
from app.domain.identity import nik_cautions, parse_nik
from app.domain.regions import kalurahan_by_code
from app.models import Penduduk
from app.services import store
from app.services.work import unit_of_work

TODAY = date(2026, 11, 22)
HEADER = "nik,nomor_kk,nama,shdk,urutan,tanggal_lahir,alamat,rt,rw,kapanewon,kalurahan,pekerjaan"
LINE = "3402995207900001,3402990101200001,Sari,3,2,1990-07-12,Contoh,03,,340299,3402992001,2"


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "penduduk.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_tabelnya_sama_dengan_model() -> None:
    assert set(registry._COLUMNS) == set(Penduduk.__table__.columns.keys())


def test_keluarga_terbaca_menurut_urutannya(app: Flask) -> None:
    with unit_of_work() as session:
        assert TableRegistry(session).put(read_csv(DEMO_CSV, TODAY)) == 25
    known = TableRegistry(store.session())
    family = known.family("3402990101200001")
    assert [each.shdk for each in family] == ["1", "3", "4", "4"]
    sari = known.find("3402995207900001")
    assert sari is not None and sari.tanggal_lahir == date(1990, 7, 12)
    assert (sari.element("pekerjaan"), sari.element("nama"), sari.element("tanggal_lahir")) == (
        "2",
        "Sari Puspitarini",
        "1990-07-12",
    )
    assert sari.element("dokumen_imigrasi") is None
    assert known.find("3402990000000000") is None and known.family("") == []


def test_impor_lagi_menggantikan_yang_lama(app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as session:
        TableRegistry(session).put(read_csv(_file(tmp_path, HEADER, LINE), TODAY))
    changed = _file(tmp_path, HEADER, LINE.replace("Sari", "Sari Baru"))
    with unit_of_work() as session:
        TableRegistry(session).put(read_csv(changed, TODAY))
    assert [each.nama for each in TableRegistry(store.session()).family("3402990101200001")] == ["Sari Baru"]


def test_penduduk_peragaan_masuk_akal() -> None:
    residents = read_csv(DEMO_CSV, TODAY)
    families = {each.nomor_kk for each in residents}
    assert (len(residents), len(families)) == (25, 8)
    lists = {"agama": "agama", "pendidikan_terakhir": "pendidikan", "pekerjaan": "pekerjaan"}
    for each in residents:
        assert each.nik.startswith("340299") and each.nomor_kk.startswith("340299")
        sex = {"1": "L", "2": "P"}[each.elemen["jenis_kelamin"]]
        assert not [c for c in nik_cautions(parse_nik(each.nik, TODAY), each.tanggal_lahir, sex) if c.code != "WILAYAH"]
        assert kalurahan_by_code(each.kalurahan).kapanewon == each.kapanewon
        assert code("shdk", each.shdk)
        assert all(code(name, each.elemen[element]) for element, name in lists.items())
    for nomor_kk in families:
        assert [each.shdk for each in residents if each.nomor_kk == nomor_kk].count("1") == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((HEADER.replace("nik,", ""), LINE), ":1: kolom nik tidak ada"),
        ((HEADER, LINE.replace("3402995207900001", "3402995207900000")), ":2: NIK ini tidak mungkin benar"),
        ((HEADER, LINE.replace("1990-07-12", "12/7/1990")), ":2: urutan atau tanggal_lahir salah tulis"),
        ((HEADER, LINE, LINE), ":3: NIK ini sudah ada di baris lain"),
        ((HEADER, LINE.replace("3402990101200001", "12")), ":2: "),
    ],
)
def test_baris_yang_salah_disebut_nomornya(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(RegistryFileInvalid) as refused:
        read_csv(_file(tmp_path, *lines), TODAY)
    assert words in str(refused.value)


def test_nomor_orang_tidak_tampil_di_catatan() -> None:
    assert "3402995207900001" not in repr(read_csv(DEMO_CSV, TODAY))
