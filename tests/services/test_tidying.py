"""What nobody needs any more goes: old drafts after a warning, bytes without an owner. What somebody needs stays."""

import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.adapters.storage import FolderStore, digest_of
from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.models import Draft, Event, Job, Notice, StoredFile, Upload
from app.services import store
from app.services.background import tidying
from app.services.files import file_store
from app.services.portal import drafts, uploads
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import save, upload
from tests.support.kasus import SLUG, Jam, go_to_archive, open_kk, publish, run_all

DAY = 24 * 3600


def _age_everything(days: float = 3) -> None:
    past = time.time() - days * DAY
    for path in (store.data_dir / "berkas").rglob("*"):
        if path.is_file():
            os.utime(path, (past, past))


def _digest(upload_id: str) -> str:
    store.session.rollback()
    return str(store.session.get_one(Upload, upload_id).digest)


def test_bita_berkas_yang_dihapus_pemohon_ikut_hilang_dengan_pratinjaunya(people: dict[str, Actor]) -> None:
    sari = people["bu_sari"]
    draft_id = drafts.start(sari, SLUG)
    kept, gone = (upload(sari, draft_id, "ktp", factories.photo(text=word)) for word in ("satu", "dua"))
    uploads.preview_for(sari, gone)
    lost = _digest(gone)
    uploads.remove(sari, gone)
    _age_everything()
    assert tidying.discard_unused_files() == 1
    assert not file_store().exists(lost)
    assert not list((store.data_dir / "cache").rglob(f"{lost}*"))
    assert store.session.get(StoredFile, lost) is None
    assert file_store().verify(_digest(kept))


def test_bita_yang_sama_milik_orang_lain_tetap_ada(people: dict[str, Actor]) -> None:
    sari, joko = people["bu_sari"], people["pak_joko"]
    hers, his = (upload(who, drafts.start(who, SLUG), "ktp") for who in (sari, joko))
    assert _digest(hers) == _digest(his)
    uploads.remove(sari, hers)
    _age_everything()
    assert tidying.discard_unused_files() == 0
    assert file_store().verify(_digest(his))


def test_berkas_yang_baru_dan_arsip_tidak_pernah_dibuang(people: dict[str, Actor]) -> None:
    case_id = open_kk(people, store.session.scalars(select(Draft.version_id)).first() or publish())
    go_to_archive(case_id, people)
    run_all()
    archives = list(store.session.scalars(select(StoredFile.digest).where(StoredFile.mime == "application/zip")))
    assert archives
    _age_everything(400)
    fresh = file_store().put(b"baru saja, belum ada barisnya")
    assert tidying.discard_unused_files() == 0
    assert all(file_store().verify(each) for each in (*archives, fresh))


def test_sisa_tulisan_yang_terputus_dibersihkan(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path)
    digest = folder.put(b"utuh")
    rest = next(tmp_path.rglob(digest)).with_name(".setengah-aabbcc")
    rest.write_bytes(b"sete")
    past = time.time() - 3 * DAY
    os.utime(rest, (past, past))
    assert list(folder.untouched(DAY)) == []
    assert not rest.exists()
    assert folder.verify(digest)


def test_berkas_yang_dipakai_lagi_sesaat_sebelum_dibuang_tetap_ada(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path)
    digest = folder.put(b"lama")
    past = time.time() - 3 * DAY
    os.utime(next(tmp_path.rglob(digest)), (past, past))
    assert list(folder.untouched(DAY)) == [digest]
    folder.put(b"lama")
    assert not folder.discard(digest, DAY)
    assert folder.verify(digest)
    assert not list(tmp_path.rglob(".*"))


