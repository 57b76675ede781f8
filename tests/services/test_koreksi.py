"""A complaint that opens a correction: a new case with everything in it, linked both ways, exactly once."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.models import Case, CaseLink, Permohonan, Upload, new_id
from app.procedures.berkas import current_files
from app.services import store
from app.services.desk import inbox, papers
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.flow import cases, related, tasks
from app.services.portal import portal_views, uploads
from app.services.records import audit, riwayat
from app.services.rehearsal import invented
from tests.support.jalur import Jalur
from tests.support.kantor import SLUG, Kantor
from tests.support.kasus import jam_uji

SALAH = {"hasil": "bermasalah", "masalah": "data_salah", "uraian": "Pekerjaan anak masih salah."}
BUKA = {"keputusan": "buka_koreksi", "pesan_pemohon": "Kami betulkan, Anda tidak perlu mengirim apa pun."}


@pytest.fixture
def kasus(app: Flask) -> Iterator[Jalur]:
    """A case of Bu Sari's, filed with real files, one of them replaced; she complains about what she got."""
    with jam_uji() as jam:
        kantor = Kantor.open()
        sari = kantor.people["bu_sari"]
        case_id = invented.file_case(sari, SLUG, kantor.rng, {"jenis": "perubahan", "kk_lama": "ada"})
        kasus = Jalur(kantor, jam, case_id)
        jam.lewat(minutes=1)
        kasus.do("buka_permohonan")
        good = {"nilai": "sesuai", "catatan": ""}
        judged = dict.fromkeys(("f106", "bukti", "kk_lama"), good)
        judged["f106"] = {"nilai": "tidak_terbaca", "catatan": "Buram."}
        kasus.do("periksa_berkas", keputusan="kurang", berkas=judged)
        kasus.do("lengkapi_berkas")
        kasus.to("terima_kk")
        kasus.do("terima_kk", **SALAH)
        yield kasus


def open_correction(kasus: Jalur, key: str = "") -> str:
    task, agus = kasus.task("tangani_keluhan"), kasus.kantor.people["pak_agus"]
    version = task.version
    if task.claimed_by is None:
        tasks.claim(agus, task.id)
        version += 1
    tasks.complete(agus, task.id, version, key or new_id(), BUKA)
    store.session.rollback()
    return store.session.scalars(select(CaseLink.to_case).where(CaseLink.from_case == kasus.id)).one()


def test_koreksi_membawa_isian_dan_berkas_yang_berlaku(kasus: Jalur) -> None:
    before = kasus.view()
    old_files = current_files(before.procedure.forms, before.answers)
    koreksi = Jalur(kasus.kantor, kasus.jam, open_correction(kasus))
    view = koreksi.view()
    assert (view.status, view.priority, koreksi.open()) == ("Menunggu diperiksa", True, {"buka_permohonan": ""})
    new_files = current_files(view.procedure.forms, view.answers)

    def digests(files: dict[str, list[str]]) -> dict[str, list[str]]:
        return {code: [store.session.get_one(Upload, one).digest for one in ids] for code, ids in files.items()}

    assert digests(new_files) == digests(old_files), "what replaced the first photo, not the first photo"
    assert not {one for ids in new_files.values() for one in ids} & {one for ids in old_files.values() for one in ids}
    told = {field: value for field, value in view.answers["isi_permohonan"].items() if not field.endswith("_foto")}
    assert {"nama", "nik", "anggota", "jenis"} <= told.keys()
    assert told["anggota"] == before.answers["isi_permohonan"]["anggota"]
    found = papers.papers(koreksi.view("pak_budi"))
    assert {"f106", "bukti", "kk_lama"} <= {paper.requirement for paper in found}
    assert not any(sheet.replaced for paper in found for sheet in paper.sheets)
    uploads.open_for(kasus.kantor.people["pak_budi"], new_files["f106"][0]).stream.close()
    assert {file.id for file in portal_views.files(view)} >= {one for ids in new_files.values() for one in ids}
    assert (
        store.session.get_one(Permohonan, koreksi.id).pin_hash == store.session.get_one(Permohonan, kasus.id).pin_hash
    )
    rows = inbox.page(kasus.kantor.people["pak_budi"], ANTREAN, Filters()).rows
    (row,) = [each for each in rows if each.number == view.number]
    assert row.flags == ("prioritas",)
    koreksi.finish()
    koreksi.ends("selesai", "Selesai")


def test_kedua_permohonan_saling_menunjuk_dan_jejak_keduanya_menyebutnya(kasus: Jalur) -> None:
    old, new = kasus.view().number, ""
    case_id = open_correction(kasus)
    new = store.session.get_one(Case, case_id).number
    there, back = related.links(kasus.id), related.links(case_id)
    assert ([each.number for each in there.followers], there.origin) == ([new], None)
    assert back.origin is not None
    assert (back.origin.number, back.followers) == (old, ())
    for who in ("bu_sari", "pak_budi"):
        person = kasus.kantor.people[who]
        assert f"Permohonan koreksi {new} dibuka." in [
            e.sentence for e in riwayat.timeline(person, kasus.view()).entries
        ]
        first = riwayat.timeline(person, cases.load(person, case_id)).entries[0].sentence
        assert first == f"Permohonan {new} dibuat untuk mengoreksi permohonan {old}."
    assert "Selesai" in kasus.status
    assert list(audit.verify(SYSTEM).findings) == []


def test_kiriman_yang_sama_dua_kali_membuka_satu_permohonan(kasus: Jalur) -> None:
    task, agus = kasus.task("tangani_keluhan"), kasus.kantor.people["pak_agus"]
    task_id, version = task.id, task.version
    if task.claimed_by is None:
        tasks.claim(agus, task_id)
        version += 1
    key = new_id()
    first = tasks.complete(agus, task_id, version, key, BUKA)
    assert tasks.complete(agus, task_id, version, key, BUKA) == first
    assert store.session.query(CaseLink).count() == 1
    assert store.session.query(Case).count() == 2


def test_galat_saat_membuka_koreksi_meninggalkan_keluhan_terbuka(kasus: Jalur, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(RuntimeError):
        """Something that nobody foresaw."""

    def break_down(*args: object, **kwargs: object) -> str:
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(cases, "open_case", break_down)
        with pytest.raises(Broken):
            open_correction(kasus)
    assert "tangani_keluhan" in kasus.open()
    assert store.session.query(Case).count() == 1
    open_correction(kasus)


def test_dijelaskan_tidak_membuka_apa_pun(kasus: Jalur) -> None:
    kasus.do("tangani_keluhan", keputusan="dijelaskan", pesan_pemohon="Datanya sudah benar.")
    assert store.session.query(Case).count() == 1
    assert related.links(kasus.id) == related.Links(None, ())
