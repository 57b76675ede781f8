"""The pages on which many are signed: see each, choose what was seen, sign here or mark as signed in SIAK."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.actors import Actor
from app.models import Case, OfficeLetter, Task
from app.services import clock, store
from app.services.accounts import rights
from app.services.privacy import papers
from app.services.work import unit_of_work
from tests import factories
from tests.factories import actor
from tests.support.kasus import Jam, cast, finish, open_kk, publish
from tests.support.peramban import field, isi, lihat_berkas, sign_in
from tests.support.surat import PASSPHRASE, STEP, Surat, signed_letters

KK = "tanda_tangan_kk"
SENT = {"aksi": "tandatangani", "frasa": PASSPHRASE}


@dataclass
class Kepala:
    """The head of office's browser, and the site behind it."""

    site: Flask
    browser: FlaskClient

    def see(self, step: str, task_id: str) -> None:
        address = f"/tanda-tangan/{step}/{task_id}"
        page = isi(self.browser.get(address))
        lihat_berkas(self.browser, page)
        sent = {"aksi": "dilihat", "sidik": field(page, "sidik")}
        assert self.browser.post(address, data=sent).status_code == 302

    def page(self, step: str, query: str = "") -> str:
        return isi(self.browser.get(f"/tanda-tangan/{step}{query}"))

    def send(self, step: str, tasks: list[str], **fields: str) -> Any:
        page = self.page(step)
        chosen = [f"{task_id}:{self.version(task_id)}" for task_id in tasks]
        return self.browser.post(
            f"/tanda-tangan/{step}", data={"kunci": field(page, "kunci"), "pilih": chosen, **fields}
        )

    def version(self, task_id: str) -> int:
        with self.site.app_context():
            return store.session.get_one(Task, task_id).version

    def closed(self, task_id: str) -> bool:
        with self.site.app_context():
            return store.session.get_one(Task, task_id).closed_at is not None


def kepala(site: Flask) -> Kepala:
    return Kepala(site, sign_in(site, "bu_kartika"))


@pytest.fixture
def letters(site: Flask, jam: Jam) -> Iterator[tuple[Kepala, list[str], list[str]]]:
    """(the head of office, cases of three letters, their tasks)."""
    with site.app_context():
        surat = Surat.open()
        ids = surat.waiting(3)
        tasks = [surat.task(case_id).id for case_id in ids]
    yield kepala(site), ids, tasks


@pytest.fixture
def kk(site: Flask, jam: Jam) -> Iterator[tuple[Kepala, list[str]]]:
    """(the head of office, tasks of three KK)."""
    with site.app_context():
        people: dict[str, Actor] = cast()
        version, tasks = publish(), []
        for number in range(3):
            case_id = open_kk(people, version)
            finish(case_id, "buka_permohonan", people["pak_budi"])
            finish(
                case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}
            )
            finish(case_id, "ajukan_cetak", people["pak_budi"], {"nomor_pengajuan_siak": f"SIAK-{number}"})
            finish(case_id, "verifikasi_draft", people["bu_wulan"], {"keputusan": "valid"})
            query = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))
            tasks.append(str(store.session.scalars(query).one()))
        store.session.rollback()
    yield kepala(site), tasks


def test_surat_dilihat_dipilih_ditandatangani_dengan_satu_frasa(letters: Any) -> None:
    head, ids, tasks = letters
    page = head.page(STEP)
    assert "3 surat menunggu tanda tangan" in page and "Lihat 3 yang belum dilihat" in page
    assert 'name="frasa"' not in page and page.count("disabled") >= 3  # nothing was seen yet
    for task_id in tasks[:2]:
        head.see(STEP, task_id)
    page = head.page(STEP, "?pilih=dilihat")
    assert page.count(" checked") == 2 and "Pilih semua yang sudah dilihat (2)" in page
    answer = head.send(STEP, tasks[:2], **SENT)
    assert answer.status_code == 302
    result = isi(head.browser.get(answer.location))
    assert "2 ditandatangani" in result and PASSPHRASE not in result
    assert [head.closed(task_id) for task_id in tasks] == [True, True, False]
    with head.site.app_context():
        assert [len(signed_letters(case_id)) for case_id in ids] == [1, 1, 0]


