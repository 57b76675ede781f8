"""The 24 ways of a KK case (and what hangs on them), each walked to its end through the services."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import (
    DownloadCut,
    Forbidden,
    FourEyes,
    InvalidInput,
    NotFound,
    ReopeningRefused,
    StaleForm,
    TaskHeld,
    UploadRefused,
    WithdrawalRefused,
)
from app.domain.tanggal import WIB, format_day, local_date
from app.models import DataIncident, Notice, TaskStop, Timer, Upload, new_id
from app.procedures.options import choices
from app.services import clock, store
from app.services.desk import papers
from app.services.flow import form_context, reopening, tasks, withdrawal
from app.services.messages import notices
from app.services.portal import portal_views, uploads
from app.services.records import riwayat
from tests import factories
from tests.support.jalur import Jalur, kk_pdf
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji

BURAM = {"nilai": "tidak_terbaca", "catatan": "tulisannya tidak terbaca"}
BAIK = {"nilai": "sesuai", "catatan": ""}
Buat = Callable[..., Jalur]


def _office() -> Iterator[Buat]:
    with jam_uji() as jam:
        kantor = Kantor.open()

        def make(**isian: str) -> Jalur:
            kasus = Jalur(kantor, jam, kantor.case(**isian))
            jam.lewat(minutes=1)
            return kasus

        yield make


@pytest.fixture
def buat(sqlite_app: Flask) -> Iterator[Buat]:
    """Makes a case of Bu Sari's; `jenis` is hilang unless told otherwise."""
    yield from _office()


@pytest.fixture
def buat_di_keduanya(app: Flask) -> Iterator[Buat]:
    """The same on SQLite and on PostgreSQL."""
    yield from _office()


def judged(kasus: Jalur, *bad: str) -> dict[str, dict[str, str]]:
    from_papers = {"hilang": ("surat_hilang", "ktp"), "rusak": ("kk_rusak", "ktp")}
    codes = from_papers[kasus.view().answers["isi_permohonan"]["jenis"]]
    return {code: dict(BURAM if code in bad else BAIK) for code in codes}


def return_to_applicant(kasus: Jalur, *bad: str, who: str = "pak_budi") -> None:
    kasus.do("periksa_berkas", who, keputusan="kurang", berkas=judged(kasus, *bad), pesan_pemohon="Foto ulang.")


