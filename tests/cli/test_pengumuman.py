"""Announcements put up and taken down at the command line."""

import re

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.models import Event
from app.services import store
from app.services.portal import announcements

ADD = ("add", "--title", "Libur", "--text", "Kantor tutup.", "--from", "1 Desember 2098", "--until", "2 Desember 2098")


def run(app: Flask, *arguments: str) -> Result:
    store.session.rollback()
    return app.test_cli_runner().invoke(args=["announcement", *arguments])


def test_dipasang_didaftar_diturunkan_dan_tercatat(app: Flask) -> None:
    made = run(app, *ADD)
    assert made.exit_code == 0, made.output
    found = re.search(r"Pengumuman (\w+) dipasang", made.output)
    assert found is not None
    assert "1 Desember 2098 sampai 2 Desember 2098  Libur" in run(app, "list").output
    for _ in range(2):
        assert run(app, "end", found[1]).exit_code == 0
    assert "(diturunkan)" in run(app, "list").output
    store.session.rollback()
    verbs = list(store.session.scalars(select(Event.verb).where(Event.stream == "kantor").order_by(Event.id)))
    assert verbs == ["pengumuman_dipasang", "pengumuman_diturunkan"]


def test_tanggal_dan_panjang_yang_salah_ditolak_dengan_kalimat(sqlite_app: Flask) -> None:
    for change in ({6: "31 Februari 2098"}, {8: "1 Januari 2020"}, {2: "x" * 200}):
        wrong = run(sqlite_app, *(change.get(place, word) for place, word in enumerate(ADD)))
        assert wrong.exit_code == 1, wrong.output
        assert "Traceback" not in wrong.output
    assert run(sqlite_app, "end", "tidakada").exit_code == 1
    assert announcements.current() == []
