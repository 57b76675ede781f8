"""One case, locked, inside one unit of work: take steps with the engine, then save all that follows from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID, Actor, CaseRef, TaskRef
from app.domain.chain import canonical, salted_digest
from app.domain.errors import NotFound, WithdrawalRefused
from app.domain.tanggal import format_day, local_date
from app.models import new_id
from app.procedures.actions import CASE, CLOSED_BY
from app.procedures.model import Procedure, Step
from app.services import store
from app.services.background import digests
from app.services.flow import cutting, holding, opening, published, statements
from app.services.flow.opening import FREE, Hands
from app.services.messages import notices
from app.services.records import trail
from app.services.records.trail import Chain
from app.services.work import one_or_many, ring_after_commit
from app.workflow.contract import Advance, CaseData, Closed, Complete, Event, Fire, Message
from app.workflow.engine import advance

Row = dict[str, Any]


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
    tasks: dict[str, Row] = field(default_factory=dict)  # the open ones, by token
    facts: dict[str, str] = field(default_factory=dict)  # words for the notices of this run, beside the case's own
    _born: list[Row] = field(default_factory=list)
    _changed: dict[str, Row] = field(default_factory=dict)
    _timers: list[Row] = field(default_factory=list)
    _jobs: list[Row] = field(default_factory=list)
    _answers: list[Row] = field(default_factory=list)
    _notices: list[Row] = field(default_factory=list)
    _digests: list[Row] = field(default_factory=list)
    _stops: list[Row] = field(default_factory=list)
    _keys: list[Row] = field(default_factory=list)
    _people: dict[str, tuple[str, bool]] = field(default_factory=dict)  # id -> name, active
    _closed: list[str] = field(default_factory=list)
    _has_news: bool = False  # the resident's word changed though no step was taken

    @classmethod
    def lock(
        cls, session: Session, now: datetime, *, case_id: str | None = None, task_id: str | None = None
    ) -> "CaseRun":
        """The case row first, always; then its open tasks. Raises NotFound."""
        connection = session.connection()
        if task_id is not None:
            rows = connection.execute(statements.LOCK_CASE_OF_TASK, {"task_id": task_id}).all()
        else:
            rows = connection.execute(statements.LOCK_CASE, {"case_id": case_id}).all()
        if not rows:
            raise NotFound
        row, width = rows[0], len(statements.TASK_COLUMNS)
        found: Sequence[Sequence[Any]] = [row[-width:] for row in rows if row.task_id is not None]
        if row.seq != row.seen_seq:
            found = connection.execute(statements.OPEN_TASKS, {"case_id": row.id}).all()
        tasks = [dict(zip(statements.TASK_COLUMNS, values, strict=True)) for values in found]
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
        return TaskRef(self.ref, step.roles, task["claimed_by"], self.barred(step), step.helpers)

    def barred(self, step: Step) -> frozenset[str]:
        """Everyone who ever did a step that this one must not share its officer with."""
        actors = self.data["actors"]
        return frozenset(person for other in step.different_from for person in actors.get(other, ()))

    def name_of(self, person: str) -> str:
        if person == self.subject_id and self.subject_name:
            return self.subject_name
        return self._person(person)[0]

    def send(self, notices: list[Row], jobs: list[Row]) -> None:
        """Rows of notices and jobs, to be written with the rest."""
        self._notices += notices
        self._jobs += jobs

    def remember(self, key: Row) -> None:
        """The key of the form that asked for this."""
        self._keys.append(key)

    def save_stops(self, stops: list[Row]) -> None:
        self._stops += stops

    def held_by(self, actor: Actor) -> str | None:
        """The task of this case that is in the actor's hands; of several, the one opened last."""
        held = [task for task in self.tasks.values() if task["claimed_by"] == actor.id]
        latest = max(held, key=lambda task: (task["opened_at"], len(task["token"]), task["token"]), default=None)
        return None if latest is None else str(latest["id"])

    def change(self, task: Row, **values: Any) -> None:
        """New values for an open task; its version rises, so that forms rendered before are stale."""
        task.update(values, version=task["version"] + 1)
        if not any(task is born for born in self._born):
            self._changed[task["id"]] = task

    def claim(self, task: Row, actor: Actor) -> None:
        """Into somebody's hands. A step taken up again has the word under which the resident first saw it open."""
        self.change(task, claimed_by=actor.id, claimed_at=self.now, reserved_for=None, reserved_until=None)
        known = self.data.get("words", {}).get(task["step"])
        if task["visit"] > 1 and known and known != self.status:
            self.status, self._has_news = known, True

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
        what = {"langkah": step_id, "tugas": task["id"] if task else "", "isian": digest}
        self._take(Complete(token), actor, step, "langkah_selesai", what)
        cutting.cut_if_asked(self, step_id)

    def fire(self, token: str, element: str, actor: Actor) -> None:
        """A drawn timer is due."""
        self._closed.append(token)
        self._take(Fire(token), actor, None, "batas_tercapai", {"elemen": element})

    def happen(self, event: Event, actor: Actor, verb: str, what: Mapping[str, Any]) -> None:
        """The start of the case, or a message to it."""
        self._take(event, actor, None, verb, what)

    def save(self, *, last: bool = False) -> None:
        """Write everything that followed, each table in one statement. `last`: nothing more in this unit of work."""
        for job in self._jobs:
            ring_after_commit(self.session, job["id"])
        with store.sent_together(self.session.connection(), with_commit=last):
            self._write_rows()
            self.chain.save(self.session)

    def _write_rows(self) -> None:
        run = self.execute
        if self._closed:
            run(statements.DROP_TIMERS, {"case_id": self.id, "tokens": self._closed})
        if self._changed:
            run(statements.UPDATE_TASK, one_or_many([_task_values(task) for task in self._changed.values()]))
        for statement, rows in (
            (statements.INSERT_KEY, self._keys),
            (statements.INSERT_ANSWER, self._answers),
            (statements.INSERT_TASKS, self._born),
            (statements.INSERT_TIMERS, self._timers),
            (statements.INSERT_JOBS, self._jobs),
            (statements.INSERT_NOTICES, self._notices),
        ):
            if rows:
                run(statement, one_or_many(rows))
        for digest in self._digests:
            run(statements.INSERT_JOBS_ONCE[self.session.get_bind().dialect.name], digest)
        if self._stops:
            holding.insert_stops(self.session, self._stops)
        if self._closed or self._answers or self._born or self._has_news:
            run(statements.UPDATE_CASE, self._case_values())

    def _take(self, event: Event, actor: Actor, done: Step | None, verb: str, what: Mapping[str, Any]) -> None:
        case_data = CaseData(self.data["answers"], self.data["visits"])
        result = advance(self.procedure.spec, self.state, event, case_data, self.now)
        before = self.status
        self.state = result.state
        self._close(result.closed)
        self._refuse_second_opening(event, result)
        opened = [self._open(one.token, one.step, actor, done) for one in result.opened]
        self._start_timers(result)
        self._jobs += [opening.job_row(self.id, job, self.now) for job in result.jobs]
        self._end(result)
        self._set_status(done, opened)
        self._hold(event, before, [one.token for one in result.closed], opened)
        followed = {
            **what,
            "lewat": list(result.passed),
            "dibuka": [[task["id"], task["step"], task["claimed_by"] or ""] for task in opened],
            "status": self.status,
        }
        self.chain.add(actor.id, verb, followed, self.now)
        self._tell(done, opened)

    def _refuse_second_opening(self, event: Event, result: Advance) -> None:
        """A message must not open what is open already: the case is being closed for another reason."""
        here = {task["step"] for task in self.tasks.values()}
        if isinstance(event, Message) and here & {one.step for one in result.opened}:
            raise WithdrawalRefused("Permohonan ini sedang ditutup petugas, jadi tidak perlu ditarik.")

    def _start_timers(self, result: Advance) -> None:
        """Rows of the timers that began; the limit of a task that was opened is a word for its notices."""
        for timer in result.timers:
            row = opening.drawn_timer(self.id, timer, self.procedure, self.now)
            self._timers.append(row)
            if timer.task is not None:
                self.facts["batas"] = format_day(local_date(row["due_at"]))

    def _hold(self, event: Event, before: str, closed: list[str], opened: list[Row]) -> None:
        """`before`: the case's word before this step."""
        if self.ended_at is not None:
            if self.data.pop(holding.HELD, None):
                holding.close_stops(self)
        elif isinstance(event, Message) and opened:
            holding.begin(self, opened, before, event.name)
        elif holding.is_holding(self):
            holding.follow(self, closed, opened)
            for timer in self._timers:
                is_free = timer["token"] in self.data[holding.HELD]["oleh"]
                timer["held_at"] = timer["held_at"] if is_free else self.now
            if holding.is_over(self):
                for timer in self._timers:
                    timer["held_at"] = None
                holding.end(self)

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
        salt = trail.new_salt()
        self._answers.append(
            {
                "id": new_id(),
                "case_id": self.id,
                "task_id": task_id,
                "step": step.id,
                "visit": visit,
                "data": dict(answers),
                "salt": salt,
                "by": actor.id,
                "at": self.now,
            }
        )
        return salted_digest(salt, canonical(answers).decode())

    def _close(self, closed: tuple[Closed, ...]) -> None:
        cancelled_jobs = []
        for one in closed:
            self._closed.append(one.token)
            task = self.tasks.pop(one.token, None)
            if task is not None:
                self.change(task, closed_at=self.now, closed_how="batal" if one.cancelled else "selesai")
            elif one.cancelled and one.element in self.procedure.automation:
                cancelled_jobs.append(opening.job_key(self.id, one.token))
        if cancelled_jobs:
            self.execute(statements.DROP_JOBS, {"keys": cancelled_jobs})

    def _open(self, token: str, step_id: str, actor: Actor, done: Step | None) -> Row:
        step = self.procedure.steps[step_id]
        visit = self.data["visits"].get(step_id, 0) + 1
        task = opening.task_row(self.id, self.unit, token, step, visit, self._hands(step, actor, done), self.now)
        self.tasks[token] = task
        self._born.append(task)
        self._timers += opening.task_timers(task, step)
        return task

    def _hands(self, step: Step, actor: Actor, done: Step | None) -> Hands:
        """Consecutive steps of one lane stay with their officer; a returned one waits for who knows it."""
        if step.by_applicant or done is None:
            return FREE
        if done.kind == "user" and done.lane == step.lane:
            return Hands(holder=actor.id) if actor.id not in self.barred(step) else FREE
        if done.kind == "service":
            holder = self._last_actor(
                before
                for before in opening.steps_before(self.procedure, step.id)
                if self.procedure.steps[before].lane == step.lane
            )
            return Hands(holder=holder) if self._may_hold(step, holder) else FREE
        known = self._last_actor([step.id])
        return Hands(reserved_for=known) if self._may_hold(step, known) else FREE

    def _last_actor(self, steps: Any) -> str | None:
        people = [self.data["actors"][step][-1] for step in sorted(steps) if self.data["actors"].get(step)]
        return people[-1] if people else None

    def _may_hold(self, step: Step, person: str | None) -> bool:
        if person is None or person in self.barred(step):
            return False
        return self._person(person)[1]

    def _person(self, person: str) -> tuple[str, bool]:
        if person not in self._people:
            row = self.execute(statements.PERSON, {"user_id": person}).one_or_none()
            self._people[person] = (row.name, row.active) if row is not None else ("", False)
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

    def _set_status(self, done: Step | None, opened: list[Row]) -> None:
        """The resident's word: of the step just done, unless what opened says otherwise, or the case is over.

        A step that an officer's decision opens again brings back the word under which it was open first.
        """
        words = self.data.setdefault("words", {})
        goes_back = done is None or not done.by_applicant
        if done is not None and done.status:
            self.status = done.status
        for task in opened:
            own = self.procedure.steps[task["step"]].open_status
            known = words.get(task["step"]) if goes_back and task["visit"] > 1 else None
            self.status = own or known or self.status
            words.setdefault(task["step"], self.status)
        if self.ended_at is not None and self.outcome_key:
            self.status = self.procedure.outcomes[self.outcome_key].status

    def _tell(self, done: Step | None, opened: list[Row]) -> None:
        opened_steps = {task["step"] for task in opened}
        decision = self.data["answers"].get(done.id, {}).get("keputusan") if done else None
        for number, rule in enumerate(self.procedure.notices):
            applies = {
                "selesai": done is not None and rule.step == done.id,
                "jawaban": done is not None and rule.step == done.id and rule.value == decision,
                "dibuka": rule.step in opened_steps,
                "ditutup": self.ended_at is not None and rule.value in ("", self.outcome),
            }.get(rule.on, False)  # reminders are told by their timer
            if applies and rule.digest:
                self._digests += digests.schedule(self, rule)
            elif applies:
                notices.write(self, rule, key=f"{self.id}:{self.chain.seq}:{number}", speaker=rule.speaker)

    def _case_values(self) -> Row:
        return {
            "case_id": self.id,
            "state": self.state,
            "data": self.data,
            "status": self.status,
            "now": self.now,
            "outcome_key": self.outcome_key,
            "outcome": self.outcome,
            "ended_at": self.ended_at,
        }


def _task_values(task: Row) -> Row:
    columns = (
        "version",
        "claimed_by",
        "claimed_at",
        "reserved_for",
        "reserved_until",
        "completed_by",
        "completed_at",
        "closed_at",
        "closed_how",
        "due_at",
        "held_at",
    )
    return {"task_id": task["id"], **{f"to_{column}": task[column] for column in columns}}
