"""Dealing out and passing on through HTTP, without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.models import Task
from app.services import clock, store
from tests.support.kasus import Jam
from tests.support.peramban import field, isi
from tests.support.situs import Situs


@pytest.fixture
def situs(site: Flask) -> Iterator[Situs]:
    jam = Jam()
    with clock.using(jam):
        yield Situs(site, jam)


def holder(situs: Situs, task_id: str) -> str | None:
    with situs.site.app_context():
        return store.session.get_one(Task, task_id).claimed_by


def test_supervisor_membagi_beberapa_sekaligus_dan_melihat_hasil_masing_masing(situs: Situs) -> None:
    ids = [situs.task(situs.case("periksa_berkas"), "periksa_berkas") for _ in range(2)]
    dwi = situs.browser("pak_dwi")
    assert "Bagi tugas" in isi(dwi.get("/inbox"))
    page = isi(dwi.get("/inbox/bagi?langkah=periksa_berkas"))
    assert "dipegang Budi Prakosa" in page and "2 dipegang" in page and "Rini Astuwati" in page
    chosen = [f"{task_id}:{version(situs, task_id)}" for task_id in ids]
    sent = {"langkah": "periksa_berkas", "pilih": [chosen[0], f"{ids[1]}:99"], "kepada": "uji-bu-rini"}
    nothing = dwi.post("/inbox/bagi", data={**sent, "pilih": []})
    assert nothing.status_code == 422 and "Pilih sedikitnya satu tugas" in isi(nothing)
    again = isi(dwi.post("/inbox/bagi", data=sent))
    assert "Tulis alasannya" in again
    assert all(f'value="{task_id}:{version(situs, task_id)}" checked' in again for task_id in ids)
    assert re.search(r'name="kepada" value="uji-bu-rini"[^>]* checked', again), "the receiver stays chosen"
    answer = isi(dwi.post("/inbox/bagi", data={**sent, "alasan": "Bu Rini longgar."}))
    assert "1 diserahkan kepada Rini Astuwati, 1 gagal" in answer
    assert [holder(situs, task_id) for task_id in ids] == ["uji-bu-rini", "uji-pak-budi"]
    assert "Tugas diserahkan kepada Anda" in isi(situs.browser("bu_rini").get("/notifikasi"))


def test_yang_datang_dari_pantau_mendapati_tugasnya_sudah_dicentang(situs: Situs) -> None:
    held = situs.task(situs.case("periksa_berkas"), "periksa_berkas")
    free = situs.task(situs.case("buka_permohonan"), "buka_permohonan")
    dwi = situs.browser("pak_dwi")

    def ticked(query: str) -> list[str]:
        page = isi(dwi.get(f"/inbox/bagi?{query}"))
        found = re.findall(r'name="pilih" value="([a-z0-9]+):[0-9]+" checked', page)
        assert (f"{len(found)} tugas dari daftar yang Anda buka sudah dicentang." in page) == bool(found)
        return found

    assert ticked("langkah=buka_permohonan&pilihan=antrean") == [free]
    assert ticked("langkah=periksa_berkas&pilihan=dipegang") == ticked("pilihan=uji-pak-budi") == [held]
    assert ticked("langkah=periksa_berkas&pilihan=antrean") == ticked("langkah=periksa_berkas") == []
    assert ticked("langkah=periksa_berkas&pilihan=uji-bu-rini") == ticked("langkah=periksa_berkas&pilihan=lewat") == []
    situs.jam.lewat(hours=5)
    assert ticked("langkah=buka_permohonan&pilihan=lewat") == [free]


def test_petugas_menyerahkan_tugasnya_kepada_rekan_yang_boleh(situs: Situs) -> None:
    task_id = situs.task(situs.case("periksa_berkas"), "periksa_berkas")
    budi = situs.browser("pak_budi")
    assert f"/tugas/{task_id}/serahkan" in isi(budi.get(f"/tugas/{task_id}"))
    page = isi(budi.get(f"/tugas/{task_id}/serahkan"))
    assert "Rini Astuwati" in page and "Tarno" not in page and 'value="uji-pak-budi"' not in page
    sent = {"versi": field(page, "versi"), "kepada": "uji-bu-rini", "alasan": ""}
    refused = budi.post(f"/tugas/{task_id}/serahkan", data=sent)
    assert refused.status_code == 422 and "Tulis alasannya" in isi(refused) and "checked" in isi(refused)
    answer = budi.post(f"/tugas/{task_id}/serahkan", data={**sent, "alasan": "Ke loket."}, follow_redirects=True)
    assert "diserahkan. Penerimanya diberi tahu." in isi(answer)
    assert holder(situs, task_id) == "uji-bu-rini"


def version(situs: Situs, task_id: str) -> int:
    with situs.site.app_context():
        return store.session.get_one(Task, task_id).version


def test_yang_tanpa_antrean_tidak_ditawari_mengambil_dan_halamannya_sendiri_lebih_dulu_di_menu(situs: Situs) -> None:
    situs.case("buka_permohonan")
    page = isi(situs.browser("pak_dwi").get("/inbox"))
    assert "Peran Anda tidak mempunyai antrean." in page and "Ambil berikutnya" not in page
    assert page.index('href="/pantau"') < page.index('href="/inbox"')
    officers = isi(situs.browser("pak_budi").get("/inbox"))
    assert "Ambil berikutnya" in officers and "data-buka-alat" in officers
    assert all("bilah-ramping" in isi(situs.browser("pak_budi").get(path)) for path in ("/inbox", "/notifikasi"))


def test_tugas_yang_ditahan_ditandai_dan_sisa_waktunya_disebut_sisa(situs: Situs) -> None:
    task_id = situs.task(situs.case("periksa_berkas"), "periksa_berkas")
    budi, dwi = situs.browser("pak_budi"), situs.browser("pak_dwi")
    page = isi(dwi.get("/inbox/bagi?langkah=periksa_berkas"))
    assert "Ditahan sampai" not in page and re.search(r">sisa \d+ j", page)
    until = (situs.jam() + timedelta(days=2)).date().isoformat()
    put = {"sampai": until, "alasan": "Menunggu surat RT."}
    assert budi.post(f"/tugas/{task_id}/tahan", data=put).status_code == 302
    assert "Menunggu surat RT." in isi(dwi.get("/inbox/bagi?langkah=periksa_berkas"))