def test_menyapu_sambil_mengunggah_bita_yang_sama_tidak_pernah_menghilangkannya(
    app: Flask, people: dict[str, Actor]
) -> None:
    """Two people hand in the same paper again and again while everything unused is swept without mercy."""
    rounds, stop = 12, threading.Event()
    who = [people["bu_sari"], people["pak_joko"]]
    places = [(each, drafts.start(each, SLUG)) for each in who]
    store.session.remove()

    def hand_in(actor: Actor, draft_id: str) -> None:
        with app.app_context():
            for _ in range(rounds):
                one = uploads.receive(actor, field="ktp", stream=io.BytesIO(factories.photo()), draft_id=draft_id)
                one_id = one.id
                store.session.remove()
                with uploads.open_for(actor, one_id).stream as stream:
                    assert digest_of(stream.read()) == _digest(one_id)
                uploads.remove(actor, one_id)
                store.session.remove()

    def sweep() -> None:
        with app.app_context():
            while not stop.is_set():
                tidying.discard_unused_files(0)
                store.session.remove()

    with ThreadPoolExecutor(3) as threads:
        sweeper = threads.submit(sweep)
        givers = [threads.submit(hand_in, *place) for place in places]
        wait(givers, timeout=60)
        stop.set()
    for each in (*givers, sweeper):
        each.result()


def test_berkas_yang_tiba_sesudah_drafnya_dihapus_tidak_disimpan(people: dict[str, Actor]) -> None:
    sari = people["bu_sari"]
    draft_id = drafts.start(sari, SLUG)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 0:
                drafts.discard(sari, draft_id)
            return super().read(size)

    with pytest.raises(NotFound, match="berkasnya tidak disimpan"):
        uploads.receive(sari, field="ktp", stream=Slow(factories.photo()), draft_id=draft_id)
    assert store.session.scalars(select(Upload)).all() == []


def _drafts() -> list[str]:
    store.session.rollback()
    return list(store.session.scalars(select(Draft.id)))


def test_draf_lama_diberitahukan_tujuh_hari_sebelum_dihapus_dengan_berkasnya(
    people: dict[str, Actor], jam: Jam
) -> None:
    sari = people["bu_sari"]
    draft_id = drafts.start(sari, SLUG)
    upload(sari, draft_id, "ktp")
    jam.lewat(days=82)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    assert store.session.scalars(select(Notice)).all() == []
    jam.lewat(days=1.5)
    for _ in range(3):
        assert tidying.forget_old_drafts(jam(), 90) == 0
    told = store.session.scalars(select(Notice)).one()
    assert (told.user_id, "akan dihapus" in told.title) == (sari.id, True)
    assert len(store.session.scalars(select(Job).where(Job.kind == "surat")).all()) == 1
    jam.lewat(days=6.5)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    jam.lewat(days=1)
    assert tidying.forget_old_drafts(jam(), 90) == 1
    assert _drafts() == []
    assert store.session.scalars(select(Upload)).all() == []
    assert store.session.scalars(select(Event.verb).order_by(Event.id.desc())).first() == "draf_kedaluwarsa"


def test_draf_yang_dilanjutkan_sesudah_peringatan_tidak_dihapus(people: dict[str, Actor], jam: Jam) -> None:
    sari = people["bu_sari"]
    draft_id = drafts.start(sari, SLUG)
    jam.lewat(days=84)
    tidying.forget_old_drafts(jam(), 90)
    save(sari, draft_id, "jenis", {"jenis": "hilang"})
    jam.lewat(days=20)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    assert _drafts() == [draft_id]


def test_draf_yang_sudah_sangat_lama_pun_diberitahukan_dulu(people: dict[str, Actor], jam: Jam) -> None:
    drafts.start(people["bu_sari"], SLUG)
    jam.lewat(days=400)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    jam.lewat(days=6)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    jam.lewat(days=2)
    assert tidying.forget_old_drafts(jam(), 90) == 1


def test_draf_yang_sudah_terkirim_tidak_pernah_disentuh(people: dict[str, Actor], jam: Jam) -> None:
    draft_id = drafts.start(people["bu_sari"], SLUG)
    with unit_of_work() as session:
        session.get_one(Draft, draft_id).submitted_at = jam()
    jam.lewat(days=4000)
    assert tidying.forget_old_drafts(jam(), 90) == 0
    assert _drafts() == [draft_id]
