"""The address where WhatsApp reports: only what is signed is taken, from whoever, as often as they like."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.extensions import db
from app.models import Delivery
from app.services import store
from app.services.background import jobs
from app.services.messages import preferences
from tests.support.databases import config_for
from tests.support.kasus import cast, jam_uji, job_of, open_kk, publish
from tests.support.whatsapp import VERIFY, report, signature, whatsapp_server

PATH = "/kait/whatsapp"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    with whatsapp_server() as server:
        app = create_app(config_for(sqlite_url, tmp_path / "var", whatsapp=server.account))
        yield app
        with app.app_context():
            db.engine.dispose()


def knock(browser: FlaskClient, body: bytes, sign: str | None = None) -> int:
    headers = {"X-Hub-Signature-256": signature(body) if sign is None else sign}
    return browser.post(PATH, data=body, content_type="application/json", headers=headers).status_code


def test_alamat_dibuktikan_dengan_kata_kita(office: Flask) -> None:
    browser = office.test_client()
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = browser.get(PATH, query_string=asked)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "1158201444", "text/plain")
    for wrong in ({"hub.verify_token": "lain"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": "é"}):
        assert browser.get(PATH, query_string={**asked, **wrong}).status_code == 403


def test_laporan_bertanda_tangan_dicatat_tanpa_isian_csrf(office: Flask) -> None:
    with office.app_context(), jam_uji():
        people = cast()
        preferences.choose(people["bu_sari"], email=True, whatsapp=True)
        message = job_of(open_kk(people, publish()), "whatsapp").id
        assert jobs.run_one(message)
        db.session.remove()
    browser, body = office.test_client(), report("read", "wamid.1", message)
    assert knock(browser, body, "sha256=" + "0" * 64) == 403
    assert knock(browser, body, "") == 403
    assert knock(browser, body + b" ", signature(body)) == 403
    with office.app_context():
        assert store.session.scalars(select(Delivery.state)).one() == "terkirim"
    assert [knock(browser, body) for _ in range(2)] == [200, 200]
    assert knock(browser, b"bukan json") == 200
    assert knock(browser, report("failed", "wamid.lain", "lain")) == 200
    with office.app_context():
        assert store.session.scalars(select(Delivery.state)).one() == "dibaca"


def test_kiriman_raksasa_ditolak_sebelum_dibaca(office: Flask) -> None:
    assert knock(office.test_client(), b"x" * (1024 * 1024 + 1)) == 413
