"""The real files of KK against the reference flow: elements, flows, clocks, notices, papers and fields, one by one."""

import pytest

from app.domain.durations import Duration
from app.procedures.berkas import needed
from tests.procedures import kk
from tests.workflow.kasus import kk as reference

NAMES = {
    "mulai": "Permohonan dibuat",
    "isi_permohonan": "Mengisi formulir permohonan",
    "buka_permohonan": "Membuka permohonan",
    "periksa_berkas": "Meneliti berkas",
    "gw_berkas": "Berkas lengkap?",
    "lengkapi_berkas": "Melengkapi berkas",
    "batas_lengkapi": "Tidak dilengkapi sampai batas",
    "putuskan_penolakan": "Memutuskan usul penolakan",
    "gw_tolak": "Ditolak?",
    "gw_perlu_entri": "Perlu entri SIAK?",
    "entri_siak": "Mengentri perubahan di SIAK",
    "ajukan_cetak": "Mengajukan cetak KK",
    "verifikasi_draft": "Memverifikasi draft KK",
    "gw_valid": "Data valid?",
    "tanda_tangan_kk": "Menandatangani KK secara elektronik",
    "gw_ttd": "Ditandatangani?",
    "beri_tahu_unit": "KK bertanda tangan diterima petugas",
    "kirim_kk": "Mengunduh dan mengirim PDF KK",
    "gw_kirim": "Terkirim?",
    "terima_kk": "Menerima dan mencetak KK",
    "batas_terima": "Dianggap diterima",
    "gw_terima": "Diterima baik?",
    "tangani_keluhan": "Menangani keluhan hasil",
    "gw_keluhan": "Kirim ulang?",
    "susun_arsip": "Menyusun berkas arsip dan salinan",
    "arsipkan": "Mengarsip berkas digital",
    "selesai": "Selesai",
    "tunggu_penarikan": "Permohonan ditarik pemohon",
    "gw_sudah_entri": "SIAK sudah diubah?",
    "pulihkan_data": "Memulihkan data di SIAK",
    "gw_pulih": "Masih dapat ditutup?",
    "tutup_tanpa_kk": "Ditutup tanpa KK",
}
# step: norm, how long it may wait, who is told when it is late; "" none.
CLOCKS = {
    "isi_permohonan": ("3 menit", "", ""),
    "buka_permohonan": ("1 menit", "2 jam", "kasi"),
    "periksa_berkas": ("2 menit", "", "kasi"),
    "entri_siak": ("3 menit", "", "kasi"),
    "ajukan_cetak": ("1 menit", "", "kasi"),
    "verifikasi_draft": ("2 menit", "2 jam", "kabid kepala_dinas"),
    "tanda_tangan_kk": ("1 menit", "2 jam", "kabid"),
    "kirim_kk": ("1 menit", "1 jam", "kasi"),
    "terima_kk": ("0 menit", "", ""),
    "arsipkan": ("1 menit", "1 hari kerja", "kasi"),
    "lengkapi_berkas": ("", "", ""),
    "putuskan_penolakan": ("5 menit", "1 hari kerja", "kabid"),
    "pulihkan_data": ("5 menit", "1 hari kerja", "kasi"),
    "tangani_keluhan": ("5 menit", "1 hari kerja", "kasi"),
}
# occasion: to whom, is it compulsory ("!"). A change of status also goes by mail; what only the office needs does not.
NOTICES = {
    "isi_permohonan selesai": "pemohon!",
    "buka_permohonan selesai": "pemohon",
    "lengkapi_berkas dibuka": "pemohon!",
    "lengkapi_berkas selesai": "pelaku periksa_berkas",
    "periksa_berkas = lengkap": "pemohon",
    "ajukan_cetak selesai": "pemohon",
    "verifikasi_draft = valid": "pemohon",
    "verifikasi_draft = salah_entri": "pelaku entri_siak atau ajukan_cetak",
    "tanda_tangan_kk dibuka": "peran kepala_dinas",
    "kirim_kk = terkirim": "pemohon!",
    "tangani_keluhan selesai": "pemohon!",
    "kasus dibuka kembali": "pemohon!",
    "kasus ditutup = tidak_dilengkapi": "pemohon!",
    "kasus ditutup = ditarik": "pemohon!",
    "kasus ditutup = ditolak": "pemohon!",
}
# step: its fields; * must be filled in wherever it is shown.
FIELDS = {
    "periksa_berkas": "jenis_ditetapkan* berkas* dicocokkan keputusan* batas_lengkapi pesan_pemohon alasan_tolak*"
    " uraian_tolak*",
    "lengkapi_berkas": "berkas* perbaikan* asal* balasan",
    "entri_siak": "rincian status_entri* elemen_dientri* tanggal_entri* sebab_gagal* uraian_gagal*",
    "ajukan_cetak": "email_pemohon nomor_pengajuan_siak* draft_kk* catatan_verifikator",
    "verifikasi_draft": "elemen_cocok isi_sama keputusan* catatan_entri* berkas_diragukan* isian_dibuka pesan_pemohon*",
    "putuskan_penolakan": "alasan_petugas uraian_petugas keputusan* dasar* pesan_pemohon* usul_blokir*"
    " catatan_petugas*",
    "tanda_tangan_kk": "keputusan* cara* tanggal_ttd* jam_ttd* sudah_ttd* alasan_kembali*",
    "kirim_kk": "keputusan* kk_pdf* nomor_dicocokkan* kanal* perlu_ktp* alasan_belum*",
    "terima_kk": "hasil* masalah* uraian",
    "tangani_keluhan": "masalah_pemohon uraian_pemohon keputusan* kk_pdf* nomor_dicocokkan* pesan_pemohon*",
    "arsipkan": "salinan_lepas label_media*",
    "pulihkan_data": "rincian keputusan* nomor_pengajuan_dibatalkan catatan*",
}


