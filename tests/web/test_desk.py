"""The officers' pages through HTTP: who may enter, taking, working, releasing, and that nothing typed is lost."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters.registry import TableRegistry, Warga
from app.domain.errors import EngineFault
from app.models import Task, UserRole
from app.services import clock, store
from app.services.flow import tasks
from app.services.flow.case_run import CaseRun
from app.services.messages import preferences
from app.services.portal import drafts, submissions
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI
from tests.support.draf import fill_hilang
from tests.support.kasus import Jam, cast, finish, go_to_signed, open_kk, publish
from tests.support.peramban import field, isi, lihat_berkas, sign_in

COMPLETE = {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}


class Desk:
    """The office with a published procedure, seen through browsers."""

    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site, self.jam = site, jam
        with site.app_context():
            self.people = cast()
            self.version_id = publish()

    def browser(self, person: str) -> FlaskClient:
        """Somebody's browser, signed in as a person does it."""
        return sign_in(self.site, person)

    def submitted(self) -> str:
        """A KK hilang of Bu Sari, sent with its papers; the id of the task that waits."""
        with self.site.app_context():
            sari = self.people["bu_sari"]
            draft_id = fill_hilang(sari)
            case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id
            return self.open_task(case_id)

    def opened(self, subject: str = "bu_sari") -> str:
        """A case without papers; its id."""
        with self.site.app_context():
            return open_kk(self.people, self.version_id, subject=subject)

    def open_task(self, case_id: str) -> str:
        with self.site.app_context():
            query = store.session.query(Task.id).filter(Task.case_id == case_id, Task.closed_at.is_(None))
            return str(query.one().id)

    def task(self, task_id: str) -> Task:
        with self.site.app_context():
            task = store.session.get(Task, task_id)
            assert task is not None
            store.session.expunge(task)
            return task


@pytest.fixture
def desk(site: Flask) -> Iterator[Desk]:
    jam = Jam()
    with clock.using(jam):
        yield Desk(site, jam)


def form_of(page: str, **typed: str) -> dict[str, str]:
    """The hidden fields that the page carries, and what somebody typed."""
    return {name: field(page, name) for name in ("versi", "kunci", "ditampilkan")} | {"aksi": "lanjut"} | typed


def take(desk: Desk, person: str, task_id: str) -> tuple[FlaskClient, str, str]:
    """Browser, address of the task in hand, its page with the papers on it."""
    browser = desk.browser(person)
    answer = browser.post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16})
    assert answer.status_code == 302
    page = isi(browser.get(answer.location))
    lihat_berkas(browser, page)
    return browser, answer.location, page


LENGKAP = {
    "jenis_ditetapkan": "hilang",
    "berkas.ktp.nilai": "sesuai",
    "berkas.surat_hilang.nilai": "sesuai",
    "dicocokkan": ["data_pemohon", "anggota", "bukti"],
    "keputusan": "lengkap",
}


def test_inbox_menampilkan_antrean_dan_mengambilnya(desk: Desk) -> None:
    task_id = desk.submitted()
    browser = desk.browser("pak_budi")
    page = isi(browser.get("/inbox"))
    assert "Sari Puspitarini" in page
    assert f'formaction="/tugas/{task_id}/ambil"' in page
    _, address, page = take(desk, "pak_budi", task_id)
    assert address != f"/tugas/{task_id}"  # row 2 is done by the click; row 3 is in the same hands
    assert "Meneliti berkas" in page
    assert desk.task(task_id).completed_by == desk.people["pak_budi"].id


@pytest.mark.parametrize("address", ["/inbox", "/tanda-tangan/tanda_tangan_kk", "/admin/insiden"])
def test_pemohon_tidak_masuk_halaman_petugas(desk: Desk, address: str) -> None:
    assert desk.browser("bu_sari").get(address).status_code == 403


def test_tanpa_masuk_diarahkan_ke_masuk(desk: Desk) -> None:
    answer = desk.site.test_client().get("/inbox")
    assert answer.status_code == 302
    assert answer.location.startswith("/masuk")


