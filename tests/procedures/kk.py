"""KK karena perubahan data as the tests use it: the real files, and answers of invented people."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.procedures.answers import FormContext, UploadInfo, form_context
from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles, read_folder
from app.procedures.model.procedure import Procedure

ROOT = Path(__file__).parents[2]
SLUG = "kk-perubahan-data"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

BU_SARI = {
    "nama": "Sari Contoh",
    "nik": "3402994505850001",
    "nomor_kk": "3402990101100001",
    "nomor_hp": "628123456789",
    "email": "sari@contoh.id",
}
HOME = {
    "alamat": "Dusun Contoh",
    "rt": "03",
    "rw": "01",
    "wilayah": {"kapanewon": "340299", "kalurahan": "3402992001"},
    "anggota_kk": [{"nama": "Sari Contoh", "nik": "3402994505850001", "shdk": "3"}],
}
UPLOADS = {
    name: UploadInfo("image/jpeg")
    for name in ("foto-f106", "foto-bukti", "foto-kk", "foto-surat", "foto-ktp", "foto-baru", "draft")
} | {"kk-pdf": UploadInfo("application/pdf"), "tebal": UploadInfo("application/pdf", pages=60)}


def files() -> ProcedureFiles:
    return read_folder(ROOT)[SLUG]


@cache
def procedure() -> Procedure:
    return compile_procedure(files())


def context(**given: Any) -> FormContext:
    given.setdefault("prefill", {"akun": BU_SARI, "penduduk": HOME})
    given.setdefault("uploads", UPLOADS)
    return form_context(procedure(), NOW, **given)


def changed() -> dict[str, Any]:
    """Raw answers of isi_permohonan, jenis perubahan, as a browser sends them."""
    return {
        "jenis": "perubahan",
        "kk_lama": "ada",
        "alamat": "Dusun Contoh",
        "rt": "03",
        "wilayah": {"kapanewon": "340299", "kalurahan": "3402992001"},
        "nomor_hp": "0812 3456 789",
        "email": "sari@contoh.id",
        "untuk": "diri_sendiri",
        "anggota": [{"nama": "Sari Contoh", "nik": "3402994505850001", "shdk": "3", "keterangan": ""}],
        "perubahan": [
            {
                "anggota": "Sari Contoh",
                "elemen": "pekerjaan",
                "semula": "2",
                "menjadi": "Karyawan Swasta",
                "dasar": "Surat keterangan kerja",
                "bukti": ["foto-bukti"],
            }
        ],
        "f106": ["foto-f106"],
        "kk_lama_foto": ["foto-kk"],
        "bisa_cetak": "ya",
        "benar": "ya",
        "untuk_keluarga": "ya",
    }


def lost() -> dict[str, Any]:
    """Raw answers of isi_permohonan, jenis hilang."""
    kept = ("alamat", "rt", "wilayah", "nomor_hp", "email", "untuk", "bisa_cetak", "benar", "untuk_keluarga")
    return {
        **{key: value for key, value in changed().items() if key in kept},
        "jenis": "hilang",
        "surat_hilang": ["foto-surat"],
        "ktp": ["foto-ktp"],
    }


def all_good(*codes: str) -> dict[str, dict[str, str]]:
    return {code: {"nilai": "sesuai", "catatan": ""} for code in codes}
