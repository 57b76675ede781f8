"""The bell hurries, the row is the truth: with a real Redis, after it lost everything, and without any."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from rq import Queue, SimpleWorker

from app import create_app
from app.adapters import queue
from app.extensions import db
from app.jobs import run, sweeper, worker
from app.models import Job
from app.services import clock, store
from app.services.background import jobs
from tests.support.databases import config_for
from tests.support.kasus import cast, go_to_signed, job_of, open_kk, open_steps, publish

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def ringing(
    request: pytest.FixtureRequest, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The application with a real bell; workers of this process use it too."""
    url = request.getfixturevalue(f"{request.param}_url")
    app = create_app(config_for(url, tmp_path / "var", redis_url=redis_url))
    for module in (run, sweeper, worker):
        monkeypatch.setattr(module, "application", lambda: app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def serve(redis_url: str) -> None:
    """An rq worker, until the queue is empty."""
    connection = queue.connect(redis_url)
    SimpleWorker([Queue(queue.QUEUE, connection=connection)], connection=connection).work(burst=True)


def waiting_case() -> str:
    """A case that waits for the job of its service task."""
    people = cast()
    case_id = open_kk(people, publish())
    go_to_signed(case_id, people)
    return case_id


def test_bel_membuat_pekerja_menjalankan_pekerjaan(ringing: Flask, redis_url: str) -> None:
    case_id = waiting_case()
    assert open_steps(case_id) == []
    serve(redis_url)
    assert open_steps(case_id) == ["kirim_kk"]
    assert jobs.due_job_ids(clock.now()) == []


def test_redis_dikosongkan_penyapu_membunyikan_lagi(ringing: Flask, redis_url: str) -> None:
    case_id = waiting_case()
    queue.connect(redis_url).flushall()
    serve(redis_url)
    assert open_steps(case_id) == [], "the rings are gone"
    sweeper.sweep()
    serve(redis_url)
    assert open_steps(case_id) == ["kirim_kk"]


def test_bel_berbunyi_dua_kali_pekerjaan_berlaku_sekali(ringing: Flask, redis_url: str) -> None:
    case_id = waiting_case()
    job_id = job_of(case_id, "otomatis").id
    for _ in range(3):
        store.bell(job_id)
    assert run.run_job(job_id)
    serve(redis_url)
    assert open_steps(case_id) == ["kirim_kk"]
    row = store.session.get(Job, job_id)
    assert row is not None
    assert row.attempts == 1


def test_dengan_bel_yang_mati_pekerja_membaca_tabel(ringing: Flask, redis_url: str) -> None:
    case_id = waiting_case()
    queue.connect(redis_url).flushall()
    while worker.run_due(timedelta(0)):
        pass
    assert open_steps(case_id) == ["kirim_kk"]


def test_tanpa_redis_proses_pekerja_mengerjakan_semuanya(app: Flask) -> None:
    """The real worker process, polling."""
    case_id = waiting_case()
    config = app.config["ALUR"]
    env = {**os.environ, "DATABASE_URL": config.database_url, "ALUR_DATA": str(config.data_dir), "ALUR_MODE": "demo"}
    env.pop("REDIS_URL", None)
    process = subprocess.Popen([sys.executable, "-m", "app.jobs.worker"], cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + 90
        while open_steps(case_id) != ["kirim_kk"] and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(90)
    assert open_steps(case_id) == ["kirim_kk"]