def test_peran_lain_melihat_tetapi_tidak_mengambil(desk: Desk) -> None:
    task_id = desk.submitted()
    browser = desk.browser("bu_kartika")
    page = isi(browser.get(f"/tugas/{task_id}"))
    assert "tidak dapat Anda ambil" in page
    assert browser.post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16}).status_code == 403
    assert desk.task(task_id).claimed_by is None


def test_permohonan_sendiri_tidak_terlihat_sebagai_petugas(desk: Desk) -> None:
    case_id = desk.opened(subject="pak_budi")
    task_id = desk.open_task(case_id)
    assert desk.browser("pak_budi").get(f"/tugas/{task_id}").status_code == 404
    assert desk.browser("pak_eko").get(f"/tugas/{task_id}").status_code == 404


def test_lihat_saja_tidak_mengambil_dan_menyamarkan_nik(desk: Desk) -> None:
    task_id = desk.submitted()
    page = isi(desk.browser("pak_budi").get(f"/tugas/{task_id}"))
    assert "************0001" in page
    assert factories.CAST["bu_sari"].nik not in page
    assert desk.task(task_id).claimed_by is None
    _, _, page = take(desk, "pak_budi", task_id)
    assert factories.CAST["bu_sari"].nik in page


def test_keduluan_memberi_tahu_siapa_dan_menawarkan_berikutnya(desk: Desk) -> None:
    case_id = desk.opened()
    with desk.site.app_context():
        finish(case_id, "buka_permohonan", desk.people["pak_budi"])
    task_id = desk.open_task(case_id)
    answer = desk.browser("bu_rini").post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16})
    assert answer.status_code == 409
    assert "Sudah diambil Budi Prakosa pukul 08.00." in isi(answer)
    assert "Ambil berikutnya" in isi(answer)


def test_ambil_berikutnya_dua_kali_klik_satu_tugas(desk: Desk) -> None:
    first, second = desk.submitted(), desk.open_task(desk.opened("pak_joko"))
    browser = desk.browser("pak_budi")
    suggestion = field(isi(browser.get("/inbox")), "tugas")
    assert suggestion in (first, second)
    answers = [browser.post("/inbox/berikutnya", data={"tugas": suggestion, "kunci": "k" * 16}) for _ in range(2)]
    assert answers[0].location == answers[1].location
    other = second if suggestion == first else first
    assert desk.task(other).claimed_by is None


def test_ambil_berikutnya_saat_antrean_kosong(desk: Desk) -> None:
    browser = desk.browser("pak_budi")
    answer = browser.post("/inbox/berikutnya", data={"tugas": "", "kunci": "k" * 16}, follow_redirects=True)
    assert "Antrean kosong." in isi(answer)


