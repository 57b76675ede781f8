"""`step`: claim and complete a middle step with a form, through services.tasks, against the floor in the same run."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from app import create_app
from app.cli.database import upgrade
from app.config import Config
from app.domain.actors import SYSTEM, Actor
from app.extensions import db
from app.models import Task, new_id
from app.procedures.answers import form_context
from app.procedures.context import UploadInfo
from app.procedures.files import read_folder
from app.procedures.model import Field, Procedure
from app.procedures.sample import sample_answers
from app.procedures.sample_values import invented_nik, invented_nomor_kk
from app.services import clock, store
from app.services.flow import cases, published, tasks
from app.services.rehearsal import invented
from app.services.rehearsal.invented import Cast
from app.services.work import unit_of_work
from tools.bench.floor import Hand, Twin, rows_of

SLUG, STEP = "kk-perubahan-data", "verifikasi_draft"
ON_THE_WAY = {"jenis": "hilang", "keputusan": "lengkap"}
MEASURED = {"keputusan": "valid"}
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")  # of PostgreSQL
WARM_UP = 10
ROOT = Path(__file__).parents[2]


def measure(url: str, data_dir: Path, count: int) -> dict[str, Any]:
    """Median and 95th percentile in ms over `count` cases of claim + complete; `floor_ms`: median of the floor."""
    app = create_app(Config.from_env({"DATABASE_URL": url, "ALUR_DATA": str(data_dir), "LOG_LEVEL": "ERROR"}))
    with app.app_context():
        upgrade(db.engine, data_dir)
        durable = _demand_durable()
        office = _Office()
        pairs = [(office.case(), office.case()) for _ in range(WARM_UP + count)]
        hand = Hand(url)
        times = [office.race(case_id, twin_id, hand) for case_id, twin_id in pairs][WARM_UP:]
        database = db.engine.dialect.name
        db.session.remove()
        db.engine.dispose()
    ours, floor = (sorted(1000 * pair[side] for pair in times) for side in (0, 1))
    median, floor_ms = statistics.median(ours), statistics.median(floor)
    return {
        "bench": "step",
        "database": database,
        "median_ms": round(median, 3),
        "p95_ms": round(ours[int(0.95 * (len(ours) - 1))], 3),
        "floor_ms": round(floor_ms, 3),
        "ratio": round(median / floor_ms, 2),
        "cases": count,
        "durable": durable,
    }


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


class _Office:
    """Invented people and cases that stand just before the measured step."""

    def __init__(self) -> None:
        self.rng = random.Random(340299)
        self.version_id = published.publish(SYSTEM, read_folder(ROOT)[SLUG]).id
        self.procedure: Procedure = published.compiled(self.version_id)
        self.cast: Cast = invented.invent_people(self.rng, self.procedure)
        self.subject = self.cast.applicants[0]
        self.answers = self._first_answers()

    def case(self) -> str:
        case_id = new_id()
        with unit_of_work() as session:
            cases.open_case(
                session,
                self.subject,
                case_id=case_id,
                version_id=self.version_id,
                subject_id=self.subject.id,
                unit="",
                number=case_id,
                answers=self.answers,
                at=clock.now(),
            )
        while (task := self._open_task(case_id)).step != STEP:
            who = self._who(task)
            if task.claimed_by is None:
                tasks.claim(who, task.id)
            else:
                raw = invented.answers_for(who, task.id, self.rng, ON_THE_WAY)
                tasks.complete(who, task.id, task.version, new_id(), raw)
        return case_id

    def race(self, case_id: str, twin_id: str, hand: Hand) -> tuple[float, float]:
        """Seconds of the application on one case, and of the floor on its twin."""
        task = self._open_task(case_id)
        who, task_id, key = self._who(task), task.id, new_id()
        raw = invented.answers_for(who, task_id, self.rng, MEASURED)
        before, twin = self._rows(case_id), self._rows(twin_id)
        claim = _timed(lambda: tasks.claim(who, task_id))
        claimed = self._rows(case_id)
        complete = _timed(lambda: tasks.complete(who, task_id, 2, key, raw))
        move = Twin(before, twin, hand.mark)
        first, second = move.statements(before, claimed), move.statements(claimed, self._rows(case_id))
        return claim + complete, hand.write(first) + hand.write(second)

    def _rows(self, case_id: str) -> Any:
        store.session.rollback()
        found = rows_of(store.session.connection(), case_id)
        store.session.rollback()
        return found

    def _open_task(self, case_id: str) -> Task:
        store.session.rollback()
        return store.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()

    def _who(self, task: Task) -> Actor:
        if task.claimed_by is not None:
            return self.cast.who(task.claimed_by)
        roles = self.procedure.steps[task.step].roles
        return next(officer for officer in self.cast.officers if officer.roles & roles)

    def _first_answers(self) -> dict[str, Any]:
        form = self.procedure.forms[self.procedure.first_step]
        account = {
            "nama": self.subject.name,
            "nik": invented_nik(self.rng),
            "nomor_kk": invented_nomor_kk(self.rng),
        }
        context = form_context(self.procedure, clock.now(), prefill={"akun": account})
        return sample_answers(form, context, self.rng, _named_only, ON_THE_WAY)


def _named_only(path: str, field: Field) -> tuple[str, UploadInfo]:
    return new_id(), UploadInfo("image/jpeg")


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
