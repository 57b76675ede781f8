"""KK karena perubahan data as it was drawn: the paper word for word, its clocks, its lanes, its forms."""

from pathlib import Path

import pytest

from app.domain.durations import Duration
from app.domain.errors import ProcedureInvalid
from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles, read_folder
from tests.procedures import kk

# Rows of IKMT-PP-01-07 as printed: uraian, waktu in minutes, output, keterangan.
PAPER = [
    (
        "Pemohon mengisi formulir permohonan dalam aplikasi disdukcapil smart bantul",
        3,
        "Isian Formulir dan foto berkas permohonan dan persyaratan",
        "apabila hilang menyertakan Foto Surat Keterangan Hilang dari Kepolisian, dan KK lama jika rusak.",
    ),
    (
        "Petugas unit layanan membuka permohonan pada disdukcapil smart bantul",
        1,
        "Isian Formulir dan foto berkas permohonan dan persyaratan",
        "",
    ),
    (
        "Petugas unit layanan dan entri menerima, meneliti, dan mengentri data berkas permohonan serta persyaratan, "
        "jika persyaratan masih ada yang kurang berkas dikembalikan kepada pemohon untuk dilengkapi dan dilanjutkan "
        "melalui layanan WhatsApp (WA) dengan dipandu oleh Petugas",
        5,
        "Isian Formulir dan foto berkas permohonan dan persyaratan",
        "Entri data hanya untuk KK baru dan perubahan data. KK hilang tidak ada kegiatan entri data. Apabila "
        "persyaratan yang dikirim belum lengkap, maka pemohon akan diberi notifikasi pemberitahuan untuk melengkapi",
    ),
    (
        "Petugas unit layanan mengajukan cetak KK kepada kepala seksi / kepala bidang",
        1,
        "draft Kartu Keluarga",
        "",
    ),
    (
        "Kepala seksi/kepala bidang melakukan verifikasi elektronik draft Kartu Keluarga",
        1,
        "data verifikasi elektronik",
        "verifikasi yang dilakukan adalah verifikasi pengajuan cetak KK dari petugas unit layanan",
    ),
    (
        "Jika ada indikasi data tidak valid maka berkas dikembalikan kepada pemohon, namun jika verifikasi berkas "
        "sudah benar maka permohonan diteruskan ke Kepala Dinas untuk di tanda tangani",
        1,
        "data verifikasi elektronik",
        "",
    ),
    (
        "Kepala Dinas menandatangani KK secara elektronik, lalu diterima oleh petugas unit layanan",
        1,
        "data verifikasi elektronik",
        "tanda tangan secara elektronik pada Kartu Keluarga yang diajukan",
    ),
    (
        "Petugas cetak mendownload Kartu Keluarga yang sudah ditanda tangani elektronik Kepala Dinas, kemudian "
        "mengirim file PDK KK kepada Pemohon melalui Aplikasi WhatsApp (WA)",
        1,
        "PDF KK",
        "Pemohon mendapat file PDF KK dan notifikasi pemberitahuan: untuk mencetak KK secara mandiri menggunakan "
        "kertas HVS A4 80 gram. KK lama agar dikembalikan ke Petugas Dukcapil di Kecamatan karena sudah tidak "
        "berlaku. Apabila perubahan data KK mengakibatkan pembaharuan KTP, maka pemohon melakukan permohonan "
        "pencetakan melalui aplikasi Disdukcapil Smart Bantul",
    ),
    (
        "Pemohon menerima file PDK KK dan notifikasi pemberitahuan cetak mandiri. "
        "Pemohon mencetak file PDF KK sendiri.",
        0,
        "PDF KK",
        "Pemohon mengunduh file PDF KK, melakukan cetak KK secara mandiri menggunakan kertas HVS A4 80 gram",
    ),
    (
        "Petugas cetak mengarsip berkas digital",
        1,
        "PDF KK",
        "Di Back Up berlapis menggunakan Server Disdukcapil Smart Bantul, Harddisk, Flashdisk, dan berbagai "
        "fasilitas penyimpanan elektronik",
    ),
]


def test_sepuluh_baris_sama_kata_demi_kata_dengan_dokumen() -> None:
    rows = kk.procedure().rows
    assert [(row.uraian, row.waktu.minutes, row.output, row.keterangan) for row in rows] == PAPER
    assert [row.no for row in rows] == list(range(1, 11))


def test_jumlah_norma_lima_belas_menit_dan_dua_belas_di_kantor() -> None:
    steps = [step for step in kk.procedure().steps.values() if step.rows]
    total = sum((step.norm for step in steps if step.norm), Duration())
    office = sum((step.norm for step in steps if step.norm and not step.by_applicant), Duration())
    assert (total.minutes, office.minutes) == (15, 12)


def test_langkah_di_dua_baris_menjumlahkan_waktunya() -> None:
    step = kk.procedure().steps["verifikasi_draft"]
    assert step.rows == (5, 6)
    assert step.norm == Duration(minutes=2)
    assert step.different_from == ("isi_permohonan", "entri_siak", "ajukan_cetak")


def test_lima_lajur_dan_perannya() -> None:
    assert dict(kk.procedure().lanes) == {
        "Pemohon": ("pemohon",),
        "Petugas Unit Layanan & Entri": ("petugas_layanan",),
        "Petugas Cetak": ("petugas_cetak",),
        "Kasi/Kabid": ("kasi", "kabid"),
        "Kepala Dinas": ("kepala_dinas",),
    }


def test_membuka_permohonan_selesai_saat_dibuka_dan_tanpa_formulir() -> None:
    assert kk.procedure().steps["buka_permohonan"].done_when_opened
    assert "buka_permohonan" not in kk.procedure().forms


def test_melengkapi_berkas_menghentikan_jam_kantor() -> None:
    step = kk.procedure().steps["lengkapi_berkas"]
    assert step.clock_stops
    assert step.norm is None
    assert (step.open_status, step.status) == ("Perlu dilengkapi", "Menunggu diperiksa")


def test_versi_yang_disimpan_dan_dibaca_lagi_sama() -> None:
    files = kk.files()
    again = ProcedureFiles.from_bundle(files.to_bundle())
    assert again.hash == files.hash
    assert again.to_bundle() == files.to_bundle()
    assert compile_procedure(again) is compile_procedure(files)


def test_blok_bersama_ikut_di_dalam_sidik() -> None:
    files = kk.files()
    shared = "forms/_bersama/pemohon.yaml"
    assert shared in files.files
    assert ProcedureFiles(files.slug, {**files.files, shared: b"isian: []"}).hash != files.hash


def test_bundel_rusak_ditolak() -> None:
    for raw in (b"", b"[]", b'{"slug": 1}', b'{"slug": "a", "files": {"x": "%%"}}'):
        with pytest.raises(ProcedureInvalid):
            ProcedureFiles.from_bundle(raw)


def test_folder_tanpa_prosedur_ditolak(tmp_path: Path) -> None:
    with pytest.raises(ProcedureInvalid):
        read_folder(tmp_path)


def test_isian_berhalaman_sendiri_menjadi_halaman_sendiri() -> None:
    sections = kk.procedure().forms["isi_permohonan"].sections
    assert [section.id for section in sections][:3] == ["jenis", "jenis_kk_lama", "pemohon"]
