"""Data incidents as the supervisor of one kapanewon sees them: their own, however many there are elsewhere."""

from flask import Flask
from sqlalchemy import update

from app.domain.actors import Actor
from app.models import Case, DataIncident
from app.services import clock
from app.services.delivery import data_incidents
from app.services.work import unit_of_work
from tests.support.kantor import Kantor


def test_insiden_unit_lain_tidak_terhitung_dan_tidak_menutupi_insiden_unit_sendiri(sqlite_app: Flask) -> None:
    kantor = Kantor.open()
    elsewhere, here = kantor.case(), kantor.case()
    at = clock.now()
    with unit_of_work() as session:
        session.execute(update(Case).where(Case.id == here).values(unit="340210"))
        for case_id in [*[elsewhere] * (2 * data_incidents.LISTED + 1), here]:
            session.add(
                DataIncident(case_id=case_id, source="petugas", opened_by="sistem", uploads=[], opened_at=at, due_at=at)
            )
            session.flush()
        session.execute(update(DataIncident).where(DataIncident.case_id == here).values(id="z"))
    boss = Actor("uji", "Uji", frozenset({"supervisor"}), frozenset({("supervisor", "340210")}))
    assert data_incidents.count_open(boss) == 1
    assert [one.case_id for one in data_incidents.open_for(boss)] == [here]
