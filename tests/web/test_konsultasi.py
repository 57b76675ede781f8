"""Asking, complaining and rating, as browsers see it."""

import io

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.skm import KEYS
from app.models import Case, DataRequest, Rating, Task, Upload, User
from app.services import store
from app.services.accounts import identities
from app.services.discussion import canned
from tests import factories
from tests.support import akun, tantangan
from tests.support.kasus import Jam, cast, finish, run_all
from tests.support.peramban import sign_in

ASKED = {"jenis": "informasi", "topik": "nik", "judul": "NIK tidak ditemukan", "uraian": "Di bank NIK saya tidak ada."}
FORWARDED = {"keputusan": "teruskan", "jenis_ditetapkan": "informasi", "topik_ditetapkan": "nik"}


@pytest.fixture
def kantor(site: Flask, jam: Jam) -> Flask:
    with site.app_context():
        akun.publish("konsultasi")
        cast()
    return site


def _case(kantor: Flask) -> str:
    with kantor.app_context():
        return store.session.scalars(select(Case.id)).one()


def _answer(kantor: Flask, case_id: str) -> None:
    with kantor.app_context():
        officers = {
            name: akun.as_actor(store.session.get_one(akun.User, name)) for name in ("uji-pak-budi", "uji-bu-wulan")
        }
        finish(case_id, "telaah", officers["uji-pak-budi"], FORWARDED)
        finish(
            case_id,
            "jawab_informasi",
            officers["uji-bu-wulan"],
            {"keputusan": "dijawab", "pesan_pemohon": "Coba lagi <besok>."},
        )


def test_bertanya_ditanggapi_dibuka_kembali_dan_dinilai(kantor: Flask, jam: Jam) -> None:
    sari = sign_in(kantor, "bu_sari")
    assert "Belum ada." in sari.get("/konsultasi").text
    assert "saluran" not in sari.get("/konsultasi/baru").text
    lacking = sari.post("/konsultasi/baru", data={**ASKED, "judul": "", "kunci": "k" * 16})
    assert lacking.status_code == 422 and "Di bank NIK saya tidak ada." in lacking.text
    for _ in range(2):
        sent = sari.post("/konsultasi/baru", data={**ASKED, "saluran": "tanpa_akun", "kunci": "k" * 16})
        assert sent.status_code == 303
    case_id = _case(kantor)
    home = f"/konsultasi/{case_id}"
    assert sari.get(f"/permohonan/{case_id}").location == home
    assert sari.get(f"{home}/nilai").location == home, "not before it has ended"
    jam.lewat(minutes=2)
    _answer(kantor, case_id)
    page = sari.get(home).text
    assert "Coba lagi &lt;besok&gt;." in page and "Tanggapi jawaban" in page
    with kantor.app_context():
        task_id = akun.open_task(case_id, "tanggapi")
    step = f"{home}/langkah/{task_id}"
    assert sari.post(step, data={"versi": "1", "kunci": "l" * 16, "keputusan": "puas"}).location == home
    page = sari.get(home).text
    assert "Tanya lagi" in page and "Nilai pelayanan kami" in page
    form = sari.get(f"{home}/nilai").text
    assert form.count("<fieldset") == 9 and "Gratis" in form
    assert sari.post(f"{home}/nilai", data={"U1": "4"}).status_code == 422
    for _ in range(2):
        assert sari.post(f"{home}/nilai", data=dict.fromkeys(KEYS, "4")).location == home
    with kantor.app_context():
        assert store.session.scalars(select(Rating.slug)).all() == ["konsultasi"]
    again = sari.post(f"{home}/buka-kembali", data={"kunci": "m" * 16})
    assert "keputusan=bertanya" in again.location
    assert "Pertanyaan Anda" in sari.get(again.location).text


