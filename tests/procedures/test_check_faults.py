"""The rest of what the check must find, each broken alone in the real files: the document, then the screens."""

import pytest

from app.domain.errors import Fault
from app.procedures.check import check
from tests.procedures import kk
from tests.procedures.broken import (
    BPMN,
    FORMS,
    IKMT,
    ISI,
    PERIKSA,
    Case,
    assert_said,
    changed,
    errors,
    line_of,
    warnings,
)

KIRIM = f"{FORMS}/kirim_kk.yaml"
ENTRI = f"{FORMS}/entri_siak.yaml"
LENGKAPI = f"{FORMS}/lengkapi_berkas.yaml"
DRAFT = f"{FORMS}/verifikasi_draft.yaml"
CETAK = f"{FORMS}/cetak/f106_terisi.yaml"
TIMER = '<bpmn:timerEventDefinition id="waktu_batas_terima" />'


OUTCOMES = """\
  selesai: {hasil: selesai, status: Selesai}
  batas_lengkapi: {hasil: tidak_dilengkapi, status: Ditutup karena tidak dilengkapi}
  tunggu_penarikan: {hasil: ditarik, status: Ditarik}
  putuskan_penolakan: {hasil: ditolak, status: Ditolak}
"""


def timer(inside: str) -> str:
    return f'<bpmn:timerEventDefinition id="waktu_batas_terima">{inside}</bpmn:timerEventDefinition>'


def said(path: str, old: str, new: str, message: str, at: str = "", file: str = "") -> Case:
    """Said on the line that was changed, unless `at` (and `file`) name another."""
    return (path, old, new, file or path, at or new.strip().splitlines()[0], message)


