"""A procedure whose letter Alur draws and signs itself: what the check demands of its three files."""

import pytest

from app.domain.actors import SYSTEM
from app.procedures.check import check
from app.procedures.files import ProcedureFiles
from app.services.flow import published
from app.services.rehearsal import simulation
from tests.support import surat

IKMT, PRINT = "ikmt/surat-keterangan.yaml", "forms/surat-keterangan/cetak/surat_keterangan.yaml"
SIGNING, ASKING = "forms/surat-keterangan/tanda_tangan_surat.yaml", "forms/surat-keterangan/minta_surat.yaml"
NO_FILE = ("jenis: teks, label: Surat, maks: 5", "harus punya satu isian berkas")


def faults(path: str, before: str, after: str) -> str:
    files = surat.files()
    text = files.files[path].decode()
    assert before in text
    changed = ProcedureFiles(files.slug, {**files.files, path: text.replace(before, after).encode()})
    return "\n".join(str(fault) for fault in check(changed) if not fault.warning)


def test_berkas_kantor_bersih() -> None:
    assert [fault for fault in check(surat.files()) if not fault.warning] == []
    assert [fault for fault in check(surat.files("bsre")) if not fault.warning] == []


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (IKMT, "cetak: surat_keterangan", "cetak: surat_lain", "Surat 'surat_lain' tidak ada"),
        (IKMT, "470/{urut}/{tahun}", "470/{tahun}", "Tulis nomor surat dengan {urut}"),
        (IKMT, "470/{urut}/{tahun}", "{urut}/{bulan}", "Tulis nomor surat dengan {urut}"),
        (IKMT, ', nomor: "470/{urut}/{tahun}"', "", "memerlukan kunci 'nomor'"),
        (
            IKMT,
            "langkah: tanda_tangan_surat, cara: lokal",
            "langkah: minta_surat, cara: lokal",
            "tidak ada yang ditandatangani",
        ),
        (PRINT, "{nomor_surat}", "{nomor_suratt}", "Isian 'nomor_suratt' tidak ada. Maksud Anda 'nomor_surat'?"),
        (
            PRINT,
            '  - paragraf: "telah',
            '  - tabel: {dari: x, kolom: [{judul: A, isi: a}]}\n  - paragraf: "telah',
            "Surat hanya berisi",
        ),
        (SIGNING, "id: alasan_kembali", "id: alasan", "harus punya isian 'alasan_kembali'"),
        (
            SIGNING,
            "ditandatangani: Ditandatangani, ",
            "sudah: Ditandatangani, ",
            "dengan pilihan ditandatangani dan dikembalikan",
        ),
        (SIGNING, "jenis: berkas, label: Surat bertanda tangan, maks_halaman: 5, format: [pdf]", *NO_FILE),
        (ASKING, "permohonan.berjalan", "permohonan.selesai", "Langkah 'permohonan' tidak ada"),
    ],
)
def test_yang_salah_ditunjuk(path: str, before: str, after: str, said: str) -> None:
    assert said in faults(path, before, after)


def test_simulasi_menjalani_semua_jalannya_tanpa_kehilangan(sqlite_app: object) -> None:
    """Signed with certificates of the scratch office."""
    published.publish(SYSTEM, surat.files("bsre"))
    report = simulation.simulate(surat.SLUG, 6, 7)
    assert (report.lost, report.changed_by_replay) == (0, 0)
    assert set(report.outcomes) <= {"selesai", "ditolak"} and sum(report.outcomes.values()) == 6
