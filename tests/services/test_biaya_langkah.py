"""What a step costs the database: few statements and one commit, whatever the size of the role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import event

from app.models import new_id
from app.procedures.model.steps import Step
from app.services import clock, store
from app.services.accounts.people import add
from app.services.flow import tasks
from app.services.work import unit_of_work
from tests.factories import SENIN_PAGI
from tests.support.kantor import USUAL, Kantor

MOST = 15


@dataclass
class Seen:
    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def watching() -> Iterator[Seen]:
    """Every statement and commit of the engine meanwhile."""
    seen = Seen()

    def statement(conn: object, cursor: object, sql: str, *rest: object) -> None:
        seen.statements.append(sql)

    def commit(conn: object) -> None:
        seen.commits += 1

    engine = store.engine()
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def _hire(step: Step, count: int) -> None:
    with unit_of_work() as session:
        for number in range(count):
            for role in step.roles:
                add(
                    session,
                    email=f"{role}-{number}@contoh.id",
                    name=f"Petugas {number}",
                    password_hash="!",
                    roles=[(role, "")],
                )


@pytest.mark.parametrize("officers", [1, 200])
def test_menyelesaikan_langkah_paling_banyak_15_perintah_dan_satu_commit(app: Flask, officers: int) -> None:
    with clock.using(lambda: SENIN_PAGI):
        office = Kantor.open()
        case_id = office.case(jenis="perubahan")
        procedure = tasks.load(office.people["bu_sari"], office.open_tasks(case_id)[0].id).case.procedure
        for role in sorted(procedure.roles - {"pemohon"}):
            step = next(step for step in procedure.steps.values() if role in step.roles)
            if officers > 1:
                _hire(Step(**{**vars(step), "roles": frozenset({role})}), officers)
        returns = {"periksa_berkas": {"keputusan": "kurang"}, "verifikasi_draft": {"keputusan": "tidak_valid"}}
        costs: dict[str, list[int]] = {}
        while (open_tasks := office.open_tasks(case_id)) or not costs:
            task = open_tasks[0]
            actor = office.people[USUAL[task.lane]]
            task_id, step_id, version = task.id, task.step, task.version
            if task.claimed_by is None and task.lane != "Pemohon":
                taken = tasks.claim(actor, task_id)
                if taken.task_id != task_id:
                    continue
                version += 1
            wanted = returns.pop(step_id, {"keputusan": "lengkap" if step_id == "periksa_berkas" else "valid"})
            raw = office.raw(actor, task_id, **(wanted if step_id in ("periksa_berkas", "verifikasi_draft") else {}))
            with watching() as seen:
                tasks.complete(actor, task_id, version, new_id(), raw)
            assert seen.commits == 1
            costs.setdefault(step_id, []).append(len(seen.statements))
            office.run_jobs()
        assert max(max(each) for each in costs.values()) <= MOST, costs