DOCUMENT: dict[str, Case] = {
    "nilai_kondisi_tak_ada": said(
        BPMN, 'keputusan == "lengkap"', 'keputusan == "lengkp"', "Isian 'keputusan' tidak punya pilihan 'lengkp'."
    ),
    "kunjungan_langkah_tak_ada": said(
        BPMN,
        'periksa_berkas.keputusan == "lengkap"',
        "kunjungan.periksa_berks == 2",
        "Kondisi menyebut kunjungan langkah 'periksa_berks' yang tidak ada. Maksud Anda 'periksa_berkas'?",
    ),
    "timer_digambar_dan_ditulis": said(
        BPMN,
        TIMER,
        timer("<bpmn:timeDuration>P3D</bpmn:timeDuration>"),
        "Timer 'batas_terima' sudah punya lama di diagram. Pakai salah satu saja.",
        at="  batas_terima: 3 hari kerja",
        file=IKMT,
    ),
    "timer_tak_terbaca": said(
        BPMN, TIMER, timer("<bpmn:timeDuration>tiga hari</bpmn:timeDuration>"), "batas waktu 'tiga hari' (timeDuration)"
    ),
    "timer_berulang": said(
        BPMN, TIMER, timer("<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>"), "batas waktu 'R3/PT1H' (timeCycle)"
    ),
    "tanggal_tak_terbaca": said(
        BPMN, TIMER, timer("<bpmn:timeDate>2026-02-31</bpmn:timeDate>"), "batas waktu '2026-02-31' (timeDate)"
    ),
    "tanggal_di_ujung_kalender": said(
        BPMN, TIMER, timer("<bpmn:timeDate>9999-12-31T23:59:59-23:59</bpmn:timeDate>"), "tidak dikenal. Tulis durasi"
    ),
    "lama_batas_tak_terbaca": said(
        IKMT, "batas_terima: 3 hari kerja", "batas_terima: kapan-kapan", "tidak dapat dibaca"
    ),
    "baris_dua_kali": said(IKMT, "  - no: 10\n", "  - no: 9 # lagi\n", "Baris 9 ditulis dua kali"),
    "baris_tanpa_langkah_jalan": said(
        IKMT, "langkah: kirim_kk\n", "langkah: gw_kirim\n", "Baris 8 tidak memuat langkah yang dikerjakan", at="no: 8"
    ),
    "langkah_di_dua_tempat": said(
        IKMT,
        "  lengkapi_berkas:\n",
        "  kirim_kk: {waktu: 1 menit}\n  lengkapi_berkas:\n",
        "Langkah 'kirim_kk' sudah ada di kegiatan.",
    ),
    "tambahan_tanpa_elemen": said(
        IKMT, "  tangani_keluhan:\n", "  tangani_keluhn:\n", "Langkah 'tangani_keluhn' tidak ada di diagram."
    ),
    "baris_beberapa_langkah_tanpa_bagi": said(
        IKMT,
        "    bagi_waktu: {periksa_berkas: 2 menit, entri_siak: 3 menit}\n",
        "",
        "Baris 3 memuat beberapa langkah; bagi waktunya",
        at="no: 3",
    ),
    "bagi_waktu_langkah_lain": said(
        IKMT,
        "{periksa_berkas: 2 menit, entri_siak",
        "{periksa_berks: 2 menit, entri_siak",
        "bagi_waktu menyebut 'periksa_berks'",
    ),
    "peran_terlambat": said(
        IKMT, "jika_terlambat: [kabid, kepala_dinas]", "jika_terlambat: [kabit]", "Peran 'kabit' tidak dikenal."
    ),
    "peran_pengisi": said(
        IKMT,
        "boleh_diisi_petugas: [petugas_layanan]",
        "boleh_diisi_petugas: [petugas_lyanan]",
        "Peran 'petugas_lyanan' tidak dikenal.",
    ),
    "beda_petugas": said(
        IKMT,
        "harus_beda_petugas_dari: [isi_permohonan, entri_siak, ajukan_cetak]",
        "harus_beda_petugas_dari: [isi_permohonan, entri_sak]",
        "'entri_sak' bukan langkah orang di diagram. Maksud Anda 'entri_siak'?",
    ),
    "perlu_jika_isian": said(
        IKMT, "perlu_jika: {jenis: rusak}", "perlu_jika: {jnis: rusak}", "Isian 'jnis' tidak ada di formulir"
    ),
    "perlu_jika_nilai": said(
        IKMT, "perlu_jika: {jenis: rusak}", "perlu_jika: {jenis: rusek}", "tidak punya pilihan 'rusek'"
    ),
    "perlu_jika_di_luar_bahasa": said(
        IKMT, "perlu_jika: {jenis: rusak}", 'perlu_jika: "open(1)"', "Fungsi tidak dapat dipanggil"
    ),
    "persyaratan_dua_kali": said(
        IKMT, "  - kode: kk_rusak\n", "  - kode: bukti # lagi\n", "Persyaratan 'bukti' ditulis dua kali"
    ),
    "jenis_tidak_ditawarkan": said(
        IKMT,
        "  rusak: KK rusak\n",
        "  rusak: KK rusak\n  baru: KK baru\n",
        "harus menawarkan tepat",
        at="jenis_permohonan:",
    ),
    "batas_dari_isian_yang_bukan_tanggal": said(
        IKMT, "isian: periksa_berkas.batas_lengkapi", "isian: periksa_berkas.keputusan", "harus berjenis tanggal"
    ),
    "dibuka_kembali_sesudah_alur_berpisah": said(
        IKMT, "hasil: [selesai], langkah: kirim_kk", "hasil: [selesai], langkah: terima_kk", "macet di gerbang gabung"
    ),
    "jejak_dengan_kata_sendiri": said(IKMT, "catat: usul_blokir_akun", "catat: usul_blokir", "tidak dikenal jejak"),
    "berlaku_mulai": said(IKMT, "berlaku_mulai: 30 Januari 2023", "berlaku_mulai: 30 Januri 2023", "Januri"),
    "penarikan_langkah": said(
        IKMT,
        "tidak_lagi_sejak: tanda_tangan_kk",
        "tidak_lagi_sejak: tanda_tangan",
        "'tanda_tangan' bukan langkah orang",
    ),
    "pesan_tanpa_penarikan": said(
        IKMT,
        "penarikan:",
        "catatan_penarikan:",
        "'tunggu_penarikan' menunggu pesan, tetapi ikmt tidak punya bagian penarikan.",
        at='id="tunggu_penarikan"',
        file=BPMN,
    ),
    "hasil_akhir_tanpa_elemen": said(
        IKMT, "  batas_lengkapi: {hasil", "  batas_lengkap: {hasil", "Langkah 'batas_lengkap' tidak ada di diagram."
    ),
    "akhir_tanpa_hasil": said(
        IKMT,
        OUTCOMES,
        "  tutup_tanpa_kk: {hasil: ditutup, status: Ditutup}\n",
        "Akhir 'selesai' belum ada di hasil_akhir",
        at='<bpmn:endEvent id="selesai"',
        file=BPMN,
    ),
    "tanda_tangan_langkah": said(
        IKMT,
        "tanda_tangan: {langkah: tanda_tangan_kk",
        "tanda_tangan: {langkah: tanda_tngan",
        "'tanda_tngan' bukan langkah",
    ),
    "pengiriman_langkah": said(
        IKMT, "  langkah: kirim_kk\n  kanal", "  langkah: krim_kk\n  kanal", "'krim_kk' bukan langkah"
    ),
    "kirim_ulang": said(
        IKMT, "kirim_ulang: tangani_keluhan", "kirim_ulang: tangani", "'tangani' bukan langkah orang di diagram."
    ),
    "putus_bila": said(
        IKMT, "terima_kk.masalah: bukan_kk_saya", "terima_kk.masalh: bukan_kk_saya", "Isian 'masalh' tidak ada"
    ),
    "otomatis_bukan_kotak": said(
        IKMT, "  beri_tahu_unit: {kerjakan", "  kirim_kk: {kerjakan", "'kirim_kk' bukan kotak bergerigi di diagram."
    ),
    "otomatis_argumen_asing": said(
        IKMT, "ke: [server, harddisk, flashdisk]}", "ke: [server], kpd: [x]}", "tidak mengenal kunci 'kpd'"
    ),
    "otomatis_templat": said(
        IKMT, "templat: kk_bertanda_tangan, kepada", "templat: kk_brtanda, kepada", "Templat 'kk_brtanda' tidak ada"
    ),
    "penerima": said(
        IKMT,
        "kepada: pelaku periksa_berkas, templat: sudah",
        "kepada: semua orang, templat: sudah",
        "Tulis pemohon, pelaku",
    ),
    "penerima_pelaku": said(
        IKMT,
        "kepada: pelaku periksa_berkas, templat: sudah",
        "kepada: pelaku periksa_berks, templat: sudah",
        "'periksa_berks' bukan langkah orang",
    ),
    "kanal": said(
        IKMT,
        "templat: perbaiki_entri, kanal: [aplikasi]",
        "templat: perbaiki_entri, kanal: [aplikas]",
        "Kanal 'aplikas'",
    ),
    "saat_tak_terbaca": said(IKMT, "saat: buka_permohonan selesai", "saat: nanti saja ya", "Tulis saat sebagai"),
    "saat_hasil": said(
        IKMT, "kasus ditutup = ditarik,", "kasus ditutup = ditrik,", "Hasil 'ditrik' tidak ada di hasil_akhir."
    ),
    "saat_keputusan": said(
        IKMT,
        "saat: kirim_kk = terkirim",
        "saat: kirim_kk = terkrim",
        "Isian 'keputusan' tidak punya pilihan 'terkrim'.",
    ),
    "saat_tanpa_keputusan": said(
        IKMT,
        "saat: kirim_kk = terkirim",
        "saat: entri_siak = terkirim",
        "Formulir entri_siak tidak punya isian 'keputusan'.",
    ),
    "rangkum": said(
        IKMT,
        "kepada: peran kepala_dinas, templat: menunggu_tanda_tangan",
        "kepada: pemohon, templat: menunggu_tanda_tangan",
        "rangkum hanya untuk",
    ),
    "pesan_dari": said(
        IKMT, "pesan_dari: putuskan_penolakan", "pesan_dari: putuskan", "'putuskan' bukan langkah orang di diagram."
    ),
    "templat_tambahan": said(
        IKMT,
        "{kirim_kk.perlu_ktp: ya}",
        "{kirim_kk.perlu_kpt: ya}",
        "Isian 'perlu_kpt' tidak ada di formulir kirim_kk.",
    ),
    "sesudah_awal_bukan_pemohon": said(
        BPMN,
        "        <bpmn:flowNodeRef>isi_permohonan</bpmn:flowNodeRef>\n",
        "",
        "Sesudah awal harus langsung langkah pemohon",
        at='<bpmn:startEvent id="mulai"',
    ),
    "jangkar": said(IKMT, "biaya: Gratis", "biaya: &x Gratis", "Jangkar YAML"),
    "bentuk_salah": said(IKMT, "jika_terlambat: [kabid, kepala_dinas]", "jika_terlambat: {a: b}", "harus daftar"),
    "angka_salah": said(IKMT, "  - no: 4\n", "  - no: empat\n", "Nomor baris harus angka"),
    "wajib_kurang": said(IKMT, "nomor: IKMT-PP-01-07\n", "", "Kunci 'nomor' belum ada", at="slug:"),
}

