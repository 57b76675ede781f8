"""A full disk, as the system and the database really report it: said in words, nothing half kept, well again after."""

import io
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.adapters.storage import FolderStore
from app.extensions import db
from app.models import Draft, Job, Upload
from app.services import clock, store
from app.services.background import jobs
from app.services.files import file_store
from app.services.portal import drafts
from tests import factories
from tests.support.kasus import SLUG, Jam, cast, go_to_archive, job_of, open_kk, publish
from tests.support.peramban import isi, sign_in, versi

OURS = {"Origin": "http://localhost"}


@contextmanager
def full_store(room: int = 100) -> Iterator[None]:
    """The system refuses what the store writes beyond `room` bytes; SQLite beside it is spared."""
    put = FolderStore.put

    def limited(self: FolderStore, data: bytes) -> str:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            return put(self, data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FolderStore, "put", limited)
        yield


@contextmanager
def full_database() -> Iterator[None]:
    """SQLite may not add a page: "database or disk is full"."""

    def limit(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")

    engine = db.engine
    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


class Rumah:
    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.app_context():
            self.people = cast()
            self.version = publish()
            self.draft_id = drafts.start(self.people["bu_sari"], SLUG)

    def browser(self) -> FlaskClient:
        return sign_in(self.site, "bu_sari")

    def url(self, section: str) -> str:
        return f"/permohonan/draf/{self.draft_id}/{section}"


@pytest.fixture
def rumah(site: Flask) -> Iterator[Rumah]:
    with clock.using(Jam()):
        yield Rumah(site)


def test_basis_data_penuh_saat_menyimpan_mengembalikan_ketikan_untuk_dikirim_lagi(rumah: Rumah) -> None:
    browser = rumah.browser()
    url = rumah.url("pemohon")
    typed = {"versi": versi(isi(browser.get(url))), "aksi": "simpan", "alamat": "Dusun Penuh " * 4000}
    with rumah.site.app_context(), full_database():
        answer = browser.post(url, data=typed, headers=OURS)
    assert answer.status_code == 507
    assert "Tempat penyimpanan kantor penuh" in isi(answer)
    assert "Coba lagi nanti, atau hubungi kantor" in isi(answer)
    names = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', isi(answer)))
    assert names["alamat"] == typed["alamat"]
    with rumah.site.app_context():
        assert store.session.get_one(Draft, rumah.draft_id).version == 1
    again = browser.post(url, data={name: names[name] for name in typed}, headers=OURS)
    assert again.status_code == 302
    assert typed["alamat"].strip() in isi(browser.get(url))


def test_penyimpanan_berkas_penuh_disebut_di_isiannya_dan_isian_lain_tersimpan(rumah: Rumah) -> None:
    browser = rumah.browser()
    url = rumah.url("jenis")
    browser.post(url, data={"versi": versi(isi(browser.get(url))), "aksi": "lanjut", "jenis": "hilang"})
    url = rumah.url("berkas")

    def send() -> TestResponse:
        photo = (io.BytesIO(factories.photo(1600, 1200)), "ktp.jpg", "image/jpeg")
        data = {"versi": versi(isi(browser.get(url))), "aksi": "unggah:ktp", "unggah:ktp": photo}
        return browser.post(url, data=data, content_type="multipart/form-data")

    with full_store():
        answer = send()
    assert answer.status_code == 422
    assert "penyimpanan kantor sedang penuh" in isi(answer)
    with rumah.site.app_context():
        assert store.session.scalars(select(Upload)).all() == []
        assert [path for path in store.files_dir.rglob("*") if path.is_file()] == []
    assert send().status_code == 302
    with rumah.site.app_context():
        kept = store.session.scalars(select(Upload)).one()
        assert file_store().verify(kept.digest)


def test_arsip_yang_tidak_muat_dicoba_lagi_sesudah_ada_ruang(sqlite_app: Flask) -> None:
    jam = Jam()
    with clock.using(jam):
        people, version = cast(), publish()
        case_id = open_kk(people, version)
        go_to_archive(case_id, people)
        job = job_of(case_id, "otomatis").id
        with full_store():
            assert jobs.run_one(job)
        store.session.rollback()
        assert store.session.get_one(Job, job).done_at is None
        assert "penuh" in store.session.get_one(Job, job).error
        assert [path for path in store.files_dir.rglob("*") if path.is_file()] == []
        jam.lewat(hours=1)
        assert jobs.run_one(job)
        store.session.rollback()
        assert store.session.get_one(Job, job).done_at is not None