def test_yang_belum_dilihat_tidak_ditandatangani_walau_dikirim(letters: Any) -> None:
    head, ids, tasks = letters
    head.see(STEP, tasks[0])
    answer = head.send(STEP, tasks, **SENT)
    result = isi(head.browser.get(answer.location))
    assert "1 ditandatangani, 2 gagal" in result and "belum Anda lihat" in result
    for task_id in tasks[1:]:
        head.see(STEP, task_id)
    again = head.browser.post(answer.location, data={"aksi": "ulangi", "frasa": PASSPHRASE})
    assert "3 ditandatangani" in isi(head.browser.get(again.location))
    with head.site.app_context():
        assert [len(signed_letters(case_id)) for case_id in ids] == [1, 1, 1]


def test_frasa_salah_dan_kosong_disebut_dan_tidak_ada_yang_ditandatangani(letters: Any) -> None:
    head, _, tasks = letters
    head.see(STEP, tasks[0])
    assert "Ketik frasa sandi" in isi(head.send(STEP, tasks[:1], aksi="tandatangani", frasa=""))
    wrong = head.send(STEP, tasks[:1], aksi="tandatangani", frasa="bukan frasanya")
    assert "Frasa sandi salah. Belum ada yang ditandatangani." in isi(wrong)
    assert "bukan frasanya" not in isi(wrong)
    assert not head.closed(tasks[0])


def test_skrip_menandatangani_satu_per_satu_dan_mendapat_hitungannya(letters: Any) -> None:
    head, _, tasks = letters
    for task_id in tasks:
        head.see(STEP, task_id)
    first = head.send(STEP, tasks, **SENT, bertahap="1").get_json()
    assert (first["jumlah"], first["selesai"], first["sisa"], first["berhenti"]) == (3, 1, 2, "")
    assert "Terhenti di 1 dari 3" in isi(head.browser.get(first["alamat"]))
    body = {"aksi": "lanjut", "frasa": PASSPHRASE, "bertahap": "1"}
    assert [head.browser.post(first["alamat"], data=body).get_json()["selesai"] for _ in range(2)] == [2, 3]


def test_dokumen_penuh_di_halaman_dan_layar_tugas_mengantar_ke_sana(letters: Any) -> None:
    head, _, tasks = letters
    answer = head.browser.get(f"/tugas/{tasks[0]}")
    assert answer.location == f"/tanda-tangan/{STEP}/{tasks[0]}"
    page = isi(head.browser.get(answer.location))
    assert "Draf surat" in page and "<iframe" in page and "Sudah dilihat, berikutnya" in page
    upload = re.search(r'iframe src="(/berkas/[a-z0-9]+)"', page)
    assert upload is not None and head.browser.get(upload[1]).data.startswith(b"%PDF")
    stale = head.browser.post(f"/tanda-tangan/{STEP}/{tasks[0]}", data={"aksi": "dilihat", "sidik": "0" * 64})
    assert stale.status_code == 409 and "berubah sejak Anda membukanya" in isi(stale)


def test_dikembalikan_ke_kasi_dengan_alasan_satu_atau_banyak(letters: Any) -> None:
    head, ids, tasks = letters
    address = f"/tanda-tangan/{STEP}/{tasks[0]}"
    page = isi(head.browser.get(address))
    sent = {"aksi": "kembalikan", "kunci": field(page, "kunci"), "versi": field(page, "versi")}
    assert "Tulis alasan untuk kasi" in isi(head.browser.post(address, data=sent))
    assert head.browser.post(address, data={**sent, "alasan": "Nama belum benar."}).status_code == 302
    assert "Tulis alasan untuk kasi" in isi(head.send(STEP, tasks[1:], aksi="kembalikan", alasan=" "))
    answer = isi(head.send(STEP, tasks[1:], aksi="kembalikan", alasan="Nama belum benar."))
    assert "2 dikembalikan kepada kasi" in answer and "3 dikembalikan kepada kasi hari ini" in answer
    assert "Tidak ada surat yang menunggu tanda tangan." in answer
    with head.site.app_context():
        open_now = select(Task.step).where(Task.case_id.in_(ids), Task.closed_at.is_(None))
        assert set(store.session.scalars(open_now)) == {"verifikasi_surat"}


