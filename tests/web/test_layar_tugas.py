"""The task screen: nothing is approved unseen, what is returned is composed from the marks, old and new told apart."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.domain.tanggal import local
from app.models import Task
from app.services import clock, store
from app.services.desk import inbox
from app.services.desk.inbox_views import Filters
from app.services.flow import handing_over
from app.services.portal import drafts, submissions
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.jalur import kk_pdf
from tests.support.kasus import Jam, cast, publish
from tests.support.peramban import field, isi, lihat_berkas, sign_in

LENGKAP = {
    "jenis_ditetapkan": "hilang",
    "berkas.ktp.nilai": "sesuai",
    "berkas.surat_hilang.nilai": "sesuai",
    "dicocokkan": ["data_pemohon", "anggota", "bukti"],
    "aksi": "putus:keputusan:lengkap",
}


class Loket:
    """Bu Sari's KK hilang with its papers, and the browsers of who works on it."""

    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site, self.jam = site, jam
        with site.app_context():
            self.people = cast()
            publish()
            sari = self.people["bu_sari"]
            draft_id = fill_hilang(sari)
            self.case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id

    def task(self, step: str) -> str:
        with self.site.app_context():
            query = store.session.query(Task.id).filter_by(case_id=self.case_id, step=step, closed_at=None)
            return str(query.one().id)

    def take(self, person: str, step: str) -> tuple[FlaskClient, str, str]:
        """Browser, address of the task in hand, its page; no paper has been loaded."""
        browser = sign_in(self.site, person)
        self.jam.lewat(minutes=1)
        address = browser.post(f"/tugas/{self.task(step)}/ambil", data={"kunci": "k" * 16}).location
        return browser, address, isi(browser.get(address))

    def return_ktp(self) -> None:
        """Pak Budi sends the KTP back, Bu Sari hands in another."""
        budi, address, page = self.take("pak_budi", "buka_permohonan")
        lihat_berkas(budi, page)
        marks = {**LENGKAP, "berkas.ktp.nilai": "tidak_terbaca", "aksi": "putus:keputusan:kurang"}
        page = isi(budi.post(address, data=filled(page, **marks)))
        assert budi.post(address, data=filled(page, **marks, pesan_pemohon=message(page))).status_code == 302


@pytest.fixture
def loket(site: Flask) -> Iterator[Loket]:
    jam = Jam()
    with clock.using(jam):
        yield Loket(site, jam)


def filled(page: str, **typed: object) -> dict[str, object]:
    return {name: field(page, name) for name in ("versi", "kunci", "ditampilkan")} | {"aksi": "lanjut"} | typed


