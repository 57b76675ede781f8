"""Every fault the check must find, each as `file:line: pesan`, on the real files with one thing broken."""

from dataclasses import replace

import pytest

from app.domain.errors import ProcedureInvalid
from app.procedures.check import check, ensure_valid
from tests.procedures import kk
from tests.procedures.broken import BPMN, IKMT, ISI, PERIKSA, Case, assert_said, changed, errors, line_of, without


def test_berkas_kk_tidak_punya_kesalahan() -> None:
    assert [fault for fault in check(kk.files()) if not fault.warning] == []


def test_keraguan_di_catatan_tampil_sebagai_peringatan() -> None:
    faults = check(kk.files())
    assert all(fault.warning for fault in faults)
    assert sum(fault.message.startswith("Catatan:") for fault in faults) == 3


# What is broken: file, old text, new text; where it is said: file, text of the line; what is said.
FAULTS: dict[str, Case] = {
    "doctype": (BPMN, "<bpmn:definitions", "<!DOCTYPE a []>\n<bpmn:definitions", BPMN, "<?xml", "DOCTYPE"),
    "id_kembar": (BPMN, 'id="gw_valid"', 'id="gw_berkas"', BPMN, 'name="Data valid?"', "dipakai dua kali"),
    "lajur_tak_dikenal": (
        BPMN,
        'name="Petugas Cetak"',
        'name="Petugas Cetek"',
        BPMN,
        'id="kirim_kk"',
        "Lajur 'Petugas Cetek' tidak ada di pelaksana (ikmt). Maksud Anda 'Petugas Cetak'?",
    ),
    "lajur_tanpa_langkah": (
        IKMT,
        "  Petugas Cetak: [petugas_cetak]",
        "  Petugas Cetak: [petugas_cetak]\n  Loket: [petugas_cetak]",
        IKMT,
        "  Loket:",
        "Lajur 'Loket' tidak ada di diagram",
    ),
    "tugas_tanpa_lajur": (
        BPMN,
        "        <bpmn:flowNodeRef>arsipkan</bpmn:flowNodeRef>\n",
        "",
        BPMN,
        'id="arsipkan"',
        "tidak berada di lajur mana pun",
    ),
    "tugas_tanpa_norma": (
        IKMT,
        "    jam_kantor: berhenti",
        "    jam_kantor: berjalan",
        BPMN,
        'id="lengkapi_berkas"',
        "belum punya waktu",
    ),
    "baris_tanpa_elemen": (
        IKMT,
        "    langkah: ajukan_cetak",
        "    langkah: ajukan_cetek",
        IKMT,
        "ajukan_cetek",
        "Langkah 'ajukan_cetek' tidak ada di diagram. Maksud Anda 'ajukan_cetak'?",
    ),
    "elemen_tanpa_baris": (
        IKMT,
        "langkah: [susun_arsip, arsipkan]",
        "langkah: [susun_arsip]",
        BPMN,
        'id="arsipkan"',
        "tidak ada di kegiatan",
    ),
    "isian_tak_dikenal": (
        BPMN,
        'periksa_berkas.keputusan == "lengkap"',
        'periksa_berkas.keputusn == "lengkap"',
        BPMN,
        'periksa_berkas.keputusn == "lengkap"',
        "Isian 'keputusn' tidak ada di formulir periksa_berkas. Maksud Anda 'keputusan'?",
    ),
    "langkah_tak_dikenal": (
        BPMN,
        'periksa_berkas.keputusan == "lengkap"',
        'periksa_berkss.keputusan == "lengkap"',
        BPMN,
        'periksa_berkss.keputusan == "lengkap"',
        "Langkah 'periksa_berkss' tidak ada di diagram. Maksud Anda 'periksa_berkas'?",
    ),
    "nilai_tak_ada": (
        PERIKSA,
        "tampil_jika: {keputusan: kurang}",
        "tampil_jika: {keputusan: kuramg}",
        PERIKSA,
        "kuramg",
        "Isian 'keputusan' tidak punya pilihan 'kuramg'. Maksud Anda 'kurang'?",
    ),
    "langkah_belum_dikerjakan": (
        BPMN,
        'periksa_berkas.keputusan == "lengkap"',
        'terima_kk.hasil == "baik"',
        BPMN,
        'terima_kk.hasil == "baik"',
        "tidak pernah dikerjakan sebelum 'gw_berkas'",
    ),
    "tanpa_default": (
        BPMN,
        ' default="dari_gw_valid_ke_lengkapi_berkas"',
        "",
        BPMN,
        'id="gw_valid"',
        "belum ada alur default",
    ),
    "tak_terjangkau": (
        BPMN,
        '<bpmn:endEvent id="selesai"',
        '<bpmn:userTask id="yatim"/><bpmn:endEvent id="selesai"',
        BPMN,
        'id="yatim"',
        "tidak pernah dicapai",
    ),
    "alur_menggantung": (
        BPMN,
        'sourceRef="mulai" targetRef="isi_permohonan"',
        'sourceRef="mulai" targetRef="tiada"',
        BPMN,
        'targetRef="tiada"',
        "menyambung ke tiada",
    ),
    "elemen_tak_didukung": (
        BPMN,
        '<bpmn:endEvent id="selesai"',
        '<bpmn:scriptTask id="skrip"/><bpmn:endEvent id="selesai"',
        BPMN,
        'id="skrip"',
        "scriptTask tidak didukung",
    ),
    "peran_tak_dikenal": (
        IKMT,
        "Petugas Cetak: [petugas_cetak]",
        "Petugas Cetak: [petugas_cetk]",
        IKMT,
        "petugas_cetk]",
        "Peran 'petugas_cetk' tidak dikenal. Maksud Anda 'petugas_cetak'?",
    ),
    "pekerjaan_tak_dikenal": (
        IKMT,
        "kerjakan: susun_arsip",
        "kerjakan: susun_arsib",
        IKMT,
        "susun_arsib",
        "Pekerjaan 'susun_arsib' tidak dikenal. Maksud Anda 'susun_arsip'?",
    ),
    "argumen_kurang": (
        IKMT,
        "kerjakan: susun_arsip, isi: [isian, berkas, kk_pdf, diskusi, riwayat], ",
        "kerjakan: susun_arsip, ",
        IKMT,
        "  susun_arsip: {",
        "memerlukan kunci 'isi'",
    ),
    "kotak_tanpa_otomatis": (
        IKMT,
        "  susun_arsip: {kerjakan",
        "  susun_arsib: {kerjakan",
        BPMN,
        'id="susun_arsip"',
        "belum ada di otomatis",
    ),
    "timer_tanpa_batas": (
        IKMT,
        "  batas_terima: 3 hari kerja",
        "  batas_trima: 3 hari kerja",
        BPMN,
        'id="batas_terima"',
        "belum punya lama",
    ),
    "batas_tanpa_timer": (
        IKMT,
        "  batas_terima: 3 hari kerja",
        "  batas_trima: 3 hari kerja",
        IKMT,
        "batas_trima",
        "Timer 'batas_trima' tidak ada di diagram. Maksud Anda 'batas_terima'?",
    ),
    "waktu_tak_terbaca": (IKMT, "waktu: 5 menit", "waktu: lima menit", IKMT, "lima menit", "tidak dapat dibaca"),
    "bagi_waktu_salah": (
        IKMT,
        "entri_siak: 3 menit}",
        "entri_siak: 4 menit}",
        IKMT,
        "    bagi_waktu: {",
        "Jumlah bagi_waktu harus 5 menit",
    ),
    "pemberitahuan_langkah": (
        IKMT,
        "saat: lengkapi_berkas dibuka",
        "saat: lengkapi_berkss dibuka",
        IKMT,
        "lengkapi_berkss",
        "Langkah 'lengkapi_berkss' tidak ada di diagram",
    ),
    "pemberitahuan_peran": (
        IKMT,
        "peran petugas_cetak]",
        "peran petugas_ctak]",
        IKMT,
        "peran petugas_ctak",
        "Peran 'petugas_ctak' tidak dikenal",
    ),
    "pemberitahuan_templat": (
        IKMT,
        "templat: kk_siap,",
        "templat: kk_sip,",
        IKMT,
        "kk_sip",
        "Templat 'kk_sip' tidak ada di templat. Maksud Anda 'kk_siap'?",
    ),
    "templat_kata": (IKMT, "PIN cek status: {pin}", "PIN: {nik}", IKMT, "isi: |", "Kata {nik} tidak dikenal"),
    "maju": (
        ISI,
        "        halaman_sendiri: ya                # bergantung pada jawaban di atas, jadi di halaman berikutnya\n",
        "",
        ISI,
        "tampil_jika: {jenis: perubahan}\n".strip(),
        "belum diisi di sini",
    ),
    "persyaratan_tak_diminta": (
        ISI,
        "persyaratan: surat_hilang, ",
        "",
        IKMT,
        "kode: surat_hilang",
        "tidak diminta di formulir mana pun",
    ),
    "persyaratan_tak_dikenal": (
        ISI,
        "persyaratan: surat_hilang, ",
        "persyaratan: surat_hilag, ",
        ISI,
        "surat_hilag",
        "Persyaratan 'surat_hilag' tidak ada di ikmt. Maksud Anda 'surat_hilang'?",
    ),
    "kunci_tak_dikenal": (
        PERIKSA,
        "        label: Keputusan",
        "        labl: Keputusan",
        PERIKSA,
        "labl",
        "Kunci 'labl' tidak dikenal. Maksud Anda 'label'?",
    ),
    "kunci_kurang": (
        PERIKSA,
        "        label: Keputusan",
        "        labl: Keputusan",
        PERIKSA,
        "- id: keputusan",
        "Kunci 'label' belum ada",
    ),
    "jenis_isian": (
        PERIKSA,
        "jenis: teks_panjang",
        "jenis: teks_pnjang",
        PERIKSA,
        "teks_pnjang",
        "Maksud Anda 'teks_panjang'?",
    ),
    "kunci_kembar": (
        IKMT,
        "nomor: IKMT-PP-01-07",
        "nomor: IKMT-PP-01-07\nnomor: IKMT-PP-01-08",
        IKMT,
        "IKMT-PP-01-08",
        "ditulis dua kali",
    ),
    "kode_tak_ada": (ISI, "kode/shdk}", "kode/shdkk}", ISI, "kode/shdkk", "Daftar kode 'shdkk' tidak ada"),
    "blok_bersama": (ISI, "pakai: pemohon", "pakai: pemohn", ISI, "pakai: pemohn", "Blok bersama 'pemohn' tidak ada"),
    "slug": (IKMT, "slug: kk-perubahan-data", "slug: kk-lain", IKMT, "slug:", "slug harus sama"),
    "rujukan": (
        IKMT,
        "rujukan: ajukan_cetak.nomor_pengajuan_siak",
        "rujukan: ajukan_cetak.nomor",
        IKMT,
        "rujukan: ajukan_cetak.nomor",
        "bukan isian formulir mana pun",
    ),
    "pola_jahat": (
        "forms/_bersama/pemohon.yaml",
        'pola: "[0-9]{1,3}"',
        'pola: "([0-9]+)+x"',
        "forms/_bersama/pemohon.yaml",
        "([0-9]+)+x",
        "Pola hanya boleh",
    ),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_kesalahan_disebut_dengan_berkas_dan_baris(case: Case) -> None:
    files = changed(case[:3])
    assert_said(case, errors(files), files)


def test_diagram_yang_bukan_xml_disebut_barisnya() -> None:
    files = kk.files()
    broken = replace(files, files={**files.files, BPMN: b"<?xml version='1.0'?>\n<bpmn:definitions"})
    assert str(check(broken)[0]).startswith(f"{BPMN}:2: Bukan XML yang utuh")


def test_langkah_orang_tanpa_formulir() -> None:
    found = [str(fault) for fault in check(without(PERIKSA))]
    line = line_of(kk.files(), BPMN, 'id="periksa_berkas"')
    assert f"{BPMN}:{line}: Langkah 'periksa_berkas' belum punya formulir. Buat {PERIKSA}." in found


def test_formulir_tanpa_langkah() -> None:
    files = kk.files()
    stray = "forms/kk-perubahan-data/periksa_berks.yaml"
    more = replace(files, files={**files.files, stray: files.files[PERIKSA]})
    assert any(str(fault).startswith(f"{stray}:1: Langkah 'periksa_berks' tidak ada") for fault in check(more))


@pytest.mark.parametrize("missing", [BPMN, IKMT])
def test_berkas_yang_belum_ada_disebut(missing: str) -> None:
    assert any(fault.file == missing and "belum ada" in fault.message for fault in check(without(missing)))


@pytest.mark.parametrize(
    "escape",
    [
        "random._os.getpid()",
        "uuid.os.environ",
        "().__class__.__base__.__subclasses__()",
        "__import__('os').system('id')",
        "9**9**9",
        "'%1000000000d' % 1",
    ],
)
def test_jalan_keluar_dari_bahasa_kondisi_ditolak(escape: str) -> None:
    files = changed((BPMN, 'periksa_berkas.keputusan == "lengkap"', escape))
    line = line_of(files, BPMN, f">{escape}<")
    assert any(str(fault).startswith(f"{BPMN}:{line}: Kondisi") for fault in check(files))
    with pytest.raises(ProcedureInvalid):
        ensure_valid(files)
    visible = changed((PERIKSA, "tampil_jika: {keputusan: kurang}", f'tampil_jika: "{escape}"'))
    assert any(fault.file == PERIKSA and not fault.warning for fault in check(visible))


def test_langkah_yang_bisa_terlewati_hanya_peringatan() -> None:
    files = changed((BPMN, 'verifikasi_draft.keputusan == "valid"', 'entri_siak.status_entri == "tersimpan"'))
    found = [fault for fault in check(files) if "bisa terlewati" in fault.message]
    assert found
    assert all(fault.warning for fault in found)


def test_putaran_tanpa_orang_ditolak() -> None:
    flow = 'id="dari_gw_valid_ke_lengkapi_berkas" name="Tidak valid" sourceRef="gw_valid" targetRef='
    files = changed((BPMN, f'{flow}"lengkapi_berkas"', f'{flow}"gw_valid"'))
    line = line_of(files, BPMN, '<bpmn:exclusiveGateway id="gw_valid"')
    assert any(text.startswith(f"{BPMN}:{line}: 'gw_valid' ada di putaran tanpa orang") for text in errors(files))


def test_penggabung_yang_tak_pernah_penuh_ditemukan_oleh_jalan_uji() -> None:
    """An exclusive split into a parallel join looks fine on paper and waits for ever."""
    files = changed((BPMN, '<bpmn:exclusiveGateway id="satukan_terima">', '<bpmn:parallelGateway id="satukan_terima">'))
    text = files.files[BPMN].decode()
    tail = text.index("</bpmn:exclusiveGateway>", text.index('id="satukan_terima"'))
    text = text[:tail] + "</bpmn:parallelGateway>" + text[tail + len("</bpmn:exclusiveGateway>") :]
    found = check(replace(files, files={**files.files, BPMN: text.encode()}))
    assert [fault for fault in found if "macet" in fault.message]


def test_prosedur_yang_rusak_tidak_dapat_diterbitkan() -> None:
    with pytest.raises(ProcedureInvalid) as caught:
        ensure_valid(changed((IKMT, "waktu: 5 menit", "waktu: lima menit")))
    assert any("lima menit" in fault.message for fault in caught.value.faults)