def test_kk_ditandai_sesudah_dilihat_dan_dinyatakan_tanpa_frasa(kk: Any) -> None:
    head, tasks = kk
    for task_id in tasks[:2]:
        head.see(KK, task_id)
    page = head.page(KK, "?pilih=dilihat")
    assert "3 KK menunggu tanda tangan" in page and 'name="frasa"' not in page
    numbers = re.search(r'id="nomor-siak"[^>]*>([^<]*)<', page)
    assert numbers is not None and len(numbers[1].split()) == 2
    unsaid = isi(head.send(KK, tasks[:1], aksi="tandai"))
    assert "Centang dulu" in unsaid
    numbers = re.search(r'id="nomor-siak"[^>]*>([^<]*)<', unsaid)
    assert numbers is not None and numbers[1].split() == ["SIAK-0"], "what is copied is what was ticked"
    answer = isi(head.send(KK, tasks, aksi="tandai", sudah="ya"))
    assert "2 ditandai sudah ditandatangani, 1 gagal" in answer and "belum Anda lihat" in answer
    assert [head.closed(task_id) for task_id in tasks] == [True, True, False]
    assert head.send(KK, tasks[2:], **SENT).status_code == 404  # a KK is never signed here
    assert "Pilih sedikitnya satu" in isi(head.send(KK, [], aksi="tandai"))


def test_kunci_lama_dengan_centang_lain_tidak_dikira_sudah_selesai(kk: Any) -> None:
    head, tasks = kk
    for task_id in tasks:
        head.see(KK, task_id)
    key = field(head.page(KK), "kunci")
    for task_id in tasks[:2]:
        assert "1 ditandai" in isi(head.send(KK, [task_id], aksi="tandai", sudah="ya", kunci=key))
        assert head.closed(task_id)
    assert head.send(KK, tasks[2:], aksi="tandai", sudah="ya", kunci="pendek").status_code == 409
    assert not head.closed(tasks[2])


def test_alamat_lama_mengantar_ke_halaman_tanda_tangan_dan_tidak_menerima_kiriman(kk: Any) -> None:
    head, tasks = kk
    assert head.browser.get(f"/inbox/massal/{KK}").location == f"/tanda-tangan/{KK}"
    assert head.browser.post(f"/inbox/massal/{KK}", data={"pilih": f"{tasks[0]}:1"}).status_code == 404
    assert head.browser.get("/tanda-tangan").location == f"/tanda-tangan/{KK}"
    assert "/tanda-tangan/tanda_tangan_kk" in isi(head.browser.get("/inbox"))


@pytest.mark.parametrize("papers", ["letters", "kk"])
def test_yang_memverifikasi_tidak_menandatangani_sebagai_pelaksana_harian(
    papers: str, request: pytest.FixtureRequest
) -> None:
    head, *_, tasks = request.getfixturevalue(papers)
    step = STEP if papers == "letters" else KK
    with head.site.app_context():
        rights.set_roles(actor("pak_eko"), actor("bu_wulan").id, [("kasi", ""), ("kepala_dinas", "")])
    wulan = Kepala(head.site, sign_in(head.site, "bu_wulan"))
    assert not any(task_id in wulan.page(step) for task_id in tasks)
    assert wulan.browser.post(f"/tugas/{tasks[0]}/ambil", data={"kunci": "kunci-plh"}).status_code == 403
    assert tasks[0] in head.page(step)


def test_hasil_orang_lain_dan_langkah_orang_lain_tidak_ditemukan(letters: Any) -> None:
    head, _, tasks = letters
    head.see(STEP, tasks[0])
    address = head.send(STEP, tasks[:1], **SENT).location
    other = sign_in(head.site, "bu_wulan")
    assert other.get(address).status_code == 404
    assert other.get(f"/tanda-tangan/{STEP}").status_code == 404
    assert other.get("/tanda-tangan").status_code == 200
    assert sign_in(head.site, "bu_sari").get(f"/tanda-tangan/{STEP}").status_code == 403


def test_pemohon_mengunduh_surat_yang_ditandatangani_bukan_drafnya(letters: Any) -> None:
    head, ids, tasks = letters
    head.see(STEP, tasks[0])
    head.send(STEP, tasks[:1], **SENT)
    sari = sign_in(head.site, "bu_sari")
    page = isi(sari.get(f"/permohonan/{ids[0]}"))
    assert "Unduh surat (PDF)" in page
    link = re.search(r'href="(/berkas/[a-z0-9]+\?unduh=1)"', page)
    assert link is not None and b"/ByteRange" in sari.get(link[1]).data
    with head.site.app_context():
        draft = store.session.get_one(Case, ids[1]).data["answers"]["susun_surat"]["draf"][0]
    assert sari.get(f"/berkas/{draft}").status_code == 404
    assert factories.CAST["bu_sari"].nik not in page