def test_diagram_sungguhan_adalah_alur_acuan() -> None:
    """What the engine's tests walk through is what the office runs."""
    drawn, written = kk.procedure().spec, reference()
    assert {(e.id, e.kind, e.lane) for e in drawn.elements.values()} == {
        (e.id, e.kind, e.lane) for e in written.elements.values()
    }
    assert {(f.source, f.target, f.condition, f.default) for f in drawn.flows} == {
        (f.source, f.target, f.condition, f.default) for f in written.flows
    }
    assert (drawn.attached, drawn.interrupting, drawn.messages) == (
        written.attached,
        written.interrupting,
        written.messages,
    )
    assert {one.id: one.name for one in drawn.elements.values() if one.name} == NAMES


def test_jam_batas_dan_pengingat_tiap_langkah() -> None:
    procedure = kk.procedure()
    user_steps = {step.id: step for step in procedure.steps.values() if step.kind == "user"}
    assert user_steps.keys() == CLOCKS.keys()
    for step, (norm, queue, told) in CLOCKS.items():
        found = user_steps[step]
        wanted = tuple(Duration.parse(text) if text else None for text in (norm, queue))
        assert ((found.norm, found.queue_limit), " ".join(found.tell_when_late)) == (wanted, told), step
    assert {name: rule.length.days for name, rule in procedure.deadlines.items()} == {
        "batas_lengkapi": 10,
        "batas_terima": 3,
    }
    assert [each.days for each in user_steps["lengkapi_berkas"].reminders] == [3, 8]
    assert {step.id for step in user_steps.values() if step.bulk} == {"tanda_tangan_kk", "kirim_kk", "arsipkan"}
    assert procedure.service.promise.startswith("1 hari kerja")


def test_pemberitahuan_yang_wajib_dan_yang_tidak() -> None:
    found = {}
    for rule in kk.procedure().notices:
        what = {"selesai": "selesai", "dibuka": "dibuka", "jawaban": f"= {rule.value}"}.get(rule.on, "")
        closing = f"kasus ditutup = {rule.value}" if rule.on == "ditutup" else "kasus dibuka kembali"
        found[f"{rule.step} {what}" if what else closing] = f"{' '.join(rule.to)}{'!' if rule.compulsory else ''}"
        assert "aplikasi" in rule.channels
        assert ("email" in rule.channels) == (rule.to == ("pemohon",))
    assert found == NOTICES


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"jenis": "perubahan", "kk_lama": "ada"}, {"f106", "bukti", "kk_lama"}),
        ({"jenis": "perubahan", "kk_lama": "rusak"}, {"f106", "bukti", "kk_lama"}),
        ({"jenis": "perubahan", "kk_lama": "hilang"}, {"f106", "bukti", "surat_hilang"}),
        ({"jenis": "hilang"}, {"surat_hilang", "ktp"}),
        ({"jenis": "rusak"}, {"kk_rusak", "ktp"}),
    ],
)
def test_persyaratan_tiap_varian(answers: dict[str, str], codes: set[str]) -> None:
    procedure = kk.procedure()
    found = needed(procedure.requirements, procedure.first_step, {procedure.first_step: answers})
    assert {each.code for each in found} == codes


def test_isian_tiap_layar_petugas_dan_yang_wajib() -> None:
    forms = {step: form for step, form in kk.procedure().forms.items() if step != kk.procedure().first_step}
    found = {
        step: " ".join(
            f"{one.id}{'*' if one.required and one.kind != 'salin' else ''}"
            for part in form.sections
            for one in part.fields
        )
        for step, form in forms.items()
    }
    assert found == FIELDS
