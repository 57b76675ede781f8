"""An earlier permohonan copied into a new draft."""

import pytest
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.models import Draft, Upload, new_id
from app.procedures.model.form import Form
from app.services import clock, store
from app.services.files import file_store, lock_file
from app.services.flow import published
from app.services.portal import copying, drafts, submissions
from app.services.work import unit_of_work
from tests.support.draf import APPLICANT, fill_hilang, save
from tests.support.kasus import SLUG, Jam, finish, return_to_applicant


def sent(actor: Actor) -> str:
    draft_id = fill_hilang(actor)
    return submissions.submit(actor, draft_id, drafts.load(actor, draft_id).version, confirmed=True).case_id


def first_form() -> Form:
    procedure = published.compiled(published.in_force(SLUG, clock.today()).id)
    return procedure.forms[procedure.first_step]


def test_isian_dan_berkas_terbawa_dan_tiap_halaman_dipastikan_lagi(people: dict[str, Actor]) -> None:
    sari = people["bu_sari"]
    case_id = sent(sari)
    copied = copying.copy(sari, case_id)
    view = drafts.load(sari, copied.draft_id)
    assert copied.is_new
    assert (view.next_section or view.sections[0]).id == "jenis", "nothing counts as confirmed"
    assert view.answers["jenis"] == "hilang"
    assert view.answers["alamat"] == APPLICANT["alamat"]
    assert "benar" not in view.answers, "a declaration is made anew"
    card = drafts.mine(sari)[0]
    assert (card.done, card.to_check) == (0, 4), "the photos are asked once the kind is confirmed"
    uploads = set(store.session.scalars(select(Upload.id).where(Upload.draft_id == view.id)))
    assert {*view.answers["ktp"], *view.answers["surat_hilang"]} == uploads
    before = set(store.session.scalars(select(Upload.id).where(Upload.case_id == case_id)))
    assert len(uploads) == len(before) == 2 and not uploads & before
    for section in ("jenis", "pemohon", "untuk", "berkas", "kirim"):
        seen = drafts.load(sari, view.id)
        fields = next(part.fields for part in seen.form.sections if part.id == section)
        save(sari, view.id, section, {field.id: seen.answers.get(field.id) for field in fields})
    save(sari, view.id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})
    version = drafts.load(sari, view.id).version
    assert submissions.submit(sari, view.id, version, confirmed=True).case_id != case_id


def test_klik_kedua_membuka_draf_yang_sama(people: dict[str, Actor]) -> None:
    sari = people["bu_sari"]
    case_id = sent(sari)
    first, second = copying.copy(sari, case_id), copying.copy(sari, case_id)
    assert (first.draft_id, True, False) == (second.draft_id, first.is_new, second.is_new)
    store.session.rollback()
    assert len(store.session.scalars(select(Draft).where(Draft.submitted_at.is_(None))).all()) == 1


def test_foto_yang_diganti_sesudah_dikembalikan_itulah_yang_terbawa(people: dict[str, Actor], jam: Jam) -> None:
    sari = people["bu_sari"]
    case_id = sent(sari)
    finish(case_id, "buka_permohonan", people["pak_budi"])
    return_to_applicant(case_id, people)
    jam.lewat(minutes=1)
    better = file_store().put(b"foto ktp yang terbaca")
    with unit_of_work() as session:
        lock_file(session, better, jam.at, mime="image/jpeg", size=21)
        renewed = Upload(
            id=new_id(),
            owner_id=sari.id,
            case_id=case_id,
            step="lengkapi_berkas",
            field="berkas.ktp",
            requirement="ktp",
            digest=better,
            created_at=jam.at,
        )
        session.add(renewed)
        upload_id = renewed.id
    finish(case_id, "lengkapi_berkas", sari, {"berkas": {"ktp": [upload_id]}})
    view = drafts.load(sari, copying.copy(sari, case_id).draft_id)
    (ktp,) = view.answers["ktp"]
    copy = store.session.get_one(Upload, ktp)
    assert (copy.digest, copy.field, copy.step) == (better, "ktp", "isi_permohonan")


def test_berkas_yang_tidak_tersimpan_lagi_diminta_ulang(people: dict[str, Actor]) -> None:
    sari = people["bu_sari"]
    case_id = sent(sari)
    for digest in set(store.session.scalars(select(Upload.digest).where(Upload.case_id == case_id))):
        assert file_store().discard(digest, -1)
    view = drafts.load(sari, copying.copy(sari, case_id).draft_id)
    assert (view.answers["ktp"], view.answers["surat_hilang"]) == ([], [])


def test_hanya_yang_masih_ditanyakan_versi_sekarang_yang_terbawa(people: dict[str, Actor]) -> None:
    now = first_form()
    given = {"alamat": "Jalan", "nik": "1", "benar": True, "hapus": "x", "anggota": [{"nama": "S", "lama": "1"}]}
    assert copying.still_asked(now, now, given) == {"alamat": "Jalan", "anggota": [{"nama": "S"}]}


def test_permohonan_orang_lain_tidak_dapat_disalin(people: dict[str, Actor]) -> None:
    case_id = sent(people["bu_sari"])
    with pytest.raises(NotFound):
        copying.copy(people["pak_joko"], case_id)
