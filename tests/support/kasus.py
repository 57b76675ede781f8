"""KK cases for tests of what happens around the steps: opened and moved on without forms, with answers as given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.models import Job, Task, new_id
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.background import jobs
from app.services.flow import cases, published
from app.services.flow.case_run import CaseRun
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI

ROOT = Path(__file__).parents[2]
SLUG = "kk-perubahan-data"

Edit = Callable[[dict[str, bytes]], None]


class Jam:
    """A clock that tests turn by hand."""

    def __init__(self, at: datetime = SENIN_PAGI) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def lewat(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


@contextmanager
def jam_uji(at: datetime = SENIN_PAGI) -> Iterator[Jam]:
    jam = Jam(at)
    with clock.using(jam):
        yield jam


def cast() -> dict[str, Actor]:
    with unit_of_work() as session:
        return factories.add_cast(session)


def publish(edit: Callable[[str], str] | None = None) -> str:
    """Publish KK; `edit` changes the text of its ikmt first. Returns the version's id."""
    files = read_folder(ROOT)[SLUG]
    if edit is not None:
        path = f"ikmt/{SLUG}.yaml"
        changed = {**files.files, path: edit(files.files[path].decode()).encode()}
        files = type(files)(files.slug, changed)
    return published.publish(SYSTEM, files).id


def open_kk(
    people: dict[str, Actor],
    version_id: str,
    *,
    subject: str = "bu_sari",
    answers: dict[str, Any] | None = None,
    facts: dict[str, str] | None = None,
) -> str:
    case_id = new_id()
    with unit_of_work() as session:
        cases.open_case(
            session,
            people[subject],
            case_id=case_id,
            version_id=version_id,
            subject_id=people[subject].id,
            unit="340299",
            number=f"KK-2026-{case_id[:6]}",
            answers=answers or {"jenis": "hilang"},
            at=clock.now(),
            facts=facts,
        )
    return case_id


def finish(case_id: str, step: str, actor: Actor, answers: dict[str, Any] | None = None) -> None:
    """Complete an open step, whoever holds it."""
    with unit_of_work() as session:
        run = CaseRun.lock(session, clock.now(), case_id=case_id)
        task = next(task for task in run.tasks.values() if task["step"] == step)
        run.complete(task["token"], step, actor, {} if answers is None else answers)
        run.save()


def return_to_applicant(case_id: str, people: dict[str, Actor], message: str = "Foto KTP buram.") -> None:
    judged = {"ktp": {"nilai": "tidak_terbaca", "catatan": "buram"}, "surat_hilang": {"nilai": "sesuai", "catatan": ""}}
    answers = {"keputusan": "kurang", "jenis_ditetapkan": "hilang", "pesan_pemohon": message, "berkas": judged}
    finish(case_id, "periksa_berkas", people["pak_budi"], answers)


def go_to_signed(case_id: str, people: dict[str, Actor]) -> None:
    """Up to the service task beri_tahu_unit, whose job is due."""
    finish(case_id, "buka_permohonan", people["pak_budi"])
    finish(case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
    finish(case_id, "ajukan_cetak", people["pak_budi"])
    finish(case_id, "verifikasi_draft", people["bu_wulan"], {"keputusan": "valid"})
    finish(case_id, "tanda_tangan_kk", people["bu_kartika"], {"keputusan": "ditandatangani"})


def go_to_archive(case_id: str, people: dict[str, Actor]) -> None:
    """Up to the service task susun_arsip, whose job is due."""
    go_to_signed(case_id, people)
    assert jobs.run_one(job_of(case_id, "otomatis").id)
    finish(case_id, "kirim_kk", people["pak_agus"], {"keputusan": "terkirim"})


def job_of(case_id: str, kind: str) -> Job:
    """The one job of this kind that is not done."""
    store.session.rollback()
    query = select(Job).where(Job.case_id == case_id, Job.kind == kind, Job.done_at.is_(None))
    return store.session.scalars(query).one()


def run_all(kind: str | None = None) -> int:
    """Run every due job (of a kind), and those that follow from them; how many attempts."""
    ran = 0
    while True:
        ids = list(jobs.due_job_ids(clock.now()))
        if kind is not None:
            wanted = select(Job.id).where(Job.id.in_(ids), Job.kind == kind)
            ids = list(store.session.scalars(wanted))
        if not ids:
            return ran
        ran += sum(jobs.run_one(job_id) for job_id in ids)


def open_steps(case_id: str) -> list[str]:
    store.session.rollback()
    query = select(Task.step).where(Task.case_id == case_id, Task.closed_at.is_(None)).order_by(Task.step)
    return list(store.session.scalars(query))
