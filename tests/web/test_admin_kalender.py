"""The calendar in the browser: the form, the look at what it does, the saving; and that other processes follow."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.services import clock
from app.services.office import taking
from tests.support.kantor import Kantor
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in

LIBUR = {"ubah": "libur", "tanggal": "2026-11-25", "nama": "Libur setempat", "jenis": "libur_setempat"}


@pytest.fixture
def kantor(site: Flask, jam: Jam) -> Iterator[Flask]:
    with site.app_context():
        Kantor.open().case()
    yield site
    taking.reset()


def test_kalender_diubah_sesudah_melihat_akibatnya(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    assert "Belum pernah diubah" in isi(eko.get("/admin/kalender"))
    assert 'name="tanggal"' in isi(eko.get("/admin/kalender/ubah?hal=libur"))
    today = {**LIBUR, "tanggal": "2026-11-23"}
    shown = isi(eko.post("/admin/kalender/pratinjau", data=today))
    assert "1 jatuh tempo bergeser" in shown and "Libur ditambah" in shown
    assert eko.post("/admin/kalender", data={**today, "versi": "0", "alasan": ""}).status_code == 422
    saved = eko.post("/admin/kalender", data={**today, "versi": "0", "alasan": "Edaran."}, follow_redirects=True)
    assert "Kalender disimpan" in isi(saved) and "Alasan: Edaran." in isi(saved)
    again = eko.post("/admin/kalender", data={**today, "versi": "0", "alasan": "Edaran."}, follow_redirects=True)
    assert "Kalender disimpan" not in isi(again)
    assert "Libur setempat" in isi(kantor.test_client().get("/kontak")), "the page of opening hours follows"


def test_jam_ramadan_diisi_dan_yang_keliru_ditunjuk(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    page = isi(eko.get("/admin/kalender/ubah?hal=periode"))
    assert "07.30-12.00, 12.30-16.00" in page, "one begins from the usual hours"
    form = {"ubah": "periode", "nama": "Ramadan", "mulai": "2027-02-08", "sampai": "2027-03-09", "jam_senin": "pagi"}
    wrong = eko.post("/admin/kalender/pratinjau", data=form)
    assert wrong.status_code == 422 and "tidak terbaca" in isi(wrong) and 'value="pagi"' in isi(wrong)
    good = isi(eko.post("/admin/kalender/pratinjau", data={**form, "jam_senin": "08.00-14.00"}))
    assert "Jam kantor ditambah: Ramadan (mulai 8 Februari 2027 sampai 9 Maret 2027)" in good


def test_proses_lain_memakai_kalender_baru_tanpa_dinyalakan_ulang(
    kantor: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    eko = sign_in(kantor, "pak_eko")
    eko.post("/admin/kalender", data={**LIBUR, "versi": "0", "alasan": "Edaran."})
    taking.reset()  # as a process that has not looked yet
    with kantor.app_context():
        assert clock.calendar().holiday(clock.today()) is None
    monkeypatch.setattr(taking, "_next", 0.0)
    kantor.test_client().get("/kontak")
    assert "Libur setempat" in (clock.calendar().holiday(clock.today().replace(day=25)) or "")
