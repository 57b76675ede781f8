"""The room of petugas cetak through HTTP: PDFs in, sent and archived with progress; incidents; the old paper KK."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.models import DataIncident, Event, Job, Task
from app.services import clock, store
from app.services.delivery import runs
from app.services.flow import cases
from app.services.flow.cases import CaseView
from app.services.portal import portal_views
from app.services.work import unit_of_work
from tests.support import tanda
from tests.support.cetak import Antre, waiting
from tests.support.kantor import Kantor
from tests.support.kasus import Jam
from tests.support.peramban import field, sign_in


@dataclass
class Ruang:
    """The office with two cases that wait for their PDF, seen through browsers."""

    site: Flask
    antre: Antre

    def browser(self, person: str = "pak_agus") -> FlaskClient:
        return sign_in(self.site, person)

    @property
    def case_ids(self) -> list[str]:
        return list(self.antre.numbers)

    def number(self, case_id: str) -> str:
        with self.site.app_context():
            return self.antre.number(case_id)

    def case(self, case_id: str) -> CaseView:
        with self.site.app_context():
            return cases.load(self.antre.kantor.people["bu_sari"], case_id)

    def upload(self, case_id: str) -> str:
        with self.site.app_context():
            return portal_views.delivered(self.case(case_id))[0]

    def events(self, case_id: str) -> list[str]:
        with self.site.app_context():
            return list(store.session.scalars(select(Event.verb).where(Event.stream == f"kasus:{case_id}")))

    def work(self) -> None:
        with self.site.app_context():
            self.antre.kantor.run_jobs()
            self.antre.kantor.run_jobs()

    def newest(self, case_id: str) -> str:
        with self.site.app_context():
            return store.session.scalars(select(Task.id).where(Task.case_id == case_id).order_by(Task.opened_at)).all()[
                -1
            ]

    def pdfs(self, *more: bytes) -> dict[str, object]:
        data = [*(tanda.signed_kk(number) for number in self.antre.numbers.values()), *more]
        return {"pdf": [(io.BytesIO(each), f"kk-{n}.pdf") for n, each in enumerate(data)]}

    def delivered(self) -> None:
        """Both sent, by the pages themselves."""
        agus = self.browser()
        agus.post("/cetak/unggah", data=self.pdfs())
        agus.post("/cetak/unggah/lampirkan", data={"pilih": ticked(agus.get("/cetak/unggah").text)})
        page = agus.get("/cetak/kirim").text
        agus.post("/cetak/kirim", data={"kunci": field(page, "kunci"), "pilih": ticked(page)})
        self.work()


def ticked(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="pilih" value="')[1:]]


@pytest.fixture
def ruang(site: Flask, jam: Jam) -> Iterator[Ruang]:
    with clock.using(jam):
        with site.app_context():
            antre = waiting(Kantor.open(), jam, 2)
        yield Ruang(site, antre)


def test_unggah_lampirkan_kirim_dan_arsipkan_banyak_tanpa_javascript(ruang: Ruang) -> None:
    agus = ruang.browser()
    empty = agus.post("/cetak/unggah", data={})
    assert empty.status_code == 422 and "Pilih sedikitnya satu PDF" in empty.text
    page = agus.post("/cetak/unggah", data=ruang.pdfs(tanda.signed_kk("3402990909090123"))).text
    assert page.count("cocok dengan") == 2 and "nomor KK …0123. PDF tidak disimpan." in page
    assert "2 PDF cocok, belum dilampirkan" in page
    sent = agus.post("/cetak/unggah/lampirkan", data={"pilih": ticked(page)}, follow_redirects=True).text
    assert "2 PDF dilampirkan" in sent and "2 siap dikirim" in sent
    key = field(sent, "kunci")
    progress = agus.post("/cetak/kirim", data={"kunci": key, "pilih": ticked(sent)})
    again = agus.post("/cetak/kirim", data={"kunci": key, "pilih": ticked(sent)})
    assert progress.status_code == 302 and again.location == progress.location, "a double click is one run"
    assert "0 dari 2" in agus.get(progress.location).text
    ruang.work()
    assert "2 dari 2: semua berhasil" in agus.get(progress.location).text
    part = agus.get(progress.location, headers={"HX-Request": "true"}).text
    assert "<html" not in part and "hx-get" not in part
    assert {ruang.case(case_id).status for case_id in ruang.case_ids} == {"KK siap diunduh"}
    archive = agus.get("/cetak/arsip/arsipkan").text
    assert "2 permohonan menunggu" in archive
    data = {"kunci": field(archive, "kunci"), "pilih": ticked(archive), "ditampilkan": "salinan_lepas"}
    more = agus.post("/cetak/arsip/arsipkan", data={**data, "pilih": data["pilih"][:1], "salinan_lepas": "harddisk"})
    assert more.status_code == 422 and "Isi juga yang ini" in more.text and "Label media" in more.text
    assert "galat-isian" not in more.text and len(re.findall(r'name="pilih"[^>]* checked', more.text)) == 1
    done = agus.post("/cetak/arsip/arsipkan", data=data)
    ruang.work()
    assert "2 dari 2: semua berhasil" in agus.get(done.location).text
    assert ruang.browser("bu_sari").get(done.location).status_code == 403


def test_tugas_orang_lain_tidak_masuk_proses_dan_yang_terhenti_mengatakannya(ruang: Ruang) -> None:
    agus = ruang.browser()
    foreign = ruang.newest(ruang.case_ids[0])  # not in his hands
    refused = agus.post("/cetak/kirim", data={"kunci": "kunci-halaman-lain", "pilih": [foreign]})
    assert refused.status_code == 409 and "tidak siap dikirim lagi" in refused.text
    assert ruang.number(ruang.case_ids[0]) not in refused.text
    agus.post("/cetak/unggah", data=ruang.pdfs())
    agus.post("/cetak/unggah/lampirkan", data={"pilih": ticked(agus.get("/cetak/unggah").text)})
    page = agus.get("/cetak/kirim").text
    sent = agus.post("/cetak/kirim", data={"kunci": field(page, "kunci"), "pilih": ticked(page)}).location
    with ruang.site.app_context(), unit_of_work() as session:
        broken = {"failed_at": clock.now(), "error": "RuntimeError"}
        session.execute(update(Job).where(Job.kind == runs.KIND).values(**broken))
    stuck = agus.get(sent).text
    assert "Terhenti oleh gangguan sistem" in stuck and "Coba lagi yang belum (2)" in stuck and "hx-get" not in stuck
    assert "2 permohonan dicoba lagi" in agus.post(f"{sent}/ulangi", follow_redirects=True).text
    ruang.work()
    assert "2 dari 2: semua berhasil" in agus.get(sent).text


def test_kk_salah_orang_mematikan_unduhan_seketika_sampai_supervisor_menutupnya(ruang: Ruang) -> None:
    ruang.delivered()
    case_id = ruang.case_ids[0]
    sari, agus, dwi = ruang.browser("bu_sari"), ruang.browser(), ruang.browser("pak_dwi")
    upload = ruang.upload(case_id)
    link = f"/berkas/{upload}?unduh=1"
    assert sari.get(link).status_code == 200
    task = ruang.newest(case_id)
    assert "KK salah orang" in agus.get(f"/tugas/{task}").text
    said = agus.post(f"/tugas/{task}/salah-orang", data={"sebab": "PDF milik tetangga."}, follow_redirects=True).text
    assert "Unduhan dimatikan dan insiden dibuka" in said and "insiden data pribadi" in said
    dead = sari.get(link)
    assert dead.status_code == 410 and "Unduhan ini sudah dimatikan" in dead.text
    assert sari.get(f"/berkas/{upload}").status_code == 410
    assert agus.get(link).status_code == 410, "nobody downloads it any more"
    assert agus.get(f"/berkas/{upload}").status_code == 200, "whoever deals with it sees what was sent"
    twice = agus.post(f"/tugas/{task}/salah-orang", data={"sebab": "Lagi."}, follow_redirects=True).text
    assert "mungkin sudah dimatikan" in twice
    duties = agus.get("/cetak").text
    assert "insiden, lapor sebelum" in duties, "a task for petugas cetak"
    assert f'action="/tugas/{ruang.newest(case_id)}/ambil"' in duties
    page = dwi.get("/insiden-data").text
    assert "PDF milik tetangga" in page and "Laporkan sebelum" in page
    assert "Di permohonan ini masih terbuka: " in page, "said before it is closed"
    with ruang.site.app_context():
        incident = store.session.scalars(select(DataIncident)).one()
        store.session.expunge(incident)
    assert ruang.browser("pak_eko").post(f"/insiden-data/{incident.id}/tutup").status_code == 403
    short = dwi.post(f"/insiden-data/{incident.id}/tutup", data={"tindakan": "beres"})
    assert short.status_code == 422 and "beres" in short.text
    words = "Pemilik data ditelepon, KK yang benar dikirim, PDF lama dihapus penerimanya."
    closed = dwi.post(f"/insiden-data/{incident.id}/tutup", data={"tindakan": words}, follow_redirects=True).text
    assert "Insiden ditutup" in closed and words in closed
    assert (
        "sudah ditutup"
        in dwi.post(f"/insiden-data/{incident.id}/tutup", data={"tindakan": words}, follow_redirects=True).text
    )
    assert {"tautan_dimatikan", "insiden_data", "insiden_data_ditutup"} <= set(ruang.events(case_id))


def test_kk_lama_diterima_sekali_saja_dan_tampak_di_halaman_pemohon(ruang: Ruang) -> None:
    case_id = ruang.case_ids[0]
    ruang.delivered()
    budi, sari = ruang.browser("pak_budi"), ruang.browser("bu_sari")
    unknown = budi.post("/kk-lama", data={"nomor": "KK-0000-000000"})
    assert unknown.status_code == 422 and "Periksa nomornya" in unknown.text
    address = budi.post("/kk-lama", data={"nomor": f" {ruang.number(case_id)} "}).location
    assert address == f"/kk-lama/{case_id}"
    late = budi.post(address, data={"tanggal": "2099-01-01", "nasib": "dimusnahkan"})
    assert late.status_code == 422 and "tidak boleh sesudah hari ini" in late.text
    today = clock.today().isoformat()
    data = {"tanggal": today, "nasib": "dimusnahkan", "catatan": "Digunting di loket."}
    assert "dicatat diterima" in budi.post(address, data=data, follow_redirects=True).text
    assert "sudah dicatat diterima" in budi.post(address, data=data, follow_redirects=True).text
    assert "KK lama Anda sudah kami terima" in sari.get(f"/permohonan/{case_id}").text
    assert "Digunting di loket." in budi.get(f"/tugas/{ruang.newest(case_id)}").text
    assert ruang.events(case_id).count("kk_lama_diterima") == 1
