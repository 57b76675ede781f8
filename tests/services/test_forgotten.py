"""A link for a new password, brought by several at once."""

import re
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from app.domain.errors import TokenSpent
from app.extensions import db
from app.models import Event, Job
from app.services import clock, store
from app.services.accounts import people
from app.services.signin import forgotten
from tests.support.kasus import Jam, cast

NEW = [f"kalimat sandi nomor {number}" for number in range(6)]


def test_dari_enam_yang_memakai_tautan_yang_sama_serentak_satu_yang_menang(postgresql_app: Flask) -> None:
    jam = Jam()
    with clock.using(jam):
        sari = cast()["bu_sari"]
        forgotten.ask("sari@contoh.id")
        path = store.session.scalars(select(Job.payload).where(Job.kind == "surat")).one()["path"]
    secret = re.fullmatch(r"/sandi-baru/([\w-]{43})", path)[1]
    store.session.remove()

    def renew(new: str) -> str:
        with postgresql_app.app_context(), clock.using(jam):
            try:
                forgotten.renew(secret, new)
            except TokenSpent:
                return ""
            finally:
                db.session.remove()
            return new

    with ThreadPoolExecutor(6) as crowd:
        (won,) = filter(None, crowd.map(renew, NEW))
    with clock.using(jam):
        assert people.authenticate("sari@contoh.id", won) == sari
        query = select(Event.verb).where(Event.stream == f"akun:{sari.id}", Event.verb == "kata_sandi_dipulihkan")
        assert len(store.session.scalars(query).all()) == 1
