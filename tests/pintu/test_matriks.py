"""Who may knock where: every route and method of the application, for everybody, with real cases behind the doors."""

import pytest
from werkzeug.test import TestResponse

from app.models import Access
from app.services import store
from app.services.records import reads
from tests.pintu.dunia import OWN_OFFICER, OWNER, PERSON, SWITCHED_OFF, WHO, Dunia
from tests.pintu.rute import HIDDEN, NO, OK, RULES, SIGN_IN, TABLE, Row

pytestmark = pytest.mark.xdist_group("pintu")


@pytest.mark.parametrize("route", TABLE)
def test_pintu(utuh: Dunia, route: str) -> None:
    """Everybody gets what the rule says; who is refused, and who only looks, changes nothing."""
    expected = RULES[TABLE[route].rule]
    before = utuh.state()
    changing = [who for who in WHO if route.startswith("POST") and expected[who] == OK]
    found = {who: outcome(_knock(utuh, who, route)) for who in WHO if who not in changing}
    assert utuh.state() == before, f"{route}: somebody who was refused, or only looked, changed something"
    for who in changing:
        found[who] = outcome(_knock(utuh, who, route))
        utuh.restore()
    assert {who: (found[who], expected[who]) for who in WHO if found[who] != expected[who]} == {}


@pytest.mark.parametrize("route", [route for route in TABLE if TABLE[route].reads])
def test_petugas_yang_membaca_tercatat_dan_pemohonnya_sendiri_tidak(utuh: Dunia, route: str) -> None:
    expected, purposes = RULES[TABLE[route].rule], TABLE[route].reads.split()
    if "massal" in purposes:
        return  # nothing waits for a signature here; test_catatan_akses has it
    for who in WHO:
        _knock(utuh, who, route)
    logged = _logged(utuh)
    readers = {who for who in set(PERSON) - {OWNER, OWN_OFFICER} if expected[who] == OK}
    if route == "GET /inbox":
        readers = {"petugas_layanan", "petugas_unit_itu"}  # the others' queues are empty
    who_read = {line.actor for line in logged if line.kind == reads.READ and line.purpose in purposes}
    ids = {who: f"uji-{PERSON[who].replace('_', '-')}" for who in PERSON}
    assert who_read - {ids[OWN_OFFICER]} == {ids[who] for who in readers}
    mine = [line.case_id for line in logged if line.actor == ids[OWN_OFFICER] and line.kind == reads.READ]
    assert not set(mine) & set(utuh.ningsih.things.values()), "her own is not logged"


@pytest.mark.parametrize("route", [route for route in TABLE if {NO, HIDDEN} & set(RULES[TABLE[route].rule].values())])
def test_setiap_penolakan_tercatat_dengan_rute_dan_id_saja(utuh: Dunia, route: str) -> None:
    expected = RULES[TABLE[route].rule]
    refused = {
        who for who in set(PERSON) - {SWITCHED_OFF} if expected[who] in (NO, HIDDEN)
    }  # that is nobody - {SWITCHED_OFF}
    for who in refused:
        _knock(utuh, who, route)
    logged = [line for line in _logged(utuh) if line.kind == reads.REFUSED]
    assert {line.actor for line in logged} == {f"uji-{PERSON[who].replace('_', '-')}" for who in refused}
    assert {line.route for line in logged} == {route}
    known = {"", *utuh.sari.things.values(), *utuh.ningsih.things.values()}
    assert {line.object_id for line in logged} <= known
    if "<case_id>" in route or "<task_id>" in route or "<upload_id>" in route:
        assert all(line.case_id in known and line.object_id for line in logged)


def outcome(answer: TestResponse) -> str:
    if answer.status_code == 401 or (answer.status_code == 302 and answer.location.startswith("/masuk")):
        return SIGN_IN
    if answer.status_code == 503 and answer.is_json:
        return OK  # a probe that was let in, and says that some part of the office is not well
    return OK if answer.status_code < 400 or answer.status_code == 422 else str(answer.status_code)


def _knock(dunia: Dunia, who: str, route: str) -> TestResponse:
    row: Row = TABLE[route]
    method, _, rule = route.partition(" ")
    sent = {name: _version(dunia, value) for name, value in row.sent.items()}
    return dunia.knock(who, method, dunia.address(rule, who, **row.things), sent)


def _version(dunia: Dunia, value: str) -> str:
    return dunia.sari[f"versi_{value}"] if value in ("dipegang", "draf") else value


def _logged(dunia: Dunia) -> list[Access]:
    with dunia.site.app_context():
        lines = store.session.query(Access).all()
        store.session.expunge_all()
        return lines
