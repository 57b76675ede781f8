"""The discussion through HTTP, as browsers without JavaScript use it, from both sides."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Upload
from app.services import clock, store
from app.services.discussion import posting
from tests import factories
from tests.support.kasus import Jam
from tests.support.peramban import field, isi
from tests.support.situs import Situs


@pytest.fixture
def situs(site: Flask) -> Iterator[Situs]:
    jam = Jam()
    with clock.using(jam):
        yield Situs(site, jam)


def tulis(browser: FlaskClient, case_id: str, text: str, **more: object) -> TestResponse:
    page = isi(browser.get(f"/diskusi/{case_id}"))
    sent = {"kunci": field(page, "kunci"), "sampai": field(page, "sampai"), "teks": text, "aksi": "kirim", **more}
    return browser.post(f"/diskusi/{case_id}", data=sent)


def lampiran(page: str) -> list[str]:
    return re.findall(r'name="lampiran" value="([^"]+)"', page)


def test_bu_sari_bertanya_pak_budi_menjawab_dan_keduanya_melihat_tandanya(situs: Situs) -> None:
    case_id = situs.case("buka_permohonan")
    sari, budi = situs.browser("bu_sari"), situs.browser("pak_budi")
    page = isi(sari.get(f"/permohonan/{case_id}"))
    assert "Ada yang ingin ditanyakan? Petugas menjawab pada jam kerja." in page
    sent = {"kunci": field(page, "kunci"), "sampai": "0", "teks": "Kapan <b>selesai</b>?", "aksi": "kirim"}
    answer = sari.post(f"/diskusi/{case_id}", data={**sent, "ke": f"/permohonan/{case_id}"})
    assert answer.location == f"/permohonan/{case_id}#pesan-akhir"
    sari.post(f"/diskusi/{case_id}", data=sent)
    page = isi(sari.get(answer.location))
    assert page.count("Kapan &lt;b&gt;selesai&lt;/b&gt;?") == 1, "sent twice it counts once, and is text only"
    assert "Anda menulis di diskusi." in page

    inbox = isi(budi.get("/inbox"))
    task_id = situs.task(case_id, "buka_permohonan")
    assert "diskusi baru" in inbox
    work = isi(budi.get(f"/tugas/{task_id}"))
    assert "1 belum dibaca" in work and "Kapan &lt;b&gt;selesai&lt;/b&gt;?" in work
    chosen = re.search(r'<option value="([^"]+)">Sapaan', work)
    assert chosen is None
    assert budi.post("/jawaban-siap", data={"judul": "Sapaan", "isi": "Halo {nama}."}).status_code == 302
    work = isi(budi.get(f"/tugas/{task_id}"))
    chosen = re.search(r'<option value="([^"]+)">Sapaan', work)
    assert chosen is not None
    data = {"kunci": field(work, "kunci"), "sampai": "1", "teks": "Besok.", "aksi": "isi", "jawaban": chosen[1]}
    filled = isi(budi.post(f"/diskusi/{case_id}", data=data))
    assert "Besok.\n\nHalo Sari Puspitarini.</textarea>" in filled
    refused = tulis(budi, case_id, "Halo {nama}, besok.")
    assert refused.status_code == 422 and "Ganti {nama} dengan nama pemohon." in isi(refused)
    assert "Halo {nama}, besok.</textarea>" in isi(refused)
    assert tulis(budi, case_id, "Besok, Bu.").status_code == 302
    assert "diskusi baru" not in isi(budi.get("/inbox"))

    assert "1 pesan baru" in isi(sari.get("/permohonan"))
    page = isi(sari.get(f"/permohonan/{case_id}"))
    assert "1 belum dibaca" in page and "Pesan dari petugas di diskusi." in page and "Budi" not in page
    assert "1 belum dibaca" in isi(sari.get(f"/permohonan/{case_id}")), "looking writes nothing"
    read = sari.post(
        f"/diskusi/{case_id}/dibaca", data={"sampai": field(page, "sampai"), "ke": f"/permohonan/{case_id}"}
    )
    assert read.location == f"/permohonan/{case_id}#diskusi"
    assert 'id="diskusi-baru"></span>' in isi(sari.get(f"/permohonan/{case_id}"))
    assert "pesan baru" not in isi(sari.get("/permohonan"))


def test_yang_ditolak_menyimpan_teks_dan_berkas_yang_baik(situs: Situs) -> None:
    case_id = situs.case("buka_permohonan")
    sari = situs.browser("bu_sari")
    good, bad = (io.BytesIO(factories.photo()), "a.jpg"), (io.BytesIO(b"MZ"), "b.exe")
    refused = tulis(sari, case_id, "Ini suratnya", berkas=[good, bad])
    page = isi(refused)
    assert refused.status_code == 422 and "bukan foto atau PDF" in page and "Ini suratnya</textarea>" in page
    assert "Ada 1 isian yang perlu diperbaiki" in page
    (kept,) = lampiran(page)
    dropped = isi(tulis(sari, case_id, "Ini suratnya", lampiran=kept, aksi=f"lepas:{kept}"))
    assert lampiran(dropped) == [] and "Ini suratnya</textarea>" in dropped
    with situs.site.app_context():
        assert store.session.get(Upload, kept) is None
    three = [(io.BytesIO(factories.photo()), f"{n}.jpg") for n in range(4)]
    page = isi(tulis(sari, case_id, "Ini suratnya", berkas=three))
    assert "Paling banyak 3 berkas tiap pesan" in page and len(lampiran(page)) == 3
    long = tulis(sari, case_id, "a" * 10_001, lampiran=lampiran(page))
    assert long.status_code == 422 and "paling banyak 10.000" in isi(long) and "a" * 10_001 in isi(long)
    assert tulis(sari, case_id, "", lampiran=lampiran(page)).status_code == 302
    page = isi(sari.get(f"/diskusi/{case_id}"))
    shown = re.findall(r'href="(/berkas/[^"]+)"', page)
    assert len(shown) == 3
    budi, joko = situs.browser("pak_budi"), situs.browser("pak_joko")
    assert [budi.get(shown[0]).status_code, joko.get(shown[0]).status_code] == [200, 404]
    assert budi.get(f"{shown[0]}/kecil").status_code == 200
    assert tulis(sari, case_id, " ").status_code == 422


def test_pesan_lama_halaman_demi_halaman_dan_dibaca_dengan_htmx(situs: Situs) -> None:
    case_id = situs.case("buka_permohonan")
    with situs.site.app_context():
        for number in range(32):
            posting.post(factories.actor("bu_sari"), case_id, f"Pesan nomor {number}.", (), f"kunci-ke-{number}", 0)
    budi = situs.browser("pak_budi")
    page = isi(budi.get(f"/diskusi/{case_id}"))
    assert "Pesan nomor 31." in page and "Pesan nomor 1." not in page and "32 belum dibaca" in page
    older = re.search(r'href="(/diskusi/[^"]+\?sebelum=3)"', page)
    assert older is not None
    assert "Pesan nomor 1." in isi(budi.get(older[1]))
    assert budi.get(f"/diskusi/{case_id}?sebelum=x").status_code == 404
    fragment = budi.post(f"/diskusi/{case_id}/dibaca", data={"sampai": "32"}, headers={"HX-Request": "true"})
    assert "Sudah dibaca" in isi(fragment) and "<html" not in isi(fragment)
    assert "belum dibaca" not in isi(budi.get(f"/diskusi/{case_id}"))


def test_jawaban_siap_diperiksa_dan_yang_diketik_tetap_ada(situs: Situs) -> None:
    budi = situs.browser("pak_budi")
    refused = budi.post("/jawaban-siap", data={"judul": "", "isi": "Halo {nik}"})
    page = isi(refused)
    assert refused.status_code == 422 and "Tulis judul" in page and "{nik} tidak dikenal" in page
    assert "Halo {nik}</textarea>" in page
    assert situs.browser("bu_tuti").get("/jawaban-siap").status_code == 403
