"""One case and its tasks, measured: a pure function of what the trail led to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.calendar import WorkingCalendar
from app.domain.clocks import Stop, over_norm, split
from app.domain.durations import Duration
from app.domain.tanggal import local_date
from app.procedures.actions import GOOD
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services.records.returns import returned_to

ANTRE, DIPEGANG, TERHENTI, MENUNGGU = "antre", "dipegang", "terhenti", "menunggu"
SELESAI, BATAL = "selesai", "batal"
MANDIRI, DIBANTU, WHATSAPP, KANTOR = "mandiri", "dibantu", "whatsapp", "kantor"
_LONGEST_CAUSES = 1000
# Cases that ended so say nothing of how long the work takes.
CUT_SHORT = frozenset({"ditarik", "tidak_dilengkapi", ""})

Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What was read of one case.

    `tasks`, `stops`: their rows as mappings; `done`: task id -> payload of its `langkah_selesai`; `answers`: task id ->
    what was answered when it was completed; `skipped`: task id -> why it was taken out of turn, "" = in turn;
    `at_counter`: an officer filed it for whoever stood there.
    """

    case: Any
    procedure: Procedure
    tasks: Sequence[Any]
    stops: Mapping[str, Sequence[Stop]] = field(default_factory=dict)
    done: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)
    at_counter: bool = False


def measure(found: Found, calendar: WorkingCalendar, now: datetime) -> tuple[Row, list[Row]]:
    """(a row of case_figures without its forecast, rows of task_figures)."""
    tasks = [_task(found, task, calendar, now) for task in found.tasks]
    return _case(found, tasks, calendar), tasks


def _task(found: Found, task: Any, calendar: WorkingCalendar, now: datetime) -> Row:
    step = found.procedure.steps[task.step]
    stops = found.stops.get(task.id, ())
    what = found.done.get(task.id, {})
    back = returned_to(step, what, found.procedure) if what else None
    ended = found.case.ended_at
    counts = ended is not None and found.case.outcome not in CUT_SHORT
    row = {
        "task_id": task.id,
        "case_id": found.case.id,
        "slug": found.procedure.slug,
        "step": task.step,
        "unit": task.unit,
        "state": _state(task, step),
        "holder": "" if task.closed_at or step.by_applicant else task.claimed_by or "",
        "opened_at": task.opened_at,
        "closed_at": task.closed_at,
        "late_at": task.late_at,
        "queue_s": 0,
        "handling_s": 0,
        "stopped_s": 0,
        "over_norm": False,
        "returned": back is not None,
        "causes": _causes(found.procedure, task, back, found.answers.get(task.id, {})) if back else "",
        "stops": {},
        "skipped": found.skipped.get(task.id, ""),
        "to_end_s": _seconds(calendar, task.opened_at, ended) if counts and task.closed_how == SELESAI else None,
        "ended_at": ended,
    }
    if task.closed_at is not None:
        row |= _times(task, step, stops, calendar, now)
    return row


def _times(task: Any, step: Step, stops: Sequence[Stop], calendar: WorkingCalendar, now: datetime) -> Row:
    """Whole seconds that add up exactly: what rounding leaves over goes to handling."""
    parts = split(calendar, task.opened_at, task.claimed_at, task.closed_at, now, stops)
    elapsed, queue, stopped = (int(part.total_seconds()) for part in (parts.elapsed, parts.queue, parts.stopped))
    causes: dict[str, int] = {}
    for stop in stops:
        alone = split(calendar, task.opened_at, task.claimed_at, task.closed_at, now, [stop])
        if seconds := int(alone.stopped.total_seconds()):  # outside working hours nothing stood still
            causes[stop.cause] = causes.get(stop.cause, 0) + seconds
    return {
        "queue_s": queue,
        "handling_s": elapsed - queue - stopped,
        "stopped_s": stopped,
        "over_norm": not step.by_applicant and over_norm(parts, step.norm),
        "stops": causes,
    }


def _state(task: Any, step: Step) -> str:
    if task.closed_at is not None:
        return BATAL if task.closed_how == BATAL else SELESAI
    if task.held_at is not None or task.paused_at is not None:
        return TERHENTI
    if step.by_applicant:
        return MENUNGGU
    return ANTRE if task.claimed_by is None else DIPEGANG


def _causes(procedure: Procedure, task: Any, back: Step, answers: Mapping[str, Any]) -> str:
    """Each paper with something to complain about; where none is named, the step it went back to."""
    form = procedure.forms.get(task.step)
    judged = [f.id for s in form.sections for f in s.fields if f.kind == "penilaian_berkas"] if form else []
    rulings = [(paper, each.get("nilai", "")) for name in judged for paper, each in (answers.get(name) or {}).items()]
    causes = [f"{paper}:{ruling}" for paper, ruling in rulings if ruling and ruling != GOOD] or [f":{back.id}"]
    text = "|"
    for cause in dict.fromkeys(causes):
        if len(text) + len(cause) < _LONGEST_CAUSES:
            text += f"{cause}|"
    return text


def _case(found: Found, tasks: Sequence[Row], calendar: WorkingCalendar) -> Row:
    case, ended = found.case, found.case.ended_at
    promise = _promise(found, calendar)
    return {
        "case_id": case.id,
        "number": case.number,
        "slug": found.procedure.slug,
        "unit": case.unit,
        "channel": _channel(found),
        "opened_at": case.opened_at,
        "opened_day": local_date(case.opened_at).isoformat(),
        "ended_at": ended,
        "ended_day": local_date(ended).isoformat() if ended else "",
        "result": case.outcome,
        "step": "" if ended else next((t["step"] for t in reversed(tasks) if t["closed_at"] is None), ""),
        "returns": sum(task["returned"] for task in tasks),
        "elapsed_s": _seconds(calendar, case.opened_at, ended) if ended else 0,
        "queue_s": sum(t["queue_s"] for t in tasks if not found.procedure.steps[t["step"]].by_applicant),
        "promise_at": promise,
        "kept": ended <= promise if ended and promise else None,
    }


def _promise(found: Found, calendar: WorkingCalendar) -> datetime | None:
    """`layanan.janji` runs from when the pemohon last did their part; not while it is their turn."""
    length = Duration.leading(found.procedure.service.promise)
    theirs = [task for task in found.tasks if found.procedure.steps[task.step].by_applicant]
    done = [task.completed_at for task in theirs if task.completed_at]
    if length is None or not done or any(task.closed_at is None for task in theirs):
        return None
    return calendar.add(max(done), length)


def _channel(found: Found) -> str:
    """How it came: alone, at a counter with an officer's help, or with papers an officer entered for the pemohon."""
    case = found.case
    if not any(step.by_applicant for step in found.procedure.steps.values()):
        return KANTOR
    if found.at_counter or case.opened_by != case.subject_id:
        return DIBANTU
    helped = (
        task.completed_by not in (None, case.subject_id) for task in found.tasks if _brings(found.procedure, task.step)
    )
    return WHATSAPP if any(helped) else MANDIRI


def _brings(procedure: Procedure, step_id: str) -> bool:
    """Does the pemohon hand something in at this step, or (a row of the paper further down) receive the result?"""
    step = procedure.steps[step_id]
    return step.by_applicant and (step_id == procedure.first_step or not step.rows)


def _seconds(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    return int(calendar.between(start, end).total_seconds())
