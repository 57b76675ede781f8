"""/metrics: who may read it, what it counts, and that it names nobody."""

import re
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from app import create_app
from app.config import Config
from app.models import Job, Task, Timer
from app.services import clock
from app.services.background import job_rows
from app.services.operations.heartbeats import Pulse
from app.services.work import unit_of_work
from app.settings.envs import ConfigError
from tests import factories
from tests.support import databases
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji
from tests.support.peran import running_role

TOKEN = "token-untuk-uji-metrik"


def figures(said: str) -> Mapping[tuple[str, ...], float]:
    """(name, label values in the order of their names) -> value."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def scrape(client: FlaskClient) -> Mapping[tuple[str, ...], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return figures(answer.text)


def test_permintaan_terhitung_menurut_rute_dan_status_bukan_alamat(client: FlaskClient) -> None:
    before = scrape(client)
    for _ in range(3):
        client.get("/layanan/tidak-ada")
    client.get("/cari?nik=3402990101900001")
    client.open("/", method="NIK3402995207900001")
    after = scrape(client)
    assert not any("NIK3402995207900001" in key for key in after)
    other = ("alur_http_requests_total", "lain", "(tidak dikenal)", "405")
    assert after[other] - before.get(other, 0) == 1
    key = ("alur_http_requests_total", "GET", "/layanan/<slug>", "404")
    assert after[key] - before.get(key, 0) == 3
    count = ("alur_http_request_seconds_count", "GET", "/layanan/<slug>")
    assert after[count] - before.get(count, 0) == 3
    unknown = ("alur_http_requests_total", "GET", "(tidak dikenal)", "404")
    assert after[unknown] - before.get(unknown, 0) == 1


def test_yang_menunggu_terhitung_dari_basis_data(app: Flask) -> None:
    with jam_uji() as jam:
        kantor = Kantor.open()
        case_id = kantor.case()
        kantor.walk(kantor.case(), "tanda_tangan_kk")
        at = clock.now()
        with unit_of_work() as session:
            session.execute(update(Timer).values(due_at=at + timedelta(hours=9)))
            session.execute(update(Timer).where(Timer.case_id == case_id).values(due_at=at - timedelta(seconds=90)))
            session.execute(update(Job).values(done_at=at))
            session.execute(update(Task).where(Task.case_id == case_id).values(due_at=at - timedelta(minutes=1)))
            for number, due in enumerate((at - timedelta(minutes=5), at, at + timedelta(hours=1), at)):
                job_rows.add(session, f"uji-{number}", "surat", {}, due, at=at)
            session.execute(update(Job).where(Job.key == "uji-3").values(failed_at=at))
            session.execute(
                update(Job).where(Job.key == "uji-1").values(lease_until=at + timedelta(minutes=5), leased_by="x")
            )
        Pulse("worker").beat()
        found = scrape(app.test_client())
    queue = "petugas_layanan"
    assert found["alur_open_tasks", queue, "buka_permohonan"] == 1
    assert found["alur_late_tasks", queue, "buka_permohonan"] == 1
    assert found["alur_open_tasks", "kepala_dinas", "tanda_tangan_kk"] == 1
    assert found["alur_late_tasks", "kepala_dinas", "tanda_tangan_kk"] == 0
    states = {key[2]: value for key, value in found.items() if key[:2] == ("alur_jobs", "surat")}
    assert states == {"jatuh_tempo": 1, "dikerjakan": 1, "menunggu": 1, "insiden": 1}
    assert found[("alur_oldest_due_job_seconds",)] == pytest.approx(300, abs=1)
    assert found[("alur_oldest_overdue_timer_seconds",)] == pytest.approx(90, abs=1)
    assert found[("alur_overdue_timers",)] >= 1
    assert found[("alur_oldest_unsealed_seconds",)] >= 0
    assert ("alur_seal_age_seconds",) not in found, "nothing was sealed"
    assert found["alur_processes_alive", "worker"] == 1
    assert found["alur_processes_alive", "sweeper"] == 0
    assert found["alur_disk_free_bytes", "data"] > 0
    assert found[("alur_database_up",)] == 1
    assert jam.at == at


def test_tidak_ada_data_pribadi_di_dalamnya(app: Flask) -> None:
    with jam_uji():
        kantor = Kantor.open()
        kantor.walk(kantor.case(), "verifikasi_draft")
        said = app.test_client().get("/metrics").text
    assert not re.search(r"(?<![\d.])\d{16}(?!\d)", said)
    for person in factories.CAST.values():
        assert person.name not in said and person.email not in said and person.id not in said


def test_basis_data_yang_mati_menjadi_angka_nol(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/tidak-ada"
    found = scrape(create_app(databases.config_for(url, tmp_path)).test_client())
    assert found[("alur_database_up",)] == 0


@pytest.fixture
def produksi(sqlite_url: str, tmp_path: Path) -> Config:
    return databases.config_for(sqlite_url, tmp_path / "var", mode="production", base_url="https://alur.contoh.id")


def test_tanpa_token_metrik_di_produksi_tidak_ada(produksi: Config) -> None:
    assert create_app(produksi).test_client().get("/metrics").status_code == 404


def test_dengan_token_hanya_yang_menunjukkannya(produksi: Config) -> None:
    client = create_app(replace(produksi, metrics_token=TOKEN)).test_client()
    for header in ({}, {"Authorization": "Bearer salah"}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=header).status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_di_peragaan_hanya_mesin_ini(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404


def test_token_yang_terlalu_pendek_ditolak(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ALUR_METRICS_TOKEN"):
        Config.from_env({"ALUR_DATA": str(tmp_path), "ALUR_METRICS_TOKEN": "pendek"})


def test_tiga_proses_web_menjawab_dengan_jumlah_yang_sama(postgresql_url: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": postgresql_url, "ALUR_DATA": str(tmp_path / "var"), "WEB_CONCURRENCY": "3"}
    with running_role("app.jobs.web", env) as url:
        for _ in range(30):
            with urllib.request.urlopen(f"{url}/healthz") as answer:
                assert answer.status == 200
        told = set()
        for _ in range(6):
            with urllib.request.urlopen(f"{url}/metrics") as answer:
                told.add(figures(answer.read().decode())["alur_http_requests_total", "GET", "/healthz", "200"])
    (count,) = told
    assert count >= 30


def test_angka_program_sama_dengan_paketnya(app: Flask) -> None:
    found = scrape(app.test_client())
    (build,) = [key for key in found if key[0] == "alur_build_info"]
    with app.app_context(), unit_of_work() as session:
        tables = session.scalar(text("SELECT version_num FROM alembic_version"))
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'version = "{build[2]}"' in project
    assert build[1] == tables