SCREENS: dict[str, Case] = {
    "isian_dua_kali": said(
        LENGKAPI, "{id: balasan, jenis", "{id: asal, jenis", "Isian 'asal' ditulis dua kali", at="- id: asal"
    ),
    "bagian_dua_kali": said(PERIKSA, "- id: penolakan", "- id: pesan", "Bagian 'pesan' ditulis dua kali"),
    "nama_dipakai_sistem": said(
        LENGKAPI, "{id: balasan,", "{id: csrf_token,", "Nama isian 'csrf_token' dipakai sistem."
    ),
    "tanpa_pilihan": said(
        ENTRI,
        "        pilihan: {tersimpan: Sudah tersimpan di SIAK, gagal: Belum berhasil}\n",
        "",
        "belum punya pilihan",
        at="- id: status_entri",
    ),
    "belum_selesai_melihat_langkah_lain": said(
        ENTRI,
        "  jika: {status_entri: gagal}",
        "  jika: {periksa_berkas.keputusan: kurang}",
        "hanya boleh melihat isian formulir ini",
    ),
    "belum_selesai_tanpa_isian_sebab": said(
        ENTRI, "alasan: [sebab_gagal, uraian_gagal]", "alasan: [sebab]", "Isian 'sebab' tidak ada di formulir ini."
    ),
    "jeda_dengan_nilai_yang_tidak_ada": said(
        ENTRI, "{jika: {sebab_gagal: siak_mati}", "{jika: {sebab_gagal: siak_padam}", "tidak punya pilihan 'siak_padam'"
    ),
    "terkunci_tanpa_sumber": said(
        LENGKAPI, "wajib: tidak, maks: 500}", "terkunci: ya, maks: 500}", "terkunci tetapi tidak punya diisi_dari"
    ),
    "diisi_dari_akun": said(
        ISI, "diisi_dari: penduduk.anggota_kk", "diisi_dari: penduduk.anggota", "'penduduk.anggota' tidak ada."
    ),
    "diisi_dari_langkah": said(
        PERIKSA,
        "diisi_dari: isi_permohonan.jenis",
        "diisi_dari: isi_permohonan.jnis",
        "Isian 'jnis' tidak ada di formulir",
    ),
    "diisi_dari_kemudian": said(
        ISI,
        "diisi_dari: penduduk.anggota_kk",
        "diisi_dari: kirim_kk.keputusan",
        "Langkah 'kirim_kk' tidak pernah dikerjakan sebelum 'isi_permohonan'.",
    ),
    "pilihan_dari_kolom": said(
        ISI, "pilihan_dari: anggota.nama", "pilihan_dari: anggota.nma", "Tabel 'anggota' tidak punya kolom 'nma'."
    ),
    "pilihan_dari_bukan_tabel": said(
        ENTRI, "pilihan_dari: isi_permohonan.perubahan", "pilihan_dari: isi_permohonan.jenis", "harus berjenis tabel."
    ),
    "elemen_dari": said(
        ISI,
        "elemen_dari: elemen, maks: 100}",
        "elemen_dari: elmen, maks: 100}",
        "Kolom 'elmen' (jenis pilihan) tidak ada",
    ),
    "jenis_di_tabel": said(
        ISI,
        "{id: nik, jenis: nik, label: NIK}",
        "{id: nik, jenis: wilayah, label: NIK}",
        "Jenis 'wilayah' tidak dapat dipakai",
    ),
    "baris_lebih_dari": said(
        ISI, "maks_baris: 20", "maks_baris: 0", "maks_baris paling banyak 200", at="- id: anggota"
    ),
    "aturan_isian": said(ISI, "{jika: nik kembar", "{jika: nk kembar", "Aturan menyebut isian 'nk' yang tidak ada."),
    "aturan_tak_terbaca": said(ISI, "{jika: nik kembar", "{jika: nik mirip sekali", "Aturan tidak dapat dibaca"),
    "aturan_dan": said(
        PERIKSA, "dan: berkas ada yang kurang", "dan: berkas mungkin kurang", "Tulis '<isian> ada yang kurang'"
    ),
    "aturan_bukan_penilaian": said(
        PERIKSA, "dan: berkas ada yang kurang", "dan: keputusan ada yang kurang", "'keputusan' bukan penilaian_berkas."
    ),
    "tombol_kembar": said(
        PERIKSA,
        "Kembalikan ke pemohon, tombol: k",
        "Kembalikan ke pemohon, tombol: t",
        "sudah menjadi tombol",
    ),
    "tombol_terpakai": said(PERIKSA, "Teruskan, tombol: t", "Teruskan, tombol: v", "sudah dipakai layar petugas"),
    "harus_tampil_bukan_berkas": said(
        f"{FORMS}/verifikasi_draft.yaml",
        "berkas: ajukan_cetak.draft_kk",
        "berkas: ajukan_cetak.nomor_pengajuan_siak",
        "harus berjenis berkas.",
    ),
    "harus_tampil_nilai": said(
        f"{FORMS}/verifikasi_draft.yaml",
        "{jika: {keputusan: valid}, berkas",
        "{jika: {keputusan: valit}, berkas",
        "tidak punya pilihan 'valit'",
    ),
    "penilaian_tanpa_sesuai": said(
        PERIKSA, "          sesuai: Sesuai\n", "", "harus punya pilihan 'sesuai'", at="- id: berkas"
    ),
    "perlu_isian": said(
        f"{FORMS}/isi_permohonan.yaml", "perlu_isian: nomor_hp", "perlu_isian: nomor_hape", "harus ada di bagian"
    ),
    "pilihan_tampil_jika": said(
        KIRIM, "{isi_permohonan.kanal: whatsapp}", "{isi_permohonan.kanal: wa}", "tidak punya pilihan 'wa'"
    ),
    "pilihan_tampil_jika_sebab": said(
        f"{FORMS}/pulihkan_data.yaml",
        "{kasus.sebab_tutup: tunggu_penarikan}",
        "{kasus.sebab_ttup: tunggu_penarikan}",
        "'kasus.sebab_ttup' tidak ada.",
    ),
    "awal": said(KIRIM, "        awal: terkirim", "        awal: terkrim", "tidak punya pilihan 'terkrim'"),
    "paling_akhir": said(ENTRI, "paling_akhir: hari_ini}", "paling_akhir: besok}", "Boleh juga hari_ini"),
    "cocok_dengan": said(
        KIRIM,
        "isi_permohonan.diwakili_nomor_kk, isi_permohonan.nomor_kk]",
        "isi_permohonan.diwakili_nomor_kk, isi_permohonan.jenis]",
        "harus berjenis nomor_kk atau nik.",
    ),
    "bila_tak_terbaca": said(
        KIRIM,
        "bila_tak_terbaca: kk_pdf",
        "bila_tak_terbaca: perlu_ktp",
        "'perlu_ktp' bukan isian berkas dengan cocok_dengan",
    ),
    "jenis_dari": said(
        DRAFT,
        "jenis_dari: periksa_berkas.jenis_ditetapkan",
        "jenis_dari: periksa_berkas.jenis",
        "Isian 'jenis' tidak ada",
    ),
    "dari_bukan_penilaian": said(
        LENGKAPI,
        "dari: [periksa_berkas.berkas,",
        "dari: [periksa_berkas.keputusan,",
        "'periksa_berkas.keputusan' harus berjenis penilaian_berkas.",
    ),
    "salin_dari": said(
        ENTRI, "dari: isi_permohonan.perubahan}", "dari: isi_permohonan.prubahan}", "Isian 'prubahan' tidak ada"
    ),
    "unduhan": said(ISI, "unduhan: f106_terisi", "unduhan: f106", "Formulir cetak 'f106' tidak ada."),
    "unduhan_di_langkah_lain": said(
        KIRIM,
        "        format: [pdf]",
        "        unduhan: f106_terisi\n        format: [pdf]",
        "hanya dapat dipakai di formulir",
    ),
    "cetak_isian": said(CETAK, '{label: NIK, isi: "{nik}"}', '{label: NIK, isi: "{nk}"}', "Isian 'nk' tidak ada."),
    "cetak_tabel": said(CETAK, "dari: anggota", "dari: anggta", "Tabel 'anggta' tidak ada di langkah pertama."),
    "cetak_kurung": said(CETAK, '"{alamat}[, RT', '"{alamat}[[, RT', "tidak berpasangan"),
    "kunci_bukan_untuk_jenis": said(
        LENGKAPI, "wajib: tidak, maks: 500}", "wajib: tidak, min_baris: 1}", "Kunci 'min_baris' tidak dipakai di sini."
    ),
}


