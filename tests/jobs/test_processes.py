"""The worker and the sweeper as real processes: the row is the truth, with Redis, without it, and when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.adapters import queue
from app.extensions import db
from app.jobs import pulse, worker
from app.models import Job, Mail
from app.services import clock
from app.services.background import job_rows
from app.services.records import seals, trail
from app.services.work import unit_of_work
from tests import factories
from tests.support import servers


@contextmanager
def running(
    module: str, app: Flask, redis_url: str = "", settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    config = app.config["ALUR"]
    env = {**os.environ, "ALUR_DATA": str(config.data_dir), "DATABASE_URL": config.database_url, "REDIS_URL": redis_url}
    env |= {"LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1", **(settings or {})}
    process = subprocess.Popen([sys.executable, "-m", module], env=env, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, printed = process.communicate(timeout=90)
        assert process.returncode == 0, printed.decode()


def new_letter(key: str) -> str:
    """A due letter to Bu Sari; returns its job's id."""
    with unit_of_work() as session:
        if session.get(factories.User, factories.actor("bu_sari").id) is None:
            factories.add_person(session, "bu_sari")
            session.flush()
        at = clock.now()
        payload = {"user": factories.actor("bu_sari").id, "title": key, "body": "Isi."}
        job_rows.add(session, key, "surat", payload, at, at=at)
        return session.scalars(select(Job.id).where(Job.key == key)).one()


def wait_for(truth: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
        db.session.rollback()


def letters() -> list[str]:
    return sorted(db.session.scalars(select(Mail.subject)))


def is_done(job_id: str) -> bool:
    return db.session.scalar(select(Job.done_at).where(Job.id == job_id)) is not None


def test_tanpa_redis_pekerja_membaca_tabel(sqlite_app: Flask) -> None:
    with running("app.jobs.worker", sqlite_app):
        job_id = new_letter("surat-1")
        wait_for(lambda: is_done(job_id))
    assert letters() == ["surat-1"]


def test_dengan_redis_bel_membangunkan_pekerja(app: Flask, redis_url: str) -> None:
    with running("app.jobs.worker", app, redis_url):
        job_id = new_letter("surat-1")
        queue.make_bell(redis_url).ring(job_id)
        wait_for(lambda: is_done(job_id))
    assert letters() == ["surat-1"]


def test_bel_yang_hilang_tidak_menghilangkan_pekerjaan(sqlite_app: Flask, redis_url: str) -> None:
    with running("app.jobs.worker", sqlite_app, redis_url):
        jobs = [new_letter(f"surat-{number}") for number in range(5)]
        servers.Redis.from_url(redis_url).flushall()
        wait_for(lambda: all(is_done(job_id) for job_id in jobs))
    assert len(letters()) == 5


def test_redis_yang_mati_di_tengah_jalan_hanya_menunda(sqlite_app: Flask, tmp_path: Path) -> None:
    with servers.redis_server(tmp_path) as url, running("app.jobs.worker", sqlite_app, url) as worker:
        first = new_letter("surat-1")
        wait_for(lambda: is_done(first))
        servers.Redis.from_url(url).shutdown(nosave=True)
        second = new_letter("surat-2")
        wait_for(lambda: is_done(second))
        assert worker.poll() is None


def test_redis_yang_tidak_pernah_ada_pun_hanya_menunda(sqlite_app: Flask, tmp_path: Path) -> None:
    with running("app.jobs.worker", sqlite_app, f"unix://{tmp_path / 'tak-ada.sock'}") as worker:
        job_id = new_letter("surat-1")
        wait_for(lambda: is_done(job_id))
        assert worker.poll() is None


@pytest.mark.parametrize("module", ["app.jobs.worker", "app.jobs.sweeper"])
def test_sigterm_menghentikan_proses_dengan_tertib(sqlite_app: Flask, module: str) -> None:
    with running(module, sqlite_app) as process:
        assert process.stderr is not None
        while b" started" not in (line := process.stderr.readline()):
            assert line, "it ended before it had started"


def test_sweeper_membunyikan_bel_untuk_yang_jatuh_tempo(sqlite_app: Flask, redis_url: str) -> None:
    job_id = new_letter("surat-1")
    with running("app.jobs.sweeper", sqlite_app, redis_url):
        wait_for(lambda: servers.Redis.from_url(redis_url).llen(f"rq:queue:{queue.QUEUE}") == 1)
        time.sleep(1.5)
        assert servers.Redis.from_url(redis_url).llen(f"rq:queue:{queue.QUEUE}") == 1
    assert not is_done(job_id)


def test_sweeper_menyegel_riwayat(app: Flask) -> None:
    with unit_of_work() as session:
        trail.append(session, "kantor", "sistem", "uji", {}, clock.now())
    path = app.config["ALUR"].seal_file
    with running("app.jobs.sweeper", app):
        wait_for(lambda: path.exists() and path.read_bytes().endswith(b"\n"))
    assert b'"kantor"' in path.read_bytes()
    assert seals.waiting() == 0


def test_pekerja_yang_dibunuh_di_tengah_surat_diganti_seketika(
    app: Flask, smtp: servers.Mailbox, redis_url: str
) -> None:
    """Not after the five minutes of its lease; the letter comes again under the same Message-ID."""
    mail = {
        "MAIL_SERVER": smtp.host,
        "MAIL_PORT": str(smtp.port),
        "MAIL_SECURITY": "none",
        "MAIL_SENDER": "a@contoh.id",
    }
    config = app.config["ALUR"]
    env = {**os.environ, **mail, "ALUR_DATA": str(config.data_dir), "DATABASE_URL": config.database_url}
    doomed = subprocess.Popen([sys.executable, "-m", "app.jobs.worker"], env={**env, "REDIS_URL": redis_url})
    smtp.taken = lambda _: doomed.kill()
    job_id = new_letter("surat-1")
    wait_for(lambda: smtp.messages and doomed.poll() is not None)
    assert not is_done(job_id)
    with running("app.jobs.worker", app, redis_url, mail):
        wait_for(lambda: is_done(job_id))
    assert len({message["Message-ID"] for message in smtp.messages}) == 1
    assert len(smtp.messages) == 2


def test_pembaca_tabel_yang_mati_mengakhiri_prosesnya(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the process would look alive while lost rings stay lost."""

    def broken(*_: object) -> int:
        raise RuntimeError("rusak")

    told = threading.Event()
    monkeypatch.setattr(worker, "run_due", broken)
    before = signal.signal(signal.SIGTERM, lambda *_: told.set())
    try:
        with pytest.raises(RuntimeError):
            worker.read_on(threading.Event(), pulse.silent)
        assert told.wait(60)
    finally:
        signal.signal(signal.SIGTERM, before)