def test_aduan_tanpa_akun_meminta_tantangan_dan_menyebut_nomornya(kantor: Flask, jam: Jam) -> None:
    stranger = kantor.test_client()
    page = stranger.get("/aduan").text
    jam.lewat(seconds=5)
    who = {"nama": "Warga Peduli", "email": "warga@contoh.id", "nomor_hp": "081100000055"}
    lacking = stranger.post("/aduan", data={**ASKED, **who, "email": "", **tantangan.answered(page)})
    assert lacking.status_code == 422 and "Isi email." in lacking.text and "Warga Peduli" in lacking.text
    answered = tantangan.answered(page)
    assert tantangan.answered(lacking.text) == answered and f'value="{answered["jawaban"]}"' in lacking.text
    sent = {**ASKED, **who, **answered}
    for _ in range(2):
        assert stranger.post("/aduan", data=sent).location == "/aduan/terkirim"
    assert "KONSULTASI-2026-000001" in stranger.get("/aduan/terkirim").text
    assert kantor.test_client().get("/aduan/terkirim").location == "/aduan"
    assert stranger.post("/aduan", data={**sent, "tantangan": "x"}).status_code == 422
    assert "/aduan/surat-peragaan" in stranger.get("/aduan/terkirim").text
    assert "Belum ada surat" in stranger.get("/aduan/surat-peragaan").text
    with kantor.app_context():
        run_all()
    mine = stranger.get("/aduan/surat-peragaan")
    assert "PIN" in mine.text and "Untuk warga@contoh.id" in mine.text and mine.headers["Cache-Control"] == "no-store"
    assert kantor.test_client().get("/aduan/surat-peragaan").location == "/aduan", "nobody else's browser"
    _case(kantor)


def test_kepuasan_untuk_umum_tanpa_angka_selama_penilainya_terlalu_sedikit(kantor: Flask) -> None:
    anybody = kantor.test_client()
    assert "Belum cukup penilaian" in anybody.get("/kepuasan").text
    assert anybody.get("/kepuasan?tahun=x").status_code == 404
    assert anybody.get("/kepuasan?semester=9").status_code == 404


def test_berkas_dan_kerahasiaan_di_formulir_pertama(kantor: Flask) -> None:
    sari = sign_in(kantor, "bu_sari")
    page = sari.get("/konsultasi/baru").text
    assert 'name="lampiran"' in page and "Rahasiakan nama saya" in page
    told = {**ASKED, "rahasia": "ya", "kunci": "k" * 16}
    bad = sari.post("/konsultasi/baru", data={**told, "lampiran": (io.BytesIO(b"<html>"), "x.jpg")})
    assert bad.status_code == 422 and "Berkas ke-1" in bad.text and "Di bank NIK saya tidak ada." in bad.text
    sent = sari.post("/konsultasi/baru", data={**told, "lampiran": (io.BytesIO(factories.photo()), "x.jpg")})
    assert sent.status_code == 303 and "/berkas/" in sari.get(sent.location).text
    wulan = sign_in(kantor, "bu_wulan")
    with kantor.app_context():
        task = store.session.scalars(select(Task.id).where(Task.step == "telaah")).one()
    seen = wulan.get(f"/tugas/{task}").text
    assert "Dirahasiakan" in seen and "Sari Puspitarini" not in seen


def test_nama_yang_dirahasiakan_tidak_keluar_lewat_loket_kk_lama_atau_jawaban_siap(kantor: Flask, jam: Jam) -> None:
    fresh = kantor.test_client()
    page = fresh.get("/aduan").text
    jam.lewat(seconds=5)
    who = {"nama": "Warga Peduli", "email": "warga@contoh.id", "nomor_hp": "081100000055"}
    fresh.post("/aduan", data={**ASKED, **who, "rahasia": "ya", **tantangan.answered(page)})
    case_id = _case(kantor)
    with kantor.app_context():
        number = store.session.get_one(Case, case_id).number
        budi_here = akun.as_actor(store.session.get_one(User, "uji-pak-budi"))
        answer = canned.save(budi_here, "", 0, "Sapaan", "Halo {nama}")
        finish(case_id, "telaah", budi_here, FORWARDED)
    budi = sign_in(kantor, "pak_budi")
    assert budi.post("/kk-lama", data={"nomor": number}).location is None
    assert budi.get(f"/kk-lama/{case_id}").status_code == 404
    assert budi.post(f"/loket/{case_id}/pin").status_code == 404
    assert budi.post(f"/loket/{case_id}/bukti.pdf", data={"pin": "123456"}).status_code == 404
    for name, said in (("pak_budi", "Halo Dirahasiakan"), ("bu_wulan", "Halo Warga Peduli")):
        filled = sign_in(kantor, name).post(
            f"/diskusi/{case_id}", data={"aksi": "isi", "jawaban": answer, "teks": "", "kunci": "k" * 16}
        )
        assert said in filled.text