def message(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="pesan_pemohon"[^>]*>\s*([^<]*)<', page)
    assert found is not None
    return found[1]


def papers(page: str) -> list[str]:
    return re.findall(r'<(?:img|iframe) src="(/berkas/[^"/]+)"', page)


def test_berkas_yang_belum_pernah_tampil_tidak_dapat_disetujui(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    ktp, surat = sorted(papers(page), key=lambda one: page.index(one))[::-1]
    rini = sign_in(loket.site, "bu_rini")
    assert rini.get(ktp).status_code == 200
    assert budi.get(f"{ktp}/kecil").status_code == 200
    refused = budi.post(address, data=filled(page, **LENGKAP))
    assert refused.status_code == 422
    assert "Buka dulu Foto KTP-el pemohon." in isi(refused)
    assert "Buka dulu Foto Surat Keterangan Hilang dari Kepolisian." in isi(refused)
    for spaced in ("sesuai ", " sesuai", "sesuai\u200b"):
        marks = {**LENGKAP, "berkas.ktp.nilai": spaced, "berkas.surat_hilang.nilai": spaced}
        refused = budi.post(address, data=filled(page, **marks))
        assert (refused.status_code, "Buka dulu Foto KTP-el pemohon." in isi(refused)) == (422, True)
    assert budi.get(surat).status_code == 200
    refused = budi.post(address, data=filled(page, **LENGKAP))
    assert refused.status_code == 422
    assert "Buka dulu Foto Surat" not in isi(refused)
    assert budi.get(ktp).status_code == 200
    assert budi.post(address, data=filled(page, **LENGKAP)).status_code == 302


def test_menolak_berkas_tidak_perlu_membukanya(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    wanting = {"berkas.ktp.nilai": "belum_ada", "berkas.surat_hilang.nilai": "tidak_terbaca"}
    marks = {**LENGKAP, **wanting, "aksi": "putus:keputusan:kurang"}
    page = isi(budi.post(address, data=filled(page, **marks)))
    assert budi.post(address, data=filled(page, **marks, pesan_pemohon=message(page))).status_code == 302


def test_pesan_pengembalian_tersusun_dari_tanda_dan_dapat_disunting(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    lihat_berkas(budi, page)
    marks = {**LENGKAP, "berkas.ktp.nilai": "tidak_terbaca", "aksi": "putus:keputusan:kurang"}
    asked = budi.post(address, data=filled(page, **marks))
    page = isi(asked)
    assert asked.status_code == 422
    composed = "Foto KTP-el pemohon: Tidak terbaca. Mohon foto ulang di tempat terang, seluruh kertas terlihat."
    assert message(page) == composed
    assert re.search(r'value="putus:keputusan:kurang"[^>]*data-dipilih', page)
    sent = budi.post(address, data=filled(page, **marks, pesan_pemohon=composed + " Terima kasih."))
    assert sent.status_code == 302
    sari = sign_in(loket.site, "bu_sari")
    page = isi(sari.get(f"/permohonan/{loket.case_id}/langkah/{loket.task('lengkapi_berkas')}"))
    assert "Petugas: Tidak terbaca. Mohon foto ulang di tempat terang" in page
    assert 'name="unggah:berkas.ktp"' in page
    assert 'name="unggah:berkas.surat_hilang"' not in page
    assert "Berkas lain sudah diterima, tidak perlu dikirim lagi." in page


def test_kiriman_lama_dan_baru_dibedakan_dan_yang_lain_sudah_diterima(loket: Loket) -> None:
    loket.return_ktp()
    loket.jam.lewat(minutes=5)
    sari = sign_in(loket.site, "bu_sari")
    address = f"/permohonan/{loket.case_id}/langkah/{loket.task('lengkapi_berkas')}"
    page = isi(sari.get(address))
    new = {"unggah:berkas.ktp": (io.BytesIO(factories.photo()), "baru.jpg")}
    hidden = {name: field(page, name) for name in ("versi", "kunci")}
    page = isi(sari.post(address, data={**hidden, **new, "aksi": "unggah:berkas.ktp"}))
    sent = {**hidden, "berkas.ktp": field(page, "berkas.ktp"), "aksi": "lanjut"}
    assert sari.post(address, data=sent).status_code == 302
    _, _, page = loket.take("pak_budi", "periksa_berkas")
    assert page.count("kiriman lama, sudah diganti") == 1
    assert "Tidak terbaca. Mohon foto ulang" in page
    figures = re.findall(r'<figure class="([^"]*)" id="lembar-(\w+)"[^>]*data-dokumen="ktp"[^>]*?>', page)
    assert [name.split() for name, _ in figures] == [["lembar"], ["lembar", "lembar-lama"]]
    assert f'data-pasangan="lembar-{figures[1][1]}"' in page
    surat = page[page.index('data-dokumen="surat_hilang"') :]
    assert "sudah diterima" in surat[: surat.index("</li>")]
    assert re.search(r'<input checked[^>]*name="berkas.surat_hilang.nilai"[^>]*value="sesuai"', page)
    assert not re.search(r'<input checked[^>]*name="berkas.ktp.nilai"', page)


def test_draft_yang_belum_dibuka_tidak_dapat_dinyatakan_valid(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    lihat_berkas(budi, page)
    address = budi.post(address, data=filled(page, **LENGKAP)).location
    page = isi(budi.get(address))
    others = {
        "unggah:draft_kk": (io.BytesIO(kk_pdf("3402990101100123")), "draft.pdf"),
        "nomor_pengajuan_siak": "SIAK-1",
    }
    assert "Nomor KK di PDF (…0123) bukan nomor kasus ini." in isi(budi.post(address, data=filled(page, **others)))
    draft = {"unggah:draft_kk": (io.BytesIO(factories.pdf()), "draft.pdf"), "nomor_pengajuan_siak": "SIAK-1"}
    assert budi.post(address, data=filled(page, **draft)).status_code == 302
    wulan, address, page = loket.take("bu_wulan", "verifikasi_draft")
    valid = {"isi_sama": ["sama"], "aksi": "putus:keputusan:valid"}
    refused = wulan.post(address, data=filled(page, **valid))
    assert refused.status_code == 422
    (draft_id,) = re.findall(r'id="lembar-(\w+)"[^>]*data-utama', page)
    assert f'data-tampil="{draft_id}"' in page and "data-baru-dulu" not in page
    assert f'href="#lembar-{draft_id}">Keputusan: Buka dulu Draft KK dari SIAK.' in isi(refused)
    spaced = wulan.post(address, data=filled(page, isi_sama=["sama"], keputusan="valid "))
    assert (spaced.status_code, "Buka dulu Draft KK dari SIAK." in isi(spaced)) == (422, True)
    (first,) = re.findall(r'data-alamat="(/berkas/[^"/]+/halaman/[0-9]+)"', page)
    assert wulan.get(first.replace("/1", "/2")).status_code == 404
    drawn = wulan.get(first)
    assert (drawn.status_code, drawn.mimetype) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(drawn.data)).size == (1414, 2000)
    assert wulan.post(address, data=filled(page, **valid)).status_code == 302
    kartika, address, page = loket.take("bu_kartika", "tanda_tangan_kk")
    when = {"tanggal_ttd": "2026-11-20", "jam_ttd": "08.00"}
    signed = filled(page, keputusan="ditandatangani", sudah_ttd="ya", **when)
    refused = kartika.post(address, data=signed)
    assert (refused.status_code, "Buka dulu Draft KK dari SIAK." in isi(refused)) == (422, True)
    assert kartika.get(first).status_code == 200
    assert kartika.post(address, data=signed).status_code == 302


def test_tiap_halaman_pdf_harus_dibuka_oleh_petugas_itu_sendiri(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    lihat_berkas(budi, page)
    address = budi.post(address, data=filled(page, **LENGKAP)).location
    draft = {"unggah:draft_kk": (io.BytesIO(factories.pdf(5)), "draft.pdf"), "nomor_pengajuan_siak": "SIAK-1"}
    assert budi.post(address, data=filled(isi(budi.get(address)), **draft)).status_code == 302
    wulan, address, page = loket.take("bu_wulan", "verifikasi_draft")
    pages = re.findall(r'data-alamat="(/berkas/[^"/]+/halaman/[0-9]+)"', page)
    assert len(pages) == 5 and "0 dari 5 halaman sudah dibuka" in page
    file = pages[0].removesuffix("/halaman/1")
    assert [budi.get(one).status_code for one in pages] == [200] * 5
    assert wulan.get(pages[0]).status_code == 200 and wulan.get(f"{file}?unduh=1").status_code == 200
    valid = {"isi_sama": ["sama"], "aksi": "putus:keputusan:valid"}
    refused = wulan.post(address, data=filled(page, **valid))
    assert refused.status_code == 422
    assert "Buka dulu Draft KK dari SIAK: halaman 2-5 belum dibuka." in isi(refused)
    assert [wulan.get(pages[number]).status_code for number in (1, 3)] == [200, 200]
    refused = isi(wulan.post(address, data=filled(page, **valid)))
    assert "Buka dulu Draft KK dari SIAK: halaman 3, 5 belum dibuka." in refused
    assert "3 dari 5 halaman sudah dibuka" in refused and refused.count("data-dibuka") == 3
    assert [wulan.get(pages[number]).status_code for number in (2, 4)] == [200, 200]
    assert wulan.post(address, data=filled(page, **valid)).status_code == 302
    kartika = sign_in(loket.site, "bu_kartika")
    room = f"/tanda-tangan/tanda_tangan_kk/{loket.task('tanda_tangan_kk')}"
    seen = {"aksi": "dilihat", "sidik": field(isi(kartika.get(room)), "sidik")}
    assert [kartika.get(one).status_code for one in pages[:4]] == [200] * 4
    refused = kartika.post(room, data=seen)
    assert refused.status_code == 422
    assert "Buka dulu Draft KK dari SIAK: halaman 5 belum dibuka." in isi(refused)
    assert kartika.get(file).status_code == 200, "the whole file in the browser's own viewer"
    assert kartika.post(room, data=seen).status_code == 302


def test_sesudah_selesai_disebut_ke_mana_dan_apa_berikutnya(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    lihat_berkas(budi, page)
    page = isi(budi.post(address, data=filled(page, **LENGKAP), follow_redirects=True))
    entered = (
        "langkah “Meneliti berkas” selesai, diteruskan ke “Mengajukan cetak KK” (Petugas Unit Layanan &amp; Entri)."
    )
    assert f"{entered} Berikutnya: langkah itu, tetap di tangan Anda." in page
    draft = {"unggah:draft_kk": (io.BytesIO(factories.pdf()), "draft.pdf"), "nomor_pengajuan_siak": "SIAK-1"}
    address = f"/tugas/{loket.task('ajukan_cetak')}"
    page = isi(budi.post(address, data=filled(page, **draft), follow_redirects=True))
    said = (
        "diteruskan ke “Memverifikasi draft KK” (Kasi/Kabid). Berikutnya: tidak ada lagi yang menunggu di inbox Anda."
    )
    assert said in page
    wulan, address, page = loket.take("bu_wulan", "verifikasi_draft")
    wrong = {"keputusan": "salah_entri", "catatan_entri": "Nama", "aksi": "putus:keputusan:salah_entri"}
    page = isi(wulan.post(address, data=filled(page, **wrong)))
    page = isi(wulan.post(address, data=filled(page, **wrong), follow_redirects=True))
    assert "diteruskan kembali ke “" in page
    budi, _, page = loket.take("pak_budi", "ajukan_cetak")
    decision = page[page.index('id="judul-putusan"') :]
    assert re.search(r"Dikembalikan Wulan[^<]*: Memverifikasi draft KK</h3>[\s\S]*?<dd>Nama</dd>", decision)
    assert decision.index("<dd>Nama</dd>") < decision.index('class="formulir-tugas"'), "the reason comes first"


def test_yang_dikembalikan_disebut_dikembalikan(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    lihat_berkas(budi, page)
    marks = {**LENGKAP, "berkas.ktp.nilai": "tidak_terbaca", "aksi": "putus:keputusan:kurang"}
    page = isi(budi.post(address, data=filled(page, **marks)))
    sent = filled(page, **marks, pesan_pemohon=message(page))
    page = isi(budi.post(address, data=sent, follow_redirects=True))
    assert "langkah “Meneliti berkas” selesai, dikembalikan kepada pemohon. Berikutnya: " in page


def test_usul_penolakan_meminta_alasannya_dulu(loket: Loket) -> None:
    budi, address, page = loket.take("pak_budi", "buka_permohonan")
    page = isi(budi.post(address, data=filled(page, **{**LENGKAP, "aksi": "putus:keputusan:usul_tolak"})))
    assert "Buka dulu" not in page
    assert page.index("Periksa, lalu tekan Usulkan penolakan sekali lagi.") > page.index('data-bagian="penolakan"')
    assert 'data-awal="#putusan"' in page, "on a phone too, what is asked is what is seen"
    assert 'name="alasan_tolak"' in page
    unrated = {"jenis_ditetapkan": "hilang", "alasan_tolak": "ganda", "uraian_tolak": "Sama dengan kemarin."}
    refused = isi(budi.post(address, data=filled(page, **unrated, aksi="putus:keputusan:lengkap")))
    assert "Pilih penilaian untuk Foto KTP-el pemohon." in refused
    page = isi(
        budi.post(address, data=filled(page, **unrated, aksi="putus:keputusan:usul_tolak"), follow_redirects=True)
    )
    assert "diteruskan ke “Memutuskan usul penolakan”" in page, "nobody rates papers of what is not to be handled"


def test_tugas_yang_diserahkan_menyebut_sejak_kapan_di_tangan_siapa(loket: Loket) -> None:
    def serahkan(step: str, to: str, reason: str = "") -> str:
        loket.jam.lewat(minutes=10)
        task_id = loket.task(step)
        with loket.site.app_context():
            task = store.session.get_one(Task, task_id)
            dwi, receiver = (loket.people[one] for one in ("pak_dwi", to))
            handing_over.assign(dwi, task.id, task.version, receiver.id, reason)
        return f"/tugas/{task_id}"

    address, rini = serahkan("buka_permohonan", "bu_rini"), sign_in(loket.site, "bu_rini")
    at = "%H.%M"
    assert f"Diserahkan kepada Anda {local(loket.jam()).strftime(at)}, belum dibuka" in isi(rini.get(address))
    assert f'formaction="{address}/ambil">Mulai periksa' in isi(rini.get("/inbox?tampil=tugas-saya"))
    opened = rini.post(f"{address}/ambil", data={"kunci": "k" * 16}).location
    assert opened == f"/tugas/{loket.task('periksa_berkas')}", "as if taken from the queue"
    since = local(loket.jam()).strftime(at)
    assert f"Dikerjakan Anda sejak {since}" in isi(rini.get(opened))
    serahkan("periksa_berkas", "pak_budi", "Rini ke loket")
    page = isi(sign_in(loket.site, "pak_budi").get(opened))
    assert f"Di tangan Anda sejak {local(loket.jam()).strftime(at)}, dikerjakan sejak {since}" in page


def test_yang_menunggu_pemohon_menyebut_sampai_kapan(loket: Loket) -> None:
    loket.return_ktp()
    budi = sign_in(loket.site, "pak_budi")
    rows = isi(budi.get("/inbox?tampil=menunggu-pemohon"))
    assert re.search(r"<span title=\"Pemohon ditunggu sampai [^\"]+\">sampai \d+ \w+</span>", rows)
    assert "tanpa batas" not in rows
    page = isi(budi.get(f"/tugas/{loket.task('lengkapi_berkas')}"))
    assert re.search(r"Menunggu pemohon sejak [\d.]+ · paling lambat \w+, \d+ ", page) and "belum diambil" not in page


def test_yang_sama_jatuh_temponya_antre_menurut_waktu_tiba(loket: Loket) -> None:
    """What is filed at night is due together in the morning."""
    loket.jam.lewat(hours=12)
    filed = []
    with loket.site.app_context():
        for _ in range(5):
            loket.jam.lewat(minutes=1)
            draft_id = fill_hilang(loket.people["bu_sari"])
            version = drafts.load(loket.people["bu_sari"], draft_id).version
            filed.append(submissions.submit(loket.people["bu_sari"], draft_id, version, confirmed=True).case_id)
        rows = inbox.page(loket.people["pak_budi"], "antrean", Filters()).rows
    assert len({row.due_at for row in rows[-5:]}) == 1
    assert [row.case_id for row in rows] == [loket.case_id, *filed]