def test_1_perubahan_mulus(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya(jenis="perubahan", kk_lama="ada")
    assert kasus.status == "Menunggu diperiksa"
    kasus.do("buka_permohonan")
    assert kasus.open() == {"periksa_berkas": "pak_budi"}
    words = []
    for step in ("periksa_berkas", "entri_siak", "ajukan_cetak", "verifikasi_draft", "tanda_tangan_kk", "kirim_kk"):
        words.append(kasus.status)
        kasus.do(step)
    assert words == [
        "Sedang diperiksa",
        "Sedang diproses",
        "Sedang diproses",
        "Menunggu verifikasi",
        "Menunggu tanda tangan",
        "Menunggu tanda tangan",
    ]
    assert kasus.status == "KK siap diunduh"
    assert set(kasus.open()) == {"terima_kk", "arsipkan"}
    assert len(portal_views.delivered(kasus.view())) == 1
    kasus.do("terima_kk")
    assert kasus.status == "Selesai"
    kasus.do("arsipkan")
    kasus.ends("selesai", "Selesai")
    told = [title.split(" (")[0].replace(kasus.view().number, "#") for title in kasus.told()]
    assert told == [
        "Permohonan # sudah kami terima",
        "Permohonan # sedang diperiksa",
        "Permohonan # sedang diproses",
        "Permohonan # menunggu verifikasi",
        "Permohonan # menunggu tanda tangan",
        "KK Anda siap diunduh",
    ]
    assert len(kasus.letters()) == 6, "one for each change of status, not for each step"


def test_2_hilang_tanpa_entri(buat: Buat) -> None:
    kasus = buat(jenis="hilang")
    kasus.to("ajukan_cetak")
    assert "entri_siak" not in kasus.view().visits
    kasus.finish()
    kasus.ends("selesai", "Selesai")
    (ready,) = [title for title in kasus.told() if "siap diunduh" in title]
    assert ready


def test_3_rusak(buat: Buat) -> None:
    kasus = buat(jenis="rusak")
    kasus.finish()
    assert "entri_siak" not in kasus.view().visits
    kasus.ends("selesai", "Selesai")


def test_4_perubahan_dan_kk_hilang_meminta_surat_polisi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="hilang")
    answers = kasus.view().answers["isi_permohonan"]
    assert answers["surat_hilang"]
    assert "kk_lama_foto" not in answers
    kasus.to("entri_siak")
    assert set(kasus.view().answers["periksa_berkas"]["berkas"]) == {"f106", "bukti", "surat_hilang"}
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_5_kurang_lengkapi_hanya_satu_berkas(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya()
    kasus.do("buka_permohonan")
    return_to_applicant(kasus, "ktp")
    assert (kasus.status, kasus.open()) == ("Perlu dilengkapi", {"lengkapi_berkas": ""})
    assert any("perlu dilengkapi" in title for title in kasus.told())
    kasus.do("lengkapi_berkas")
    assert set(kasus.view().answers["lengkapi_berkas"]["berkas"]) == {"ktp"}
    assert (kasus.status, kasus.open()) == ("Menunggu diperiksa", {"periksa_berkas": "untuk pak_budi"})
    assert any("sudah dilengkapi" in title for title in kasus.told("pak_budi"))
    kasus.finish()
    kasus.ends("selesai", "Selesai")
    assert len(kasus.letters()) == 7


def test_6_kurang_tiga_kali_lalu_lengkap(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    for bad in ("ktp", "surat_hilang", "ktp"):
        return_to_applicant(kasus, bad)
        kasus.do("lengkapi_berkas")
    assert kasus.view().visits["lengkapi_berkas"] == 3
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_7_tidak_dilengkapi_sampai_batas_lewat_libur(buat: Buat) -> None:
    kasus = buat()
    kasus.jam.at = datetime(2026, 12, 16, 2, 0, tzinfo=UTC)
    kasus.do("buka_permohonan")
    return_to_applicant(kasus, "ktp")
    limit = store.session.scalars(select(Timer.due_at).where(Timer.element == "batas_lengkapi")).one()
    days = [clock.calendar().holiday(day) for day in (datetime(2026, 12, 25).date(), datetime(2027, 1, 1).date())]
    assert all(days), "the way leads over holidays"
    assert clock.calendar().working_days(kasus.jam.at.date(), limit.date()) == 10
    assert (limit - kasus.jam.at).days > 14
    kasus.sweep(hours=(clock.calendar().deadline(kasus.jam.at, 4) - kasus.jam.at).total_seconds() / 3600)
    assert [title.startswith("Pengingat:") for title in kasus.told()].count(True) == 1, "working day 3"
    kasus.jam.at = limit
    kasus.sweep(seconds=1)
    kasus.sweep(seconds=1)
    assert [title.startswith("Pengingat:") for title in kasus.told()].count(True) == 2, "and working day 8"
    kasus.ends("tidak_dilengkapi", "Ditutup karena tidak dilengkapi")
    assert any(title.endswith("ditutup") for title in kasus.told())


def test_8_tidak_valid_sesudah_entri_lalu_dientri_lagi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    kasus.do("verifikasi_draft", keputusan="tidak_valid", **_doubted())
    assert kasus.status == "Perlu dilengkapi"
    kasus.do("lengkapi_berkas")
    kasus.finish()
    assert kasus.view().visits["entri_siak"] == 2
    kasus.ends("selesai", "Selesai")
    assert len(kasus.letters()) == 7


def test_9_tidak_valid_lalu_batas_dipulihkan_dulu(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    kasus.do("verifikasi_draft", keputusan="tidak_valid", **_doubted())
    kasus.sweep(days=30)
    kasus.sweep(seconds=1)
    assert set(kasus.open()) == {"pulihkan_data"}
    assert kasus.status == "Sedang ditutup"
    assert kasus.offer().refusal == "Permohonan ini sedang ditutup petugas, jadi tidak perlu ditarik."  # type: ignore[union-attr]
    with pytest.raises(WithdrawalRefused):
        kasus.withdraw()
    task = kasus.task("pulihkan_data")
    tasks.claim(kasus.kantor.people["pak_budi"], task.id)
    assert _options(kasus, "pulihkan_data") == {"dipulihkan", "tidak_perlu"}, "else nobody would be left to go on"
    kasus.do("pulihkan_data", keputusan="dipulihkan")
    kasus.ends("tidak_dilengkapi", "Ditutup karena tidak dilengkapi")


def test_10_salah_entri_kembali_ke_petugas_dan_pemohon_tidak_tahu(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    before = kasus.told()
    kasus.do("verifikasi_draft", keputusan="salah_entri", catatan_entri="Pekerjaan keliru.")
    assert kasus.open() == {"entri_siak": "untuk pak_budi"}
    assert kasus.status == "Sedang diproses"
    assert kasus.told() == before
    assert any("perlu diperbaiki" in title for title in kasus.told("pak_budi"))
    history = [entry.sentence for entry in riwayat.timeline(kasus.kantor.people["bu_sari"], kasus.view()).entries]
    assert not any("dikembalikan" in sentence.lower() for sentence in history)
    kasus.finish()
    assert kasus.view().visits["entri_siak"] == 2
    kasus.ends("selesai", "Selesai")
    assert len(kasus.letters()) == 6, "what goes round inside the office is told once"


def test_10b_salah_entri_diberitahukan_kepada_pengentri_walau_orang_lain_yang_mengajukan(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("ajukan_cetak")
    task = kasus.task("ajukan_cetak")
    tasks.release(kasus.kantor.people["pak_budi"], task.id, task.version, "pulang")
    kasus.do("ajukan_cetak", "bu_rini")
    kasus.do("verifikasi_draft", keputusan="salah_entri", catatan_entri="Pekerjaan keliru.")
    assert kasus.open() == {"entri_siak": "untuk pak_budi"}
    assert any("perlu diperbaiki" in title for title in kasus.told("pak_budi"))
    assert not any("perlu diperbaiki" in title for title in kasus.told("bu_rini"))


def test_11_usul_tolak_diteruskan_kasi(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="usul_tolak", alasan_tolak="ganda", uraian_tolak="Mirip yang lalu.")
    assert (kasus.status, set(kasus.open())) == ("Sedang diperiksa", {"putuskan_penolakan"})
    kasus.do("putuskan_penolakan", "bu_wulan", keputusan="teruskan", catatan_petugas="Bukan yang sama.")
    assert kasus.open() == {"periksa_berkas": "untuk pak_budi"}
    assert kasus.status == "Sedang diperiksa"
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_12_usul_tolak_ditolak_dengan_alasan_dan_dasar(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="usul_tolak", alasan_tolak="tidak_berhak", uraian_tolak="Bukan anggota KK.")
    kasus.do(
        "putuskan_penolakan", keputusan="tolak", dasar="Perpres 96/2018", pesan_pemohon="Anda bukan anggota KK ini."
    )
    kasus.ends("ditolak", "Ditolak")
    (notice,) = [n for n in _notices(kasus) if "tidak dapat kami proses" in n.title]
    assert "Alasan: Anda bukan anggota KK ini." in notice.body
    assert "Dasar: Perpres 96/2018" in notice.body
    assert "keberatan" in notice.body


def test_13_tarik_sebelum_diambil(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya()
    offer = kasus.offer()
    assert offer is not None and not offer.refusal and not offer.restores
    with pytest.raises(NotFound):
        withdraw_by(kasus, "pak_joko")
    assert not kasus.withdraw("kunci-penarikan-1").restores
    before = kasus.verbs()
    kasus.withdraw("kunci-penarikan-1")
    assert kasus.verbs() == before
    kasus.ends("ditarik", "Ditarik")
    assert kasus.told()[-1].endswith("sudah ditarik")
    with pytest.raises(WithdrawalRefused):
        kasus.withdraw()
    assert kasus.offer() is None


def test_14_tarik_saat_diperiksa(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    task = kasus.task("periksa_berkas")
    kasus.withdraw(reason="Salah pilih layanan.")
    kasus.ends("ditarik", "Ditarik")
    assert (kasus.view().tasks[-1].id, kasus.view().tasks[-1].closed_how) == (task.id, "batal")
    sentences = [entry.sentence for entry in riwayat.timeline(kasus.kantor.people["pak_budi"], kasus.view()).entries]
    assert "Permohonan ditarik. Alasan: Salah pilih layanan." in sentences


def test_15_tarik_sesudah_entri_tugas_lain_ditahan_lalu_dipulihkan(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    wulan = kasus.kantor.people["bu_wulan"]
    draft = kasus.task("verifikasi_draft").id
    assert kasus.offer().restores  # type: ignore[union-attr]
    assert kasus.withdraw().restores
    assert set(kasus.open()) == {"pulihkan_data", "verifikasi_draft"}
    assert kasus.status == "Sedang ditutup"
    with pytest.raises(TaskHeld):
        tasks.claim(wulan, draft)
    assert not tasks.load(wulan, draft).claimable
    assert kasus.offer().refusal == "Penarikan Anda sedang dikerjakan petugas."  # type: ignore[union-attr]
    kasus.sweep(days=2)
    assert kasus.task("verifikasi_draft").late_at is None, "what is held is not late"
    kasus.do("pulihkan_data", keputusan="dipulihkan")
    kasus.ends("ditarik", "Ditarik")
    (stop,) = store.session.scalars(select(TaskStop)).all()
    assert (stop.task_id, stop.cause) == (draft, "penarikan")
    assert stop.ended_at is not None


def test_15b_terlanjur_ditandatangani_tugas_yang_ditahan_berjalan_lagi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("tanda_tangan_kk")
    before = kasus.task("tanda_tangan_kk")
    due, word = before.due_at, kasus.status
    kasus.withdraw()
    held = kasus.jam.at
    kasus.jam.lewat(minutes=30)
    kasus.do("pulihkan_data", keputusan="sudah_ditandatangani")
    after = kasus.task("tanda_tangan_kk")
    assert (kasus.status, after.held_at) == (word, None)
    stop = store.session.scalars(select(TaskStop)).one()
    assert due is not None and after.due_at is not None and stop.ended_at is not None
    assert after.due_at - due == clock.calendar().between(held, stop.ended_at)
    limit = store.session.scalars(select(Timer.due_at).where(Timer.kind == "norma")).one()
    assert limit == after.due_at
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_15c_batas_melengkapi_ikut_ditahan_dan_mundur_sebanyak_hari_kerjanya(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    kasus.do("verifikasi_draft", keputusan="tidak_valid", **_doubted())
    assert kasus.withdraw().restores
    told = kasus.told()
    kasus.sweep(days=42)
    assert set(kasus.open()) == {"lengkapi_berkas", "pulihkan_data"}, "what is held does not run out"
    kasus.do("pulihkan_data", keputusan="sudah_ditandatangani")
    assert kasus.told() == told
    today, calendar = local_date(kasus.jam.at), clock.calendar()
    limits = [*_limits(kasus, "bpmn"), *_limits(kasus, "pengingat")]
    left = [calendar.working_days(today, local_date(limit)) for limit in limits]
    assert (kasus.open(), kasus.status, left) == ({"lengkapi_berkas": ""}, "Perlu dilengkapi", [10, 3, 8])


def test_16_sesudah_ditandatangani_tidak_dapat_ditarik(buat: Buat) -> None:
    kasus = buat()
    kasus.to("kirim_kk")
    assert kasus.offer().refusal == "Sudah ditandatangani, tidak dapat ditarik."  # type: ignore[union-attr]
    with pytest.raises(WithdrawalRefused, match="Sudah ditandatangani, tidak dapat ditarik"):
        kasus.withdraw()
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_17_kadis_mengembalikan_ke_kasi(buat: Buat) -> None:
    kasus = buat()
    kasus.to("tanda_tangan_kk")
    kasus.do("tanda_tangan_kk", keputusan="dikembalikan", alasan_kembali="Nama ayah keliru.")
    assert kasus.open() == {"verifikasi_draft": "untuk bu_wulan"}
    assert kasus.status == "Menunggu verifikasi"
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_18_tte_gagal_di_siak_ditandatangani_lagi(buat: Buat) -> None:
    kasus = buat()
    kasus.to("kirim_kk")
    kasus.do("kirim_kk", keputusan="tte_belum", alasan_belum="Tanda tangan tidak ada.")
    assert kasus.open() == {"tanda_tangan_kk": "untuk bu_kartika"}
    assert kasus.status == "Menunggu tanda tangan"
    assert not any("siap diunduh" in title for title in kasus.told())
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_19_pdf_orang_lain_ditolak(buat: Buat) -> None:
    kasus = buat()
    kasus.to("kirim_kk")
    agus, task = kasus.kantor.people["pak_agus"], kasus.task("kirim_kk").id
    tasks.claim(agus, task)

    def send(data: bytes) -> Upload:
        return uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(data), task_id=task)

    with pytest.raises(UploadRefused) as refused:
        send(kk_pdf("3402990101100123"))
    assert refused.value.pesan == "Nomor KK di PDF (…0123) bukan nomor kasus ini. PDF tidak dilampirkan."
    own = str(kasus.view().answers["isi_permohonan"]["nomor_kk"])
    unsigned = {
        "bertanda_tangan": False,
        "tanda_tangan": "tanpa",
        "oleh": "",
        "pada": "",
        "dikenal": False,
        "sertifikat": "",
    }
    assert send(kk_pdf(own)).findings == {"cocok": True, **unsigned}
    assert send(factories.pdf()).findings == {"cocok": None, **unsigned}
    kasus.finish()
    assert kasus.view().answers["kirim_kk"]["nomor_dicocokkan"] is True, "a PDF without a number needs a person's word"
    kasus.ends("selesai", "Selesai")


def test_kk_orang_yang_diwakili_yang_dicocokkan_dan_buktinya_dinilai(buat: Buat) -> None:
    """Filed for somebody outside the applicant's KK: that person's number counts, and the proof is a paper to judge."""
    theirs = "3402990101050009"
    whom = {"hubungan": "orang_tua", "dasar_mewakili": "surat_kuasa", "diwakili_nomor_kk": theirs}
    kasus = buat(untuk="luar_kk", **whom)
    kasus.to("periksa_berkas")
    papers = {code: dict(BAIK) for code in ("surat_hilang", "ktp", "surat_kuasa")}
    kasus.do("periksa_berkas", keputusan="lengkap", berkas=papers)
    kasus.to("kirim_kk")
    agus, task = kasus.kantor.people["pak_agus"], kasus.task("kirim_kk").id
    tasks.claim(agus, task)
    own = str(kasus.view().answers["isi_permohonan"]["nomor_kk"])
    with pytest.raises(UploadRefused):
        uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(kk_pdf(own)), task_id=task)
    kept = uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(kk_pdf(theirs)), task_id=task)
    assert kept.findings is not None and kept.findings["cocok"] is True


def test_20_pemohon_diam_arsip_selesai_dan_dianggap_diterima(buat: Buat) -> None:
    kasus = buat()
    kasus.to("terima_kk")
    kasus.do("arsipkan")
    assert kasus.status == "KK siap diunduh"
    kasus.sweep(days=7)
    kasus.ends("selesai", "Selesai")
    assert "batas_tercapai" in kasus.verbs()


def test_21_tidak_bisa_dibuka_dikirim_ulang(buat: Buat) -> None:
    kasus = buat()
    kasus.to("terima_kk")
    kasus.do("terima_kk", hasil="bermasalah", masalah="tidak_bisa_dibuka")
    assert kasus.status == "Masalah sedang ditangani"
    kasus.do("tangani_keluhan", "pak_agus", keputusan="kirim_ulang", pesan_pemohon="Coba lagi.")
    assert kasus.status == "KK siap diunduh"
    assert any("Jawaban untuk masalah" in title for title in kasus.told())
    assert portal_views.delivered(kasus.view()) == kasus.view().answers["tangani_keluhan"]["kk_pdf"]
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_21b_bukan_kk_saya_mematikan_unduhan_dan_menjadi_insiden(buat: Buat) -> None:
    kasus = buat()
    kasus.to("terima_kk")
    sari, agus = kasus.kantor.people["bu_sari"], kasus.kantor.people["pak_agus"]
    (wrong,) = portal_views.delivered(kasus.view())
    uploads.open_for(sari, wrong).stream.close()
    kasus.do("terima_kk", hasil="bermasalah", masalah="bukan_kk_saya")
    assert portal_views.delivered(kasus.view()) == []
    assert wrong not in [file.id for file in portal_views.files(kasus.view())]
    with pytest.raises(NotFound, match="dimatikan"):
        uploads.open_for(sari, wrong)
    uploads.open_for(agus, wrong).stream.close()
    with pytest.raises(DownloadCut):
        uploads.open_for(agus, wrong, as_download=True)
    incident = store.session.scalars(select(DataIncident)).one()
    assert (incident.source, incident.uploads, incident.closed_at) == ("pemohon", [wrong], None)
    assert incident.due_at - incident.opened_at == timedelta(hours=72)
    kasus.do("tangani_keluhan", keputusan="kirim_ulang", pesan_pemohon="Maaf, ini KK Anda.")
    (right,) = portal_views.delivered(kasus.view())
    uploads.open_for(sari, right).stream.close()
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_22_petugas_mengganti_jenis(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", jenis_ditetapkan="rusak", keputusan="kurang", berkas={"kk_rusak": BURAM, "ktp": BURAM})
    kasus.do("lengkapi_berkas")
    assert set(kasus.view().answers["lengkapi_berkas"]["berkas"]) == {"kk_rusak", "ktp"}
    kasus.do("periksa_berkas", jenis_ditetapkan="rusak", keputusan="lengkap")
    assert set(kasus.open()) == {"ajukan_cetak"}, "nothing to enter for another kind"
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_23_pengentri_tidak_memverifikasi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    both = kasus.kantor.people["pak_budi"]
    kasus.to("verifikasi_draft")
    task = kasus.task("verifikasi_draft").id
    as_kasi = type(both)(both.id, both.name, both.roles | {"kasi"})
    with pytest.raises(FourEyes):
        tasks.claim(as_kasi, task)
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_24_petugas_melengkapi_dari_whatsapp_atas_nama_pemohon(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    return_to_applicant(kasus, "ktp")
    task, people = kasus.task("lengkapi_berkas").id, kasus.kantor.people
    assert tasks.load(people["bu_rini"], task).assisting
    assert not tasks.load(people["pak_agus"], task).assisting
    kasus.do("lengkapi_berkas", "bu_rini", asal="whatsapp")
    view = kasus.view()
    assert view.answers["lengkapi_berkas"]["asal"] == "whatsapp"
    assert view.actors["lengkapi_berkas"] == [people["bu_rini"].id]
    marked = {sheet.on_behalf for paper in papers.papers(view) if paper.requirement == "ktp" for sheet in paper.sheets}
    assert marked == {True}, "what came by WhatsApp is marked so"
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_kepala_dinas_diberi_tahu_dua_kali_sehari_bukan_satu_per_satu(buat: Buat) -> None:
    first = buat()
    second = buat()
    for kasus in (first, second):
        kasus.to("tanda_tangan_kk")
    assert first.told("bu_kartika") == []
    first.sweep(hours=6)
    assert first.told("bu_kartika") == ["2 KK menunggu tanda tangan"]
    first.sweep(hours=20)
    assert first.told("bu_kartika") == ["2 KK menunggu tanda tangan"], "no new one came"


def withdraw_by(kasus: Jalur, who: str) -> None:
    withdrawal.withdraw(kasus.kantor.people[who], kasus.id, "kunci-orang-lain")


def _notices(kasus: Jalur) -> list[Notice]:
    store.session.rollback()
    return list(notices.mine(kasus.kantor.people["bu_sari"]).notices)


def _options(kasus: Jalur, step: str) -> set[str]:
    view = tasks.load(kasus.kantor.people["pak_budi"], kasus.task(step).id)
    context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    assert view.form is not None
    field = view.form.field("keputusan")
    assert field is not None
    return {option.value for option in choices(field, view.form, {}, context)}


def _doubted() -> dict[str, object]:
    codes = ("f106", "bukti", "kk_lama")
    return {
        "berkas_diragukan": {code: dict(BURAM if code == "bukti" else BAIK) for code in codes},
        "pesan_pemohon": "Bukti tidak cocok.",
    }


def _limits(kasus: Jalur, kind: str) -> list[datetime]:
    store.session.rollback()
    return sorted(store.session.scalars(select(Timer.due_at).where(Timer.case_id == kasus.id, Timer.kind == kind)))


@pytest.mark.parametrize(("hari", "pengingat"), [("2026-11-25", []), ("2026-12-01", [3, 4]), ("2026-12-23", [3, 20])])
def test_batas_melengkapi_menurut_tanggal_petugas(buat: Buat, hari: str, pengingat: list[int]) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="kurang", berkas=judged(kasus, "ktp"), batas_lengkapi=hari)
    (limit,) = _limits(kasus, "bpmn")
    assert limit.astimezone(WIB).isoformat() == f"{hari}T23:59:59+07:00"
    today = local_date(kasus.jam.at)
    reminded = [clock.calendar().working_days(today, local_date(at)) for at in _limits(kasus, "pengingat")]
    assert reminded == pengingat, "the first counts from the beginning, the second to the end"
    (notice,) = [each for each in _notices(kasus) if "perlu dilengkapi" in each.title]
    assert f"Lengkapi sebelum {format_day(local_date(limit))}" in notice.body
    todo = portal_views.todo(kasus.view())
    assert todo is not None and todo.until == limit
    kasus.jam.at = limit
    kasus.sweep(seconds=1)
    kasus.ends("tidak_dilengkapi", "Ditutup karena tidak dilengkapi")


def test_batas_dari_pengembalian_lama_tidak_berlaku_bagi_yang_baru(buat: Buat) -> None:
    kasus = buat(jenis="rusak")
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="kurang", berkas=judged(kasus, "ktp"), batas_lengkapi="2026-11-24")
    kasus.do("lengkapi_berkas")
    kasus.to("verifikasi_draft")
    kasus.sweep(days=3)
    doubted = {"berkas_diragukan": judged(kasus, "ktp"), "pesan_pemohon": "Bukan KTP."}
    kasus.do("verifikasi_draft", keputusan="tidak_valid", **doubted)
    (limit,) = _limits(kasus, "bpmn")
    assert clock.calendar().working_days(local_date(kasus.jam.at), local_date(limit)) == 10


def test_kemarin_bukan_batas_melengkapi(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    task, budi = kasus.task("periksa_berkas"), kasus.kantor.people["pak_budi"]
    raw = kasus.kantor.raw(budi, task.id, keputusan="kurang", berkas=judged(kasus, "ktp"))
    with pytest.raises(InvalidInput) as refused:
        tasks.complete(budi, task.id, task.version, new_id(), {**raw, "batas_lengkapi": "2026-11-23"})
    assert refused.value.errors == {"batas_lengkapi": ["Tanggal paling awal 24 November 2026."]}


def test_berkas_yang_tidak_diserahkan_tidak_dapat_dinilai_sesuai(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.do("buka_permohonan")
    task, budi = kasus.task("periksa_berkas"), kasus.kantor.people["pak_budi"]
    both = {"kk_rusak": BAIK, "ktp": BAIK}
    ticked = ["data_pemohon", "anggota", "bukti"]
    raw = {
        "jenis_ditetapkan": "rusak",
        "berkas": both,
        "dicocokkan": ticked,
        "keputusan": "lengkap",
    }
    with pytest.raises(InvalidInput) as refused:
        tasks.complete(budi, task.id, task.version, new_id(), raw)
    assert set(refused.value.errors) == {"berkas.kk_rusak.nilai", "berkas.ktp.nilai"}
    assert "belum diserahkan, jadi tidak dapat dinilai sesuai" in refused.value.errors["berkas.ktp.nilai"][0]


@pytest.mark.parametrize("usul", [True, False])
def test_dokumen_tidak_sah_menawarkan_usul_blokir_kepada_kasi(buat: Buat, usul: bool) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="usul_tolak", alasan_tolak="dokumen_tidak_sah", uraian_tolak="Cap palsu.")
    reason = {"dasar": "Perpres 96/2018", "pesan_pemohon": "Dokumen Anda tidak sah."}
    kasus.do("putuskan_penolakan", keputusan="tolak", usul_blokir=usul, **reason)
    kasus.ends("ditolak", "Ditolak")
    assert kasus.view().answers["putuskan_penolakan"]["usul_blokir"] is usul
    assert ("usul_blokir_akun" in kasus.verbs()) is usul
    for who, told in (("pak_budi", usul), ("bu_sari", False)):
        sentences = [entry.sentence for entry in riwayat.timeline(kasus.kantor.people[who], kasus.view()).entries]
        assert ("Pemblokiran akun pemohon diusulkan." in sentences) is told


def test_alasan_lain_tidak_menawarkan_usul_blokir(buat: Buat) -> None:
    kasus = buat()
    kasus.do("buka_permohonan")
    kasus.do("periksa_berkas", keputusan="usul_tolak", alasan_tolak="ganda", uraian_tolak="Mirip yang lalu.")
    reason = {"dasar": "Perpres 96/2018", "pesan_pemohon": "Sudah diajukan."}
    kasus.do("putuskan_penolakan", keputusan="tolak", usul_blokir=True, **reason)
    assert "usul_blokir" not in kasus.view().answers["putuskan_penolakan"]
    assert "usul_blokir_akun" not in kasus.verbs()


def _returned_with_open_fields(kasus: Jalur, *paths: str) -> None:
    kasus.to("verifikasi_draft")
    good = {code: dict(BAIK) for code in ("f106", "bukti", "kk_lama")}
    opened = {"isian_dibuka": list(paths), "pesan_pemohon": "Alamat dan pekerjaan belum benar."}
    kasus.do("verifikasi_draft", keputusan="tidak_valid", berkas_diragukan=good, **opened)


def test_isian_yang_dibuka_kasi_diperbaiki_pemohon_dan_dipakai_selanjutnya(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya(jenis="perubahan", kk_lama="ada")
    before = kasus.view().answers["isi_permohonan"]
    _returned_with_open_fields(kasus, "alamat", "perubahan.0")
    assert kasus.status == "Perlu dilengkapi"
    task, sari = kasus.task("lengkapi_berkas"), kasus.kantor.people["bu_sari"]
    row = {key: value for key, value in before["perubahan"][0].items() if key != "bukti"}
    new = {**row, "dasar": "Ijazah baru"}
    raw = {"perbaikan": {"alamat": "Dusun Betul", "perubahan.0": new, "nik": "3402994505850009"}}
    tasks.complete(sari, task.id, task.version, new_id(), raw)
    view = kasus.view()
    after = view.answers["isi_permohonan"]
    assert (after["alamat"], after["perubahan"][0]["dasar"]) == ("Dusun Betul", "Ijazah baru")
    assert after["perubahan"][0]["bukti"] == before["perubahan"][0]["bukti"], "files are not typed anew"
    assert {**after, "alamat": 0, "perubahan": 0} == {**before, "alamat": 0, "perubahan": 0}, "nothing else is open"
    kept = view.answers["lengkapi_berkas"]["perbaikan"]["alamat"]
    assert kept == {"semula": before["alamat"], "menjadi": "Dusun Betul"}
    for who in ("bu_sari", "pak_budi"):
        told = [entry.sentence for entry in riwayat.timeline(kasus.kantor.people[who], kasus.view()).entries]
        (said,) = [sentence for sentence in told if sentence.startswith("Isian diperbaiki.")]
        assert f'"{before["alamat"]}" menjadi "Dusun Betul"' in said
        assert 'menjadi "Ijazah baru"' in said
    assert "isian_diperbaiki" in kasus.verbs()
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_perbaikan_diperiksa_menurut_formulir_asalnya(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    before = kasus.view().answers["isi_permohonan"]
    _returned_with_open_fields(kasus, "nomor_hp", "perubahan.0")
    task, sari = kasus.task("lengkapi_berkas"), kasus.kantor.people["bu_sari"]
    row = before["perubahan"][0]

    def refused(**typed: object) -> dict[str, list[str]]:
        raw = {"perbaikan": {"nomor_hp": "081234567890", "perubahan.0": row, **typed}}
        with pytest.raises(InvalidInput) as problem:
            tasks.complete(sari, task.id, task.version, new_id(), raw)
        return problem.value.errors

    assert list(refused(nomor_hp="12")) == ["perbaikan.nomor_hp"]
    assert list(refused(**{"perubahan.0": {**row, "dasar": ""}})) == ["perbaikan.perubahan.0.dasar"]
    assert list(refused(**{"perubahan.0": {**row, "menjadi": row["semula"]}})) == ["perbaikan.perubahan.0.menjadi"]


def test_yang_menentukan_berkas_tidak_dapat_dibuka_kasi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.to("verifikasi_draft")
    wulan, task = kasus.kantor.people["bu_wulan"], kasus.task("verifikasi_draft")
    tasks.claim(wulan, task.id)
    view = tasks.load(wulan, task.id)
    context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    assert view.form is not None
    field = view.form.field("isian_dibuka")
    assert field is not None
    offered = {option.value for option in choices(field, view.form, {}, context)}
    assert {"alamat", "nomor_hp", "perubahan.0", "anggota.0"} <= offered
    assert not offered & {"jenis", "kk_lama", "nik", "nama", "nomor_kk", "f106"}


def test_pengembalian_petugas_tidak_membuka_isian_yang_dulu_dibuka_kasi(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    _returned_with_open_fields(kasus, "alamat")
    kasus.do("lengkapi_berkas")
    papers = {code: dict(BURAM if code == "bukti" else BAIK) for code in ("f106", "bukti", "kk_lama")}
    kasus.do("periksa_berkas", keputusan="kurang", berkas=papers)
    task, sari = kasus.task("lengkapi_berkas"), kasus.kantor.people["bu_sari"]
    address = kasus.view().answers["isi_permohonan"]["alamat"]
    raw = kasus.kantor.raw(sari, task.id)
    tasks.complete(sari, task.id, task.version, new_id(), {**raw, "perbaikan": {"alamat": "Dusun Lain"}})
    assert kasus.view().answers["isi_permohonan"]["alamat"] == address


def _reopen(kasus: Jalur, who: str = "pak_dwi", key: str = "") -> str:
    return reopening.reopen(kasus.kantor.people[who], kasus.id, key or new_id(), "Berkas ternyata dikirim lewat loket.")


def test_yang_ditutup_dibuka_kembali_supervisor_dan_selesai(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya()
    kasus.do("buka_permohonan")
    return_to_applicant(kasus, "ktp")
    with pytest.raises(ReopeningRefused, match="belum berakhir"):
        _reopen(kasus)
    kasus.sweep(days=30)
    kasus.ends("tidak_dilengkapi", "Ditutup karena tidak dilengkapi")
    with pytest.raises(Forbidden):
        _reopen(kasus, "pak_budi")
    with pytest.raises(InvalidInput):
        reopening.reopen(kasus.kantor.people["pak_dwi"], kasus.id, new_id(), " ")
    assert reopening.offer(kasus.kantor.people["pak_budi"], kasus.view()) is None
    assert reopening.offer(kasus.kantor.people["pak_dwi"], kasus.view()) is not None
    key = new_id()
    assert _reopen(kasus, key=key) == _reopen(kasus, key=key) == kasus.task("periksa_berkas").id
    assert (kasus.status, kasus.outcome, kasus.view().ended_at) == ("Sedang diperiksa", "", None)
    assert kasus.verbs().count("kasus_dibuka_kembali") == 1
    assert [title.endswith("dibuka kembali") for title in kasus.told()].count(True) == 1
    told = {
        who: riwayat.timeline(kasus.kantor.people[who], kasus.view()).entries[-1] for who in ("pak_budi", "bu_sari")
    }
    assert told["pak_budi"].sentence == "Permohonan dibuka kembali. Alasan: Berkas ternyata dikirim lewat loket."
    assert told["bu_sari"].sentence == "Permohonan dibuka kembali."
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_yang_selesai_dibuka_kembali_di_pengiriman(buat: Buat) -> None:
    kasus = buat(jenis="perubahan", kk_lama="ada")
    kasus.finish()
    kasus.ends("selesai", "Selesai")
    _reopen(kasus)
    assert kasus.open() == {"kirim_kk": ""}
    assert kasus.offer().refusal == "Sudah ditandatangani, tidak dapat ditarik."  # type: ignore[union-attr]
    kasus.finish()
    kasus.ends("selesai", "Selesai")
    assert kasus.view().visits["kirim_kk"] == 2


def test_yang_dibuka_kembali_berbatas_waktu_seperti_biasa(buat: Buat) -> None:
    kasus = buat()
    kasus.withdraw()
    _reopen(kasus)
    return_to_applicant(kasus, "ktp")
    assert len(_limits(kasus, "bpmn")) == 1
    kasus.sweep(days=30)
    kasus.ends("tidak_dilengkapi", "Ditutup karena tidak dilengkapi")


def test_yang_dibuka_kembali_dapat_ditarik_lagi(buat_di_keduanya: Buat) -> None:
    kasus = buat_di_keduanya(jenis="perubahan", kk_lama="ada")
    kasus.withdraw("kunci-penarikan-1")
    _reopen(kasus)
    assert kasus.offer() == withdrawal.Offer()
    with pytest.raises(WithdrawalRefused, match="berjalan lagi"):
        kasus.withdraw("kunci-penarikan-1")  # the old page sent again is no new withdrawal
    kasus.to("verifikasi_draft")
    assert kasus.withdraw().restores
    kasus.do("pulihkan_data", keputusan="dipulihkan")
    kasus.ends("ditarik", "Ditarik")


def test_halaman_lama_tidak_membuka_kembali_dua_kali(buat: Buat) -> None:
    kasus = buat()
    kasus.withdraw()
    key = new_id()
    _reopen(kasus, key=key)
    kasus.withdraw()
    before = kasus.verbs()
    with pytest.raises(StaleForm, match="Muat ulang"):
        _reopen(kasus, key=key)
    assert kasus.verbs() == before
    _reopen(kasus)
    assert list(kasus.open()) == ["periksa_berkas"]
