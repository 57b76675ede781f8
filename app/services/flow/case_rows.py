"""The rows that follow from what was done to one case: gathered, then written, each table in one statement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.services.flow import holding, statements
from app.services.work import one_or_many

Row = dict[str, Any]

_TASK_COLUMNS = (
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
    "paused_at",
    "paused_for",
)


@dataclass
class CaseRows:
    """`born`, `changed`: tasks, new ones and (by id) known ones; `closed`: tokens that wait no more; `digests`: jobs
    that may be there already; `let_go`: ids of tasks that left somebody's hands, with what was typed on them."""

    born: list[Row] = field(default_factory=list)
    changed: dict[str, Row] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    timers: list[Row] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    digests: list[Row] = field(default_factory=list)
    stops: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    niks: list[Row] = field(default_factory=list)
    kks: list[Row] = field(default_factory=list)

    @property
    def is_a_step(self) -> bool:
        """Whether the case itself is another one now."""
        return bool(self.closed or self.answers or self.born)

    def change(self, task: Row) -> None:
        if not any(task is born for born in self.born):
            self.changed[task["id"]] = task

    def write(
        self, session: Session, execute: Callable[..., Any], case: Mapping[str, Any] | None, case_id: str
    ) -> None:
        """`case`: the new values of its row, None where it stays as it is."""
        if self.closed:
            execute(statements.DROP_TIMERS, {"case_id": case_id, "tokens": self.closed})
        if case is not None and case["ended_at"] is not None:
            execute(statements.DROP_CASE_DRAFTS, {"case_id": case_id})
        elif self.let_go:
            execute(statements.DROP_DRAFTS, {"task_ids": self.let_go})
        if self.changed:
            execute(statements.UPDATE_TASK, one_or_many([_task_values(task) for task in self.changed.values()]))
        for statement, rows in (
            (statements.INSERT_KEY, self.keys),
            (statements.INSERT_ANSWER, self.answers),
            (statements.INSERT_TASKS, self.born),
            (statements.INSERT_TIMERS, self.timers),
            (statements.INSERT_JOBS, self.jobs),
            (statements.INSERT_NOTICES, self.notices),
        ):
            if rows:
                execute(statement, one_or_many(rows))
        if self.niks:
            execute(statements.INSERT_NIKS[session.get_bind().dialect.name], one_or_many(self.niks))
        if self.kks:
            execute(statements.INSERT_KKS[session.get_bind().dialect.name], one_or_many(self.kks))
        for digest in self.digests:
            execute(statements.INSERT_JOBS_ONCE[session.get_bind().dialect.name], digest)
        if self.stops:
            holding.insert_stops(session, self.stops)
        if case is not None:
            execute(statements.UPDATE_CASE, dict(case))


class Changed(Protocol):
    """The case as it is after the step; case_run.CaseRun."""

    id: str
    state: bytes | None
    data: dict[str, Any]
    status: str
    now: datetime
    outcome_key: str
    outcome: str
    ended_at: datetime | None


def case_values(run: Changed) -> Row:
    """The new values of the case's own row."""
    return {
        "case_id": run.id,
        "state": run.state,
        "data": run.data,
        "status": run.status,
        "now": run.now,
        "outcome_key": run.outcome_key,
        "outcome": run.outcome,
        "ended_at": run.ended_at,
    }


def _task_values(task: Row) -> Row:
    return {"task_id": task["id"], **{f"to_{column}": task[column] for column in _TASK_COLUMNS}}