@pytest.mark.parametrize("case", DOCUMENT.values(), ids=DOCUMENT)
def test_kesalahan_dokumen_disebut_dengan_berkas_dan_baris(case: Case) -> None:
    files = changed(case[:3])
    assert_said(case, errors(files), files)


@pytest.mark.parametrize("case", SCREENS.values(), ids=SCREENS)
def test_kesalahan_layar_disebut_dengan_berkas_dan_baris(case: Case) -> None:
    files = changed(case[:3])
    assert_said(case, errors(files), files)


def test_pesan_yang_tidak_digambar_disebut_di_bagian_penarikan() -> None:
    event = '<bpmn:messageEventDefinition id="tanda_tunggu_penarikan" messageRef="pesan_penarikan" />'
    files = changed(
        (
            BPMN,
            event,
            "<bpmn:timerEventDefinition><bpmn:timeDuration>P9D</bpmn:timeDuration></bpmn:timerEventDefinition>",
        )
    )
    line = line_of(files, IKMT, "penarikan:")
    assert f"{IKMT}:{line}: Diagram tidak menunggu penarikan. Gambar amplopnya." in errors(files)


def test_formulir_langkah_yang_selesai_saat_dibuka_disebut() -> None:
    files = kk.files()
    path = files.form_path("buka_permohonan")
    more = type(files)(files.slug, {**files.files, path: files.files[PERIKSA]})
    assert any(text.startswith(f"{path}:1: Langkah 'buka_permohonan' selesai saat dibuka") for text in errors(more))


