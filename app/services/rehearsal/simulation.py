"""Random cases driven through the services alone, by invented people and a simulated clock, until each has ended.

Whatever a real office does happens here too: tasks are taken and released, forms are sent twice or too late, residents
let their deadlines pass, jobs and the sweeper come when they come. The same seed gives the same story.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as day_time

from sqlalchemy import func, select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import (
    AlurError,
    FourEyes,
    StaleForm,
    TaskAlreadyClaimed,
    TaskClosed,
    TaskHeld,
    WithdrawalRefused,
)
from app.models import Case, Event, Job, Task, Timer
from app.procedures.actions import SIGNS_HERE
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.background import jobs, timers
from app.services.flow import cutting, published, tasks, withdrawal
from app.services.records import audit
from app.services.rehearsal import invented
from app.services.rehearsal.invented import Cast, invent_people

MAX_ACTS = 400  # for each case; a procedure that needs more would not end
_RELEASE, _REPLAY, _STALE, _LET_PASS, _WITHDRAW = 0.05, 0.2, 0.05, 0.3, 0.03
_LONG_PAUSE, _HOUSEKEEPING = 0.03, 0.4
_STEPS = ("langkah_selesai", "batas_tercapai", "penarikan")


@dataclass
class Report:
    """`outcomes`: result of ikmt -> cases. `lost`: cases that did not end, left something open, or a broken trail.

    `changed_by_replay`: forms sent a second time that did anything; like `lost` it must be 0. `returns`: rounds beyond
    the first, over all cases. `linked`: cases that others led to, on top of `cases`.
    """

    cases: int
    outcomes: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    linked: int = 0
    steps: int = 0
    returns: int = 0
    releases: int = 0
    replays: int = 0
    changed_by_replay: int = 0
    timers: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    steps_per_s: float = 0.0


def simulate(slug: str, count: int, seed: int) -> Report:
    """Run `count` cases of a published procedure in the bound database, which must be a scratch one."""
    version = published.all_versions()[-1].id
    office = _Office(slug, published.compiled(version), count, random.Random(seed))
    began = time.perf_counter()
    with clock.using(lambda: office.now):
        office.open_doors()
        office.work()
        office.settle()
        report = office.count_up()
    report.seconds = round(time.perf_counter() - began, 3)
    report.steps_per_s = round(report.steps / report.seconds, 1)
    return report


class _Office:
    """The people, the clock and the cases of one run."""

    def __init__(self, slug: str, procedure: Procedure, count: int, rng: random.Random) -> None:
        self.slug, self.procedure, self.rng = slug, procedure, rng
        self.now = clock.calendar().next_open(datetime.combine(procedure.valid_from, day_time(1), UTC))
        self.report = Report(count)
        self.refused: Counter[str] = Counter()
        self.cases: list[str] = []
        self.cast = Cast((), ())

    def open_doors(self) -> None:
        self.cast = invent_people(self.rng, self.procedure)

    def work(self) -> None:
        for _ in range(MAX_ACTS * self.report.cases):
            running = self._running()
            unfiled = self.report.cases - len(self.cases)
            if not running and not unfiled:
                return
            if unfiled and (not running or self.rng.random() < 0.25):
                self.cases.append(self._file(self.rng.choice(self.cast.applicants)))
            else:
                self._touch(self.rng.choice(running))
            self._pass_time()
            if self.rng.random() < _HOUSEKEEPING:
                self._housekeep()

    def _file(self, who: Actor) -> str:
        return invented.file_case(who, self.slug, self.rng)

    def settle(self) -> None:
        """Mail and notices may outlast the cases."""
        for _ in range(24):
            self._housekeep()
            self.now += timedelta(hours=1)

    def count_up(self) -> Report:
        store.session.rollback()
        found = store.session.scalars(select(Case)).all()
        broken = {finding.stream for finding in audit.verify(SYSTEM).findings}
        lost = [case for case in found if case.ended_at is None or self._left_open(case.id)]
        missing = self.report.cases - len({case.id for case in found} & set(self.cases))
        self.report.lost = len(lost) + len(broken) + missing
        self.report.linked = len(found) - self.report.cases + missing
        self.report.outcomes = dict(sorted(Counter(case.outcome for case in found).items()))
        self.report.returns = sum(max(case.data["visits"].values(), default=1) - 1 for case in found)
        self.report.steps = (
            store.session.scalar(select(func.count()).select_from(Event).where(Event.verb.in_(_STEPS))) or 0
        )
        self.report.refused = dict(sorted(self.refused.items()))
        return self.report

    def _left_open(self, case_id: str) -> bool:
        tasks_left = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))
        # An incident of personal data stays until a person has dealt with it.
        jobs_left = select(Job.id).where(Job.case_id == case_id, Job.done_at.is_(None), Job.kind != cutting.KIND)
        timers_left = select(Timer.id).where(Timer.case_id == case_id)
        return any(store.session.scalars(each).first() for each in (tasks_left, jobs_left, timers_left))

    def _running(self) -> list[str]:
        """Ids in the order of their numbers, not of chance, so that the same seed takes the same way."""
        store.session.rollback()
        return list(store.session.scalars(select(Case.id).where(Case.ended_at.is_(None)).order_by(Case.number)))

    def _touch(self, case_id: str) -> None:
        """One act on one of the case's open tasks; without any, somebody waits for a job or a timer."""
        if self.rng.random() < _WITHDRAW and self._withdraw(case_id):
            return
        query = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.held_at.is_(None))
        open_tasks = sorted(
            store.session.scalars(query), key=lambda task: (task.opened_at, len(task.token), task.token)
        )
        if not open_tasks:
            self._housekeep()
            return
        task = self.rng.choice(open_tasks)
        step = self.procedure.steps[task.step]
        if step.by_applicant:
            self._applicant(case_id, task)
        elif task.claimed_by is None:
            who = self.rng.choice([one for one in self.cast.officers if one.roles & step.roles])
            self._try(lambda: tasks.claim(who, task.id))
        else:
            self._officer(self.cast.who(task.claimed_by), task)

    def _withdraw(self, case_id: str) -> bool:
        """The pemohon thinks better of it; False where the office would not let them."""
        subject = self.cast.who(store.session.get_one(Case, case_id).subject_id)
        offer = withdrawal.look(subject, case_id)
        if offer is None or offer.refusal:
            return False
        key = self._key()
        self._try(lambda: withdrawal.withdraw(subject, case_id, key, "Simulasi: ditarik."))
        self._replay(case_id, lambda: withdrawal.withdraw(subject, case_id, key, "Simulasi: ditarik."))
        return True

    def _applicant(self, case_id: str, task: Task) -> None:
        if self.rng.random() < _LET_PASS:
            query = select(func.min(Timer.due_at)).where(
                Timer.case_id == case_id, Timer.kind != "norma", Timer.held_at.is_(None)
            )
            self.now = max(self.now, store.session.scalar(query) or self.now) + timedelta(minutes=1)
            return
        subject = store.session.get_one(Case, case_id).subject_id
        self._complete(self.cast.who(subject), task)

    def _officer(self, who: Actor, task: Task) -> None:
        chance = self.rng.random()
        task_id, version = task.id, task.version
        if chance < _RELEASE:
            self._try(lambda: tasks.release(who, task_id, version, "Simulasi: dilepas."))
            self.report.releases += 1
        elif chance < _RELEASE + _STALE:
            raw = invented.answers_for(who, task_id, self.rng)
            self._try(lambda: tasks.complete(who, task_id, version - 1, self._key(), raw))
        else:
            self._complete(who, task)

    def _complete(self, who: Actor, task: Task) -> None:
        task_id, version, key = task.id, task.version, self._key()
        if self.procedure.signing.get("cara") in SIGNS_HERE and task.step == self.procedure.signing["langkah"]:
            self._try(lambda: invented.sign(who, task_id, key))
            return
        raw = invented.answers_for(who, task_id, self.rng)
        self._try(lambda: tasks.complete(who, task_id, version, key, raw))
        if self.rng.random() < _REPLAY:
            self._replay(task.case_id, lambda: tasks.complete(who, task_id, version, key, raw))

    def _replay(self, case_id: str, again: Callable[[], object]) -> None:
        before = self._entries(case_id)
        self._try(again)
        self.report.replays += 1
        self.report.changed_by_replay += before != self._entries(case_id)

    def _entries(self, case_id: str) -> int:
        query = select(func.count()).select_from(Event).where(Event.stream == f"kasus:{case_id}")
        return store.session.scalar(query) or 0

    def _try(self, act: Callable[[], object]) -> None:
        """What an office sees every day is counted; any other error is the simulation's end."""
        try:
            act()
        except (TaskAlreadyClaimed, FourEyes, TaskClosed, TaskHeld, StaleForm, WithdrawalRefused) as refusal:
            self._note(refusal)

    def _note(self, refusal: AlurError) -> None:
        self.refused[type(refusal).__name__] += 1

    def _key(self) -> str:
        return f"{self.rng.getrandbits(96):024x}"

    def _pass_time(self) -> None:
        minutes = self.rng.randint(1, 20)
        if self.rng.random() < _LONG_PAUSE:
            minutes += self.rng.randint(600, 4000)
        self.now = clock.calendar().next_open(self.now + timedelta(minutes=minutes))

    def _housekeep(self) -> None:
        self.report.timers += timers.sweep(self.now)
        for job_id in list(jobs.due_job_ids(self.now)):
            jobs.run_one(job_id)
