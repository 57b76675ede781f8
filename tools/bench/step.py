"""`step`: claim and complete a middle step with a form, through services.tasks, against the floor in the same run."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.models import new_id
from app.services import store
from app.services.flow import tasks
from app.services.rehearsal import invented
from tools.bench.figures import Line, line, seconds
from tools.bench.floor import Hand, Twin, rows_of
from tools.bench.office import Office, Site

STEP = "verifikasi_draft"
ON_THE_WAY = {"jenis": "hilang", "keputusan": "lengkap"}
MEASURED = {"keputusan": "valid"}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")  # of PostgreSQL
WARM_UP = 10


def measure(url: str, data_dir: Path, count: int) -> Line:
    """`count` cases of claim + complete; the floor is hand-written SQL."""
    site = Site(url, data_dir)
    with site.open() as office:
        durable = _demand_durable()
        pairs = [(office.case(STEP, ON_THE_WAY), office.case(STEP, ON_THE_WAY)) for _ in range(WARM_UP + count)]
        hand = Hand(url)
        times = [_race(office, case_id, twin_id, hand) for case_id, twin_id in pairs][WARM_UP:]
    site.close()
    ours, floor = ([pair[side] for pair in times] for side in (0, 1))
    return line("step", site.database, ours, floor, cases=count, durable=durable)


def _demand_durable() -> dict[str, str]:
    """What the application's own connection says about commits. Raises SystemExit unless they are durable."""
    engine = store.engine()
    if engine.dialect.name == "sqlite":
        wanted = {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2"}  # 2 = FULL
    else:
        wanted = {f"SHOW {name}": "on" for name in DURABLE}
    with engine.connect() as connection:
        found = {question: str(connection.execute(text(question)).scalar_one()) for question in wanted}
    if found != wanted:
        raise SystemExit(f"Basis data ini tidak menyimpan dengan tahan mati listrik: {found}")
    return {question.split()[-1]: answer for question, answer in found.items()}


def _race(office: Office, case_id: str, twin_id: str, hand: Hand) -> tuple[float, float]:
    """Seconds of the application on one case, and of the floor on its twin."""
    task = office.open_task(case_id)
    who, task_id, key = office.who(task), task.id, new_id()
    raw = invented.answers_for(who, task_id, office.rng, MEASURED)
    before, twin = _rows(case_id), _rows(twin_id)
    claim = seconds(lambda: tasks.claim(who, task_id))
    claimed = _rows(case_id)
    complete = seconds(lambda: tasks.complete(who, task_id, 2, key, raw))
    move = Twin(before, twin, hand.mark)
    first, second = move.statements(before, claimed), move.statements(claimed, _rows(case_id))
    return claim + complete, hand.write(first) + hand.write(second)


def _rows(case_id: str) -> Any:
    store.session.rollback()
    found = rows_of(store.session.connection(), case_id)
    store.session.rollback()
    return found
