"""A permohonan being filled in."""

from datetime import timedelta

import pytest

from app.adapters.registry import DEMO_CSV, TableRegistry, read_csv
from app.domain.actors import Actor
from app.domain.errors import AlreadySubmitted, Forbidden, InvalidInput, NotFound, StaleForm
from app.models import Draft, Upload
from app.services import clock, store
from app.services.portal import drafts, submissions, uploads
from app.services.work import unit_of_work
from tests.support.draf import APPLICANT, fill_hilang, save, upload
from tests.support.kasus import SLUG, Jam


def _version(actor: Actor, draft_id: str) -> int:
    return drafts.load(actor, draft_id).version


def test_mulai_lagi_membuka_draf_yang_sama(sari: Actor) -> None:
    assert drafts.start(sari, SLUG) == drafts.start(sari, SLUG)
    assert [card.slug for card in drafts.mine(sari)] == [SLUG]


def test_petugas_tidak_dapat_mengajukan(people: dict[str, Actor]) -> None:
    with pytest.raises(Forbidden):
        drafts.start(people["pak_budi"], SLUG)


def test_layanan_yang_tidak_ada(sari: Actor) -> None:
    with pytest.raises(NotFound):
        drafts.start(sari, "akta-apa-saja")


def test_draf_orang_lain_tidak_ditemukan(people: dict[str, Actor], sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    for thief in ("pak_joko", "pak_budi", "bu_tuti"):
        with pytest.raises(NotFound):
            drafts.load(people[thief], draft_id)
        with pytest.raises(NotFound):
            drafts.save_section(people[thief], draft_id, 1, "jenis", {"jenis": "hilang"})
        with pytest.raises(NotFound):
            drafts.discard(people[thief], draft_id)


def test_terisi_dari_akun_dan_registri(sari: Actor) -> None:
    with unit_of_work() as session:
        TableRegistry(session).put(read_csv(DEMO_CSV, clock.today()))
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "untuk", {"untuk": "diri_sendiri"})
    answers = drafts.load(sari, draft_id).answers
    assert (answers["nama"], answers["nik"]) == ("Sari Puspitarini", "3402995207900001")
    assert answers["wilayah"] == {"kapanewon": "340299", "kalurahan": "3402992001"}
    assert [row["nama"] for row in answers["anggota"]] == [
        "Danang Wicaksana",
        "Sari Puspitarini",
        "Raka Wicaksana",
        "Kirana Wicaksana",
    ]


def test_keluarga_tidak_tampil_bagi_yang_tidak_tercantum_di_kk_itu(sari: Actor) -> None:
    with unit_of_work() as session:
        residents = read_csv(DEMO_CSV, clock.today())
        TableRegistry(session).put(each for each in residents if each.nik != "3402995207900001")
    assert "anggota" not in drafts.load(sari, drafts.start(sari, SLUG)).answers