def test_pengirim_rahasia_tidak_terbuka_lewat_usul_pemblokiran(kantor: Flask) -> None:
    with kantor.app_context():
        akun.publish("blokir-akun")
    sari = sign_in(kantor, "bu_sari")
    assert sari.post("/konsultasi/baru", data={**ASKED, "rahasia": "ya", "kunci": "k" * 16}).status_code == 303
    with kantor.app_context():
        task = store.session.scalars(select(Task.id).where(Task.step == "telaah")).one()
    for name in ("bu_wulan", "pak_budi"):  # who may not know the name, and who may but would tell others
        officer = sign_in(kantor, name)
        assert "Usulkan pemblokiran akun" not in officer.get(f"/tugas/{task}").text
        told = {"sebab": "dokumen_palsu", "uraian": "Siapa ini?"}
        assert officer.post(f"/tugas/{task}/usul-blokir", data=told).status_code == 403
    with kantor.app_context():
        assert store.session.scalars(select(Case.about)).all() == ["konsultasi"]


def _discreet(kantor: Flask) -> tuple[str, str]:
    """Case and number of a complaint that Bu Sari wrote, with a file, and asked not to be named in."""
    told = {**ASKED, "rahasia": "ya", "kunci": "k" * 16, "lampiran": (io.BytesIO(factories.photo()), "x.jpg")}
    assert sign_in(kantor, "bu_sari").post("/konsultasi/baru", data=told).status_code == 303
    case_id = _case(kantor)
    with kantor.app_context():
        return case_id, store.session.get_one(Case, case_id).number


def test_auditor_tidak_menyambungkan_akun_dengan_konsultasi_rahasianya(kantor: Flask) -> None:
    case_id, number = _discreet(kantor)
    assert sign_in(kantor, "bu_sari").get(f"/audit/kasus/{case_id}").status_code == 403  # logged about the case
    tuti, sari = sign_in(kantor, "bu_tuti"), factories.CAST["bu_sari"]
    with kantor.app_context():
        upload = store.session.scalars(select(Upload.id)).one()
    account = tuti.get("/audit/akun/uji-bu-sari").text
    assert "berkas_diterima" in account and "utuh dan bersambung" in account
    assert all(one not in account for one in (case_id, number, upload))
    for page in (f"/audit/kasus/{case_id}", f"/audit/kasus/{case_id}/pembaca"):
        seen = tuti.get(page)
        assert seen.status_code == 200 and "Dirahasiakan" in seen.text
        assert sari.name not in seen.text and "uji-bu-sari" not in seen.text
    assert number not in tuti.get("/audit/akun/uji-bu-sari/membaca").text


def test_permintaan_data_dan_kabar_inbox_tidak_menyebut_pengirim_rahasia(kantor: Flask) -> None:
    case_id, number = _discreet(kantor)
    sari, eko = sign_in(kantor, "bu_sari"), sign_in(kantor, "pak_eko")
    asked = {"jenis": "hapus", "permintaan": "Hapus akun saya.", "sandi": factories.PASSWORD}
    assert sari.post("/pengaturan/data/minta", data=asked).status_code in (302, 303)
    with kantor.app_context():
        request = store.session.scalars(select(DataRequest.id)).one()
        written = store.session.scalars(select(Task.id).where(Task.step == "tulis_konsultasi")).one()
    page = eko.get(f"/data-warga/{request}").text
    assert "Sari Puspitarini" in page and number not in page
    refused = eko.post(f"/data-warga/{request}", data={"keputusan": "dikabulkan", "jawaban": "Ya."})
    assert refused.status_code == 422 and "Masih ada permohonan yang berjalan" in refused.text
    assert number not in refused.text
    news = sign_in(kantor, "bu_wulan").get(f"/inbox/kabar?awal=1&t={written}").text
    assert "Puspitarini" not in news and case_id not in news


def test_petugas_yang_serumah_dengan_pengirim_rahasia_tidak_diberi_tahu_dan_tidak_disebut(kantor: Flask) -> None:
    _discreet(kantor)
    with kantor.app_context():
        eko = akun.as_actor(store.session.get_one(User, "uji-pak-eko"))
        card = str(factories.CAST["bu_sari"].nomor_kk)
        identities.record(eko, "uji-pak-budi", nik="3402994101800077", nomor_kk=card)
        task = store.session.scalars(select(Task.id).where(Task.step == "telaah")).one()
    budi = sign_in(kantor, "pak_budi")
    seen = budi.get(f"/tugas/{task}").text
    assert "Puspitarini" not in seen and "nomor KK Anda" not in seen
    taken = budi.post(f"/tugas/{task}/ambil", follow_redirects=True)
    assert "nomor KK Anda" not in taken.text
    with kantor.app_context():
        assert store.session.get_one(Task, task).claimed_by is None
    dealt = sign_in(kantor, "pak_dwi").get("/inbox/bagi?langkah=telaah").text
    assert "KONSULTASI-2026-000001" in dealt and "serumah" not in dealt
