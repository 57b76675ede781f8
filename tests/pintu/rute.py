"""The table of doors: every route and method -> the rule it follows. A route that is not here fails the matrix by name.

A rule says for everybody of `dunia.WHO` what comes of knocking: ok, "masuk" (sign in first), 403, 404, or 409 (let in,
but this is not theirs to do now; nothing changes).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import Flask

from app.domain.actors import ROLES, WATCHERS
from tests.pintu.dunia import ANON, NEWCOMER, OTHER, OTHER_UNIT, OWN_OFFICER, OWNER, SAME_UNIT, SWITCHED_OFF, WHO

OK, SIGN_IN, NO, HIDDEN, NOT_NOW = "ok", "masuk", "403", "404", "409"

OUTSIDE = {ANON, SWITCHED_OFF}
APPLICANTS = {OWNER, OTHER, OWN_OFFICER}
OFFICERS = {*ROLES, SAME_UNIT, OTHER_UNIT, OWN_OFFICER} - {OWNER, NEWCOMER}
# Somebody whose account is not valid: let in where everybody who is signed in is, or to what is named theirs.
NEWCOMERS = {NEWCOMER}
# A lane of this procedure, or an overseer; and the unit of the case.
SEES_CASE = {
    "petugas_layanan", "petugas_cetak", "kasi", "kabid", "kepala_dinas", "supervisor", "auditor", SAME_UNIT,
}  # fmt: skip
PROPOSERS = {"petugas_layanan", SAME_UNIT, "petugas_cetak", "kasi"}
COUNTER = {"petugas_layanan", SAME_UNIT, OTHER_UNIT}
OLD_CARDS = {"petugas_layanan", "petugas_cetak", SAME_UNIT}
TOLD_OF_INCIDENTS = {"supervisor", "admin", "petugas_cetak", OWN_OFFICER}
BLIND = OFFICERS - SEES_CASE - {OWN_OFFICER}


def _rule(**outcomes: set[str]) -> dict[str, str]:
    """`ok`, `no` (403), `hidden` (404), `not_now` (409) -> who; whoever is outside has to sign in."""
    words = {"ok": OK, "no": NO, "hidden": HIDDEN, "not_now": NOT_NOW}
    said = dict.fromkeys(OUTSIDE, SIGN_IN) | {who: words[key] for key, people in outcomes.items() for who in people}
    assert set(said) == set(WHO) and sum(map(len, outcomes.values())) == len(set(WHO) - OUTSIDE)
    return said


RULES: Mapping[str, Mapping[str, str]] = {
    "siapa saja": dict.fromkeys(WHO, OK),
    "mesin lain": dict.fromkeys(WHO, HIDDEN),  # no WhatsApp account here; tests/web/test_kait.py has one
    "sudah masuk": _rule(ok=set(WHO) - OUTSIDE),
    "ruang pemohon": _rule(ok=APPLICANTS, no=OFFICERS - {OWN_OFFICER} | NEWCOMERS),
    "milik pemohon": _rule(ok={OWNER, OWN_OFFICER}, hidden={OTHER}, no=OFFICERS - {OWN_OFFICER} | NEWCOMERS),
    "milik penulis draf": _rule(
        ok={OWNER, OWN_OFFICER}, hidden={OTHER} | COUNTER, no=OFFICERS - {OWN_OFFICER} - COUNTER | NEWCOMERS
    ),
    "loket": _rule(ok=COUNTER | {OWN_OFFICER}, no=OFFICERS - COUNTER - {OWN_OFFICER} | {OWNER, OTHER} | NEWCOMERS),
    "permohonan di loket": _rule(
        ok=COUNTER - {OTHER_UNIT},
        hidden={OTHER_UNIT, OWN_OFFICER},
        no=OFFICERS - COUNTER - {OWN_OFFICER} | {OWNER, OTHER} | NEWCOMERS,
    ),
    "ruang warga": _rule(ok=APPLICANTS | NEWCOMERS, no=OFFICERS - {OWN_OFFICER}),
    "milik warga": _rule(ok={OWNER, OWN_OFFICER}, hidden={OTHER} | NEWCOMERS, no=OFFICERS - {OWN_OFFICER}),
    "milik pendaftar": _rule(ok=NEWCOMERS, no=set(WHO) - OUTSIDE - NEWCOMERS),
    "berkas kasus": _rule(ok={OWNER, OWN_OFFICER} | SEES_CASE, hidden={OTHER} | BLIND | NEWCOMERS),
    "ruang petugas": _rule(ok=OFFICERS, no={OWNER, OTHER} | NEWCOMERS),
    "melihat tugas": _rule(ok=SEES_CASE, hidden=BLIND, no=APPLICANTS | NEWCOMERS),
    "mengambil tugas": _rule(
        ok={"petugas_layanan", SAME_UNIT},
        no=APPLICANTS | NEWCOMERS | SEES_CASE - {"petugas_layanan", SAME_UNIT},
        hidden=BLIND,
    ),
    "memegang tugas": _rule(
        ok={"petugas_layanan"}, not_now=SEES_CASE - {"petugas_layanan"}, hidden=BLIND, no=APPLICANTS | NEWCOMERS
    ),
    "mencatat": _rule(ok=SEES_CASE - {"auditor"}, no=APPLICANTS | NEWCOMERS | {"auditor"}, hidden=BLIND),
    "memberi prioritas": _rule(
        ok={"petugas_layanan", SAME_UNIT, "kasi", "kabid", "supervisor"},
        no=APPLICANTS | NEWCOMERS | {"auditor", "petugas_cetak", "kepala_dinas"},
        hidden=BLIND,
    ),
    "menghapus saringan": _rule(
        ok={"petugas_layanan"}, hidden=OFFICERS - {"petugas_layanan"}, no={OWNER, OTHER, NEWCOMER}
    ),
    "menghentikan jam": _rule(
        ok={"petugas_layanan"},
        not_now=SEES_CASE - {"petugas_layanan"} | {OWN_OFFICER},
        hidden=BLIND,
        no={OWNER, OTHER, NEWCOMER},
    ),
    "tanda tangan sekaligus": _rule(
        ok={"kepala_dinas", OWN_OFFICER}, hidden=OFFICERS - {"kepala_dinas", OWN_OFFICER}, no={OWNER, OTHER, NEWCOMER}
    ),
    "mengarsipkan sekaligus": _rule(
        ok={"petugas_cetak"}, hidden=OFFICERS - {"petugas_cetak"}, no={OWNER, OTHER, NEWCOMER}
    ),
    # Nothing waits for a signature in this office; tests/web/test_tanda_tangan.py has what does.
    "dokumen yang tidak menunggu": _rule(hidden=OFFICERS, no={OWNER, OTHER, NEWCOMER}),
    "tanda tangan orang lain": _rule(hidden=OFFICERS, no={OWNER, OTHER, NEWCOMER}),
    "membagi tugas": _rule(
        ok={"supervisor", "kasi", OWN_OFFICER},
        no=(OFFICERS | APPLICANTS | NEWCOMERS) - {"supervisor", "kasi", OWN_OFFICER},
    ),
    "mengusulkan blokir": _rule(ok=PROPOSERS, no=(SEES_CASE - PROPOSERS) | APPLICANTS | NEWCOMERS, hidden=BLIND),
    "membuka kembali": _rule(not_now=SEES_CASE, hidden=BLIND, no=APPLICANTS | NEWCOMERS),
    "surat yang tidak sampai": _rule(
        ok={"petugas_cetak"}, hidden=OFFICERS - {"petugas_cetak"}, no={OWNER, OTHER, NEWCOMER}
    ),
    "menulis diskusi": _rule(
        ok={OWNER, OWN_OFFICER} | SEES_CASE - {"auditor"}, no={"auditor"}, hidden={OTHER} | BLIND | NEWCOMERS
    ),
    "jawaban siap pakai": _rule(ok=OFFICERS - {"auditor"}, no=(APPLICANTS | NEWCOMERS) - {OWN_OFFICER} | {"auditor"}),
    "yang memintanya sendiri": _rule(ok={OWNER, OWN_OFFICER}, hidden=set(WHO) - OUTSIDE - {OWNER, OWN_OFFICER}),
    "menjawab permintaan data": _rule(ok={"admin", "sekretaris"}, no=set(WHO) - OUTSIDE - {"admin", "sekretaris"}),
    "ruang admin dan auditor": _rule(ok={"admin", "auditor"}, no=set(WHO) - OUTSIDE - {"admin", "auditor"}),
    "ruang admin": _rule(ok={"admin"}, no=set(WHO) - OUTSIDE - {"admin"}),
    "melewati gangguan": _rule(
        ok={"admin", "supervisor"}, no=(OFFICERS | APPLICANTS | NEWCOMERS) - {"admin", "supervisor"}
    ),
    "mengaudit": _rule(ok={"auditor"}, no=set(WHO) - OUTSIDE - {"auditor"}),
    "mengawasi": _rule(ok={*WATCHERS, OWN_OFFICER}, no=(OFFICERS | APPLICANTS | NEWCOMERS) - WATCHERS - {OWN_OFFICER}),
    "mengurus gangguan": _rule(
        ok={"admin", "supervisor", OWN_OFFICER},
        no=(OFFICERS | APPLICANTS | NEWCOMERS) - {"admin", "supervisor", OWN_OFFICER},
    ),
    "mengirim hasil": _rule(ok={"petugas_cetak"}, no=set(WHO) - OUTSIDE - {"petugas_cetak"}),
    "menerima KK lama": _rule(
        ok=OLD_CARDS | {OTHER_UNIT, OWN_OFFICER}, no=set(WHO) - OUTSIDE - OLD_CARDS - {OTHER_UNIT, OWN_OFFICER}
    ),
    "menerima KK lama kasus": _rule(
        ok=OLD_CARDS, hidden={OTHER_UNIT}, no=set(WHO) - OUTSIDE - OLD_CARDS - {OTHER_UNIT}
    ),
    "menyebut KK salah orang": _rule(ok=SEES_CASE - {"auditor"}, no=APPLICANTS | NEWCOMERS | {"auditor"}, hidden=BLIND),
    "melihat insiden data": _rule(ok=TOLD_OF_INCIDENTS, no=set(WHO) - OUTSIDE - TOLD_OF_INCIDENTS),
    "menutup insiden data": _rule(
        ok={"supervisor"}, hidden={OWN_OFFICER}, no=set(WHO) - OUTSIDE - {"supervisor", OWN_OFFICER}
    ),
}


@dataclass(frozen=True)
class Row:
    """`things`: route parameter -> other thing of dunia.Place than its namesake; `sent`: fields of the POST.

    `reads`: the purpose under which an officer's reading of somebody's case is logged, "" = it shows no case.
    """

    rule: str
    things: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    reads: str = ""


_KEY = {"kunci": "k" * 16}
_RETURNED = {"case_id": "kasus_kembali", "task_id": "tugas_kembali"}
_CONSULTED = {"case_id": "konsultasi", "task_id": "tugas_konsultasi"}
_HOLIDAY = {"ubah": "libur", "tanggal": "2026-12-24", "nama": "Cuti bersama Natal", "jenis": "cuti_bersama"}
_HELD = {"task_id": "tugas_dipegang"}

TABLE: Mapping[str, Row] = {
    # Everybody
    "GET /": Row("siapa saja"),
    "GET /aset/<name>": Row("siapa saja", {"name": "berkas_aset"}),
    "GET /cek-status": Row("siapa saja"),
    "POST /cek-status": Row("siapa saja"),
    "GET /daftar": Row("siapa saja"),
    "POST /daftar": Row("siapa saja"),
    "GET /daftar/terkirim": Row("siapa saja"),
    "GET /daftar/surat-peragaan": Row("siapa saja"),
    "GET /aduan/surat-peragaan": Row("siapa saja"),
    "POST /daftar/kirim-ulang": Row("siapa saja"),
    "POST /daftar/ubah-email": Row("siapa saja"),
    "POST /daftar/lanjutkan": Row("siapa saja"),
    "GET /daftar/konfirmasi": Row("siapa saja"),
    "POST /daftar/konfirmasi": Row("siapa saja"),
    "GET /healthz": Row("siapa saja"),
    "GET /ketentuan": Row("siapa saja"),
    "GET /kait/whatsapp": Row("mesin lain"),
    "POST /kait/whatsapp": Row("mesin lain"),
    "GET /kontak": Row("siapa saja"),
    "GET /layanan": Row("siapa saja"),
    "GET /layanan/<slug>": Row("siapa saja"),
    "GET /layanan/<slug>/diagram.bpmn": Row("siapa saja"),
    "GET /lupa-sandi": Row("siapa saja"),
    "POST /lupa-sandi": Row("siapa saja"),
    "GET /lupa-sandi/terkirim": Row("siapa saja"),
    "GET /sandi-baru/<rahasia>": Row("siapa saja"),
    "POST /sandi-baru/<rahasia>": Row("siapa saja"),
    "GET /masuk": Row("siapa saja"),
    "POST /masuk": Row("siapa saja", sent={"aksi": "isi"}),
    # Without the password shown before, it is the way to /masuk.
    "GET /masuk/kode": Row("sudah masuk"),
    "POST /masuk/kode": Row("sudah masuk"),
    "GET /metrics": Row("siapa saja"),  # of this very machine; tests/web/test_metrics.py has the token
    "GET /.well-known/security.txt": Row("siapa saja"),
    "GET /atribusi": Row("siapa saja"),
    "GET /privasi": Row("siapa saja"),
    "GET /readyz": Row("siapa saja"),
    "POST /tema": Row("siapa saja"),
    "GET /statusz": Row("siapa saja"),
    "GET /tentang": Row("siapa saja"),
    "GET /verifikasi": Row("siapa saja"),
    # Whoever is signed in, about themselves
    "POST /keluar": Row("sudah masuk"),
    "GET /akun": Row("sudah masuk"),
    "GET /keberatan": Row("siapa saja"),
    "POST /keberatan": Row("siapa saja"),
    "GET /akun/langkah/<task_id>": Row("milik pendaftar", {"task_id": "tugas_akun"}),
    "POST /akun/langkah/<task_id>": Row("milik pendaftar", {"task_id": "tugas_akun"}, _KEY),
    "GET /notifikasi": Row("sudah masuk"),
    "POST /notifikasi": Row("sudah masuk"),
    "GET /pengaturan": Row("sudah masuk"),
    "GET /email/konfirmasi": Row("siapa saja"),
    "POST /email/konfirmasi": Row("siapa saja"),
    "GET /pengaturan/profil": Row("sudah masuk"),
    "GET /pengaturan/ponsel": Row("sudah masuk"),
    "POST /pengaturan/ponsel": Row("sudah masuk"),
    "GET /pengaturan/email": Row("sudah masuk"),
    "POST /pengaturan/email": Row("sudah masuk"),
    "GET /pengaturan/saluran": Row("sudah masuk"),
    "POST /pengaturan/saluran": Row("sudah masuk"),
    "GET /pengaturan/data": Row("sudah masuk"),
    "GET /pengaturan/data/dilihat": Row("sudah masuk"),
    "POST /pengaturan/data/unduh": Row("sudah masuk"),
    "GET /pengaturan/data/minta": Row("sudah masuk"),
    "POST /pengaturan/data/minta": Row("sudah masuk", sent={"jenis": "batasi", "permintaan": "Jangan dulu."}),
    "POST /pengaturan/data/minta/<request_id>/batal": Row("yang memintanya sendiri"),
    "GET /pengaturan/kata-sandi": Row("sudah masuk"),
    "POST /pengaturan/kata-sandi": Row("sudah masuk"),
    "GET /pengaturan/sesi": Row("sudah masuk"),
    "POST /pengaturan/sesi": Row("sudah masuk"),
    "POST /pengaturan/sesi/semua": Row("sudah masuk"),
    "GET /peragaan/surat": Row("sudah masuk"),
    # The pemohon's rooms
    "GET /permohonan": Row("ruang pemohon"),
    "GET /permohonan/riwayat": Row("ruang pemohon"),
    "GET /permohonan/baru/<slug>": Row("ruang pemohon"),
    "POST /permohonan/baru/<slug>": Row("ruang pemohon"),
    "GET /permohonan/<case_id>": Row("milik pemohon"),
    "GET /permohonan/<case_id>/diagram.bpmn": Row("milik pemohon"),
    "GET /permohonan/<case_id>/riwayat": Row("milik pemohon"),
    "GET /permohonan/<case_id>/langkah/<task_id>": Row("milik pemohon", _RETURNED),
    "POST /permohonan/<case_id>/langkah/<task_id>": Row("milik pemohon", _RETURNED, _KEY),
    "POST /permohonan/<case_id>/salin": Row("milik pemohon"),
    "POST /permohonan/<case_id>/pin": Row("milik pemohon"),
    "GET /permohonan/<case_id>/tarik": Row("milik pemohon"),
    "POST /permohonan/<case_id>/tarik": Row("milik pemohon", sent=_KEY),
    "GET /permohonan/draf/<draft_id>": Row("milik penulis draf"),
    "POST /permohonan/draf/<draft_id>/buang": Row("milik penulis draf"),
    "GET /permohonan/draf/<draft_id>/periksa": Row("milik penulis draf"),
    "POST /permohonan/draf/<draft_id>/periksa": Row("milik penulis draf"),
    "GET /permohonan/draf/<draft_id>/unduhan/<name>.pdf": Row("milik penulis draf"),
    "GET /permohonan/draf/<draft_id>/<section_id>": Row("milik penulis draf"),
    "POST /permohonan/draf/<draft_id>/<section_id>": Row("milik penulis draf"),
    "POST /permohonan/draf/<draft_id>/<section_id>/ketikan": Row("milik penulis draf", sent={"versi": "draf"}),
    "GET /permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>": Row("milik penulis draf"),
    "POST /permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>": Row("milik penulis draf"),
    # Questions and complaints, of whoever has an account, valid or not
    "GET /aduan": Row("siapa saja"),
    "POST /aduan": Row("siapa saja"),
    "GET /aduan/terkirim": Row("siapa saja"),
    "GET /konsultasi": Row("ruang warga"),
    "GET /konsultasi/baru": Row("ruang warga"),
    "POST /konsultasi/baru": Row("ruang warga", sent=_KEY),
    "GET /konsultasi/<case_id>": Row("milik warga", _CONSULTED),
    "GET /konsultasi/<case_id>/langkah/<task_id>": Row("milik warga", _CONSULTED),
    "POST /konsultasi/<case_id>/langkah/<task_id>": Row("milik warga", _CONSULTED, _KEY),
    "POST /konsultasi/<case_id>/buka-kembali": Row("milik warga", _CONSULTED, _KEY),
    "GET /konsultasi/<case_id>/nilai": Row("milik warga", _CONSULTED),
    "POST /konsultasi/<case_id>/nilai": Row("milik warga", _CONSULTED),
    "GET /permohonan/<case_id>/nilai": Row("milik pemohon"),
    "POST /permohonan/<case_id>/nilai": Row("milik pemohon"),
    "GET /kepuasan": Row("siapa saja"),
    # Papers of a case: its pemohon, and the officers who work on it
    "GET /berkas/<upload_id>": Row("berkas kasus", reads="berkas"),
    "GET /berkas/<upload_id>/halaman/<nomor>": Row(
        "berkas kasus", {"upload_id": "berkas_pdf", "nomor": "halaman"}, reads="berkas"
    ),
    "GET /berkas/<upload_id>/kecil": Row("berkas kasus", reads="pratinjau"),
    "GET /permohonan/<case_id>/bukti.pdf": Row("berkas kasus", reads="unduhan"),
    "GET /diskusi/<case_id>": Row("berkas kasus", reads="diskusi"),
    "POST /diskusi/<case_id>": Row("menulis diskusi", sent={"teks": "Halo", **_KEY}),
    "POST /diskusi/<case_id>/dibaca": Row("berkas kasus", sent={"sampai": "1"}),
    # The officers' rooms
    "GET /jawaban-siap": Row("jawaban siap pakai"),
    "POST /jawaban-siap": Row("jawaban siap pakai", sent={"judul": "Sapaan", "isi": "Halo."}),
    "POST /jawaban-siap/<answer_id>/hapus": Row("jawaban siap pakai", {"answer_id": "jawaban_siap"}),
    "GET /pengaturan/dua-langkah": Row("ruang petugas"),
    "POST /pengaturan/dua-langkah": Row("ruang petugas"),
    "POST /pengaturan/dua-langkah/mulai": Row("ruang petugas"),
    "POST /pengaturan/dua-langkah/batal": Row("ruang petugas"),
    "POST /pengaturan/dua-langkah/kode-pemulihan": Row("ruang petugas"),
    "POST /pengaturan/dua-langkah/matikan": Row("ruang petugas"),
    "GET /inbox": Row("ruang petugas", reads="inbox"),
    "POST /inbox/saring": Row("ruang petugas"),
    "POST /inbox/berikutnya": Row("ruang petugas", sent=_KEY),
    "POST /pintasan": Row("ruang petugas"),
    "GET /inbox/kabar": Row("ruang petugas"),
    "POST /inbox/saringan": Row("ruang petugas", sent={"nama": "Hilang", "tampil": "antrean", "jenis": "hilang"}),
    "POST /inbox/saringan/<filter_id>/hapus": Row("menghapus saringan", {"filter_id": "saringan"}),
    "POST /tugas/<task_id>/catatan": Row("mencatat", sent={"catatan": "Sudah ditelepon.", **_KEY}),
    "POST /tugas/<task_id>/tanda": Row("mencatat", sent={"tanda": "perlu ditelepon"}),
    "POST /tugas/<task_id>/prioritas": Row("memberi prioritas", sent={"prioritas": "ya", "alasan": "Sakit."}),
    "POST /tugas/<task_id>/tahan": Row("memegang tugas", _HELD, {"sampai": "2026-12-01", "alasan": "Menunggu."}),
    "POST /tugas/<task_id>/tahan/akhiri": Row("memegang tugas", _HELD),
    "GET /inbox/cari": Row("ruang petugas"),
    "POST /inbox/cari": Row("ruang petugas", sent={"cari": "3402990101900001", "tujuan": "loket"}),
    "GET /inbox/massal/<step>": Row("mengarsipkan sekaligus", {"step": "langkah_arsip"}, reads="massal"),
    "POST /inbox/massal/<step>": Row("mengarsipkan sekaligus", {"step": "langkah_arsip"}, sent=_KEY),
    "GET /tanda-tangan": Row("ruang petugas"),
    "GET /tanda-tangan/<step>": Row("tanda tangan sekaligus", reads="massal"),
    "POST /tanda-tangan/<step>": Row("tanda tangan sekaligus", sent=_KEY),
    "GET /tanda-tangan/<step>/<task_id>": Row("dokumen yang tidak menunggu"),
    "POST /tanda-tangan/<step>/<task_id>": Row("dokumen yang tidak menunggu", sent=_KEY),
    "GET /tanda-tangan/hasil/<batch>": Row("tanda tangan orang lain"),
    "POST /tanda-tangan/hasil/<batch>": Row("tanda tangan orang lain", sent={"frasa": "apa saja"}),
    "GET /inbox/bagi": Row("membagi tugas", reads="inbox"),
    "POST /inbox/bagi": Row("membagi tugas", reads="inbox"),
    "GET /tugas/<task_id>/serahkan": Row("memegang tugas", _HELD, reads="tugas"),
    "POST /tugas/<task_id>/serahkan": Row(
        "memegang tugas", _HELD, {"kepada": "uji-bu-lestari", "alasan": "Bergantian", "versi": "dipegang"}
    ),
    "GET /tugas/<task_id>": Row("melihat tugas", reads="tugas riwayat"),
    "GET /tugas/<task_id>/diagram.bpmn": Row("melihat tugas", reads="tugas riwayat"),
    "GET /tugas/<task_id>/riwayat": Row("melihat tugas", reads="tugas riwayat"),
    "GET /tugas/<task_id>/whatsapp": Row("melihat tugas", reads="tugas riwayat"),
    "POST /tugas/<task_id>/isian": Row("melihat tugas", reads="tugas riwayat"),
    "POST /tugas/<task_id>/ambil": Row("mengambil tugas", sent=_KEY),
    "POST /tugas/<task_id>": Row("memegang tugas", _HELD, {**_KEY, "versi": "1"}),
    "POST /tugas/<task_id>/lepas": Row("memegang tugas", _HELD, {"alasan": "Istirahat", "versi": "dipegang"}),
    "POST /tugas/<task_id>/simpan": Row("memegang tugas", _HELD),
    "POST /tugas/<task_id>/usul-blokir": Row("mengusulkan blokir", reads="tugas riwayat"),
    "POST /tugas/<task_id>/jeda": Row("menghentikan jam", {"task_id": "tugas_siak"}),
    "POST /tugas/<task_id>/lanjutkan": Row("menghentikan jam", {"task_id": "tugas_siak"}),
    "POST /tugas/<task_id>/buka-kembali": Row("membuka kembali", sent={"alasan": "Keliru ditutup.", **_KEY}),
    "POST /inbox/jeda": Row("ruang petugas"),
    "POST /inbox/lanjutkan": Row("ruang petugas"),
    "POST /inbox/kiriman/<job_id>/ulangi": Row("surat yang tidak sampai", {"job_id": "surat_gagal"}),
    "POST /inbox/kiriman/<job_id>/disampaikan": Row(
        "surat yang tidak sampai", {"job_id": "surat_gagal"}, {"catatan": "Ditelepon."}
    ),
    "GET /loket": Row("loket"),
    "POST /loket": Row("loket", sent={"nik": "3402995207900001"}),
    "POST /loket/mulai": Row("loket", sent={"nik": "3402995207900001"}),
    "POST /loket/<case_id>/bukti.pdf": Row("permohonan di loket", sent={"pin": "000000"}),
    "POST /loket/<case_id>/pin": Row("permohonan di loket"),
    "GET /data-warga": Row("menjawab permintaan data"),
    "GET /data-warga/<request_id>": Row("menjawab permintaan data", reads="data"),
    "POST /data-warga/<request_id>": Row(
        "menjawab permintaan data", sent={"keputusan": "ditolak", "jawaban": "Sudah benar."}
    ),
    "GET /audit": Row("mengaudit"),
    "POST /audit/cari": Row("mengaudit", sent={"cari": "KK-2026-000001", "tujuan": "berkala"}),
    "GET /audit/kasus/<case_id>": Row("mengaudit", reads="audit"),
    "GET /audit/kasus/<case_id>/pembaca": Row("mengaudit", reads="audit"),
    "GET /audit/akun/<user_id>": Row("mengaudit", reads="audit"),
    "GET /audit/akun/<user_id>/membaca": Row("mengaudit", reads="audit"),
    "GET /audit/kantor": Row("mengaudit"),
    "POST /audit/periksa": Row("mengaudit"),
    "POST /audit/ekspor": Row("mengaudit"),
    "GET /audit/hasil/<run_id>": Row("mengaudit"),
    "POST /audit/hasil/<run_id>/unduh": Row("mengaudit"),
    # Sending results
    "GET /cetak": Row("mengirim hasil", reads="massal"),
    "GET /cetak/unggah": Row("mengirim hasil"),
    "POST /cetak/unggah": Row("mengirim hasil"),
    "POST /cetak/unggah/lampirkan": Row("mengirim hasil"),
    "POST /cetak/unggah/buang": Row("mengirim hasil"),
    "GET /cetak/kirim": Row("mengirim hasil"),
    "POST /cetak/kirim": Row("mengirim hasil", sent=_KEY),
    "GET /cetak/arsip/<step>": Row("mengirim hasil", {"step": "arsip"}),
    "POST /cetak/arsip/<step>": Row("mengirim hasil", {"step": "arsip"}, _KEY),
    "GET /cetak/proses/<run_id>": Row("mengirim hasil", {"run_id": "proses"}),
    "POST /cetak/proses/<run_id>/ulangi": Row("mengirim hasil", {"run_id": "proses"}),
    "GET /kk-lama": Row("menerima KK lama"),
    "POST /kk-lama": Row("menerima KK lama"),
    "GET /kk-lama/<case_id>": Row("menerima KK lama kasus", reads="tugas"),
    "POST /kk-lama/<case_id>": Row("menerima KK lama kasus", reads="tugas"),
    "POST /tugas/<task_id>/salah-orang": Row("menyebut KK salah orang", sent={"sebab": "KK tetangga."}),
    "GET /insiden-data": Row("melihat insiden data", reads="massal"),
    "POST /insiden-data/<incident_id>/tutup": Row(
        "menutup insiden data", {"incident_id": "insiden"}, {"tindakan": "Pemilik data diberi tahu lewat telepon."}
    ),
    # Figures, without anybody's name in them
    "GET /pantau": Row("mengawasi"),
    "GET /pantau/daftar/<what>": Row("mengawasi"),
    "GET /pantau/daftar/<what>.csv": Row("mengawasi"),
    "GET /pantau/unduh/<name>.csv": Row("mengawasi", {"name": "tabel_angka"}),
    "GET /pantau/diagram/<slug>.bpmn": Row("mengawasi"),
    "GET /pantau/laporan/<month>.pdf": Row("mengawasi"),
    "GET /insiden": Row("mengurus gangguan"),
    "GET /admin/insiden": Row("mengurus gangguan"),
    "POST /admin/insiden/ulangi": Row("mengurus gangguan"),
    "POST /admin/insiden/<job_id>/ulangi": Row("mengurus gangguan"),
    "POST /admin/insiden/<job_id>/usul-lewati": Row(
        "melewati gangguan", {"job_id": "surat_gagal"}, {"alasan": "Orangnya sudah datang sendiri."}
    ),
    "POST /admin/insiden/<job_id>/putuskan": Row("melewati gangguan", {"job_id": "surat_gagal"}),
    # The administration
    "GET /admin": Row("ruang admin"),
    "GET /admin/sistem": Row("ruang admin"),
    "GET /admin/kiriman": Row("ruang admin"),
    "POST /admin/kiriman/<job_id>/ulangi": Row("ruang admin", {"job_id": "surat_gagal"}),
    "POST /admin/kiriman/<job_id>/disampaikan": Row(
        "ruang admin", {"job_id": "surat_gagal"}, {"catatan": "Ditelepon."}
    ),
    "GET /admin/kalender": Row("ruang admin"),
    "GET /admin/kalender/ubah": Row("ruang admin"),
    "POST /admin/kalender/pratinjau": Row("ruang admin", sent=_HOLIDAY),
    "POST /admin/kalender": Row("ruang admin", sent={**_HOLIDAY, "versi": "0", "alasan": "SKB terbaru."}),
    "GET /admin/kantor": Row("ruang admin"),
    "POST /admin/kantor": Row("ruang admin"),
    "POST /admin/kantor/kop.pdf": Row("ruang admin"),
    "POST /admin/kantor/logo": Row("ruang admin"),
    "GET /logo-kantor": Row("mesin lain"),  # there is none here; tests/web/test_admin_kantor.py has one
    "GET /admin/pemberitahuan": Row("ruang admin"),
    "GET /admin/pemberitahuan/surat/<key>": Row("ruang admin", {"key": "surat_sistem"}),
    "POST /admin/pemberitahuan/surat/<key>": Row("ruang admin", {"key": "surat_sistem"}),
    "GET /admin/pemberitahuan/prosedur/<slug>": Row("ruang admin"),
    "GET /admin/petugas": Row("ruang admin"),
    "GET /admin/petugas/baru": Row("ruang admin"),
    "POST /admin/petugas/baru": Row(
        "ruang admin", sent={"nama": "Petugas Baru", "email": "baru@contoh.id", "peran": "kasi:"}
    ),
    "GET /admin/petugas/<user_id>": Row("ruang admin", {"user_id": "petugas"}),
    "POST /admin/petugas/<user_id>/data": Row("ruang admin", {"user_id": "petugas"}),
    "POST /admin/petugas/<user_id>/nik": Row("ruang admin", {"user_id": "petugas"}, {"nik": "3402994101800077"}),
    "POST /admin/petugas/<user_id>/peran": Row("ruang admin", {"user_id": "petugas"}, {"peran": "kasi:340299"}),
    "POST /admin/petugas/<user_id>/matikan": Row("ruang admin", {"user_id": "petugas"}, {"alasan": "Pindah kantor."}),
    "POST /admin/petugas/<user_id>/hidupkan": Row("ruang admin", {"user_id": "petugas"}),
    "POST /admin/petugas/<user_id>/undang": Row("ruang admin", {"user_id": "petugas"}),
    "POST /admin/petugas/<user_id>/dua-langkah": Row("ruang admin", {"user_id": "petugas"}),
    "POST /admin/petugas/<user_id>/sesi": Row("ruang admin", {"user_id": "petugas"}),
    "GET /admin/cuti": Row("ruang admin"),
    "GET /admin/cuti/baru": Row("ruang admin"),
    "POST /admin/cuti/baru": Row(
        "ruang admin",
        sent={"petugas": "uji-pak-agus", "mulai": "2026-11-24", "sampai": "2026-11-25", "jenis": "cuti"},
    ),
    "POST /admin/cuti/<absence_id>/hentikan": Row(
        "ruang admin", {"absence_id": "cuti"}, sent={"alasan": "Kembali lebih awal."}
    ),
    "POST /admin/cuti/<absence_id>/kembalikan": Row("ruang admin", {"absence_id": "cuti"}),
    "GET /admin/penolakan": Row("ruang admin dan auditor"),
    "GET /admin/daftar-kode": Row("ruang admin"),
    "GET /admin/daftar-kode/<name>": Row("ruang admin", {"name": "daftar_kode"}),
    "POST /admin/daftar-kode/<name>": Row("ruang admin", {"name": "daftar_kode"}),
    "POST /admin/daftar-kode/<name>/akhiri": Row(
        "ruang admin",
        {"name": "daftar_kode"},
        {"kode": "1", "sampai": "2030-01-01", "versi": "0", "alasan": "Peraturan baru."},
    ),
    "GET /admin/pengumuman": Row("ruang admin"),
    "POST /admin/pengumuman": Row("ruang admin"),
    "POST /admin/pengumuman/<announcement_id>/turunkan": Row("ruang admin", {"announcement_id": "pengumuman"}),
}


def routes(site: Flask) -> Iterator[str]:
    """`METHOD /path` of every route that the application really has."""
    for rule in site.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}"
