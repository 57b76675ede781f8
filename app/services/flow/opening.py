"""What a task is born with: whose hands it goes to, when it is due, which timers run beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.domain.actors import APPLICANTS
from app.domain.clocks import task_due
from app.domain.durations import Duration
from app.models import id_at, new_id
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import clock
from app.workflow.contract import OpenedJob
from app.workflow.spec import Spec

# What the office grants a task before anyone takes it, where the ikmt says nothing.
DEFAULT_QUEUE_LIMIT = Duration(minutes=120)
# How long a returned task waits for the officer who knows it before everyone of the role may take it.
RESERVED_FOR = Duration(days=1)


@dataclass(frozen=True)
class Hands:
    """Who a new task goes to: held at once, kept for somebody, or free for the whole role.

    `asked_by`: for a step of the pemohon, the officer who waits for it.
    """

    holder: str | None = None
    reserved_for: str | None = None
    asked_by: str | None = None


FREE = Hands()


def queue_name(roles: Iterable[str]) -> str:
    return "|".join(sorted(roles))


APPLICANT_QUEUES = frozenset(queue_name(roles) for roles in (*([one] for one in APPLICANTS), APPLICANTS))
"""The queues of steps that residents do."""


def roles_of(queue: str) -> frozenset[str]:
    """Of a name that queue_name made."""
    return frozenset(queue.split("|"))


def task_row(case_id: str, unit: str, token: str, step: Step, visit: int, hands: Hands, at: datetime) -> dict[str, Any]:
    """A full row of `tasks`. Of tasks due together, the one that was opened first has the lesser id."""
    has_clock = step.norm is not None and not step.norm.is_zero and not step.by_applicant
    due = task_due(clock.calendar(), at, step.queue_limit or DEFAULT_QUEUE_LIMIT, step.norm) if has_clock else None
    return {
        "id": id_at(at),
        "case_id": case_id,
        "token": token,
        "step": step.id,
        "lane": step.lane,
        "queue": queue_name(step.roles),
        "unit": unit,
        "visit": visit,
        "version": 1,
        "opened_at": at,
        "claimed_at": at if hands.holder else None,
        "claimed_by": hands.holder,
        "reserved_for": hands.reserved_for,
        "reserved_until": clock.calendar().add(at, RESERVED_FOR) if hands.reserved_for else None,
        "asked_by": hands.asked_by,
        "due_at": due,
        "late_at": None,
        "held_at": None,
        "paused_at": None,
        "paused_for": "",
        "norm_minutes": step.norm.minutes if step.norm and has_clock else 0,
        "completed_at": None,
        "completed_by": None,
        "closed_at": None,
        "closed_how": "",
    }


def task_timers(task: Mapping[str, Any], step: Step) -> list[dict[str, Any]]:
    """The clock of a task as rows of `timers`: lewat batas, and reminders to whoever is waited for."""
    rows = [timer_row(task["case_id"], "norma", task["token"], step.id, task["due_at"])] if task["due_at"] else []
    for number, delay in enumerate(step.reminders):
        at = clock.calendar().add(task["opened_at"], delay)
        rows.append(timer_row(task["case_id"], "pengingat", task["token"], f"{step.id}#{number}", at))
    return rows


def job_key(case_id: str, token: str) -> str:
    return f"otomatis:{case_id}:{token}"


def job_row(case_id: str, job: OpenedJob, at: datetime) -> dict[str, Any]:
    """A service task as a row of `jobs`."""
    return {
        "id": new_id(),
        "key": job_key(case_id, job.token),
        "kind": "otomatis",
        "case_id": case_id,
        "payload": {"token": job.token, "step": job.step},
        "due_at": at,
        "attempts": 0,
        "created_at": at,
        "error": "",
    }


def steps_before(procedure: Procedure, step_id: str) -> frozenset[str]:
    """The user steps from which `step_id` is reached without another user step between."""
    return _before(procedure.spec, step_id)


@lru_cache(maxsize=1024)
def _before(spec: Spec, step_id: str) -> frozenset[str]:
    found: set[str] = set()
    seen, waiting = {step_id}, [step_id]
    while waiting:
        target = waiting.pop()
        for flow in spec.flows:
            if flow.target != target or flow.source in seen:
                continue
            seen.add(flow.source)
            if spec.elements[flow.source].kind == "user":
                found.add(flow.source)
            else:
                waiting.append(flow.source)
    return frozenset(found)


def timer_row(case_id: str, kind: str, token: str, element: str, due_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": case_id,
        "kind": kind,
        "token": token,
        "element": element,
        "due_at": due_at,
        "held_at": None,
    }
