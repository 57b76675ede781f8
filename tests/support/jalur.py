"""A KK case walked by hand, step by step, through the services; and a KK as a PDF that says whose it is."""

from dataclasses import dataclass
from typing import Any

from fpdf import FPDF
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.models import Event, Job, Task, new_id
from app.services import store
from app.services.background import timers
from app.services.flow import cases, withdrawal
from app.services.flow.cases import CaseView
from app.services.messages import notices
from app.services.records import audit
from tests.support.kantor import Kantor
from tests.support.kasus import Jam


@dataclass
class Jalur:
    """One case of Bu Sari's in the office, and the clock."""

    kantor: Kantor
    jam: Jam
    id: str

    def view(self, who: str = "bu_sari") -> CaseView:
        store.session.rollback()
        store.session.expire_all()
        return cases.load(self.kantor.people[who], self.id)

    @property
    def status(self) -> str:
        return self.view().status

    @property
    def outcome(self) -> str:
        return self.view().outcome

    def open(self) -> dict[str, str]:
        """Open step -> whose hands it is in, "" = free, "untuk <id>" = kept for somebody."""
        names = {person.id: key for key, person in self.kantor.people.items()}
        return {
            task.step: names.get(task.claimed_by or "", "")
            or (f"untuk {names[task.reserved_for]}" if task.reserved_for else "")
            for task in self.kantor.open_tasks(self.id)
        }

    def task(self, step: str) -> Task:
        self.kantor.run_jobs()
        found = self.kantor.find(self.id, step)
        assert found is not None, self.open()
        return found

    def do(self, step: str, who: str | None = None, **answers: Any) -> None:
        """Take the task and finish it; a step that is done when opened is done by taking it."""
        task = self.task(step)
        self.kantor.do(task, who, **answers)
        self.jam.lewat(minutes=2)
        self.kantor.run_jobs()

    def to(self, step: str, **who: str) -> None:
        """As the usual people do it, up to `step`."""
        self.kantor.walk(self.id, step, **who)
        self.jam.lewat(minutes=2)

    def finish(self) -> None:
        """Whatever is left, with good answers."""
        for _ in range(20):
            self.kantor.run_jobs()
            left = self.kantor.open_tasks(self.id)
            if not left:
                return
            self.kantor.do(left[0])
        raise AssertionError(self.open())

    def sweep(self, **length: float) -> None:
        """Time goes by; the sweeper comes, and the worker."""
        self.jam.lewat(**length)
        timers.sweep(self.jam.at)
        self.kantor.run_jobs()

    def withdraw(self, key: str = "", reason: str = "") -> withdrawal.Withdrawn:
        return withdrawal.withdraw(self.kantor.people["bu_sari"], self.id, key or new_id(), reason)

    def offer(self) -> withdrawal.Offer | None:
        store.session.rollback()
        return withdrawal.look(self.kantor.people["bu_sari"], self.id)

    def told(self, who: str = "bu_sari") -> list[str]:
        """Titles of this person's notices, oldest first."""
        store.session.rollback()
        return [each.title for each in reversed(notices.mine(self.kantor.people[who]).notices)]

    def letters(self) -> list[str]:
        """Titles of the mails to the pemohon, oldest first."""
        query = select(Job).where(Job.case_id == self.id, Job.kind == "surat").order_by(Job.created_at, Job.id)
        subject = self.kantor.people["bu_sari"].id
        return [job.key for job in store.session.scalars(query) if job.key.endswith(subject)]

    def verbs(self) -> list[str]:
        store.session.rollback()
        query = select(Event.verb).where(Event.stream == f"kasus:{self.id}").order_by(Event.seq)
        return list(store.session.scalars(query))

    def ends(self, outcome: str, status: str) -> None:
        """Ended so, nothing left open, the trail whole; and the pemohon was not flooded with mail on the way."""
        view = self.view()
        assert (view.outcome, view.status) == (outcome, status)
        assert view.open_tasks == ()
        told = [title for title in self.told() if view.number in title and not title.startswith("Pengingat")]
        is_usual = "tangani_keluhan" not in view.visits and not any("dibuka kembali" in title for title in told)
        assert not is_usual or len(told) <= 8 + view.visits.get("lengkapi_berkas", 0), told
        assert list(audit.verify(SYSTEM).findings) == []


def kk_pdf(nomor: str) -> bytes:
    """A KK with its number in words that can be read."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    page.cell(text="KARTU KELUARGA", new_x="LMARGIN", new_y="NEXT")
    page.cell(text=f"No. {nomor}", new_x="LMARGIN", new_y="NEXT")
    page.cell(text="NIK 3402994505850001")
    return bytes(page.output())
