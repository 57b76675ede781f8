"""Logs: JSON lines with a request id, and never a NIK."""

import json
import logging
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.logs import JsonFormatter, scrub
from app.models import Job
from app.services import clock
from app.services.background import job_rows, jobs
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import cast, go_to_signed, jam_uji, job_of, open_kk, publish
from tests.support.peran import free_port, process


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3402990101900001 ganda",
        "3402 9901 0190 0001",
        "3402.9901.0190.0001",
        "kk=3402990101900001&x",
        "n3402990101900001n",
    ],
)
def test_angka_enam_belas_tidak_sampai_ke_catatan(text: str) -> None:
    assert "0001" not in scrub(text)


@pytest.mark.parametrize("text", ["KK-2026-000123", "2026-11-23T08:00:00.123456", "12345678901234567890"])
def test_angka_lain_tetap_terbaca(text: str) -> None:
    assert scrub(text) == text


def test_satu_baris_adalah_satu_objek_json() -> None:
    record = logging.LogRecord("alur", logging.INFO, "", 0, "ganda %s\nbaris dua", ("3402990101900001",), None)
    record.case = "k1"
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line) | {"time": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "alur",
        "message": "ganda [16 angka]\nbaris dua",
        "case": "k1",
    }


def test_nomor_permintaan_yang_wajar_dipakai_lagi(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345678"}).headers["X-Request-ID"] == "abc-12345678"


@pytest.mark.parametrize("given", ["", "x", "<script>alert(1)</script>", "a" * 65, "3402990101900001"])
def test_nomor_permintaan_yang_aneh_diganti(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32


def test_catatan_menyebut_rute_bukan_alamat_yang_diketik(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "alur.http"):
        client.get("/cari-saja?nik=3402990101900001")
    (record,) = [r for r in caplog.records if r.name == "alur.http"]
    assert vars(record)["route"] == "(tidak dikenal)"
    assert "nik" not in JsonFormatter().format(record)


@pytest.mark.parametrize("text", ["kepada sari@contoh.id.", "to=<sari@contoh.id>", "(email)=(sari@contoh.id) already"])
def test_alamat_email_tidak_sampai_ke_catatan(text: str) -> None:
    assert "sari" not in scrub(text)


def lines_of(records: list[logging.LogRecord]) -> list[dict[str, str]]:
    return [json.loads(JsonFormatter().format(record)) for record in records]


def test_kesalahan_basis_data_tidak_membawa_isi_barisnya(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with unit_of_work() as session:
        factories.add_person(session, "bu_sari")
    try:
        with unit_of_work() as session:
            factories.add_person(session, "bu_sari")
    except IntegrityError:
        logging.getLogger("alur.uji").exception("gagal")
    (line,) = lines_of([record for record in caplog.records if record.name == "alur.uji"])
    person = factories.CAST["bu_sari"]
    assert "IntegrityError" in line["trace"]
    assert not [secret for secret in (person.name, person.email, str(person.nik)) if secret in json.dumps(line)]


def test_pekerjaan_mencatat_nomornya_kasusnya_dan_percobaannya(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: job_rows.Lease) -> None:
        raise ValueError("surat untuk sari@contoh.id, NIK 3402995207900001")

    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job = job_of(case_id, "otomatis")
        with caplog.at_level(logging.INFO, "alur.jobs"):
            monkeypatch.setitem(jobs.HANDLERS, "otomatis", broken)
            assert jobs.run_one(job.id)
            monkeypatch.undo()
            with unit_of_work() as session:
                session.execute(update(Job).where(Job.id == job.id).values(due_at=clock.now()))
            assert jobs.run_one(job.id)
    failed, done = lines_of([record for record in caplog.records if record.name == "alur.jobs"])
    about = {"job": job.id, "case": case_id, "kind": "otomatis"}
    assert failed | {**about, "attempt": 1, "level": "ERROR"} == failed
    assert done | {**about, "attempt": 2, "level": "INFO", "message": "job done"} == done
    assert "sari@" not in failed["trace"] and "3402" not in failed["trace"]


def test_pekerja_sungguhan_menulis_json_dengan_nomor_permintaan(sqlite_app: Flask, tmp_path: Path) -> None:
    config = sqlite_app.config["ALUR"]
    people = cast()
    with unit_of_work() as session:
        payload = {"user": people["bu_sari"].id, "title": "Perihal", "body": "Isi untuk Sari Puspitarini."}
        at = clock.now()
        job_rows.add(session, "uji", "surat", payload, at, at=at)
        job_id = session.scalars(select(Job.id).where(Job.key == "uji")).one()
    env = {"ALUR_DATA": str(config.data_dir), "DATABASE_URL": config.database_url, "MAIL_SERVER": "127.0.0.1"}
    env |= {"MAIL_PORT": str(free_port()), "MAIL_SENDER": "kantor@contoh.id"}
    said = tmp_path / "catatan.jsonl"
    with said.open("wb") as stream, process([sys.executable, "-m", "app.jobs.worker"], env, stderr=stream):
        deadline = time.monotonic() + 60
        while job_id not in said.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
    text = said.read_text()
    (line,) = [told for told in map(json.loads, text.splitlines()) if told.get("job") == job_id]
    assert (line["request"], line["kind"], line["attempt"]) == (f"job-{job_id}", "surat", 1)
    assert "job put off" in line["message"]
    person = factories.CAST["bu_sari"]
    assert person.name not in text and person.email not in text and str(person.nik) not in text