def test_elemen_bernama_kasus_ditolak() -> None:
    raw = {path: text.replace(b"ajukan_cetak", b"kasus") for path, text in kk.files().files.items()}
    files = type(kk.files())(kk.SLUG, {path.replace("ajukan_cetak", "kasus"): text for path, text in raw.items()})
    line = line_of(files, BPMN, '<bpmn:userTask id="kasus"')
    assert f"{BPMN}:{line}: Nama elemen 'kasus' dipakai sistem. Pilih nama lain." in errors(files)


def test_id_bertanda_hubung_disebut_harus_diganti() -> None:
    """As some modelers make them; nothing in the document or in a condition could name such a step."""
    text = kk.files().files[BPMN].replace(b"arsipkan", b"sid-1A2B")
    files = type(kk.files())(kk.SLUG, {**kk.files().files, BPMN: text})
    line = line_of(files, BPMN, '<bpmn:userTask id="sid-1A2B"')
    assert any(each.startswith(f"{BPMN}:{line}: Id 'sid-1A2B' memuat tanda hubung") for each in errors(files))


def test_templat_yang_tidak_dipakai_hanya_peringatan() -> None:
    files = changed((IKMT, "templat: sedang_diperiksa, kanal", "templat: sedang_diproses, kanal"))
    assert any("Templat 'sedang_diperiksa' tidak dipakai." in text for text in warnings(files))
    assert errors(files) == []


