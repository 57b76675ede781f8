"""Files of permohonan that are over go when their time is up, and every page goes on working without them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.actors import SYSTEM
from app.models import Case, Event, Task, Upload
from app.services import clock, store
from app.services.background import tidying
from app.services.files import file_store
from app.services.portal import drafts, submissions
from app.services.privacy import papers
from app.services.records import audit
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.kasus import Jam, cast, finish, publish
from tests.support.peramban import isi, sign_in

DAYS = {"unfinished": 90, "finished": 365}


@pytest.fixture
def kantor(site: Flask) -> Iterator[tuple[Flask, Jam, str]]:
    """A permohonan with files, ended now; its id."""
    jam = Jam()
    with clock.using(jam):
        with site.app_context():
            people = cast()
            publish()
            sari = people["bu_sari"]
            draft_id = fill_hilang(sari)
            case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id
            finish(case_id, "buka_permohonan", people["pak_budi"])
            jam.lewat(minutes=5)
            _end(case_id, "selesai")
        yield site, jam, case_id


def _end(case_id: str, outcome: str) -> None:
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        case.ended_at, case.outcome = clock.now(), outcome


def _count() -> int:
    store.session.rollback()
    return store.session.scalar(select(func.count()).select_from(Upload)) or 0


@pytest.mark.parametrize(
    ("outcome", "days"), [("selesai", 365), ("ditolak", 90), ("ditarik", 90), ("tidak_dilengkapi", 90)]
)
def test_berkas_pergi_sesudah_masa_simpannya_bukan_sebelumnya(
    kantor: tuple[Flask, Jam, str], outcome: str, days: int
) -> None:
    site, jam, case_id = kantor
    with site.app_context():
        _end(case_id, outcome)
        handed_in = _count()
        assert handed_in > 0
        jam.lewat(days=days - 1, hours=23)
        assert (papers.forget(clock.now(), **DAYS), _count()) == (0, handed_in)
        jam.lewat(hours=1)
        assert (papers.forget(clock.now(), **DAYS), _count()) == (1, 0)
        assert papers.forget(clock.now(), **DAYS) == 0, "once is enough"


def test_berkas_permohonan_berjalan_tidak_pernah_pergi(kantor: tuple[Flask, Jam, str]) -> None:
    site, jam, case_id = kantor
    with site.app_context():
        with unit_of_work() as session:
            session.get_one(Case, case_id).ended_at = None
        before = _count()
        assert (papers.forget(clock.now() + timedelta(days=4000), **DAYS), _count()) == (0, before)


def test_halaman_tetap_terbuka_dan_jejak_utuh_tanpa_berkasnya(kantor: tuple[Flask, Jam, str]) -> None:
    site, jam, case_id = kantor
    with site.app_context():
        upload_id = store.session.scalars(select(Upload.id)).first()
        task_id = store.session.scalars(select(Task.id).where(Task.case_id == case_id)).first()
        digests = set(store.session.scalars(select(Upload.digest)))
        jam.lewat(days=366)
        papers.forget(clock.now(), **DAYS)
        tidying.discard_unused_files(kept_hours=0)
        assert not any(file_store().exists(digest) for digest in digests)
        last = store.session.scalars(select(Event).where(Event.stream == f"kasus:{case_id}").order_by(Event.seq)).all()
        assert last[-1].verb == papers.DESTROYED and last[-1].payload["banyak"] > 0
        assert list(audit.verify(SYSTEM).findings) == []
    sari, budi = sign_in(site, "bu_sari"), sign_in(site, "pak_budi")
    page = sari.get(f"/permohonan/{case_id}")
    assert page.status_code == 200
    assert "dimusnahkan karena masa simpannya habis" in isi(page)
    assert sari.get(f"/berkas/{upload_id}").status_code == 404
    assert budi.get(f"/tugas/{task_id}").status_code == 200
    assert sari.get(f"/permohonan/{case_id}/bukti.pdf").status_code == 200
    assert sari.post("/pengaturan/data/unduh", data={"bentuk": "pdf"}).status_code == 200
    assert factories.CAST["bu_sari"].nik not in isi(page)
