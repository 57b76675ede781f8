"""Answers are checked on the server by the form's own words: what is hidden never gets in, what is asked is there."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidInput
from app.procedures.answers import clean, clean_section, prefill, reminders, visible_sections
from app.procedures.berkas import current_files, needed
from app.procedures.display import copied
from app.procedures.options import choices
from tests.procedures import kk
from tests.support import masukan


def cleaned(step: str, raw: dict[str, Any], **given: Any) -> dict[str, Any]:
    return clean(kk.procedure().forms[step], raw, kk.context(**given))


def errors(step: str, raw: dict[str, Any], **given: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        cleaned(step, raw, **given)
    return caught.value.errors


def case(**steps: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"isi_permohonan": cleaned("isi_permohonan", kk.changed()), **steps}


def judged(**wanting: str) -> dict[str, dict[str, str]]:
    good = kk.all_good("f106", "bukti", "kk_lama")
    return {**good, **{code: {"nilai": "tidak_terbaca", "catatan": note} for code, note in wanting.items()}}


TICKED = ["data_pemohon", "anggota", "bukti"]


def test_perubahan_diterima_dan_dirapikan() -> None:
    data = cleaned("isi_permohonan", kk.changed())
    assert data["nomor_hp"] == "628123456789"
    assert data["perubahan"][0]["menjadi"] == "15"
    assert data["bisa_cetak"] is True
    assert "rw" not in data


def test_hilang_hanya_menyimpan_yang_tampil() -> None:
    data = cleaned("isi_permohonan", {**kk.changed(), **kk.lost()})
    assert data["surat_hilang"] == ["foto-surat"]
    assert not {"kk_lama", "anggota", "perubahan", "f106", "kk_lama_foto"} & data.keys()


def test_kk_lama_hilang_meminta_surat_polisi_bukan_kk_lama() -> None:
    raw = {**kk.changed(), "kk_lama": "hilang"}
    assert errors("isi_permohonan", raw) == {"surat_hilang": ["Unggah foto atau PDF-nya."]}
    assert "kk_lama_foto" not in cleaned("isi_permohonan", {**raw, "surat_hilang": ["foto-surat"]})


def test_isian_terkunci_selalu_dari_akun() -> None:
    data = cleaned("isi_permohonan", {**kk.changed(), "nik": "3402994505850002", "nama": "Orang Lain"})
    assert (data["nik"], data["nama"]) == (kk.BU_SARI["nik"], kk.BU_SARI["nama"])


def test_isian_terkunci_yang_belum_ada_di_akun_disebut() -> None:
    found = errors("isi_permohonan", kk.changed(), prefill={"akun": {**kk.BU_SARI, "nomor_kk": ""}})
    assert "Lengkapi di menu Akun" in found["nomor_kk"][0]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"jenis": "pindah"}, "jenis"),
        ({"jenis": ["perubahan"]}, "jenis"),
        ({"email": "sari@"}, "email"),
        ({"nomor_hp": "0274 123456"}, "nomor_hp"),
        ({"rt": "3a"}, "rt"),
        ({"rt": "٣"}, "rt"),
        ({"alamat": "x" * 121}, "alamat"),
        ({"alamat": "a\0b"}, "alamat"),
        ({"alamat": "a\ud800b"}, "alamat"),
        ({"alamat": {"a": 1}}, "alamat"),
        ({"alamat": 10**5000}, "alamat"),
        ({"alamat": " "}, "alamat"),
        ({"wilayah": {"kapanewon": "340201", "kalurahan": "3402992001"}}, "wilayah"),
        ({"wilayah": "x"}, "wilayah"),
        ({"benar": "tidak"}, "benar"),
        ({"bisa_cetak": "mungkin"}, "bisa_cetak"),
        ({"kanal": ["sms"]}, "kanal"),
        ({"f106": ["berkas-orang-lain"]}, "f106"),
        ({"f106": ["tebal"]}, "f106"),
        ({"f106": []}, "f106"),
        ({"anggota": []}, "anggota"),
        ({"anggota": [{"nama": "X"}] * 21}, "anggota"),
    ],
)
def test_isian_yang_salah_ditolak_di_tempatnya(change: dict[str, Any], path: str) -> None:
    assert path in errors("isi_permohonan", {**kk.changed(), **change})


def with_row(**columns: Any) -> dict[str, Any]:
    raw = kk.changed()
    return {**raw, "perubahan": [{**raw["perubahan"][0], **columns}]}


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ({"menjadi": "2"}, "perubahan.0.menjadi"),
        ({"menjadi": "Astronaut"}, "perubahan.0.menjadi"),
        ({"elemen": "tanggal_lahir", "semula": "31-31", "menjadi": "1985-05-05"}, "perubahan.0.semula"),
        ({"anggota": "Orang Lain"}, "perubahan.0.anggota"),
        ({"elemen": "lainnya"}, "perubahan.0.elemen_lainnya"),
        ({"bukti": []}, "perubahan.0.bukti"),
    ],
)
def test_baris_perubahan_diperiksa_per_kolom(columns: dict[str, Any], path: str) -> None:
    assert path in errors("isi_permohonan", with_row(**columns))


def test_perubahan_kembar_ditolak_di_baris_kedua() -> None:
    raw = kk.changed()
    assert list(errors("isi_permohonan", {**raw, "perubahan": raw["perubahan"] * 2})) == ["perubahan.1.anggota"]


def test_baris_kosong_diabaikan() -> None:
    raw = kk.changed()
    raw["perubahan"] = [{"anggota": "", "elemen": None, "bukti": []}, *raw["perubahan"]]
    assert len(cleaned("isi_permohonan", raw)["perubahan"]) == 1


def test_ganti_nama_hanya_diingatkan() -> None:
    data = cleaned("isi_permohonan", with_row(elemen="nama", semula="Sari", menjadi="Sarie"))
    [(path, text)] = reminders(kk.procedure().forms["isi_permohonan"], data)
    assert path == "perubahan.0.elemen"
    assert "penetapan pengadilan" in text


def test_satu_halaman_diperiksa_dengan_jawaban_halaman_lain() -> None:
    form = kk.procedure().forms["isi_permohonan"]
    page = next(section for section in form.sections if section.id == "perubahan")
    own = {key: value for key, value in cleaned("isi_permohonan", kk.changed()).items() if key != "perubahan"}
    data = clean_section(form, page, kk.changed(), kk.context(own=own))
    assert list(data) == ["perubahan"]


def test_halaman_yang_tampil_mengikuti_jenis() -> None:
    form = kk.procedure().forms["isi_permohonan"]
    shown = [section.id for section in visible_sections(form, {"jenis": "hilang"}, kk.context())]
    assert shown == ["jenis", "pemohon", "untuk", "berkas", "kirim", "pernyataan"]


def test_formulir_terisi_dari_akun_dan_data_penduduk() -> None:
    form = kk.procedure().forms["isi_permohonan"]
    start = prefill(form, kk.context(own={"untuk": "anggota_kk"}))
    assert start["nama"] == "Sari Contoh"
    assert start["anggota"] == kk.HOME["anggota_kk"]
    assert "jenis" not in start
    assert "anggota" not in prefill(form, kk.context(own={"untuk": "luar_kk"})), "another family's table begins empty"


FAMILY = [
    {"nama": "Sari Contoh", "nik": kk.BU_SARI["nik"], "shdk": "3", "tanggal_lahir": "1985-05-05"},
    {"nama": "Bima Contoh", "nik": "3402990101100011", "shdk": "4", "tanggal_lahir": "2010-01-01"},
    {"nama": "Ayu Contoh", "nik": "3402994101120012", "shdk": "4", "tanggal_lahir": "2012-01-01"},
    {"nama": "Ayu Contoh", "nik": "3402994101140013", "shdk": "9", "tanggal_lahir": "2014-01-01"},
]


def test_anggota_keluarga_dipilih_menurut_namanya_tanpa_nik() -> None:
    form = kk.procedure().forms["isi_permohonan"]
    field = form.field("anggota_dituju")
    assert field is not None
    known = kk.context(prefill={"akun": kk.BU_SARI, "penduduk": {**kk.HOME, "anggota_kk": FAMILY}})
    offered = [option.value for option in choices(field, form, {}, known)]
    assert offered == ["Bima Contoh", "Ayu Contoh, lahir 1 Januari 2012", "Ayu Contoh, lahir 1 Januari 2014"]
    raw = kk.lost() | {"untuk": "anggota_kk", "anggota_dituju": "Bima Contoh"}
    assert clean(form, raw, known)["anggota_dituju"] == "Bima Contoh"
    with pytest.raises(InvalidInput):
        clean(form, raw | {"anggota_dituju": "Orang Lain"}, known)


def test_keluarga_yang_tidak_dikenal_diketik_namanya() -> None:
    form = kk.procedure().forms["isi_permohonan"]
    raw = kk.lost() | {"untuk": "anggota_kk", "anggota_dituju": " Bima  Contoh "}
    data = clean(form, raw, kk.context(prefill={"akun": kk.BU_SARI}))
    assert data["anggota_dituju"] == "Bima Contoh"


OUTSIDER = {
    "untuk": "luar_kk",
    "diwakili_nama": "Wagiman Contoh",
    "diwakili_nik": "3402990107500001",
    "diwakili_nomor_kk": "3402990101050009",
    "hubungan": "orang_tua",
    "dasar_mewakili": "bukti_hubungan",
}


def test_orang_di_luar_kk_perlu_hubungan_dan_buktinya() -> None:
    found = errors("isi_permohonan", kk.lost() | {"untuk": "luar_kk"})
    wanted = {"diwakili_nama", "diwakili_nik", "diwakili_nomor_kk", "hubungan", "dasar_mewakili"}
    assert set(found) == wanted
    assert set(errors("isi_permohonan", kk.lost() | OUTSIDER)) == {"bukti_hubungan"}
    assert set(errors("isi_permohonan", kk.lost() | OUTSIDER | {"dasar_mewakili": "surat_kuasa"})) == {"surat_kuasa"}
    stranger = kk.lost() | OUTSIDER | {"hubungan": "bukan_keluarga", "bukti_hubungan": ["foto-surat"]}
    assert "surat kuasa (F-1.07)" in str(errors("isi_permohonan", stranger))
    form = kk.procedure().forms["isi_permohonan"]
    data = clean(form, kk.lost() | OUTSIDER | {"bukti_hubungan": ["foto-surat"]}, kk.context())
    needs = needed(kk.procedure().requirements, "isi_permohonan", {"isi_permohonan": data})
    assert [one.code for one in needs] == ["surat_hilang", "ktp", "bukti_hubungan"]
    assert "bukti_hubungan" not in clean(form, kk.lost() | {"bukti_hubungan": ["foto-surat"]}, kk.context())


def test_lengkap_ditolak_selama_ada_berkas_kurang() -> None:
    berkas = judged(f106="buram")
    raw = {"jenis_ditetapkan": "perubahan", "berkas": berkas, "keputusan": "lengkap", "dicocokkan": TICKED}
    assert "keputusan" in errors("periksa_berkas", raw, answers=case())


def test_kurang_ditolak_bila_semua_sesuai() -> None:
    raw = {"jenis_ditetapkan": "perubahan", "berkas": judged(), "keputusan": "kurang"}
    assert "keputusan" in errors("periksa_berkas", raw, answers=case())


def test_lengkap_memerlukan_semua_pencocokan() -> None:
    raw = {"jenis_ditetapkan": "perubahan", "berkas": judged(), "keputusan": "lengkap", "dicocokkan": TICKED[:2]}
    assert list(errors("periksa_berkas", raw, answers=case())) == ["dicocokkan"]
    assert cleaned("periksa_berkas", {**raw, "dicocokkan": TICKED}, answers=case())["keputusan"] == "lengkap"


def test_tiap_berkas_dinilai_dan_yang_kurang_dicatat() -> None:
    raw = {"jenis_ditetapkan": "perubahan", "berkas": {"f106": {"nilai": "belum_ada"}}, "keputusan": "kurang"}
    assert set(errors("periksa_berkas", raw, answers=case())) >= {
        "berkas.bukti.nilai",
        "berkas.kk_lama.nilai",
    }


def test_penilaian_tanpa_catatan_memakai_catatan_bakunya() -> None:
    given = judged() | {"f106": {"nilai": "belum_ada"}}
    raw = {"jenis_ditetapkan": "perubahan", "berkas": given, "keputusan": "kurang"}
    found = cleaned("periksa_berkas", raw, answers=case())["berkas"]["f106"]
    assert found == {"nilai": "belum_ada", "catatan": "Mohon unggah dokumen ini."}


def test_petugas_mengganti_jenis_maka_berkas_yang_dinilai_ikut_berganti() -> None:
    raw = {"jenis_ditetapkan": "hilang", "berkas": {}, "keputusan": "kurang"}
    assert set(errors("periksa_berkas", raw, answers=case())) == {"berkas.surat_hilang.nilai", "berkas.ktp.nilai"}


def test_pesan_untuk_pemohon_terisi_dari_penilaian() -> None:
    own = {"berkas": judged(f106="buram di kanan bawah")}
    start = prefill(kk.procedure().forms["periksa_berkas"], kk.context(answers=case(), own=own))
    assert "Tidak terbaca. buram di kanan bawah" in start["pesan_pemohon"]
    assert start["jenis_ditetapkan"] == "perubahan"


def test_catatan_salah_entri_menyebut_tiap_perubahan_yang_tidak_dicentang() -> None:
    answers, form = case(periksa_berkas={"jenis_ditetapkan": "perubahan"}), kk.procedure().forms["verifikasi_draft"]
    wrong = prefill(form, kk.context(answers=answers, own={"keputusan": "salah_entri", "elemen_cocok": []}))
    assert wrong["catatan_entri"] == "Sari Contoh: Pekerjaan (Mengurus Rumah Tangga → Karyawan Swasta): "
    right = prefill(form, kk.context(answers=answers, own={"keputusan": "salah_entri", "elemen_cocok": ["0"]}))
    assert "catatan_entri" not in right


def test_melengkapi_hanya_berkas_yang_ditandai_dan_menggantikannya() -> None:
    answers = case(periksa_berkas={"berkas": judged(f106="buram"), "keputusan": "kurang"})
    assert list(errors("lengkapi_berkas", {}, answers=answers)) == ["berkas.f106"]
    raw = {"berkas": {"f106": ["foto-baru"], "bukti": ["foto-ktp"]}}
    answers["lengkapi_berkas"] = cleaned("lengkapi_berkas", raw, answers=answers)
    assert answers["lengkapi_berkas"] == {"berkas": {"f106": ["foto-baru"]}}
    assert current_files(kk.procedure().forms, answers) == {
        "f106": ["foto-baru"],
        "bukti": ["foto-bukti"],
        "kk_lama": ["foto-kk"],
    }


def test_melengkapi_kedua_kali_tetap_mengingat_yang_pertama() -> None:
    answers = case(
        periksa_berkas={"berkas": judged(bukti="bukan ini"), "keputusan": "kurang"},
        lengkapi_berkas={"berkas": {"f106": ["foto-baru"]}},
    )
    data = cleaned("lengkapi_berkas", {"berkas": {"bukti": ["foto-ktp"]}}, answers=answers)
    assert data["berkas"] == {"f106": ["foto-baru"], "bukti": ["foto-ktp"]}


def test_sesudah_dinyatakan_lengkap_yang_diminta_adalah_keraguan_kasi() -> None:
    answers = case(
        periksa_berkas={"berkas": judged(), "keputusan": "lengkap"},
        verifikasi_draft={"berkas_diragukan": judged(kk_lama="KK lain"), "keputusan": "tidak_valid"},
    )
    assert list(errors("lengkapi_berkas", {}, answers=answers)) == ["berkas.kk_lama"]


def test_semua_perubahan_harus_sudah_dientri() -> None:
    raw = {"status_entri": "tersimpan", "tanggal_entri": "2026-11-23"}
    assert "elemen_dientri" in errors("entri_siak", raw, answers=case())
    assert cleaned("entri_siak", {**raw, "elemen_dientri": ["0"]}, answers=case())["elemen_dientri"] == ["0"]


def test_tanggal_entri_tidak_boleh_besok() -> None:
    raw = {"elemen_dientri": ["0"], "status_entri": "tersimpan", "tanggal_entri": "2026-11-24"}
    assert "23 November 2026" in errors("entri_siak", raw, answers=case())["tanggal_entri"][0]


def test_tidak_valid_perlu_berkas_yang_ditandai() -> None:
    answers = case(periksa_berkas={"jenis_ditetapkan": "perubahan", "berkas": judged(), "keputusan": "lengkap"})
    raw = {"keputusan": "tidak_valid", "berkas_diragukan": judged(), "pesan_pemohon": "KK lain"}
    assert list(errors("verifikasi_draft", raw, answers=answers)) == ["isian_dibuka"]
    data = cleaned("verifikasi_draft", {**raw, "isian_dibuka": ["alamat"]}, answers=answers)
    assert data["isian_dibuka"] == ["alamat"], "or something to put right instead"
    assert "elemen_cocok" in errors("verifikasi_draft", {"keputusan": "valid"}, answers=answers)


def test_tanda_tangan_tetap_di_siak_apa_pun_yang_dikirim() -> None:
    raw = {
        "keputusan": "ditandatangani",
        "cara": "lokal",
        "tanggal_ttd": "2026-11-23",
        "jam_ttd": "09.00",
        "sudah_ttd": "ya",
    }
    data = cleaned("tanda_tangan_kk", raw, answers=case())
    assert (data["keputusan"], data["cara"], data["jam_ttd"]) == ("ditandatangani", "siak", "09:00")


def test_kk_yang_dikirim_harus_pdf() -> None:
    raw = {"keputusan": "terkirim", "kk_pdf": ["foto-kk"], "kanal": ["email_siak"], "perlu_ktp": "ya"}
    assert errors("kirim_kk", raw, answers=case()) == {"kk_pdf": ["Unggah berkas PDF."]}


def test_perlu_ktp_dihitung_dari_data_yang_berubah() -> None:
    form = kk.procedure().forms["kirim_kk"]
    assert prefill(form, kk.context(answers=case()))["perlu_ktp"] is True
    lost = {"isi_permohonan": cleaned("isi_permohonan", kk.lost())}
    assert prefill(form, kk.context(answers=lost))["perlu_ktp"] is False


def test_perubahan_dapat_disalin_dengan_nama_pilihannya() -> None:
    field = kk.procedure().forms["entri_siak"].field("rincian")
    assert field is not None
    assert ("Sari Contoh: Pekerjaan · Seharusnya", "Karyawan Swasta") in copied(field, kk.context(answers=case()))


def test_persyaratan_menurut_jenis() -> None:
    procedure = kk.procedure()
    for kind, codes in {"hilang": {"surat_hilang", "ktp"}, "rusak": {"kk_rusak", "ktp"}}.items():
        found = needed(procedure.requirements, procedure.first_step, {}, kind)
        assert {each.code for each in found} == codes


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    (step, field.id) for step, form in kk.procedure().forms.items() for part in form.sections for field in part.fields
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIELDS), JSON)
def test_kiriman_apa_pun_diterima_bersih_atau_ditolak_dengan_kalimat(where: tuple[str, str], value: Any) -> None:
    step, field = where
    base = kk.changed() if step == "isi_permohonan" else {}
    answers = {} if step == "isi_permohonan" else case()
    try:
        cleaned(step, {**base, field: value}, answers=answers)
    except InvalidInput as error:
        assert all(isinstance(text, str) and text for texts in error.errors.values() for text in texts)


OPENED = ["alamat", "perubahan.0"]
MESSY = masukan.anything
NOTE = st.sampled_from(["", "buram"]) | MESSY
JUDGEMENT = st.fixed_dictionaries(
    {"nilai": st.sampled_from(["sesuai", "tidak_terbaca", "belum_ada", "x"])}, optional={"catatan": NOTE}
)
JUDGED = st.fixed_dictionaries(dict.fromkeys(("f106", "bukti", "kk_lama"), JUDGEMENT)) | st.dictionaries(
    st.sampled_from(["f106", "bukti", "tiada", ""]), JUDGEMENT | MESSY
)
HANDED = st.lists(st.sampled_from(["foto-baru", "kk-pdf", "tebal", "x"]), min_size=1, max_size=2)
ASKED = st.fixed_dictionaries({}, optional={"bukti": HANDED, "f106": HANDED | MESSY})
ROW = {**kk.changed()["perubahan"][0], "dasar": "Ijazah"}
PUT_RIGHT = st.fixed_dictionaries(
    {"alamat": st.just("Dusun Baru") | MESSY, "perubahan.0": st.just(ROW) | MESSY}, optional={"nik": MESSY}
)
PROPOSED = {
    "jenis_ditetapkan": "perubahan",
    "keputusan": "usul_tolak",
    "alasan_tolak": "ganda",
    "uraian_tolak": "Sama.",
}
SENT_BACK = {"keputusan": "tidak_valid", "pesan_pemohon": "Ulangi.", "isian_dibuka": ["alamat"]}
# Kinds that look at earlier steps, shown and hidden: step, field, other answers, values, is it shown.
DEPENDENT = (
    ("periksa_berkas", "berkas", PROPOSED, JUDGED, True),
    ("verifikasi_draft", "berkas_diragukan", SENT_BACK, JUDGED, True),
    ("verifikasi_draft", "berkas_diragukan", {"keputusan": "valid", "elemen_cocok": ["0"]}, JUDGED, False),
    ("lengkapi_berkas", "berkas", {}, ASKED, True),
    ("lengkapi_berkas", "perbaikan", {}, PUT_RIGHT, True),
    ("entri_siak", "rincian", {"status_entri": "gagal", "sebab_gagal": "siak_mati"}, MESSY, False),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.parametrize(("step", "field", "base", "values", "shown"), DEPENDENT)
def test_isian_yang_bergantung_pada_langkah_lain_pun_bersih_atau_ditolak(
    step: str, field: str, base: dict[str, Any], values: st.SearchStrategy[Any], shown: bool, data: st.DataObject
) -> None:
    doubted = {"berkas_diragukan": judged(bukti="bukan ini"), "isian_dibuka": [], "keputusan": "tidak_valid"}
    if field == "perbaikan":
        doubted |= {"berkas_diragukan": judged(), "isian_dibuka": OPENED}
    checked = {"berkas": judged(), "keputusan": "lengkap", "jenis_ditetapkan": "perubahan"}
    answers = case(periksa_berkas=checked, verifikasi_draft=doubted)
    try:
        kept = cleaned(step, {**base, field: data.draw(values | MESSY)}, answers=answers)
    except InvalidInput as error:
        assert all(isinstance(text, str) and text for texts in error.errors.values() for text in texts)
        return
    again = json.loads(json.dumps(kept, allow_nan=False))
    assert shown or field not in kept
    if field == "perbaikan":  # kept beside what stood there before
        assert kept[field].keys() == set(OPENED)
    else:
        assert cleaned(step, again, answers=answers) == kept