def test_lepas_perlu_alasan(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    answer = browser.post(f"{address}/lepas", data={"versi": field(page, "versi"), "alasan": " "})
    assert answer.status_code == 422
    assert "Tulis alasan melepas tugas ini." in isi(answer)
    answer = browser.post(f"{address}/lepas", data={"versi": field(page, "versi"), "alasan": "istirahat"})
    assert answer.location == "/inbox"
    assert desk.task(address.rpartition("/")[2]).claimed_by is None


def test_langkah_selesai_berlanjut_ke_tugas_berikut(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    answer = browser.post(address, data=form_of(page, **LENGKAP))
    assert answer.status_code == 302
    assert "Mengajukan cetak KK" in isi(browser.get(answer.location))


def test_kiriman_ulang_tidak_mengubah_apa_pun(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    data = form_of(page, **LENGKAP)
    first = browser.post(address, data=data)
    before = desk.task(first.location.rpartition("/")[2])
    second = browser.post(address, data=data)
    assert second.location == first.location
    assert desk.task(before.id).version == before.version


def test_galat_menyimpan_yang_diketik(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    typed = {**LENGKAP, "berkas.ktp.nilai": "tidak_terbaca", "berkas.ktp.catatan": "Sudut kanan terpotong"}
    answer = browser.post(address, data=form_of(page, **typed))
    assert answer.status_code == 422
    page = isi(answer)
    assert 'id="kotak-galat"' in page
    assert 'value="Sudut kanan terpotong"' in page
    assert desk.task(address.rpartition("/")[2]).closed_at is None


def test_galat_tak_terduga_meninggalkan_kasus_dan_ketikan_dapat_dikirim_lagi(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error nobody thought of: the page knows nothing of the step, but what was typed is on it and counts once."""
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    typed = form_of(page, **{**LENGKAP, "berkas.ktp.catatan": "catatan saya"})
    desk.site.config["PROPAGATE_EXCEPTIONS"] = False
    with monkeypatch.context() as patch:
        patch.setattr(CaseRun, "save", lambda *_, **__: 1 / 0)
        answer = browser.post(address, data=typed, headers={"Origin": "http://localhost"})
    assert answer.status_code == 500
    assert "Kirim ulang isian" in isi(answer)
    assert 'name="berkas.ktp.catatan" value="catatan saya"' in isi(answer)
    assert desk.task(address.rpartition("/")[2]).closed_at is None
    assert browser.post(address, data=typed).status_code == 302


def test_isian_yang_muncul_karena_jawaban_ditampilkan_dulu(desk: Desk) -> None:
    """Without JavaScript: the message to the pemohon appears, already written, before anything is sent. Who agreed to
    WhatsApp is one tap away afterwards."""
    with desk.site.app_context():
        preferences.choose(desk.people["bu_sari"], email=True, whatsapp=True)
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    typed = {
        **LENGKAP,
        "berkas.ktp.nilai": "tidak_terbaca",
        "berkas.ktp.catatan": "Sudut kanan terpotong",
        "keputusan": "kurang",
    }
    assert 'name="pesan_pemohon"' not in page
    answer = browser.post(address, data=form_of(page, **typed))
    page = isi(answer)
    assert answer.status_code == 422
    assert "ada isian lagi" in page
    proposed = re.search(r'<textarea[^>]*name="pesan_pemohon"[^>]*>\s*([^<]*)<', page)
    assert proposed and "Sudut kanan terpotong" in proposed[1]
    sent = form_of(page, **typed, pesan_pemohon=proposed[1])
    sent["otomatis:pesan_pemohon"] = proposed[1]
    assert re.search(
        r'/tugas/\w+/whatsapp"[^>]*>Buka WhatsApp pemohon', isi(browser.post(address, data=sent, follow_redirects=True))
    )


def test_potongan_isian_mengikuti_jawaban(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    answer = browser.post(f"{address}/isian", data=form_of(page, **{**LENGKAP, "keputusan": "kurang"}))
    assert 'name="pesan_pemohon"' in isi(answer)
    assert "<html" not in isi(answer)


def test_formulir_basi_tidak_mengubah_dan_menyimpan_ketikan(desk: Desk) -> None:
    browser, address, page = take(desk, "pak_budi", desk.submitted())
    data = form_of(page, **{**LENGKAP, "berkas.ktp.catatan": "catatan saya"}) | {"versi": "99"}
    answer = browser.post(address, data=data)
    assert answer.status_code == 409
    assert "Tugas ini berubah sejak Anda membukanya" in isi(answer)
    assert 'value="catatan saya"' in isi(answer)


def test_tugas_yang_sudah_ditutup_memberi_langkah_berikut(desk: Desk) -> None:
    case_id = desk.opened()
    with desk.site.app_context():
        finish(case_id, "buka_permohonan", desk.people["pak_budi"])
    task_id = desk.open_task(case_id)
    browser = desk.browser("pak_budi")
    page = isi(browser.get(f"/tugas/{task_id}"))
    with desk.site.app_context():
        answers = {"keputusan": "kurang", "jenis_ditetapkan": "hilang"}
        finish(case_id, "periksa_berkas", desk.people["pak_budi"], answers)
    data = form_of(page, keputusan="kurang") | {"pesan_pemohon": "Foto KTP buram", "ditampilkan": "pesan_pemohon"}
    answer = browser.post(f"/tugas/{task_id}", data=data)
    assert answer.status_code == 409
    assert "Buka inbox" in isi(answer)
    assert "Foto KTP buram" in isi(answer)


def test_pengaju_cetak_tidak_dapat_memverifikasi(desk: Desk) -> None:
    case_id = desk.opened()
    with desk.site.app_context():
        finish(case_id, "buka_permohonan", desk.people["pak_budi"])
        finish(case_id, "periksa_berkas", desk.people["pak_budi"], dict(COMPLETE))
        finish(case_id, "ajukan_cetak", desk.people["bu_wulan"])
    task_id = desk.open_task(case_id)
    answer = desk.browser("bu_wulan").post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16})
    assert answer.status_code == 403
    assert "orang lain yang memverifikasi" in isi(answer)


def test_diagram_dan_riwayat_ada_di_layar_tugas(desk: Desk) -> None:
    _, address, page = take(desk, "pak_budi", desk.submitted())
    browser = desk.browser("pak_budi")
    assert 'data-kini="periksa_berkas"' in page
    assert "Riwayat" in page
    diagram = browser.get(f"{address}/diagram.bpmn")
    assert diagram.mimetype == "application/xml"
    assert b"periksa_berkas" in diagram.data


def test_nik_yang_dicari_tidak_masuk_alamat(desk: Desk) -> None:
    nik = factories.CAST["bu_sari"].nik or ""
    browser = desk.browser("pak_budi")
    answer = browser.post("/inbox/cari", data={"cari": nik})
    assert answer.status_code == 200 and "Untuk apa NIK ini dicari?" in isi(answer)
    answer = browser.get(f"/inbox/cari?q={nik}")
    assert answer.status_code == 302 and nik not in answer.location
    assert browser.post("/inbox/cari", data={"cari": "sari"}).location == "/inbox/cari?q=sari"
    assert "lewat=1" in browser.post("/inbox/saring", data={"tampil": "antrean", "lewat": "1"}).location


def test_yang_lewat_batas_merah_di_inbox(desk: Desk) -> None:
    desk.submitted()
    desk.jam.lewat(hours=3)
    page = isi(desk.browser("pak_budi").get("/inbox"))
    assert "sisa-lewat" in page
    assert re.search(r"Lewat 5\d m|Lewat \d+ j", page)


def test_penanda_halaman_karangan_ditolak(desk: Desk) -> None:
    assert desk.browser("pak_budi").get("/inbox?sesudah=karangan").status_code == 404


def test_petugas_tidak_membuka_permohonannya_sendiri_dari_layar_petugas(desk: Desk) -> None:
    """Bu Sari is an officer too: what colleagues write about her own case is not for her."""
    task_id = desk.submitted()
    with desk.site.app_context(), unit_of_work() as session:
        session.add(UserRole(user_id=desk.people["bu_sari"].id, role="petugas_layanan", unit=""))
    browser = desk.browser("bu_sari")
    answer = browser.get(f"/tugas/{task_id}")
    assert answer.status_code == 403
    assert "permohonan Anda sendiri" in isi(answer)
    assert browser.post(f"/tugas/{task_id}", data={"aksi": "tampil"}).status_code == 403
    assert browser.post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16}).status_code == 403
    assert task_id not in isi(browser.get("/inbox"))


@pytest.mark.parametrize("sebelum", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-22"])
def test_surat_sebelum_saat_yang_bukan_saat_tidak_ditemukan(desk: Desk, sebelum: str) -> None:
    assert desk.browser("pak_budi").get("/peragaan/surat", query_string={"sebelum": sebelum}).status_code == 404


def test_langkah_bukan_massal_tidak_punya_halaman_massal(desk: Desk) -> None:
    assert desk.browser("pak_budi").get("/inbox/massal/periksa_berkas").status_code == 404
    assert desk.browser("pak_agus").get("/inbox/massal/kirim_kk").status_code == 404


def test_kotak_surat_peragaan_dan_insiden(desk: Desk) -> None:
    desk.submitted()
    assert desk.browser("pak_budi").get("/peragaan/surat").status_code == 200
    assert desk.browser("pak_budi").get("/peragaan/surat?sebelum=kemarin").status_code == 404
    assert "Tidak ada gangguan." in isi(desk.browser("pak_eko").get("/admin/insiden"))
    assert desk.browser("pak_budi").get("/admin/insiden").status_code == 403


def test_unggahan_petugas_ikut_dengan_formulir(desk: Desk) -> None:
    """The draft KK is chosen and sent with the main button, in one go."""
    case_id = desk.opened()
    budi = desk.people["pak_budi"]
    with desk.site.app_context():
        finish(case_id, "buka_permohonan", budi)
        finish(case_id, "periksa_berkas", budi, dict(COMPLETE))
    task_id = desk.open_task(case_id)
    browser = desk.browser("pak_budi")
    page = isi(browser.get(f"/tugas/{task_id}"))
    sent: dict[str, object] = form_of(page, nomor_pengajuan_siak="SIAK-1")
    bad = {**sent, "unggah:draft_kk": (io.BytesIO(b"bukan gambar"), "x.jpg")}
    answer = browser.post(f"/tugas/{task_id}", data=bad, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'value="SIAK-1"' in isi(answer)
    good = {**sent, "unggah:draft_kk": (io.BytesIO(factories.photo()), "x.jpg")}
    answer = browser.post(f"/tugas/{task_id}", data=good, content_type="multipart/form-data")
    assert answer.status_code == 302
    with desk.site.app_context():
        view = tasks.load(desk.people["bu_wulan"], desk.open_task(case_id))
        assert len(view.case.answers["ajukan_cetak"]["draft_kk"]) == 1


def test_kotak_surat_tidak_ada_di_luar_peragaan(desk: Desk) -> None:
    config = desk.site.config["ALUR"]
    desk.site.config["ALUR"] = type(config)(**{**vars(config), "mode": "production"})
    assert desk.browser("pak_budi").get("/peragaan/surat").status_code == 404


def test_sudah_ditandatangani_masuk_antrean_cetak(desk: Desk) -> None:
    case_id = desk.opened()
    with desk.site.app_context():
        go_to_signed(case_id, desk.people)
    desk.jam.at = SENIN_PAGI + timedelta(minutes=1)
    assert "Sari Puspitarini" not in isi(desk.browser("bu_kartika").get("/inbox"))
    assert "Sari Puspitarini" in isi(desk.browser("bu_kartika").get("/inbox?tampil=selesai-hari-ini"))


def test_tabel_perubahan_menandai_yang_beda_dari_data_kependudukan(desk: Desk) -> None:
    """Semula → menjadi, with what the registry has where it contradicts what was written."""
    person = factories.CAST["bu_sari"]
    family = [{"nama": "Sari Puspitarini", "nik": person.nik, "shdk": "3"}]
    change = {"anggota": "Sari Puspitarini", "elemen": "pekerjaan", "semula": "2", "menjadi": "15", "dasar": "Surat"}
    answers = {"jenis": "perubahan", "anggota": family, "perubahan": [change]}
    with desk.site.app_context():
        with unit_of_work() as session:
            TableRegistry(session).put(
                [
                    Warga(
                        nik=person.nik or "",
                        nomor_kk=person.nomor_kk or "",
                        nama="Sari Puspitarini",
                        shdk="3",
                        urutan=1,
                        tanggal_lahir=date(1990, 7, 12),
                        alamat="Padukuhan Contoh Asri",
                        rt="03",
                        rw="",
                        kapanewon="340299",
                        kalurahan="3402992001",
                        elemen={"pekerjaan": "1"},
                    )
                ]
            )
        case_id = open_kk(desk.people, desk.version_id, answers=answers)
    page = isi(desk.browser("pak_budi").get(f"/tugas/{desk.open_task(case_id)}"))
    assert "Sari Puspitarini: Pekerjaan" in page
    assert "MENGURUS RUMAH TANGGA" in page.upper()
    marked = re.findall(r'class="beda">.*?</span>([^<]*)<', page)
    assert [words.strip().upper() for words in marked] == ["BELUM/TIDAK BEKERJA"]


def test_ditolak_mesin_ketikan_tetap_ada(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever breaks inside the step: the case stays as it was, and the page keeps what was typed."""

    def broken(*_: object) -> None:
        raise EngineFault

    browser, address, page = take(desk, "pak_budi", desk.submitted())
    monkeypatch.setattr(CaseRun, "complete", broken)
    answer = browser.post(address, data=form_of(page, **{**LENGKAP, "berkas.ktp.catatan": "catatan saya"}))
    assert answer.status_code == 500
    assert "belum dapat diselesaikan" in isi(answer)
    assert 'value="catatan saya"' in isi(answer)
    assert desk.task(address.rpartition("/")[2]).closed_at is None
