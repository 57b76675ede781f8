"""susun_arsip: everything of a case in one bundle, the same bytes each time, read back before it is trusted."""

import hashlib
import io
import json
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Case, StoredFile, Upload
from app.services import store
from app.services.background import jobs
from app.services.discussion import attachments, posting
from app.services.files import file_store
from app.services.flow import cases, published
from app.services.records import archive
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import cast, finish, go_to_archive, jam_uji, job_of, open_kk, open_steps, publish


def hand_in(case_id: str, owner: str, step: str, field: str, data: bytes, mime: str, at) -> None:
    digest = file_store().put(data)
    with unit_of_work() as session:
        if session.get(StoredFile, digest) is None:
            session.add(StoredFile(digest=digest, mime=mime, size=len(data), created_at=at))
            session.flush()
        session.add(Upload(owner_id=owner, case_id=case_id, step=step, field=field, digest=digest, created_at=at))


@pytest.fixture
def case_id(app: Flask):
    with jam_uji() as jam:
        people = cast()
        found = open_kk(people, publish(), answers={"jenis": "hilang", "bisa_cetak": True})
        sari, agus = people["bu_sari"].id, people["pak_agus"].id
        hand_in(found, sari, "isi_permohonan", "ktp", factories.photo(), "image/jpeg", jam.at)
        hand_in(found, sari, "isi_permohonan", "ktp", factories.photo(320, 200), "image/jpeg", jam.lewat(seconds=1))
        hand_in(found, agus, "kirim_kk", "kk_pdf", factories.pdf(), "application/pdf", jam.at)
        go_to_archive(found, people)
        yield found


def bundle_of(answers) -> zipfile.ZipFile:
    with file_store().open(answers["sidik"]) as stream:
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def test_arsip_memuat_semuanya_dan_menjadi_isian_langkahnya(app: Flask, case_id: str) -> None:
    sari = factories.actor("bu_sari")
    photo, _unsent = (attachments.receive(sari, case_id, io.BytesIO(factories.photo())) for _ in range(2))
    posting.post(sari, case_id, "Apakah ini sudah benar?", [photo], "k" * 16, 0)
    assert jobs.run_one(job_of(case_id, "otomatis").id)
    assert "arsipkan" in open_steps(case_id)
    answers = cases.load(factories.actor("pak_agus"), case_id).answers["susun_arsip"]
    assert (answers["target"], answers["dibaca_ulang"]) == ("server", True)
    assert answers["salinan"] == ["harddisk", "flashdisk"]

    bundle = bundle_of(answers)
    assert sorted(bundle.namelist()) == [
        "SIDIK.txt",
        "berkas/isi_permohonan-ktp-01.jpg",
        "berkas/isi_permohonan-ktp-02.jpg",
        "diskusi.txt",
        "diskusi/diskusi-1-01.jpg",
        "isian.json",
        "isian.txt",
        "kk_pdf/kirim_kk-kk_pdf-01.pdf",
        "riwayat.json",
        "riwayat.txt",
    ]
    assert bundle.read("berkas/isi_permohonan-ktp-01.jpg") == factories.photo()
    for line in bundle.read("SIDIK.txt").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(bundle.read(name)).hexdigest() == digest
    first = json.loads(bundle.read("isian.json"))[0]
    assert (first["langkah"], first["isian"]["jenis"]) == ("isi_permohonan", "hilang")
    assert "KK hilang" in bundle.read("isian.txt").decode()
    assert "1. Sari Puspitarini (pemohon)" in bundle.read("diskusi.txt").decode()
    history = bundle.read("riwayat.txt").decode()
    assert "Meneliti berkas: selesai, keputusan: " in history
    assert store.session.get(StoredFile, answers["sidik"]) is not None


def test_kasus_yang_sama_memberi_byte_yang_sama(app: Flask, case_id: str) -> None:
    def keep() -> archive.Kept:
        case = store.session.get(Case, case_id)
        assert case is not None
        procedure = published.compiled(case.version_id)
        return archive.keep(case, procedure, procedure.automation["susun_arsip"].arguments)

    assert keep() == keep()


def test_berkas_yang_hilang_dari_penyimpanan_menunda_bukan_mengarsip_sebagian(app: Flask, case_id: str) -> None:
    digest = store.session.scalars(select(Upload.digest).where(Upload.field == "kk_pdf")).one()
    stored = store.data_dir / "berkas" / digest[:2] / digest[2:4] / digest
    stored.unlink()
    job_id = job_of(case_id, "otomatis").id
    assert jobs.run_one(job_id)
    waiting = job_of(case_id, "otomatis")
    assert (waiting.attempts, waiting.failed_at) == (1, None)
    assert "tidak ada di penyimpanan" in waiting.error
    assert "arsipkan" not in open_steps(case_id)


def test_bacaan_ulang_yang_berbeda_ditolak(app: Flask, case_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that gives back other bytes than it took."""
    files = file_store()
    whole = type(files).open

    def decayed(self, digest: str):
        with whole(self, digest) as stream:
            data = stream.read()
        return io.BytesIO(data[:-1] + b"!" if data.startswith(b"PK") else data)

    monkeypatch.setattr(type(files), "open", decayed)
    assert jobs.run_one(job_of(case_id, "otomatis").id)
    assert "tidak sama" in job_of(case_id, "otomatis").error


def test_pekerjaan_arsip_tidak_menghalangi_pemohon(app: Flask, case_id: str) -> None:
    with jam_uji():
        finish(case_id, "terima_kk", factories.actor("bu_sari"), {"hasil": "baik"})
    assert open_steps(case_id) == []
    assert jobs.run_one(job_of(case_id, "otomatis").id)
    assert open_steps(case_id) == ["arsipkan"]
