"""What people do for the safety of their own account: devices, and a new password."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in

NEW = "kalimat sandi yang baru"


def _is_in(client: FlaskClient) -> bool:
    return client.get("/pengaturan").status_code == 200


def _others(client: FlaskClient) -> list[str]:
    return re.findall(r'name="sesi" value="([^"]+)"', isi(client.get("/pengaturan/sesi")))


@pytest.mark.parametrize("who", ["bu_sari", "pak_budi"])
def test_satu_perangkat_dikeluarkan_dari_daftar(situs: Flask, jam: Jam, who: str) -> None:
    there = sign_in(situs, who)
    jam.lewat(hours=1)
    here = sign_in(situs, who)
    page = isi(here.get("/pengaturan/sesi"))
    assert "Masuk Senin, 23 November 2026 pukul 08.00." in page and page.count("(perangkat ini)") == 1
    (other,) = _others(here)
    for said in ("Perangkat itu sudah keluar", "Sesi ini sudah berakhir"):  # the second: a double click
        answer = here.post("/pengaturan/sesi", data={"sesi": other}, follow_redirects=True)
        assert (answer.status_code, said in isi(answer)) == (200, True)
    assert (_is_in(here), _is_in(there)) == (True, False)


def test_sesi_orang_lain_tidak_dapat_diakhiri(situs: Flask) -> None:
    joko, also_joko = sign_in(situs, "pak_joko"), sign_in(situs, "pak_joko")
    (other,) = _others(joko)
    sign_in(situs, "bu_sari").post("/pengaturan/sesi", data={"sesi": other})
    assert _is_in(also_joko)


def test_keluar_dari_semua_perangkat_lain(situs: Flask) -> None:
    here, *others = (sign_in(situs, "bu_sari") for _ in range(3))
    answer = here.post("/pengaturan/sesi/semua", follow_redirects=True)
    assert "2 perangkat lain sudah keluar" in isi(answer)
    assert "Tidak ada perangkat lain" in isi(here.post("/pengaturan/sesi/semua", follow_redirects=True))
    assert [_is_in(one) for one in (here, *others)] == [True, False, False]


def test_kata_sandi_diganti_dan_perangkat_lain_keluar(situs: Flask) -> None:
    here, there = sign_in(situs, "bu_sari"), sign_in(situs, "bu_sari")
    sent = {"sandi_lama": factories.PASSWORD, "sandi_baru": NEW, "sandi_ulang": NEW}
    assert "Kata sandi sudah diganti" in isi(here.post("/pengaturan/kata-sandi", data=sent, follow_redirects=True))
    assert (_is_in(here), _is_in(there)) == (True, False)


@pytest.mark.parametrize(
    ("change", "at", "said"),
    [
        ({"sandi_lama": "salah"}, "sandi_lama", "Kata sandi sekarang tidak cocok"),
        ({"sandi_ulang": NEW + "x"}, "sandi_ulang", "berbeda"),
        ({"sandi_baru": "pendek", "sandi_ulang": "pendek"}, "sandi_baru", "12 sampai"),
    ],
)
def test_kata_sandi_yang_keliru_ditunjukkan_tanpa_diulang_di_halaman(
    situs: Flask, change: dict[str, str], at: str, said: str
) -> None:
    sent = {"sandi_lama": factories.PASSWORD, "sandi_baru": NEW, "sandi_ulang": NEW, **change}
    answer = sign_in(situs, "bu_sari").post("/pengaturan/kata-sandi", data=sent)
    page = isi(answer)
    assert answer.status_code == 422
    assert f'href="#{at}"' in page and f'id="{at}-galat"' in page and said in page
    assert not [value for value in sent.values() if f'value="{value}"' in page]


def test_sandi_yang_terkirim_sesudah_sesi_berakhir_tidak_tampil(client: FlaskClient) -> None:
    sent = {"sandi_lama": "rahasia-lama", "sandi_baru": NEW, "sandi_ulang": NEW}
    answer = client.post("/pengaturan/kata-sandi", data=sent)
    assert answer.status_code == 401
    assert NEW not in isi(answer) and "rahasia-lama" not in isi(answer)
