"""Reads cases with all that their figures rest on, many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.clocks import Stop
from app.models import Answer, Case, Event, Permohonan, Task, TaskStop
from app.services.flow import published
from app.services.oversight.measuring import Found
from app.services.records import trail

_CASE = (
    Case.id,
    Case.number,
    Case.version_id,
    Case.subject_id,
    Case.opened_by,
    Case.unit,
    Case.opened_at,
    Case.ended_at,
    Case.outcome,
)
_TASK = (
    Task.id,
    Task.case_id,
    Task.step,
    Task.unit,
    Task.opened_at,
    Task.claimed_at,
    Task.claimed_by,
    Task.late_at,
    Task.held_at,
    Task.paused_at,
    Task.completed_at,
    Task.completed_by,
    Task.closed_at,
    Task.closed_how,
)

_DONE, _TAKEN = "langkah_selesai", "tugas_diambil"


def read(session: Session, case_ids: Sequence[str]) -> list[Found]:
    """In six statements, however many cases."""
    cases = session.execute(select(*_CASE).where(Case.id.in_(case_ids)).order_by(Case.id)).all()
    helped = select(Permohonan.case_id).where(Permohonan.case_id.in_(case_ids), Permohonan.assisted_by.is_not(None))
    at_counter = frozenset(session.scalars(helped))
    tasks = _by_case(session, select(*_TASK).where(Task.case_id.in_(case_ids)).order_by(Task.opened_at, Task.id))
    stops: dict[str, list[Stop]] = defaultdict(list)
    stretches = select(TaskStop.task_id, TaskStop.started_at, TaskStop.ended_at, TaskStop.cause)
    for row in session.execute(stretches.where(TaskStop.case_id.in_(case_ids))):
        stops[row.task_id].append(Stop(row.started_at, row.ended_at, row.cause))
    done, skipped = _acts(session, case_ids)
    answers = _answers(session, case_ids)
    return [
        Found(
            case,
            published.compiled(case.version_id),
            tasks.get(case.id, ()),
            stops,
            done,
            answers,
            skipped,
            at_counter=case.id in at_counter,
        )
        for case in cases
    ]


def _by_case(session: Session, query: Any) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.case_id].append(row)
    return found


def _acts(session: Session, case_ids: Sequence[str]) -> tuple[dict[str, Mapping[str, Any]], dict[str, str]]:
    """By task id: what the trail says of its completion; why it was taken out of turn, where it was, the last time."""
    streams = [trail.case_stream(each) for each in case_ids]
    query = select(Event.verb, Event.payload).where(Event.stream.in_(streams), Event.verb.in_((_DONE, _TAKEN)))
    done: dict[str, Mapping[str, Any]] = {}
    skipped: dict[str, str] = {}
    for verb, what in session.execute(query.order_by(Event.id)):
        if verb == _DONE:
            done[what.get("tugas", "")] = what
        else:
            skipped[what.get("tugas", "")] = what.get("mendahului", "")
    return done, skipped


def _answers(session: Session, case_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Task id -> the last that was answered in it; not what its answers corrected of another step."""
    query = (
        select(Answer.task_id, Answer.data)
        .join(Task, Task.id == Answer.task_id)
        .where(Answer.case_id.in_(case_ids), Answer.step == Task.step)
    )
    return {row.task_id: row.data for row in session.execute(query.order_by(Answer.at, Answer.id))}