def test_semua_kesalahan_dari_banyak_berkas_disebut_dalam_sekali_pemeriksaan() -> None:
    """A condition that does not compile hides nothing: not the unknown field beside it, nor the other files' faults."""
    files = changed(
        (BPMN, 'periksa_berkas.keputusan == "lengkap"', "open(1)"),
        (BPMN, 'putuskan_penolakan.keputusan == "tolak"', 'putuskan_penolakan.keputusn == "tolak"'),
        (BPMN, '<bpmn:endEvent id="selesai"', '<bpmn:scriptTask id="skrip"/><bpmn:endEvent id="selesai"'),
        (BPMN, ' default="dari_gw_valid_ke_lengkapi_berkas"', ""),
        (IKMT, "waktu: 5 menit", "waktu: lima menit"),
        (IKMT, "langkah: ajukan_cetak\n", "langkah: ajukan_cetek\n"),
        (IKMT, "nomor: IKMT-PP-01-07", "nomer: x\nnomor: IKMT-PP-01-07"),
        (PERIKSA, "tampil_jika: {keputusan: kurang}", "tampil_jika: {keputusan: kuramg}"),
        (KIRIM, "        awal: terkirim", "        awal: terkrim"),
        (CETAK, "dari: anggota", "dari: anggta"),
        (LENGKAPI, "judul: Berkas yang perlu diganti", "judul: [a]"),
    )
    found = "\n".join(errors(files))
    for message in (
        "Fungsi tidak dapat dipanggil",
        "Isian 'keputusn' tidak ada",
        "scriptTask tidak didukung",
        "belum ada alur default",
        "lima menit",
        "'ajukan_cetek' tidak ada di diagram",
        "Kunci 'nomer' tidak dikenal",
        "tidak punya pilihan 'kuramg'",
        "tidak punya pilihan 'terkrim'",
        "Tabel 'anggta' tidak ada",
        "Isi di sini harus teks",
    ):
        assert message in found, found


