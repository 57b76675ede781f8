"""The words a procedure may use that Python answers to: actions, channels, sources of values."""

from collections.abc import Mapping

# Registered actions of service tasks (`otomatis`): argument name -> must it be given.
ACTIONS: Mapping[str, Mapping[str, bool]] = {
    "kirim_pemberitahuan": {"templat": True, "kepada": True},
    "susun_arsip": {"isi": True, "ke": True},
    "sahkan_akun": {},
    "blokir_akun": {"sebab": True},
    "buka_blokir": {},
    "tutup_akun": {},
    "buat_surat": {"cetak": True, "nomor": True},
}
# What `jejak` may have the trail say: word -> the sentence officers read in the history.
TRAIL_WORDS: Mapping[str, str] = {
    "usul_blokir_akun": "Pemblokiran akun pemohon diusulkan.",
}
# The action that bundles everything of a case.
ARCHIVE = "susun_arsip"
# The action that draws a letter of the office, and what its texts may name besides the answers of the first step.
LETTER = "buat_surat"
LETTER_FACTS = frozenset(
    {"nomor_surat", "tanggal_surat", "permohonan_layanan", "permohonan_tanggal", "permohonan_status"}
)
# What a letter's number is made of: the number within the year, the year.
LETTER_NUMBER = ("{urut}", "{tahun}")
# The answers of the step in which a document is signed, by agreement of every form.
DECISION, SIGNED, SENT_BACK, REASON = "keputusan", "ditandatangani", "dikembalikan", "alasan_kembali"
# The ways of signing in which Alur signs itself (`tanda_tangan: cara`); `siak` is signed elsewhere.
SIGNS_HERE = frozenset({"lokal", "bsre"})
# What a notice can be sent over.
CHANNELS = frozenset({"aplikasi", "email", "whatsapp"})
# What diisi_dari can take from, besides earlier steps: source -> names.
PREFILL: Mapping[str, frozenset[str]] = {
    "akun": frozenset({"nama", "nik", "nomor_kk", "nomor_hp", "email"}),
    "penduduk": frozenset({"alamat", "rt", "rw", "wilayah", "anggota_kk"}),
}
# What conditions know of the case itself, as `kasus.<name>`: why it is being closed (an id of hasil_akhir), and in
# forms who fills them in, and of the NIK that the resident states: is it another account's, and does the population
# registry know it (ya | tidak)?
CASE = "kasus"
CLOSED_BY, FILLED_BY, NIK_TAKEN, NIK_KNOWN = "sebab_tutup", "pengisi", "nik_dipakai", "nik_terdaftar"
APPLICANT, OFFICER = "pemohon", "petugas"
# What `awal` may say besides a plain value.
TODAY, NOW = "hari_ini", "sekarang"
# The option of penilaian_berkas that means: nothing to complain about.
GOOD = "sesuai"
# Names a field may not have: what a WTForms class has itself, and what our pages send beside the fields.
RESERVED_FIELDS = frozenset(
    {"data", "errors", "form_errors", "meta", "Meta", "populate_obj", "post_process", "process", "validate"}
    | {"csrf_token", "aksi", "versi", "kunci", "ditampilkan", "ditanya", "pilih"}
)
# WTForms takes an attribute that begins so for a filter or a check of another field.
RESERVED_BEGINNINGS = ("_", "filter_", "validate_")
