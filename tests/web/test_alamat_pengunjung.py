"""Whose address counts: only what trusted proxies say, and as many of them as the setting names."""

from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from app.services import clock
from tests.support import databases
from tests.support.kasus import Jam, cast


def _wrong(number: int) -> dict[str, str]:
    """Another account each time: what is counted is where it comes from."""
    return {"email": f"orang{number}@contoh.id", "password": "salah"}


@pytest.mark.parametrize(("proxies", "forwarded"), [(0, "203.0.113.{n}"), (1, "203.0.113.{n}, 192.0.2.9")])
def test_x_forwarded_for_yang_dikarang_tidak_mengelabui_pembatas(
    sqlite_url: str, tmp_path: Path, proxies: int, forwarded: str
) -> None:
    """Without a proxy the header says nothing; with one, only what the proxy itself added on the right counts."""
    site = create_app(databases.config_for(sqlite_url, tmp_path / "var", proxies=proxies))
    site.config["WTF_CSRF_ENABLED"] = False
    with clock.using(Jam()):
        with site.app_context():
            cast()
        heard = [
            site.test_client()
            .post("/masuk", data=_wrong(n), headers={"X-Forwarded-For": forwarded.format(n=n)})
            .status_code
            for n in range(12)
        ]
        assert heard == [401] * 3 + [422] * 9  # from then on, whoever signs in from there is asked a question first
        other = site.test_client().post("/masuk", data=_wrong(12), environ_overrides={"REMOTE_ADDR": "198.51.100.1"})
        assert other.status_code == 401
    with site.app_context():
        db.engine.dispose()
