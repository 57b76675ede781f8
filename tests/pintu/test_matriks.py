"""Who may knock where: every route and method of the application, for everybody, with real cases behind the doors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from werkzeug.test import TestResponse

from app.models import Access
from app.services import store
from app.services.records import reads
from tests.pintu.dunia import OWN_OFFICER, OWNER, PERSON, SWITCHED_OFF, WHO, Dunia
from tests.pintu.rute import HIDDEN, NO, OK, RULES, SIGN_IN, TABLE, Row

pytestmark = pytest.mark.xdist_group("pintu")


@dataclass(frozen=True)
class Visit:
    """Everybody knocked once. `found`: who -> what they got; `has_changed`: by somebody who had no right to."""

    found: Mapping[str, str]
    logged: Sequence[Access]
    has_changed: bool


@pytest.fixture(scope="module")
def visit(dunia: Dunia) -> Callable[[str], Visit]:
    """Route -> what came of everybody's knocking there: once for all tests of this module, each from the beginning."""

    @cache
    def at(route: str) -> Visit:
        may_change = [who for who in WHO if route.startswith("POST") and RULES[TABLE[route].rule][who] == OK]
        before = dunia.state()
        found = {who: outcome(_knock(dunia, who, route)) for who in WHO if who not in may_change}
        has_changed, logged = dunia.state() != before, _logged(dunia)
        dunia.restore()
        for who in may_change:
            found[who] = outcome(_knock(dunia, who, route))
            logged += _logged(dunia)
            dunia.restore()
        return Visit(found, logged, has_changed)

    return at


@pytest.mark.parametrize("route", TABLE)
def test_pintu(visit: Callable[[str], Visit], route: str) -> None:
    """Everybody gets what the rule says; who is refused, and who only looks, changes nothing."""
    expected, come = RULES[TABLE[route].rule], visit(route)
    assert not come.has_changed, f"{route}: somebody who was refused, or only looked, changed something"
    assert {who: (come.found[who], expected[who]) for who in WHO if come.found[who] != expected[who]} == {}


@pytest.mark.parametrize("route", [route for route in TABLE if TABLE[route].reads])
def test_petugas_yang_membaca_tercatat_dan_pemohonnya_sendiri_tidak(
    dunia: Dunia, visit: Callable[[str], Visit], route: str
) -> None:
    expected, purposes = RULES[TABLE[route].rule], TABLE[route].reads.split()
    if "massal" in purposes:
        return  # nothing waits for a signature here; test_catatan_akses has it
    logged = visit(route).logged
    readers = {who for who in set(PERSON) - {OWNER, OWN_OFFICER} if expected[who] == OK}
    if route == "GET /inbox":
        readers = {"petugas_layanan", "petugas_unit_itu"}  # the others' queues are empty
    who_read = {line.actor for line in logged if line.kind == reads.READ and line.purpose in purposes}
    ids = {who: f"uji-{PERSON[who].replace('_', '-')}" for who in PERSON}
    assert who_read - {ids[OWN_OFFICER]} == {ids[who] for who in readers}
    mine = [line.case_id for line in logged if line.actor == ids[OWN_OFFICER] and line.kind == reads.READ]
    assert not set(mine) & set(dunia.ningsih.things.values()), "her own is not logged"


@pytest.mark.parametrize("route", [route for route in TABLE if {NO, HIDDEN} & set(RULES[TABLE[route].rule].values())])
def test_setiap_penolakan_tercatat_dengan_rute_dan_id_saja(
    dunia: Dunia, visit: Callable[[str], Visit], route: str
) -> None:
    expected = RULES[TABLE[route].rule]
    refused = {who for who in set(PERSON) - {SWITCHED_OFF} if expected[who] in (NO, HIDDEN)}  # that is nobody
    logged = [line for line in visit(route).logged if line.kind == reads.REFUSED]
    assert {line.actor for line in logged} == {f"uji-{PERSON[who].replace('_', '-')}" for who in refused}
    assert {line.route for line in logged} == {route}
    known = {"", *dunia.sari.things.values(), *dunia.ningsih.things.values()}
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
