"""Letters of the office walked up to their signature, in one office with the whole cast."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update

from app.adapters.signer import Box
from app.domain.actors import SYSTEM, Actor
from app.models import Job, OfficeLetter, Signature, Task, Upload, new_id
from app.procedures.files import ProcedureFiles, read_folder
from app.services import clock, store
from app.services.files import file_store
from app.services.flow import cases, published, steps
from app.services.signing import letters, shown, sightings, signers
from app.services.signing.letters import Drawn
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import cast, finish, job_of, open_steps, run_all

ROOT = Path(__file__).parents[2]
SLUG = "surat-keterangan"
STEP = "tanda_tangan_surat"
PASSPHRASE = "frasa sandi bu kartika"


def files(way: str = "lokal") -> ProcedureFiles:
    """The procedure's three files, its letters signed in this way."""
    found = read_folder(ROOT)[SLUG]
    path = f"ikmt/{SLUG}.yaml"
    text = found.files[path].decode().replace("cara: lokal,", f"cara: {way},")
    return ProcedureFiles(SLUG, {**found.files, path: text.encode()})


@dataclass
class Surat:
    version_id: str
    people: dict[str, Actor]

    @classmethod
    def open(cls, way: str = "lokal") -> "Surat":
        version = published.publish(SYSTEM, files(way)).id
        found = cls(version, cast())
        if way == "lokal":
            signers.create(SYSTEM, "kartika@contoh.id", PASSPHRASE)
        return found

    @property
    def head(self) -> Actor:
        return self.people["bu_kartika"]

    def case(self, about: str = "KK-2026-000001") -> str:
        """A permohonan for a letter, just handed in."""
        case_id = new_id()
        answers = {
            "jenis": "bank",
            "permohonan": about,
            "nama": "Sari Puspitarini",
            "nik": "3402995207900001",
            "nomor_kk": "3402990101200001",
            "alamat": "Jalan Contoh 1",
            "rt": "01",
            "wilayah": {"kapanewon": "340216", "kalurahan": "3402162001"},
            "nomor_hp": "6281100000001",
            "email": "sari@contoh.id",
        }
        with unit_of_work() as session:
            cases.open_case(
                session,
                self.people["bu_sari"],
                case_id=case_id,
                version_id=self.version_id,
                subject_id=self.people["bu_sari"].id,
                unit="340216",
                number=f"SURAT-2026-{case_id[:8]}",
                answers=answers,
                at=clock.now(),
            )
        return case_id

    def checked(self, case_id: str) -> str:
        """The petugas says yes, the letter is drawn."""
        finish(case_id, "periksa_surat", self.people["pak_budi"], {"keputusan": "buat", "benar_berjalan": True})
        run_all("otomatis")
        wait_until(lambda: "verifikasi_surat" in open_steps(case_id))  # where a worker of its own was quicker
        return case_id

    def verified(self, case_id: str) -> str:
        """The kasi says yes: the letter waits for its signature."""
        finish(case_id, "verifikasi_surat", self.people["bu_wulan"], {"keputusan": "valid"})
        return case_id

    def waiting(self, count: int = 1) -> list[str]:
        """So many letters that wait for their signature."""
        first = self.checked(self.case())
        copies = [self._drawn_like(first) for _ in range(count - 1)]
        return [self.verified(case_id) for case_id in (first, *copies)]

    def _drawn_like(self, other: str) -> str:
        """A letter with a plain page for a drawing, at the place of another one's: drawing takes longest."""
        case_id = self.case()
        finish(case_id, "periksa_surat", self.people["pak_budi"], {"keputusan": "buat", "benar_berjalan": True})
        job = job_of(case_id, "otomatis")
        job_id, token = job.id, job.payload["token"]
        drawn = letters.current(other)
        assert drawn is not None
        page = factories.pdf()
        digest = file_store().put(page)
        with unit_of_work() as session:
            copy = OfficeLetter(id=new_id(), case_id=case_id, key=job_id, number=f"470/{job_id[:4]}/2026")
            copy.title, copy.created_at = drawn.title, clock.now()
            session.add(copy)
            session.flush()
            made = Drawn(copy.id, copy.number, digest, len(page), 1, new_id(), Box(**drawn.box))
            letters.keep(session, made, case_id, "susun_surat", clock.now())
            steps.complete_job(session, case_id, token, "susun_surat", made.answers, clock.now())
            session.execute(update(Job).where(Job.id == job_id).values(done_at=clock.now()))
        return case_id

    def task(self, case_id: str) -> Task:
        store.session.rollback()
        query = select(Task).where(Task.case_id == case_id, Task.step == STEP, Task.closed_at.is_(None))
        return store.session.scalars(query).one()

    def see(self, *case_ids: str) -> list[tuple[str, int]]:
        """The head of office looks at them; (task id, version) of each, to be chosen."""
        chosen = []
        for case_id in case_ids:
            task = self.task(case_id)
            task_id, version = task.id, task.version
            sightings.note(self.head, STEP, task_id, shown.digests([case_id], STEP)[case_id])
            chosen.append((task_id, version))
        return chosen


def signed_letters(case_id: str) -> list[Upload]:
    """What is kept of the signing step; more than one would be twice."""
    store.session.rollback()
    query = select(Upload).where(Upload.case_id == case_id, Upload.step == STEP).order_by(Upload.created_at)
    return list(store.session.scalars(query))


def states() -> dict[str, int]:
    """State -> how many signatures."""
    store.session.rollback()
    rows = store.session.execute(select(Signature.state, func.count()).group_by(Signature.state))
    return {row.state: row[1] for row in rows}


def wait_until(ready: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "never came"
        time.sleep(0.05)
