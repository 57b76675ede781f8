"""A small office for tests of services: the cast, a published procedure, and cases walked to any step."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from app.domain.actors import SYSTEM, Actor
from app.models import Base, Task, new_id
from app.procedures.answers import form_context
from app.procedures.context import UploadInfo
from app.procedures.files import read_folder
from app.procedures.model.form import Field
from app.procedures.sample import sample_answers
from app.services import clock, store
from app.services.background import jobs
from app.services.flow import cases, published, tasks
from app.services.rehearsal import invented
from app.services.work import unit_of_work
from tests import factories

SLUG = "kk-perubahan-data"
# Who does what, where the test does not say.
USUAL = {
    "Pemohon": "bu_sari",
    "Petugas Unit Layanan & Entri": "pak_budi",
    "Petugas Cetak": "pak_agus",
    "Kasi/Kabid": "bu_wulan",
    "Kepala Dinas": "bu_kartika",
}
USUAL_ANSWERS = {"jenis": "hilang", "untuk": "diri_sendiri"}
GOOD = {
    "periksa_berkas": {"keputusan": "lengkap"},
    "verifikasi_draft": {"keputusan": "valid"},
    "terima_kk": {"hasil": "baik"},
}


@dataclass
class Kantor:
    """`people`: key of factories.CAST -> Actor."""

    version_id: str
    people: Mapping[str, Actor]
    rng: random.Random = field(default_factory=lambda: random.Random(340299))

    @classmethod
    def open(cls) -> "Kantor":
        version = published.publish(SYSTEM, read_folder(Path(__file__).parents[2])[SLUG])
        with unit_of_work() as session:
            people = factories.add_cast(session)
        return cls(version.id, people)

    def case(self, **preferred: Any) -> str:
        """A new case with its first step done; files of the first form are only named."""
        procedure = published.compiled(self.version_id)
        form = procedure.forms[procedure.first_step]
        person = factories.CAST["bu_sari"]
        account = {"nama": person.name, "nik": person.nik, "nomor_kk": person.nomor_kk, "nomor_hp": "6281234567890"}
        context = form_context(procedure, clock.now(), prefill={"akun": account})
        answers = sample_answers(
            form, context, self.rng, _named_only, {"jenis": "hilang", "untuk": "diri_sendiri", **preferred}
        )
        case_id = new_id()
        with unit_of_work() as session:
            cases.open_case(
                session,
                self.people["bu_sari"],
                case_id=case_id,
                version_id=self.version_id,
                subject_id=self.people["bu_sari"].id,
                unit="340299",
                number=f"KK-2026-{case_id[:8]}",
                answers=answers,
                at=clock.now(),
            )
        return case_id

    def walk(self, case_id: str, until: str, **who: str) -> Task:
        """Do what comes before step `until` as its usual people would; `who`: step -> key of another person."""
        for _ in range(40):
            task = self.find(case_id, until)
            if task is not None:
                return task
            other = self.open_tasks(case_id)
            if not other:
                self.run_jobs()
                continue
            self.do(other[0], who.get(other[0].step))
        raise AssertionError(f"never reached {until}")

    def do(self, task: Task, who: str | None = None, **preferred: Any) -> tasks.Completed | tasks.Claimed:
        """Take the task (if it must be taken) and finish it with good answers."""
        actor = self.people[who or USUAL[task.lane]]
        task_id, step, version = task.id, task.step, task.version
        if task.claimed_by is None and task.lane != "Pemohon":
            taken = tasks.claim(actor, task_id)
            if taken.task_id != task_id:
                return taken
            version += 1
        raw = invented.answers_for(actor, task_id, self.rng, {**GOOD.get(step, {}), **preferred})
        return tasks.complete(actor, task_id, version, new_id(), raw)

    def raw(self, actor: Actor, task_id: str, **preferred: Any) -> dict[str, Any]:
        return invented.answers_for(actor, task_id, self.rng, preferred)

    def open_tasks(self, case_id: str) -> list[Task]:
        store.session.rollback()
        query = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))
        return sorted(store.session.scalars(query), key=lambda task: (task.opened_at, task.token))

    def find(self, case_id: str, step: str) -> Task | None:
        return next((task for task in self.open_tasks(case_id) if task.step == step), None)

    def run_jobs(self) -> None:
        for job_id in list(jobs.due_job_ids(clock.now())):
            jobs.run_one(job_id)


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, to see that nothing changed."""
    store.session.rollback()
    rows = {
        table.name: sorted(map(tuple, store.session.execute(text(f'SELECT * FROM "{table.name}"'))), key=repr)
        for table in Base.metadata.sorted_tables
    }
    store.session.rollback()
    return rows


def _named_only(path: str, at: Field) -> tuple[str, UploadInfo]:
    return f"contoh-{path}", UploadInfo("application/pdf" if "pdf" in at.extra.get("format", ()) else "image/jpeg")
