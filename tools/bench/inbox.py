"""`inbox`: a role's inbox as one request through Flask, in an office with many open tasks beside one with few."""

from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app.domain.actors import Actor
from app.extensions import db
from app.models import Task, UserRole
from app.services import store
from app.services.desk.inbox_statements import DUE
from app.services.paging import Cursor
from app.services.work import unit_of_work
from tools.bench import fill
from tools.bench.figures import Line, in_turn, line
from tools.bench.office import Site

STEP = "buka_permohonan"
RARE, RARE_TASKS = "340299", 10  # a kapanewon that few tasks come from
EVERYTHING, RARE_ONLY, HALFWAY = "antrean", "antrean satu kapanewon", "antrean di tengah"


def furnish(site: Site, count: int) -> None:
    """`count` free tasks of one role, spread over seventeen kapanewon, RARE_TASKS of them from RARE."""
    with site.open() as office:
        fill.copy(office.case(STEP, {"jenis": "hilang"}), count - 1, "I")
        with db.engine.begin() as connection:
            rest = "(" + " + ".join(f"(substr(case_id, {place}, 1) > 'j')" for place in range(1, 5)) + ")"
            if site.database == "postgresql":
                rest = "(ascii(case_id) % 17)"
            connection.execute(text(f"UPDATE tasks SET unit = '3402' || CAST(10 + {rest} AS VARCHAR)"))
            rare = f"SELECT id FROM tasks WHERE closed_at IS NULL LIMIT {RARE_TASKS}"
            connection.execute(text(f"UPDATE tasks SET unit = '{RARE}' WHERE id IN ({rare})"))
    site.analyze()


def measure(full: Site, small: Site, sizes: tuple[int, int], rounds: int) -> list[Line]:
    """The whole office's queue, that of one kapanewon, and a page in the middle."""
    found = []
    for view in (EVERYTHING, RARE_ONLY, HALFWAY):
        (here, path), (there, its_path) = (_visitor(site, view) for site in (full, small))
        ours, floor = in_turn(lambda: _get(here, path), lambda: _get(there, its_path), rounds)  # noqa: B023
        found.append(line("inbox", full.database, ours, floor, view=view, open=sizes[0], floor_open=sizes[1]))
    return found


def _visitor(site: Site, view: str) -> tuple[FlaskClient, str]:
    with site.open() as office:
        first, second, *_ = (one for one in office.cast.officers if "petugas_layanan" in one.roles)
        path = f"/inbox?sesudah={_middle()}" if view == HALFWAY else "/inbox"
        if view == RARE_ONLY:
            _move_to(second, RARE)
    return site.browser(second if view == RARE_ONLY else first), path


def _middle() -> Cursor:
    waiting = select(Task.due_at, Task.id).where(Task.closed_at.is_(None), Task.due_at.is_not(None))
    rows = store.session.execute(waiting.order_by(Task.due_at)).all()
    due_at, task_id = rows[len(rows) // 2]
    assert due_at is not None
    return Cursor(DUE, due_at, task_id)


def _move_to(officer: Actor, unit: str) -> None:
    with unit_of_work() as session:
        session.execute(update(UserRole).where(UserRole.user_id == officer.id).values(unit=unit))


def _get(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status
    assert b"inbox-kartu" in answer.data, "an inbox with rows"
