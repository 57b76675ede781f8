"""Files handed in: who may, what is kept, who may look."""

import io
import re

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, NotFound, TaskNotYours, UploadRefused
from app.models import Case, Event, StoredFile, Upload
from app.services import store
from app.services.background import jobs
from app.services.discussion import attachments
from app.services.files import file_store
from app.services.flow import cases, tasks
from app.services.portal import drafts, intake, submissions, uploads
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import fill_hilang, save, upload
from tests.support.kasus import (
    SLUG,
    finish,
    go_to_signed,
    job_of,
    open_kk,
    publish,
    return_to_applicant,
)


def _row(upload_id: str) -> Upload:
    store.session.rollback()
    return store.session.get(Upload, upload_id)


def _read(actor: Actor, upload_id: str) -> bytes:
    opened = uploads.open_for(actor, upload_id)
    with opened.stream:
        return opened.stream.read()


def test_foto_disimpan_bersih_di_luar_jangkauan_web(app: Flask, sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    upload_id = upload(sari, draft_id, "ktp", factories.photo(3000, 2000, gps=True))
    kept = _read(sari, upload_id)
    assert b"KameraUji" not in kept and b"Exif" not in kept
    assert max(Image.open(io.BytesIO(kept)).size) == 2400
    row = _row(upload_id)
    assert (row.requirement, row.step, row.field) == ("ktp", "isi_permohonan", "ktp")
    assert file_store().verify(row.digest)
    assert not list((store.data_dir / "berkas").rglob("*.jpg"))  # no ending that a web server would serve


def test_nama_unduhan_bukan_nama_orang(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    first = upload(sari, draft_id, "ktp")
    second = upload(sari, draft_id, "ktp", factories.pdf(2))
    names = {uploads.open_for(sari, each).download_name for each in (first, second)}
    orders = [{f"draf-ktp-{a}.jpg", f"draf-ktp-{b}.pdf"} for a, b in ((1, 2), (2, 1))]
    assert names in orders  # same instant here
    other = upload(sari, draft_id, "surat_hilang")
    assert uploads.open_for(sari, other).download_name == "draf-surat_hilang-1.jpg"


def test_nama_unduhan_menyebut_permohonan_dan_persyaratannya(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id
    number = store.session.get_one(Case, case_id).number
    ids = store.session.scalars(select(Upload.id).where(Upload.case_id == case_id)).all()
    names = {uploads.open_for(sari, one).download_name for one in ids}
    assert names == {f"{number}-{what}-1.jpg" for what in ("ktp", "surat_hilang")}
    with unit_of_work() as session:
        session.get_one(Upload, ids[0]).requirement = 'a"\r\nb/../é'
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.jpg", uploads.open_for(sari, ids[0]).download_name)


def test_halaman_yang_sama_dua_kali_disimpan_sekali(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    assert upload(sari, draft_id, "ktp") != upload(sari, draft_id, "ktp")
    assert store.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_persyaratan_diambil_dari_formulir_bukan_dari_pengirim(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    assert _row(upload(sari, draft_id, "perubahan.0.bukti")).requirement == "bukti"
    for path in ("bukan_isian", "nama", "perubahan", "perubahan.0.nama", "perubahan.x.bukti", "ktp.0", ""):
        with pytest.raises(NotFound):
            upload(sari, draft_id, path)


def test_yang_ditolak_tidak_meninggalkan_apa_pun(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    for data in (b"", b"bukan gambar", factories.pdf(password="x"), factories.photo()[:900]):
        with pytest.raises(UploadRefused):
            upload(sari, draft_id, "ktp", data)
    assert store.session.scalar(select(func.count()).select_from(Upload)) == 0
    assert not (store.data_dir / "berkas").exists()


def test_terlalu_besar_disebut_ukurannya(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    with pytest.raises(UploadRefused, match="Berkas 24 MB; batasnya 10 MB"):
        upload(sari, draft_id, "ktp", b"\xff\xd8\xff" + b"\0" * (24 * 1024 * 1024 - 3))


def test_jumlah_berkas_dibatasi(sari: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_FILES", 2)
    draft_id = drafts.start(sari, SLUG)
    upload(sari, draft_id, "ktp")
    upload(sari, draft_id, "ktp")
    with pytest.raises(UploadRefused, match="Sudah ada 2 berkas"):
        upload(sari, draft_id, "ktp")


def test_hanya_pemilik_yang_melihat_berkas_draf(people: dict[str, Actor], sari: Actor) -> None:
    upload_id = upload(sari, drafts.start(sari, SLUG), "ktp")
    for other in set(people) - {"bu_sari"}:
        with pytest.raises(NotFound):
            uploads.open_for(people[other], upload_id)
        with pytest.raises(NotFound):
            uploads.preview_for(people[other], upload_id)


def test_tidak_dapat_mengunggah_ke_draf_orang_lain(people: dict[str, Actor], sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    with pytest.raises(NotFound):
        upload(people["pak_joko"], draft_id, "ktp")


def test_berkas_kasus_terlihat_oleh_yang_boleh_melihat_kasusnya_saja(people: dict[str, Actor], sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    sent = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version)
    upload_id = store.session.scalars(select(Upload.id).where(Upload.case_id == sent.case_id)).first()
    for key in ("bu_sari", "pak_budi", "pak_agus", "bu_wulan", "bu_kartika", "pak_dwi", "bu_tuti"):
        assert _read(people[key], upload_id)
    # Another resident, an officer of another kapanewon, and roles without a part in the procedure.
    for key in ("pak_joko", "pak_tarno", "bu_maya", "pak_eko", "bu_nining"):
        with pytest.raises(NotFound):
            uploads.open_for(people[key], upload_id)


def test_berkas_yang_tidak_ada(sari: Actor) -> None:
    with pytest.raises(NotFound):
        uploads.open_for(sari, "tidak-ada")


def test_gambar_kecil_dibuat_sekali_dan_pdf_tidak_punya(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    picture, paper = (
        upload(sari, draft_id, "ktp", factories.photo(1600, 1200)),
        upload(sari, draft_id, "ktp", factories.pdf()),
    )
    small = uploads.preview_for(sari, picture)
    assert small.mime == "image/jpeg"
    assert max(Image.open(small.stream).size) == 480
    cached = list((store.data_dir / "cache" / "pratinjau").iterdir())
    assert len(cached) == 1
    assert uploads.preview_for(sari, picture).stream.read() == cached[0].read_bytes()
    with pytest.raises(NotFound, match="PDF"):
        uploads.preview_for(sari, paper)


def test_yang_sudah_terkirim_tidak_dapat_dihapus_atau_ditambah(sari: Actor) -> None:
    draft_id = fill_hilang(sari)
    upload_id = store.session.scalars(select(Upload.id).where(Upload.draft_id == draft_id)).first()
    submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version)
    with pytest.raises(Forbidden):
        uploads.remove(sari, upload_id)
    with pytest.raises(Forbidden):
        upload(sari, draft_id, "ktp")


def test_orang_lain_tidak_dapat_menghapus(people: dict[str, Actor], sari: Actor) -> None:
    upload_id = upload(sari, drafts.start(sari, SLUG), "ktp")
    with pytest.raises(NotFound):
        uploads.remove(people["pak_joko"], upload_id)
    uploads.remove(sari, upload_id)
    assert _row(upload_id) is None


def test_menerima_dan_membuang_tercatat_dengan_sidiknya(sari: Actor) -> None:
    upload_id = upload(sari, drafts.start(sari, SLUG), "ktp")
    digest = _row(upload_id).digest
    uploads.remove(sari, upload_id)
    events = store.session.execute(
        select(Event.verb, Event.payload).where(Event.stream == f"akun:{sari.id}").order_by(Event.seq)
    ).all()
    assert [event.verb for event in events] == ["berkas_diterima", "berkas_dibuang"]
    assert {event.payload["sidik"] for event in events} == {digest}


def _wait_for_papers(people: dict[str, Actor]) -> tuple[str, str]:
    """A case that came back to Bu Sari: its id and the id of her task."""
    case_id = open_kk(people, publish())
    finish(case_id, "buka_permohonan", people["pak_budi"])
    return_to_applicant(case_id, people)
    (task,) = [each for each in cases.load(people["bu_sari"], case_id).open_tasks if each.step == "lengkapi_berkas"]
    return case_id, task.id


def test_foto_pengganti_masuk_ke_kasus_lewat_tugasnya(people: dict[str, Actor], sari: Actor) -> None:
    case_id, task_id = _wait_for_papers(people)
    photo = io.BytesIO(factories.photo())
    kept = uploads.receive(sari, field="berkas.ktp", stream=photo, task_id=task_id)
    assert (kept.case_id, kept.draft_id, kept.step, kept.requirement) == (case_id, None, "lengkapi_berkas", "ktp")
    tasks.complete(sari, task_id, 1, "kunci-formulir", {"berkas": {"ktp": [kept.id]}})
    assert cases.load(sari, case_id).answers["lengkapi_berkas"]["berkas"]["ktp"] == [kept.id]
    assert _read(people["pak_budi"], kept.id)
    with pytest.raises(Forbidden):
        uploads.remove(sari, kept.id)


def test_yang_sudah_dinilai_tetap_ada_sesudah_ada_penggantinya(people: dict[str, Actor], sari: Actor) -> None:
    case_id, task_id = _wait_for_papers(people)
    first = uploads.receive(sari, field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=task_id)
    tasks.complete(sari, task_id, 1, "kunci-satu", {"berkas": {"ktp": [first.id]}})
    return_to_applicant(case_id, people)
    (task,) = [each for each in cases.load(sari, case_id).open_tasks if each.step == "lengkapi_berkas"]
    second = uploads.receive(sari, field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=task.id)
    tasks.complete(sari, task.id, task.version, "kunci-dua", {"berkas": {"ktp": [second.id]}})
    assert cases.load(sari, case_id).answers["lengkapi_berkas"]["berkas"]["ktp"] == [second.id]
    for kept in (first, second):
        attachments.take_back(sari, case_id, kept.id)
        with pytest.raises(Forbidden):
            uploads.remove(sari, kept.id)
        assert _row(kept.id) is not None


def test_foto_pengganti_boleh_diganti_sebelum_dikirim(people: dict[str, Actor], sari: Actor) -> None:
    _, task_id = _wait_for_papers(people)
    kept = uploads.receive(sari, field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=task_id)
    uploads.remove(sari, kept.id)
    assert _row(kept.id) is None


def test_hanya_pemegang_tugas_yang_mengunggah_ke_tugas(people: dict[str, Actor]) -> None:
    _, task_id = _wait_for_papers(people)
    with pytest.raises(TaskNotYours):
        uploads.receive(people["pak_agus"], field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=task_id)
    with pytest.raises(NotFound):
        uploads.receive(people["pak_joko"], field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=task_id)


def test_isian_khusus_pdf_menolak_foto(people: dict[str, Actor]) -> None:
    case_id = open_kk(people, publish())
    go_to_signed(case_id, people)
    assert jobs.run_one(job_of(case_id, "otomatis").id)
    agus = people["pak_agus"]
    (task,) = cases.load(agus, case_id).open_tasks
    tasks.claim(agus, task.id)
    with pytest.raises(UploadRefused, match="hanya PDF"):
        uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(factories.photo()), task_id=task.id)
    kept = uploads.receive(agus, field="kk_pdf", stream=io.BytesIO(factories.pdf()), task_id=task.id)
    assert kept.step == "kirim_kk"


def test_terlalu_banyak_halaman_ditolak_saat_disimpan(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    pages = [upload(sari, draft_id, "ktp") for _ in range(3)]
    letter = upload(sari, draft_id, "surat_hilang")
    with pytest.raises(InvalidInput) as refused:
        save(sari, draft_id, "berkas", {"ktp": pages, "surat_hilang": [letter]})
    assert "Paling banyak 2 halaman" in refused.value.errors["ktp"][0]
