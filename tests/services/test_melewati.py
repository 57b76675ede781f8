"""Leaving out what was given up, on both databases: the second person, each kind's meaning, two who decide at once."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import AlurError, DealtWith, FourEyes, NotFound
from app.models import Event, IncidentSkip, Job, Timer
from app.services import clock, store
from app.services.background import job_rows, jobs, skipping
from app.services.work import unit_of_work
from tests import factories
from tests.support.kantor import Kantor
from tests.support.kasus import go_to_signed, job_of, open_kk, open_steps

WHY = "Sudah diberi tahu langsung."


def given_up(job_id: str) -> str:
    with unit_of_work() as session:
        job = session.get_one(Job, job_id)
        job.failed_at, job.error = clock.now(), "ValueError: salah"
    return job_id


def test_langkah_otomatis_yang_dilewati_melanjutkan_alurnya(app: Flask) -> None:
    kantor = Kantor.open()
    case_id = open_kk(dict(kantor.people), kantor.version_id)
    go_to_signed(case_id, dict(kantor.people))
    job_id = given_up(job_of(case_id, "otomatis").id)
    eko, dwi = factories.actor("pak_eko"), factories.actor("pak_dwi")
    skipping.propose(eko, job_id, WHY)
    with pytest.raises(FourEyes):
        skipping.decide(eko, job_id, approve=True)
    assert open_steps(case_id) == []
    skipping.decide(dwi, job_id, approve=True)
    assert open_steps(case_id) == ["kirim_kk"]
    with pytest.raises(DealtWith):
        skipping.decide(dwi, job_id, approve=True)


def test_pengingat_yang_dilewati_hilang_dan_usul_yang_ditolak_tidak_mengubah_apa_pun(app: Flask) -> None:
    kantor = Kantor.open()
    case_id = kantor.case()
    at = clock.now()
    with unit_of_work() as session:
        timer = Timer(case_id=case_id, kind="pengingat", token="uji", element="isi#0", due_at=at)
        session.add(timer)
        session.flush()
        what = {key: getattr(timer, key) for key in ("id", "case_id", "kind", "token", "element")}
        job_rows.add(session, "timer:uji", "timer", {"timer": what}, at, case_id=case_id, at=at)
    job_id = given_up(store.session.scalars(select(Job.id).where(Job.key == "timer:uji")).one())
    eko, dwi = factories.actor("pak_eko"), factories.actor("pak_dwi")
    skipping.propose(eko, job_id, WHY)
    skipping.decide(eko, job_id, approve=False)
    assert store.session.get_one(Job, job_id).failed_at is not None
    skipping.propose(eko, job_id, WHY)
    skipping.decide(dwi, job_id, approve=True)
    store.session.expire_all()
    assert store.session.get(Timer, what["id"]) is None and store.session.get_one(Job, job_id).done_at is not None


def test_usul_untuk_kegagalan_yang_lalu_tidak_dapat_disetujui_sesudah_gagal_lagi(app: Flask) -> None:
    Kantor.open()
    at = clock.now()
    with unit_of_work() as session:
        job_rows.add(session, "surat:uji", "surat", {"user": "", "title": "Kabar"}, at, at=at)
    job_id = given_up(store.session.scalars(select(Job.id).where(Job.key == "surat:uji")).one())
    eko, dwi = factories.actor("pak_eko"), factories.actor("pak_dwi")
    skipping.propose(eko, job_id, WHY)
    jobs.retry(eko, job_id)
    given_up(job_id)
    assert skipping.open_proposals(dwi, [job_id]) == {}
    with pytest.raises(DealtWith):
        skipping.decide(dwi, job_id, approve=True)
    skipping.propose(dwi, job_id, "Sebabnya lain lagi.")
    assert skipping.open_proposals(eko, [job_id])[job_id].reason == "Sebabnya lain lagi."


def test_dua_orang_memutuskan_bersamaan_satu_yang_jadi(app: Flask) -> None:
    kantor = Kantor.open()
    at = clock.now()
    with unit_of_work() as session:
        job_rows.add(session, "surat:uji", "surat", {"user": "", "title": "Kabar"}, at, at=at)
    job_id = given_up(store.session.scalars(select(Job.id).where(Job.key == "surat:uji")).one())
    skipping.propose(factories.actor("pak_eko"), job_id, WHY)
    outcomes: list[str] = []

    def decide(approve: bool) -> None:
        with app.app_context():
            try:
                skipping.decide(kantor.people["pak_dwi"], job_id, approve=approve)
                outcomes.append("jadi")
            except AlurError as problem:
                outcomes.append(type(problem).__name__)
            store.session.remove()

    both = [threading.Thread(target=decide, args=(approve,)) for approve in (True, False)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["DealtWith", "jadi"]
    told = select(Event.verb).where(Event.verb.in_((skipping.SKIPPED, skipping.DECLINED)))
    assert len(store.session.scalars(told).all()) == 1
    assert store.session.query(IncidentSkip).one().decided_at is not None


def test_yang_tidak_ada_dan_yang_sudah_tidak_menunggu_ditolak(app: Flask) -> None:
    Kantor.open()
    at = clock.now()
    with unit_of_work() as session:
        job_rows.add(session, "surat:uji", "surat", {"user": "", "title": "Kabar"}, at, at=at)
    waiting = store.session.scalars(select(Job.id).where(Job.key == "surat:uji")).one()
    with pytest.raises(DealtWith):
        skipping.propose(factories.actor("pak_eko"), waiting, WHY)
    with pytest.raises(NotFound):
        skipping.propose(factories.actor("pak_eko"), "tidak-ada", WHY)