def test_verifikasi_menyebut_penanda_tangan_waktu_keutuhan_dan_penggantian(letters: Any) -> None:
    head, ids, tasks = letters
    with head.site.app_context():
        token = store.session.scalars(select(OfficeLetter.token).where(OfficeLetter.case_id == ids[0])).one()
    anybody = head.site.test_client()
    draft = isi(anybody.get(f"/verifikasi?t={token}"))
    assert "belum ditandatangani" in draft and "Kartika" not in draft
    head.see(STEP, tasks[0])
    head.send(STEP, tasks[:1], **SENT)
    page = isi(anybody.get(f"/verifikasi?t={token}"))
    assert "Surat ini asli" in page and "Kartika Hapsara, Kepala Dinas" in page and "470/0001/2026" in page
    assert "Sari" not in page and factories.CAST["bu_sari"].nik not in page
    with head.site.app_context():
        digest = signed_letters(ids[0])[0].digest
        kept = store.files_dir / digest[:2] / digest[2:4] / digest
        kept.chmod(0o600)
        kept.write_bytes(kept.read_bytes() + b" ")
    assert "tidak utuh" in isi(anybody.get(f"/verifikasi?t={token}"))
    with head.site.app_context(), unit_of_work() as session:
        letter = session.scalars(select(OfficeLetter).where(OfficeLetter.case_id == ids[0])).one()
        letter.superseded_at = letter.created_at
    assert "sudah diganti" in isi(anybody.get(f"/verifikasi?t={token}"))
    assert anybody.get(f"/verifikasi?t={'2' * 22}").status_code == 404


def test_surat_yang_dimusnahkan_menurut_masa_simpan_tidak_dikatakan_rusak(letters: Any) -> None:
    head, ids, tasks = letters
    for task_id in tasks[:2]:
        head.see(STEP, task_id)
    head.send(STEP, tasks[:2], **SENT)
    with head.site.app_context():
        digests = [signed_letters(case_id)[0].digest for case_id in ids[:2]]
        tokens = [
            str(store.session.scalar(select(OfficeLetter.token).where(OfficeLetter.case_id == case_id)))
            for case_id in ids[:2]
        ]
        with unit_of_work() as session:  # only the first case ended long ago
            session.get_one(Case, ids[1]).ended_at = None
        assert papers.forget(clock.now() + timedelta(days=366), unfinished=30, finished=365) == 1
        for digest in digests:
            (store.files_dir / digest[:2] / digest[2:4] / digest).unlink()
    gone, lost = (isi(head.site.test_client().get(f"/verifikasi?t={token}")) for token in tokens)
    assert "dimusnahkan menurut masa simpan" in gone and "tidak utuh" not in gone
    assert digests[0] in gone and "Kartika Hapsara, Kepala Dinas" in gone
    assert "tidak utuh" in lost and "dimusnahkan" not in lost


def test_yang_menunggu_tanda_tangan_disebut_jumlahnya_di_inbox_dan_sesudah_daftar_lain_kosong(letters: Any) -> None:
    head, _, _ = letters
    inbox = isi(head.browser.get("/inbox"))
    assert inbox.index("Tanda tangani 3 surat") < inbox.index("Ambil berikutnya")
    with head.site.app_context():
        publish()
    rooms = isi(head.browser.get("/tanda-tangan"))
    assert "3 surat menunggu" in rooms and "tidak ada yang menunggu" in rooms
    empty = head.page(KK)
    assert "Tidak ada KK yang menunggu tanda tangan." in empty and "Masih ada 3 surat yang menunggu" in empty


def test_tombol_sudah_dilihat_berdiri_di_luar_kolom_supaya_tetap_terjangkau_di_bawah_draf(letters: Any) -> None:
    head, _, tasks = letters
    page = isi(head.browser.get(f"/tanda-tangan/{STEP}/{tasks[0]}"))
    form = page.index('class="ttd-putus"')
    assert page.rindex("</section>", 0, form) > page.index('class="ttd-satu"')
    assert page[page.rindex("</section>", 0, form) : form].count("</div>") == 1
