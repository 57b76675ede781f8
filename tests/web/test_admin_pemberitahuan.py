"""The office's own letters: previewed, judged, changed, and really sent so; those of procedures only shown."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Event, Job
from app.services import store
from app.services.messages import wording
from app.services.office import letters, taking
from app.services.signin import forgotten
from tests import factories
from tests.support.kantor import Kantor
from tests.support.peramban import isi, sign_in

LUPA = "/admin/pemberitahuan/surat/sandi_lupa"
BARU = {"versi": "0", "judul": "Kata sandi baru", "isi": "Buka tautan di bawah sebelum {batas}. Salam, {kantor}."}


@pytest.fixture
def kantor(site: Flask) -> Iterator[Flask]:
    with site.app_context():
        Kantor.open()
    yield site
    taking.reset()


@pytest.mark.parametrize("key", wording.LETTERS)
def test_setiap_surat_bawaan_dapat_disimpan_kembali_dan_tanpa_peringatan(key: str) -> None:
    title, body = wording.said(key)
    letters.judge(key, title, body)
    assert letters.warnings(key, title, body) == []
    (shown,) = letters.preview(key, title, body)
    assert "{" not in shown.title + shown.body, "every word is known and filled in"


def test_surat_diubah_dilihat_dulu_lalu_benar_benar_dikirim_begitu(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    seen = isi(eko.post(LUPA, data={**BARU, "aksi": "lihat"}))
    assert "Salam, Dinas Kependudukan" in seen and "sebelum 11.00." in seen
    assert "Buat kata sandi baru" in isi(eko.get("/admin/pemberitahuan")), "a look saves nothing"
    saved = eko.post(LUPA, data={**BARU, "aksi": "simpan", "alasan": "Lebih pendek."}, follow_redirects=True)
    assert "Surat disimpan" in isi(saved) and "Teks kantor" in isi(saved)
    with kantor.app_context():
        forgotten.ask(factories.CAST["bu_sari"].email)
        sent = [job.payload for job in store.session.scalars(select(Job).where(Job.kind == "surat"))]
        told = store.session.scalars(select(Event).where(Event.verb == "ketetapan_kantor_diubah")).one()
    assert [one["title"] for one in sent] == ["Kata sandi baru"] and "{batas}" not in sent[0]["body"]
    assert told.payload["hal"] == "surat"
    eko.post(LUPA, data={**BARU, "versi": "1", "aksi": "bawaan", "alasan": "Kembali semula."})
    assert wording.said("sandi_lupa")[0] == "Buat kata sandi baru"


@pytest.mark.parametrize(
    ("isi_surat", "said"),
    [
        ("Buka tautan di bawah sebelum {jam}.", "{jam} tidak dikenal"),
        ("NIK Anda 3402991507880001, buka tautan di bawah sebelum {batas}.", "Ada NIK atau nomor KK"),
        ("", "Isi ini, paling banyak"),
    ],
)
def test_teks_yang_tidak_boleh_ditolak(kantor: Flask, isi_surat: str, said: str) -> None:
    answer = sign_in(kantor, "pak_eko").post(LUPA, data={**BARU, "isi": isi_surat, "alasan": "Coba."})
    assert answer.status_code == 422 and said in isi(answer)


def test_yang_patut_dilihat_lagi_diperingatkan(kantor: Flask) -> None:
    long = {**BARU, "judul": "J" * 90, "isi": "Kata sandi Anda. " * 60, "aksi": "lihat"}
    page = isi(sign_in(kantor, "pak_eko").post(LUPA, data=long))
    for said in ("Tidak menyebut {batas}", "tetapi teksnya tidak menyebutnya", "Judulnya 90 huruf", "Isinya 1"):
        assert said in page, said


def test_pemberitahuan_prosedur_hanya_dilihat_di_tiap_saluran(kantor: Flask) -> None:
    page = isi(sign_in(kantor, "pak_eko").get("/admin/pemberitahuan/prosedur/kk-perubahan-data"))
    assert "Diubah pemilik proses di berkas ikmt" in page and "WhatsApp" in page and "KK-2026-000123" in page
    assert "<textarea" not in page
