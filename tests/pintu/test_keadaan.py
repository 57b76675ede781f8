"""Every route that names a thing, with that thing in each of its states, for those for whom the answer may differ."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.models import Base
from app.services import store
from app.services.records import refusals
from tests.pintu.benda import Pembuat, Things
from tests.pintu.dunia import NOT_COMPARED, Dunia
from tests.pintu.keadaan import PEOPLE, STATEFUL, STATELESS, STATES, TABLE
from tests.pintu.rute import TABLE as DOORS
from tests.pintu.rute import routes

pytestmark = pytest.mark.xdist_group("pintu")

_REFUSED = {422: "~", 403: "3", 404: "4", 409: "9", 410: "0"}
_PARAMETER = re.compile(r"<(?:[^:>]*:)?([a-z_]+)>")


@dataclass(frozen=True)
class Kantor:
    """`things`: kind -> state -> what is in it. `rows`: a connection of its own, kept: each reads the schema anew."""

    dunia: Dunia
    things: Mapping[str, Mapping[str, Things]]
    rows: sqlite3.Connection

    def come(self, route: str, person: str, state: str) -> str:
        """The mark of what comes of it, with "!" where something was written that should not; all as before after."""
        row = TABLE[route]
        method, _, rule = route.partition(" ")
        thing = self.things[row.kind][state]
        place = {**self.dunia.sari.things, **self._others(route), **thing}
        sent = DOORS[route].sent if row.sent is None else row.sent
        fields = {name: self._version(thing) if value == "@" else value for name, value in sent.items()}
        answer = self.dunia.knock(PEOPLE[person], method, _PARAMETER.sub(lambda at: place[at[1]], rule), fields)
        has_written = self._ask("SELECT n FROM _tulisan") != (0,)
        if has_written:
            self.dunia.restore()
        return _mark(method, answer, has_written)

    def _others(self, route: str) -> Things:
        """What rute.py puts in the place of parameters that name no thing of a kind."""
        return {name: self.dunia.sari[other] for name, other in DOORS[route].things.items()}

    def _version(self, thing: Things) -> str:
        table = "tasks" if "task_id" in thing else "drafts"
        row = self._ask(f"SELECT version FROM {table} WHERE id = ?", thing.get("task_id") or thing["draft_id"])
        return str(row[0]) if row else "1"

    def _ask(self, query: str, *values: str) -> tuple[int, ...]:
        return self.rows.execute(query, values).fetchone() or ()


@pytest.fixture(scope="module")
def kantor(dunia: Dunia) -> Iterator[Kantor]:
    with dunia.site.app_context():
        things = Pembuat(dunia).every()
        _count_writes()
    dunia.keep()
    with closing(sqlite3.connect(dunia.folder / "alur.db")) as rows:
        yield Kantor(dunia, things, rows)


def _count_writes() -> None:
    """From here on every row that really changes is counted, whoever changes it."""
    run = store.session.execute
    run(text("CREATE TABLE _tulisan (n INTEGER)"))
    run(text("INSERT INTO _tulisan VALUES (0)"))
    for table in Base.metadata.sorted_tables:
        if table.name in NOT_COMPARED:
            continue
        differs = " OR ".join(f'OLD."{column.name}" IS NOT NEW."{column.name}"' for column in table.columns)
        # Whoever is refused again and again is told of to the admin: the doors' own doing.
        new = f"WHEN NEW.kind <> '{refusals.KIND}'" if table.name == "jobs" else ""
        for verb, when in (("INSERT", new), ("DELETE", ""), ("UPDATE", f"WHEN {differs}")):
            name = f"_tulisan_{table.name}_{verb}"
            does = f'AFTER {verb} ON "{table.name}" {when} BEGIN UPDATE _tulisan SET n = n + 1; END'
            run(text(f"CREATE TRIGGER {name} {does}"))
    store.session.commit()


def _mark(method: str, answer: TestResponse, has_written: bool) -> str:
    """One of `keadaan.py`; the status itself where there is none for it."""
    is_post, is_sent_on = method == "POST", answer.status_code in (302, 303)
    if is_sent_on and answer.location.startswith("/masuk"):
        return "masuk"
    if answer.status_code == 200 or is_sent_on:
        if is_post and has_written:
            return "+"
        said = ">" if is_sent_on else "=" if is_post else "+"
    else:
        said = _REFUSED.get(answer.status_code, str(answer.status_code))
    return f"!{said}" if has_written else said


def test_setiap_rute_yang_menyebut_suatu_benda_punya_baris_keadaan(dunia: Dunia) -> None:
    named = {route: set(_PARAMETER.findall(route)) for route in routes(dunia.site)}
    assert set().union(*named.values()) == STATEFUL | STATELESS, "say in keadaan.py whether what it names has states"
    assert {route for route, names in named.items() if names & STATEFUL} == set(TABLE)


def test_setiap_keadaan_di_tabel_benar_benar_ada(kantor: Kantor) -> None:
    assert {kind: set(states) for kind, states in kantor.things.items()} == {
        kind: set(states) for kind, states in STATES.items()
    }


@pytest.mark.parametrize("route", TABLE)
def test_pintu_menurut_keadaan(kantor: Kantor, route: str) -> None:
    """Whoever the room itself turns away, whatever is in it, comes once only; test_matriks.py has everybody."""
    row, wrong = TABLE[route], {}
    for person, marks in row.marks.items():
        for state in STATES[row.kind][:1] if marks == "3" else STATES[row.kind]:
            found, expected = kantor.come(route, person, state), row.expected(person, state)
            if found != expected:
                wrong[f"{person} / {state}"] = f"{found}, not {expected}"
    assert wrong == {}
