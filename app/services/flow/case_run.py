"""One case, locked, inside one unit of work: take steps with the engine, then save all that follows from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS, SYSTEM_ID, Actor, CaseRef, TaskRef
from app.domain.chain import canonical, salted_digest
from app.domain.errors import WithdrawalRefused
from app.domain.tanggal import local_date
from app.models import new_id
from app.procedures.actions import CASE, CLOSED_BY
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import store
from app.services.flow import (
    correcting,
    cutting,
    kin,
    limits,
    named,
    noting,
    opening,
    pausing,
    published,
    resident_word,
    statements,
    stillness,
    task_changes,
    telling,
    unsent,
)
from app.services.flow.case_rows import CaseRows, Row, case_values
from app.services.flow.hands import hands_for
from app.services.records import trail
from app.services.records.trail import Chain
from app.services.work import ring_after_commit
from app.workflow.contract import Advance, CaseData, Closed, Complete, Event, Fire, Message, Reopen
from app.workflow.engine import advance


class _Person(NamedTuple):
    """`places`: role:unit of every role they have today."""

    name: str = ""
    at_work: bool = False
    wants_whatsapp: bool = False
    places: frozenset[str] = frozenset()

    @classmethod
    def read(cls, row: Any) -> "_Person":
        places = frozenset(f"{row.places or ''} {row.borrowed or ''}".split(" "))
        return cls(row.name, bool(row.at_work), row.whatsapp_consent, places)


@dataclass
class CaseRun:
    """Loaded by `lock`, or made new by cases.open_case. Nothing is written before `save`."""

    session: Session
    id: str
    number: str
    procedure: Procedure
    subject_id: str
    unit: str
    state: bytes | None
    data: dict[str, Any]
    status: str
    chain: Chain
    now: datetime
    outcome_key: str = ""
    outcome: str = ""
    ended_at: datetime | None = None
    first_timer: datetime | None = None  # when the earliest drawn timer is due, as read before the lock
    subject_name: str = ""
    subject_whatsapp: bool | None = None  # consent; None: not read yet
    drafts: int = 0  # how many officers' drafts lie in this case, as read before the lock
    kin: frozenset[str] = frozenset()  # officers whose own household it concerns
    is_confidential: bool = False  # nobody is told whose household it is
    tasks: dict[str, Row] = field(default_factory=dict)  # the open ones, by token
    facts: dict[str, str] = field(default_factory=dict)  # words for the notices of this run, beside the case's own
    rows: CaseRows = field(default_factory=CaseRows)
    _people: dict[str, _Person] = field(default_factory=dict)  # by id
    _has_news: bool = False  # the resident's word changed though no step was taken

    @classmethod
    def lock(
        cls, session: Session, now: datetime, *, case_id: str | None = None, task_id: str | None = None
    ) -> "CaseRun":
        """The case row first, always; then its open tasks. Raises NotFound."""
        row, tasks = statements.locked_case(session, case_id=case_id, task_id=task_id)
        return cls(
            session=session,
            id=row.id,
            number=row.number,
            procedure=published.compiled(row.version_id),
            subject_id=row.subject_id,
            unit=row.unit,
            state=row.state,
            data=row.data,
            status=row.status,
            chain=Chain(trail.case_stream(row.id), row.seq, row.head),
            now=now,
            outcome_key=row.outcome_key,
            outcome=row.outcome,
            ended_at=row.ended_at,
            first_timer=row.first_timer,
            subject_name=row.subject_name,
            subject_whatsapp=row.subject_whatsapp,
            drafts=row.drafts,
            kin=kin.read(row),
            is_confidential=row.confidential,
            tasks={task["token"]: task for task in tasks},
        )

    @cached_property
    def execute(self) -> Callable[..., Any]:
        """Of this transaction's connection; asking the session for it each time costs as much as a small statement."""
        return self.session.connection().execute

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.id, self.subject_id, self.unit, self.procedure.roles)

    def task(self, task_id: str) -> Row | None:
        """An open task of this case."""
        return next((task for task in self.tasks.values() if task["id"] == task_id), None)

    def task_ref(self, task: Row) -> TaskRef:
        step = self.procedure.steps[task["step"]]
        return TaskRef(self.ref, step.roles, task["claimed_by"], self.barred(step), step.helpers, self.kin)

    def barred(self, step: Step) -> frozenset[str]:
        """Everyone who ever did a step that this one must not share its officer with."""
        actors = self.data["actors"]
        return frozenset(person for other in step.different_from for person in actors.get(other, ()))

    def instead(self, step: Step, actor: Actor) -> dict[str, str]:
        """`sebagai` for the trail, where the actor does this step in somebody's stead."""
        title = actor.acting_as(step.roles, self.unit)
        return {"sebagai": title} if title else {}

    def name_of(self, person: str) -> str:
        if person == self.subject_id and self.subject_name:
            return self.subject_name
        return self._person(person).name

    def wants_whatsapp(self, person: str) -> bool:
        if person == self.subject_id and self.subject_whatsapp is not None:
            return self.subject_whatsapp
        return self._person(person).wants_whatsapp

    def send(self, notices: list[Row], jobs: list[Row]) -> None:
        """Rows of notices and jobs, to be written with the rest."""
        self.rows.notices += notices
        self.rows.jobs += jobs

    def remember(self, key: Row) -> None:
        """The key of the form that asked for this."""
        self.rows.keys.append(key)

    def tell_later(self, digests: list[Row]) -> None:
        """Jobs that gather what several cases have to say, each there at most once."""
        self.rows.digests += digests

    def save_stops(self, stops: list[Row]) -> None:
        self.rows.stops += stops

    def held_by(self, actor: Actor) -> str | None:
        """The task of this case that is in the actor's hands; of several, the one opened last."""
        held = [task for task in self.tasks.values() if task["claimed_by"] == actor.id]
        latest = max(held, key=lambda task: (task["opened_at"], len(task["token"]), task["token"]), default=None)
        return None if latest is None else str(latest["id"])

    def change(self, task: Row, **values: Any) -> None:
        """New values for an open task; its version rises, so that forms rendered before are stale."""
        task.update(values, version=task["version"] + 1)
        self.rows.change(task)

    def claim(self, task: Row, actor: Actor) -> None:
        """Into somebody's hands. A step taken up again has the word under which the resident first saw it open."""
        self.change(task, claimed_by=actor.id, claimed_at=self.now, reserved_for=None, reserved_until=None)
        known = resident_word.known_word(self, task)
        if known and known != self.status:
            self.status, self._has_news = known, True

    def let_go(self, task: Row) -> None:
        """Out of its officer's hands: what they typed and put on it goes, and a pause of theirs is over."""
        if self.drafts:
            self.rows.let_go.append(task["id"])
        if task["token"] in self.tasks:  # else it is over, and what was put on it may have been sent
            unsent.drop(self, task)
        if task["paused_at"] is not None:
            pausing.end(self, task, closing=task["token"] not in self.tasks)

    def complete(self, token: str, step_id: str, actor: Actor, answers: Mapping[str, Any] | None = None) -> None:
        """The step behind `token`, a task or a service task, is done with these answers."""
        task = self.tasks.get(token)
        step = self.procedure.steps[step_id]
        digest = self._remember(step, actor, answers, task["id"] if task else "")
        if task is not None:
            self.change(
                task,
                completed_at=self.now,
                completed_by=actor.id,
                claimed_at=task["claimed_at"] or self.now,
                claimed_by=task["claimed_by"] or actor.id,
            )
        what = {
            "langkah": step_id,
            "tugas": task["id"] if task else "",
            "isian": digest,
            **self.instead(step, actor),
        }
        self._take(Complete(token), actor, step, "langkah_selesai", what)
        cutting.cut_if_asked(self, step_id, actor)
        noting.note(self, step_id, actor)

    def fire(self, token: str, element: str, actor: Actor) -> None:
        """A drawn timer is due."""
        self.rows.closed.append(token)
        self._take(Fire(token), actor, None, "batas_tercapai", {"elemen": element})

    def happen(self, event: Event, actor: Actor, verb: str, what: Mapping[str, Any]) -> None:
        """The start of the case, or a message to it."""
        self._take(event, actor, None, verb, what)

    def save(self, *, last: bool = False) -> None:
        """Write everything that followed, each table in one statement. `last`: nothing more in this unit of work."""
        for job in self.rows.jobs:
            ring_after_commit(self.session, job["id"])
        case = case_values(self) if self.rows.is_a_step or self._has_news else None
        with store.sent_together(self.session.connection(), with_commit=last):
            self.rows.write(self.session, self.execute, case, self.id)
            self.chain.save(self.session)

    def _take(self, event: Event, actor: Actor, done: Step | None, verb: str, what: Mapping[str, Any]) -> None:
        case_data = CaseData(self.data["answers"], self.data["visits"])
        result = advance(self.procedure.spec, self.state, event, case_data, self.now)
        before, tasks_before = self.status, task_changes.look(self.tasks)
        self.state = result.state
        self._close(result.closed)
        self._refuse_second_opening(event, result)
        opened = [self._open(one.token, one.step, actor, done) for one in result.opened]
        limits.begin(self, result.timers, done)
        self.rows.jobs += [opening.job_row(self.id, job, self.now) for job in result.jobs]
        self._end(result)
        resident_word.follow(self, done, opened)
        stillness.follow(self, event, before, [one.token for one in result.closed], opened)
        followed = {
            **what,
            "lewat": list(result.passed),
            "dibuka": [[task["id"], task["step"], task["claimed_by"] or ""] for task in opened],
            "status": self.status,
            **task_changes.since(tasks_before, self.tasks, what.get("tugas", "")),
        }
        self.chain.add(actor.id, verb, followed, self.now)
        telling.tell(self, done, opened, event="dibuka_kembali" if isinstance(event, Reopen) else "")

    def _refuse_second_opening(self, event: Event, result: Advance) -> None:
        """A message must not open what is open already: the case is being closed for another reason."""
        here = {task["step"] for task in self.tasks.values()}
        if isinstance(event, Message) and here & {one.step for one in result.opened}:
            raise WithdrawalRefused("Permohonan ini sedang ditutup petugas, jadi tidak perlu ditarik.")

    def _remember(self, step: Step, actor: Actor, answers: Mapping[str, Any] | None, task_id: str) -> str:
        """Put the answers where conditions see them. Returns the salted digest for the trail, "" without a form."""
        visit = self.data["visits"].get(step.id, 0) + 1
        self.data["visits"][step.id] = visit
        if actor.id != SYSTEM_ID:
            others = [person for person in self.data["actors"].get(step.id, ()) if person != actor.id]
            self.data["actors"][step.id] = [*others, actor.id]
        if answers is None:
            return ""
        self.data["answers"][step.id] = dict(answers)
        answer = self.keep_answers(step.id, actor, answers, task_id, visit)
        correcting.apply(self, step, actor, answers, task_id)
        return salted_digest(answer["salt"], canonical(answers).decode())

    def keep_answers(
        self, step_id: str, actor: Actor, answers: Mapping[str, Any], task_id: str, visit: int | None = None
    ) -> Row:
        """A row of what was answered, kept for good; `visit` None: of the visit that is not over yet."""
        answer = {
            "id": new_id(),
            "case_id": self.id,
            "task_id": task_id,
            "step": step_id,
            "visit": visit or self.data["visits"].get(step_id, 0) + 1,
            "data": dict(answers),
            "salt": trail.new_salt(),
            "by": actor.id,
            "at": self.now,
        }
        self.rows.answers.append(answer)
        form = self.procedure.forms.get(step_id)
        if form is not None:
            self.rows.niks += [{"nik": nik, "case_id": self.id} for nik in sorted(named.niks(form, answers))]
            self.rows.kks += [{"nomor_kk": kk, "case_id": self.id} for kk in sorted(named.kks(form, answers))]
        return answer

    def _close(self, closed: tuple[Closed, ...]) -> None:
        cancelled_jobs = []
        for one in closed:
            self.rows.closed.append(one.token)
            task = self.tasks.pop(one.token, None)
            if task is not None:
                self.let_go(task)
                self.change(task, closed_at=self.now, closed_how="batal" if one.cancelled else "selesai")
            elif one.cancelled and one.element in self.procedure.automation:
                cancelled_jobs.append(opening.job_key(self.id, one.token))
        if cancelled_jobs:
            self.execute(statements.DROP_JOBS, {"keys": cancelled_jobs})

    def _open(self, token: str, step_id: str, actor: Actor, done: Step | None) -> Row:
        step = self.procedure.steps[step_id]
        visit = self.data["visits"].get(step_id, 0) + 1
        task = opening.task_row(self.id, self.unit, token, step, visit, hands_for(self, step, actor, done), self.now)
        self.tasks[token] = task
        self.rows.born.append(task)
        self.rows.timers += opening.task_timers(task, step)
        return task

    def may_do(self, person: str, step: Step) -> bool:
        """Is this officer at work today, with a role of this step here, in their own right or in somebody's stead?"""
        known = self._person(person)
        wanted = {f"{role}:{unit}" for role in step.roles - APPLICANTS for unit in ("", self.unit)}
        return known.at_work and bool(known.places & wanted)

    def _person(self, person: str) -> _Person:
        if person not in self._people:
            row = self.execute(statements.PERSON, {"user_id": person, "today": local_date(self.now)}).one_or_none()
            self._people[person] = _Person.read(row) if row else _Person()
        return self._people[person]

    def _end(self, result: Advance) -> None:
        passed = [element for element in result.passed if element in self.procedure.outcomes]
        if passed:
            self.outcome_key = passed[-1]
            self.data["answers"][CASE] = {CLOSED_BY: passed[-1]}
        if result.ended is not None:
            self.ended_at = self.now
            outcome = self.procedure.outcomes.get(self.outcome_key)
            self.outcome = outcome.result if outcome else result.ended