def test_elemen_yang_tidak_didukung_tidak_menyeret_keluhan_lain() -> None:
    """A step drawn as another kind of task is said once; the rows, forms and conditions that name it are not blamed."""
    files = changed(
        (BPMN, '<bpmn:userTask id="verifikasi_draft"', '<bpmn:manualTask id="verifikasi_draft"'),
        (
            BPMN,
            "<bpmn:outgoing>dari_verifikasi_draft_ke_gw_valid</bpmn:outgoing>\n    </bpmn:userTask>",
            "</bpmn:manualTask>",
        ),
    )
    [found] = errors(files)
    assert "manualTask tidak didukung. Ubah jenisnya menjadi user task" in found


def test_dokumen_yang_rusak_tidak_menyembunyikan_kesalahan_diagram_dan_layar() -> None:
    files = changed(
        (IKMT, "slug: kk-perubahan-data", "slug: [kk"),
        (BPMN, 'keputusan == "lengkap"', 'keputusan == "lengkp"'),
        (PERIKSA, "tampil_jika: {keputusan: kurang}", "tampil_jika: {keputusan: kuramg}"),
    )
    assert {text.partition(":")[0] for text in errors(files)} == {IKMT, BPMN, PERIKSA}
    assert len(errors(files)) == 3


def test_semua_temuan_berkas_kk_berbaris() -> None:
    assert all(isinstance(fault, Fault) and fault.line > 0 for fault in check(kk.files()))


def test_empat_mata_yang_melupakan_pengaju_di_loket_diperingatkan() -> None:
    files = changed((IKMT, "[isi_permohonan, entri_siak, ajukan_cetak]", "[entri_siak, ajukan_cetak]"))
    assert any("di loket" in text and "Tambahkan isi_permohonan" in text for text in warnings(files))
    assert errors(files) == []
