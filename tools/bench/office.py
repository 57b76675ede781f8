"""An invented office on a database of its own: people, a published procedure, and cases at any step."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app import create_app
from app.cli.database import upgrade
from app.config import Config
from app.domain.actors import SYSTEM, Actor
from app.extensions import db
from app.models import Task, User, new_id
from app.procedures.answers import form_context
from app.procedures.context import UploadInfo
from app.procedures.files import read_folder
from app.procedures.model.form import Field
from app.procedures.model.procedure import Procedure
from app.procedures.sample import sample_answers
from app.procedures.sample_values import invented_nik, invented_nomor_kk
from app.services import clock, store
from app.services.flow import cases, published, tasks
from app.services.flow.case_run import CaseRun
from app.services.rehearsal import invented
from app.services.rehearsal.invented import Cast
from app.services.signin import hashing
from app.services.work import unit_of_work

SLUG = "kk-perubahan-data"
ROOT = Path(__file__).parents[2]
PASSWORD = "kata-sandi-bench-2026"


class Site:
    """The application on one database. Two of them may live side by side: each has its own context."""

    def __init__(self, url: str, data_dir: Path, per_role: int = 3) -> None:
        env = {"DATABASE_URL": url, "ALUR_DATA": str(data_dir), "LOG_LEVEL": "ERROR"}
        self.url, self.data_dir = url, data_dir
        self.app = create_app(Config.from_env(env))
        self.app.config["WTF_CSRF_ENABLED"] = False
        with self.app.app_context():
            upgrade(db.engine, data_dir)
            self.database = db.engine.dialect.name
            self.office = Office(per_role)

    @contextmanager
    def open(self) -> Iterator["Office"]:
        with self.app.app_context():
            yield self.office
            db.session.remove()

    def browser(self, person: Actor) -> FlaskClient:
        """Signed in as one of the office's people."""
        with self.open():
            email = let_in(person)
        client = self.app.test_client()
        answer = client.post("/masuk", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.status
        return client

    def analyze(self) -> None:
        """What autovacuum does within a minute of so many new rows. SQLite does nothing of the kind by itself."""
        with self.open():
            if self.database == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


def let_in(person: Actor) -> str:
    """Give somebody invented a password; their e-mail."""
    with unit_of_work() as session:
        session.execute(update(User).where(User.id == person.id).values(password_hash=hashing.digest(PASSWORD)))
        return str(session.scalar(select(User.email).where(User.id == person.id)))


class Office:
    """Invented people, and cases that go as far as they are asked to."""

    def __init__(self, per_role: int = 3) -> None:
        self.rng = random.Random(340299)
        self.version_id = published.publish(SYSTEM, read_folder(ROOT)[SLUG]).id
        self.procedure: Procedure = published.compiled(self.version_id)
        self.cast: Cast = invented.invent_people(self.rng, self.procedure, per_role)
        self.subject = self.cast.applicants[0]

    def case(self, step: str, on_the_way: Mapping[str, Any]) -> str:
        """A case whose open task is `step`; `on_the_way`: what officers decide until then."""
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
                answers=self._first_answers(on_the_way),
                at=clock.now(),
            )
        while (task := self.open_task(case_id)).step != step:
            who = self.who(task)
            if task.claimed_by is None:
                tasks.claim(who, task.id)
            else:
                raw = invented.answers_for(who, task.id, self.rng, on_the_way)
                tasks.complete(who, task.id, task.version, new_id(), raw)
        return case_id

    def finish(self, case_id: str, step: str, who: Actor, answers: Mapping[str, Any]) -> None:
        """Complete an open step without its form: claimed when it must be, and with these answers."""
        task = self.open_task(case_id)
        if task.claimed_by is None and not self.procedure.steps[step].by_applicant:
            tasks.claim(who, task.id)
        with unit_of_work() as session:
            run = CaseRun.lock(session, clock.now(), case_id=case_id)
            open_now = next(task for task in run.tasks.values() if task["step"] == step)
            run.complete(open_now["token"], step, who, answers)
            run.save()

    def go_round(self, case_id: str, times: int) -> None:
        """The papers of a case at periksa_berkas come back wanting, and are mended, `times` times."""
        officer = next(one for one in self.cast.officers if one.roles & self.procedure.steps["periksa_berkas"].roles)
        judged = {"surat_hilang": {"nilai": "tidak_terbaca", "catatan": "buram"}}
        wanting = {
            "keputusan": "kurang",
            "jenis_ditetapkan": "hilang",
            "pesan_pemohon": "Foto ulang.",
            "berkas": judged,
        }
        start = clock.now()
        for number in range(times):
            with clock.using(lambda at=start + timedelta(microseconds=number): at):  # type: ignore[misc]
                self.finish(case_id, "periksa_berkas", officer, wanting)
                self.finish(case_id, "lengkapi_berkas", self.subject, {})

    def open_task(self, case_id: str) -> Task:
        """The only one, or the first of several."""
        store.session.rollback()
        open_ones = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))
        return store.session.scalars(open_ones.order_by(Task.opened_at, Task.id).limit(1)).one()

    def is_open(self, case_id: str) -> bool:
        store.session.rollback()
        query = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None)).limit(1)
        return store.session.scalar(query) is not None

    def who(self, task: Task) -> Actor:
        if task.claimed_by is not None:
            return self.cast.who(task.claimed_by)
        roles = self.procedure.steps[task.step].roles
        return next(officer for officer in self.cast.officers if officer.roles & roles)

    def _first_answers(self, preferred: Mapping[str, Any]) -> dict[str, Any]:
        form = self.procedure.forms[self.procedure.first_step]
        account = {
            "nama": self.subject.name,
            "nik": invented_nik(self.rng),
            "nomor_kk": invented_nomor_kk(self.rng),
        }
        context = form_context(self.procedure, clock.now(), prefill={"akun": account})
        return sample_answers(form, context, self.rng, _named_only, preferred)


def _named_only(path: str, field: Field) -> tuple[str, UploadInfo]:
    return new_id(), UploadInfo("image/jpeg")
