"""/readyz and /statusz with real processes: each part is really killed, and shows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app import create_app
from app.domain.actors import SYSTEM
from app.extensions import db
from app.models import Heartbeat
from app.services import clock, store
from app.services.operations import heartbeats
from app.services.operations.heartbeats import Pulse
from app.services.records import seals
from tests.support import databases, servers
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji


@contextmanager
def role(app: Flask, module: str) -> Iterator[subprocess.Popen[bytes]]:
    config = app.config["ALUR"]
    env = {**os.environ, "ALUR_DATA": str(config.data_dir), "DATABASE_URL": config.database_url}
    env |= {"REDIS_URL": config.redis_url, "LOG_LEVEL": "ERROR", "ALUR_MODE": "demo"}
    process = subprocess.Popen([sys.executable, "-m", module], env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait(90)


def ask(app: Flask, path: str = "/statusz") -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get(path)
    return answer.status_code, answer.get_json()


def until(app: Flask, part: str, state: str, seconds: float) -> float:
    """Wait for /statusz to say so; how long it took."""
    begun = time.monotonic()
    while ask(app)[1]["bagian"][part] != state:
        assert time.monotonic() - begun < seconds, (ask(app), f"{part} never became {state}")
        time.sleep(0.2)
    return time.monotonic() - begun


@pytest.fixture(params=["sqlite", "postgresql"])
def situs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    url = request.getfixturevalue(f"{request.param}_url")
    app = create_app(databases.config_for(url, tmp_path / "var"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.lambat
def test_pekerja_dan_penyapu_yang_dibunuh_tampak_dalam_dua_puluh_lima_detik(situs: Flask) -> None:
    status, said = ask(situs)
    assert status == 503
    assert said["bagian"] | {"ruang": "baik"} == {
        "basis_data": "baik",
        "worker": "rusak",
        "sweeper": "rusak",
        "segel": "baik",
        "permintaan_data": "baik",
        "bel": "baik",
        "ruang": "baik",
    }
    with role(situs, "app.jobs.worker") as worker, role(situs, "app.jobs.sweeper") as sweeper:
        until(situs, "worker", "baik", 120)
        until(situs, "sweeper", "baik", 120)
        status, said = ask(situs)
        assert (status, said["status"], said["yang_perlu"]) == (200, "ok", {})
        worker.kill()
        sweeper.kill()
        until(situs, "worker", "rusak", 25)
        until(situs, "sweeper", "rusak", 25)
    status, said = ask(situs)
    assert status == 503
    assert "Nyalakan worker" in said["yang_perlu"]["worker"]
    ready, told = ask(situs, "/readyz")
    assert ready == 200, "a dead worker only delays: the web goes on serving"
    assert (told["status"], told["bagian"]["worker"]) == ("terganggu", "rusak")


@pytest.mark.lambat
def test_pekerja_yang_membeku_juga_tampak(sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(databases.config_for(sqlite_url, tmp_path / "var"))
    with role(app, "app.jobs.worker") as worker:
        until(app, "worker", "baik", 120)
        psutil.Process(worker.pid).suspend()
        until(app, "worker", "rusak", 25)
        psutil.Process(worker.pid).resume()
        until(app, "worker", "baik", 60)


def test_pekerja_yang_berhenti_tertib_langsung_tidak_terhitung(sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(databases.config_for(sqlite_url, tmp_path / "var"))
    with role(app, "app.jobs.sweeper") as sweeper:
        until(app, "sweeper", "baik", 120)
        sweeper.send_signal(signal.SIGTERM)
        assert sweeper.wait(90) == 0
        assert ask(app)[1]["bagian"]["sweeper"] == "rusak"


def test_redis_yang_mati_hanya_mengganggu(sqlite_url: str, tmp_path: Path) -> None:
    with servers.redis_server(tmp_path) as url:
        app = create_app(databases.config_for(sqlite_url, tmp_path / "var", redis_url=url))
        assert ask(app)[1]["bagian"]["bel"] == "baik"
    ready, said = ask(app, "/readyz")
    assert (ready, said["bagian"]["bel"]) == (200, "kurang")
    assert "Nyalakan Redis" in said["yang_perlu"]["bel"]


def test_basis_data_yang_mati_membuat_belum_siap_lalu_siap_lagi(tmp_path: Path) -> None:
    with databases.postgres_server() as server:
        template = databases.PostgresTemplate(server, tmp_path)
        url = template.new()
        app = create_app(databases.config_for(url, tmp_path / "var"))
        assert ask(app, "/readyz")[0] == 200
        template.drop(url)
        status, said = ask(app, "/readyz")
        assert (status, said["status"], said["bagian"]["basis_data"]) == (503, "belum siap", "rusak")
        assert app.test_client().get("/healthz").status_code == 200, "the process itself is alive"
        name = url.rpartition("/")[2].partition("?")[0]
        template._run(f"CREATE DATABASE {name} TEMPLATE {template.name}")
        assert ask(app, "/readyz")[0] == 200
        with app.app_context():
            db.engine.dispose()
        template.close()


@pytest.mark.parametrize(
    ("revision", "status", "state", "advice"),
    [("0001", 503, "rusak", "flask db upgrade"), ("9999", 200, "kurang", "Perbarui program")],
)
def test_tabel_yang_bukan_versi_program_disebut(
    sqlite_url: str, tmp_path: Path, revision: str, status: int, state: str, advice: str
) -> None:
    with create_engine(sqlite_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    got, said = ask(create_app(databases.config_for(sqlite_url, tmp_path / "var")), "/readyz")
    assert (got, said["bagian"]["basis_data"]) == (status, state)
    assert advice in said["yang_perlu"]["basis_data"]


def test_basis_data_kosong_belum_siap(tmp_path: Path) -> None:
    app = create_app(databases.config_for(f"sqlite:///{tmp_path / 'kosong.db'}", tmp_path / "var"))
    status, said = ask(app, "/readyz")
    assert (status, said["bagian"]["basis_data"]) == (503, "rusak")


def test_ruang_di_bawah_batas_membuat_belum_siap(sqlite_url: str, tmp_path: Path) -> None:
    plenty = databases.config_for(sqlite_url, tmp_path / "var", disk_min_mb=1)
    free_mb = psutil.disk_usage(str(tmp_path)).free // 2**20
    assert ask(create_app(plenty), "/readyz")[1]["bagian"]["ruang"] == "baik"
    some = ask(create_app(replace(plenty, disk_min_mb=free_mb // 2)), "/readyz")
    assert (some[0], some[1]["bagian"]["ruang"]) == (200, "kurang")
    none = ask(create_app(replace(plenty, disk_min_mb=free_mb * 2)), "/readyz")
    assert (none[0], none[1]["bagian"]["ruang"]) == (503, "rusak")
    assert "ALUR_DATA" in none[1]["yang_perlu"]["ruang"]


def test_riwayat_yang_tidak_disegel_tampak(app: Flask) -> None:
    with jam_uji() as jam:
        Kantor.open().case()
        assert ask(app)[1]["bagian"]["segel"] == "baik", "a seal is due each minute"
        jam.lewat(minutes=4)
        status, said = ask(app)
        assert (status, said["bagian"]["segel"]) == (503, "rusak")
        assert "4 menit" in said["yang_perlu"]["segel"]
        assert ask(app, "/readyz")[0] == 200
        seals.seal_now(SYSTEM, jam.at)
        assert ask(app)[1]["bagian"]["segel"] == "baik"


def test_jawaban_tidak_menyebut_alamat_atau_rahasia(sqlite_url: str, tmp_path: Path) -> None:
    config = databases.config_for(sqlite_url, tmp_path / "var", redis_url="redis://:sandi@127.0.0.1:1/0")
    for path in ("/readyz", "/statusz"):
        said = create_app(config).test_client().get(path).text
        assert "sandi" not in said and str(tmp_path) not in said and config.secret_key not in said


def test_denyut_lama_dilupakan_dan_denyut_yang_rapat_tidak_ditulis(app: Flask) -> None:
    with jam_uji() as jam:
        first = Pulse(heartbeats.WORKER)
        first.beat()
        written = store.session.get_one(Heartbeat, first.process).at
        jam.lewat(seconds=2)
        first.beat()
        store.session.expire_all()
        assert store.session.get_one(Heartbeat, first.process).at == written
        jam.lewat(hours=2)
        second = Pulse(heartbeats.WORKER)
        second.beat()
        assert [row.process for row in store.session.query(Heartbeat)] == [second.process]
        assert heartbeats.alive(clock.now()) == {"worker": 1, "sweeper": 0}
        jam.at += heartbeats.STALE + timedelta(seconds=1)
        assert heartbeats.alive(clock.now()) == {"worker": 0, "sweeper": 0}
