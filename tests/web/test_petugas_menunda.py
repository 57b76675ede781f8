"""What an officer cannot finish now, through HTTP and without JavaScript: a failed entry, SIAK down, half a form."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Job, TaskDraft
from app.services import clock, store
from app.services.work import unit_of_work
from tests.support.kasus import Jam
from tests.support.peramban import field, isi
from tests.support.situs import Situs

SIAK = "SIAK tidak dapat diakses"


@pytest.fixture
def situs(site: Flask) -> Iterator[Situs]:
    jam = Jam()
    with clock.using(jam):
        yield Situs(site, jam)


def entry(situs: Situs) -> tuple[FlaskClient, str]:
    """Pak Budi in front of an entry in SIAK that is his."""
    case_id = situs.case("entri_siak", jenis="perubahan", kk_lama="ada")
    return situs.browser("pak_budi"), situs.task(case_id, "entri_siak")


def typed(browser: FlaskClient, task: str, aksi: str, **answers: str) -> dict[str, str]:
    page = isi(browser.get(f"/tugas/{task}"))
    shown = "status_entri elemen_dientri tanggal_entri sebab_gagal uraian_gagal"
    return {"versi": field(page, "versi"), "kunci": field(page, "kunci"), "ditampilkan": shown, "aksi": aksi, **answers}


def drafts(situs: Situs) -> int:
    with situs.site.app_context():
        return store.session.query(TaskDraft).count()


def test_entri_gagal_tugas_tetap_terbuka_dan_dapat_dilanjutkan(situs: Situs) -> None:
    budi, task = entry(situs)
    failed = typed(budi, task, "lanjut", status_entri="gagal", sebab_gagal="siak_mati")
    answer = budi.post(f"/tugas/{task}", data=failed, follow_redirects=True)
    assert "dicatat belum berhasil. Tugasnya tetap pada Anda." in isi(answer)
    assert f"{SIAK}." in isi(answer) and "Jam berhenti sejak" in isi(answer)
    situs.jam.lewat(minutes=25)
    page = isi(budi.get(f"/tugas/{task}"))
    assert f"terhenti 25 m ({SIAK})" in page
    assert "Jam berhenti" in isi(budi.get("/inbox?tampil=tugas-saya"))
    assert "Jam tugas ini berjalan lagi." in isi(budi.post(f"/tugas/{task}/lanjutkan", follow_redirects=True))
    assert f"{SIAK}: hentikan jam" in isi(budi.get(f"/tugas/{task}"))


def test_dari_inbox_semua_jam_berhenti_dan_berjalan_lagi(situs: Situs) -> None:
    situs.case("entri_siak", jenis="perubahan", kk_lama="ada")
    budi, _ = entry(situs)
    assert f"{SIAK}: hentikan jam 2 tugas saya" in isi(budi.get("/inbox"))
    stopped = isi(budi.post("/inbox/jeda", data={"sebab": SIAK}, follow_redirects=True))
    assert f"{SIAK}: jam 2 tugas Anda berhenti." in stopped
    assert stopped.count("sisa-jeda") == 2
    assert "Jam 2 tugas Anda berjalan lagi." in isi(
        budi.post("/inbox/lanjutkan", data={"sebab": SIAK}, follow_redirects=True)
    )
    assert "hentikan jam" not in isi(situs.browser("bu_rini").get("/inbox")), "nothing of hers needs SIAK"


def test_yang_diketik_dipulihkan_hanya_bagi_yang_mengetiknya(situs: Situs) -> None:
    budi, task = entry(situs)
    half = typed(budi, task, "simpan", status_entri="gagal", sebab_gagal="lain", uraian_gagal="Menunggu pusat data.")
    saved = isi(budi.post(f"/tugas/{task}", data=half, follow_redirects=True))
    assert "disimpan sementara" in saved and "Menunggu pusat data." in saved
    assert "Menunggu pusat data." in isi(budi.get(f"/tugas/{task}")), "also after the tab was closed"
    half["uraian_gagal"] = "Pusat data sudah dihubungi."
    answer = budi.post(f"/tugas/{task}/simpan", data=half)
    assert (answer.status_code, isi(answer)[:29]) == (200, "Tersimpan sementara pukul 08.")
    assert "Pusat data sudah dihubungi." in isi(budi.get(f"/tugas/{task}"))
    for other in ("bu_rini", "bu_wulan"):
        browser = situs.browser(other)
        assert "Pusat data" not in isi(browser.get(f"/tugas/{task}"))
        assert browser.post(f"/tugas/{task}/simpan", data=half).status_code in (403, 409)
    budi.post(f"/tugas/{task}", data={**half, "aksi": "buang"})
    assert "Pusat data" not in isi(budi.get(f"/tugas/{task}"))


def test_yang_diketik_hilang_saat_dilepas_dan_saat_selesai(situs: Situs) -> None:
    budi, task = entry(situs)
    budi.post(f"/tugas/{task}/simpan", data=typed(budi, task, "", status_entri="gagal", sebab_gagal="lain"))
    assert drafts(situs) == 1
    version = typed(budi, task, "")["versi"]
    budi.post(f"/tugas/{task}/lepas", data={"versi": version, "alasan": "Pulang."})
    assert drafts(situs) == 0
    budi.post(f"/tugas/{task}/ambil", data={"kunci": "kunci-ambil-lagi"})
    budi.post(f"/tugas/{task}/simpan", data=typed(budi, task, "", status_entri="tersimpan"))
    assert drafts(situs) == 1
    done = typed(budi, task, "lanjut", status_entri="tersimpan", tanggal_entri="2026-11-23")
    page = isi(budi.get(f"/tugas/{task}"))
    ticked = [each for each in map(str, range(9)) if f'name="elemen_dientri" type="checkbox" value="{each}"' in page]
    answer = budi.post(f"/tugas/{task}", data={**done, "elemen_dientri": ticked or ["0", "1", "2"]})
    assert answer.status_code == 302, isi(answer)
    assert drafts(situs) == 0
    assert budi.post(f"/tugas/{task}/simpan", data=done).status_code == 409, "a late keystroke keeps nothing"


def test_surat_yang_tidak_sampai_tampil_di_inbox_petugas_cetak(situs: Situs) -> None:
    case_id = situs.case("periksa_berkas")
    with situs.site.app_context(), unit_of_work() as session:
        job = session.scalars(select(Job).where(Job.case_id == case_id, Job.kind == "surat")).first()
        assert job is not None
        job.failed_at, job.error, job_id = clock.now(), "MailRejected: 550 kotak surat tidak ada", job.id
    agus = situs.browser("pak_agus")
    page = isi(agus.get("/inbox"))
    assert "Kiriman yang tidak sampai (1)" in page and "550 kotak surat tidak ada" in page
    assert "Kiriman yang tidak sampai" not in isi(situs.browser("pak_budi").get("/inbox"))
    empty = isi(agus.post(f"/inbox/kiriman/{job_id}/disampaikan", data={"catatan": ""}, follow_redirects=True))
    assert "Tulis bagaimana disampaikan" in empty
    told = {"catatan": "Diambil di loket."}
    assert situs.browser("pak_budi").post(f"/inbox/kiriman/{job_id}/disampaikan", data=told).status_code == 404
    done = isi(agus.post(f"/inbox/kiriman/{job_id}/disampaikan", data=told, follow_redirects=True))
    assert "Dicatat: pemohon sudah diberi tahu dengan cara lain." in done
    assert "Kiriman yang tidak sampai" not in done
    again = agus.post(f"/inbox/kiriman/{job_id}/ulangi", follow_redirects=True)
    assert (again.status_code, "Kiriman ini sudah ditangani." in isi(again)) == (200, True)


def test_supervisor_membuka_kembali_dari_layar_tugas(situs: Situs) -> None:
    case_id = situs.case("periksa_berkas")
    task = situs.task(case_id, "periksa_berkas")
    dwi = situs.browser("pak_dwi")
    assert "Buka kembali permohonan" not in isi(dwi.get(f"/tugas/{task}")), "it has not ended"
    answer = situs.browser("bu_sari").post(f"/permohonan/{case_id}/tarik", data={"kunci": "k" * 16, "alasan": ""})
    assert answer.status_code == 302
    assert situs.status(case_id) == "Ditarik"
    assert "Buka kembali permohonan" not in isi(situs.browser("pak_budi").get(f"/tugas/{task}"))
    page = isi(dwi.get(f"/tugas/{task}"))
    assert "mulai lagi dari langkah “Meneliti berkas”" in page
    sent = {"kunci": field(page, "kunci"), "alasan": ""}
    assert "Tulis alasan" in isi(dwi.post(f"/tugas/{task}/buka-kembali", data=sent, follow_redirects=True))
    sent["alasan"] = "Pemohon menarik karena salah tekan."
    done = isi(dwi.post(f"/tugas/{task}/buka-kembali", data=sent, follow_redirects=True))
    assert "dibuka kembali. Pemohon diberi tahu." in done
    assert situs.status(case_id) == "Sedang diperiksa"
    assert situs.task(case_id, "periksa_berkas") != task