def test_halaman_berikut_mengikuti_jawaban(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    assert drafts.load(sari, draft_id).next_section.id == "jenis"
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    assert drafts.load(sari, draft_id).next_section.id == "jenis_kk_lama"
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    view = drafts.load(sari, draft_id)
    assert view.next_section.id == "pemohon"
    assert "perubahan" not in [section.id for section in view.sections]


def test_jawaban_yang_tersembunyi_tidak_menentukan_halaman_lain_tetapi_tidak_hilang(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    save(sari, draft_id, "jenis_kk_lama", {"kk_lama": "hilang"})
    save(sari, draft_id, "jenis", {"jenis": "rusak"})
    assert "kk_lama" not in drafts.load(sari, draft_id).context.own  # else the police letter would be asked for
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    assert drafts.load(sari, draft_id).context.own["kk_lama"] == "hilang"


def test_yang_salah_tetap_tersimpan_seperti_diketik(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    typed = {**APPLICANT, "nomor_hp": "0274 123", "rt": "tiga"}
    with pytest.raises(InvalidInput) as refused:
        save(sari, draft_id, "pemohon", typed)
    assert {"nomor_hp", "rt"} <= set(refused.value.errors)
    view = drafts.load(sari, draft_id)
    assert (view.answers["nomor_hp"], view.answers["rt"]) == ("0274 123", "tiga")
    assert "pemohon" not in view.done and view.next_section.id == "pemohon"
    save(sari, draft_id, "pemohon", APPLICANT)
    view = drafts.load(sari, draft_id)
    assert view.context.own["nomor_hp"] == "6281100000001"
    assert not view.typed and "pemohon" in view.done


def test_tab_kedua_yang_tertinggal_tidak_menimpa(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    old = _version(sari, draft_id)
    drafts.save_section(sari, draft_id, old, "jenis", {"jenis": "hilang"})
    with pytest.raises(StaleForm, match="tab lain"):
        drafts.save_section(sari, draft_id, old, "jenis", {"jenis": "rusak"})
    assert drafts.load(sari, draft_id).answers["jenis"] == "hilang"


def test_klik_dua_kali_pada_tombol_yang_sama_tidak_mengubah_apa_pun(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    old = _version(sari, draft_id)
    drafts.save_section(sari, draft_id, old, "jenis", {"jenis": "hilang"})
    drafts.save_section(sari, draft_id, old, "jenis", {"jenis": "hilang"})
    assert _version(sari, draft_id) == old + 1


def test_simpan_otomatis_tidak_menilai(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    drafts.keep_section(sari, draft_id, _version(sari, draft_id), "pemohon", {"nomor_hp": "08"})
    view = drafts.load(sari, draft_id)
    assert view.answers["nomor_hp"] == "08" and "pemohon" not in view.done


def test_baris_ditambah_dan_dihapus_tanpa_kehilangan_ketikan(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    first, second = {"nama": "Danang"}, {"nama": "Raka", "nik": "34"}
    grown = {"anggota": [first, second, {}]}
    version = drafts.keep_section(sari, draft_id, _version(sari, draft_id), "keluarga", grown)
    assert drafts.load(sari, draft_id).answers["anggota"] == [first, second, {}]
    drafts.keep_section(sari, draft_id, version, "keluarga", {"anggota": [second, {}]})
    assert drafts.load(sari, draft_id).answers["anggota"] == [second, {}]


def test_pengingat_diberikan_tanpa_menolak(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "perubahan"})
    save(sari, draft_id, "jenis_kk_lama", {"kk_lama": "hilang"})
    save(sari, draft_id, "keluarga", {"anggota": [{"nama": "Raka", "nik": "3402990502160003", "shdk": "4"}]})
    proof = upload(sari, draft_id, "perubahan.0.bukti")
    row = {
        "anggota": "Raka",
        "elemen": "nama",
        "semula": "Raka W",
        "menjadi": "Raka Wicaksana",
        "dasar": "Akta Kelahiran",
        "bukti": [proof],
    }
    reminders = save(sari, draft_id, "perubahan", {"perubahan": [row]})
    assert [path.split(".")[0] for path, _ in reminders] == ["perubahan"]
    assert "penetapan pengadilan" in reminders[0][1]


def test_berkas_yang_sudah_dihapus_tidak_ikut_lagi(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    kept, gone = upload(sari, draft_id, "ktp"), upload(sari, draft_id, "ktp")
    letter = upload(sari, draft_id, "surat_hilang")
    save(sari, draft_id, "berkas", {"ktp": [kept, gone], "surat_hilang": [letter]})
    uploads.remove(sari, gone)
    assert drafts.load(sari, draft_id).answers["ktp"] == [kept]
    save(sari, draft_id, "berkas", {"ktp": [kept, gone], "surat_hilang": [letter]})
    assert drafts.load(sari, draft_id).answers["ktp"] == [kept]


def test_draf_dibuang_bersama_berkasnya(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    upload_id = upload(sari, draft_id, "ktp")
    drafts.discard(sari, draft_id)
    store.session.rollback()
    assert store.session.get(Draft, draft_id) is None
    assert store.session.get(Upload, upload_id) is None


def test_sesudah_terkirim_draf_menunjuk_kasusnya(sari: Actor, jam: Jam) -> None:
    draft_id = fill_hilang(sari)
    case_id = submissions.submit(sari, draft_id, _version(sari, draft_id)).case_id
    with pytest.raises(AlreadySubmitted, match=r"sudah terkirim pukul 08\.00") as sent:
        drafts.load(sari, draft_id)
    assert sent.value.case_id == case_id
    jam.at += timedelta(days=1)
    with pytest.raises(AlreadySubmitted, match="Senin, 23 November 2026 pukul"):
        drafts.save_section(sari, draft_id, 1, "jenis", {"jenis": "rusak"})
    assert drafts.mine(sari) == []


def test_bagian_yang_tidak_ada(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    with pytest.raises(NotFound):
        drafts.save_section(sari, draft_id, 1, "tidak_ada", {})
