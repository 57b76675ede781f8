"""The journey of a case as its pemohon reads it: stages in plain words, the ten rows of the paper, the present box.

Everything is read off what really happened (the tasks); nothing here knows any one procedure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import tanggal
from app.models import Task
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Row
from app.services.flow.cases import CaseView
from app.services.portal.cards import Todo
from app.services.portal.portal_views import Return
from app.web import kata

DONE, NOW, LATER, STOPPED = "sudah", "kini", "belum", "berhenti"
AGAIN, SKIPPED = "ulang", "lewat"


@dataclass(frozen=True)
class Stage:
    """One stage. `state`: sudah | kini | belum | berhenti; `happened`: the returns that fell in it."""

    name: str
    steps: frozenset[str]
    state: str = LATER
    at: datetime | None = None
    happened: tuple[Return, ...] = ()


@dataclass(frozen=True)
class RowState:
    """One row of the paper's table in this case. `state`: sudah | kini | belum | ulang | lewat."""

    row: Row
    state: str
    at: datetime | None
    visits: int


@dataclass(frozen=True)
class Present:
    """The box "Sekarang": what is going on, who is waited for, by when."""

    sentence: str
    waiting_for: str
    expected: datetime | None


def stages(procedure: Procedure) -> tuple[Stage, ...]:
    """A stage ends with each step whose status word (or signature) the words file knows as one."""
    found: list[Stage] = []
    gathered: list[str] = []
    for step_id in _steps_in_row_order(procedure):
        gathered.append(step_id)
        name = _stage_closed_by(procedure, step_id)
        if not name:
            continue
        if found and found[-1].name == name:
            found[-1] = replace(found[-1], steps=found[-1].steps | frozenset(gathered))
        else:
            found.append(Stage(name, frozenset(gathered)))
        gathered = []
    return tuple(found)


def journey(view: CaseView, returns: Sequence[Return]) -> tuple[Stage, ...]:
    plan = stages(view.procedure)
    here = _position(view, plan)
    return tuple(_stage_now(view, plan, number, here, returns) for number in range(len(plan)))


def rows(view: CaseView) -> tuple[RowState, ...]:
    plan = stages(view.procedure)
    here = _position(view, plan)
    return tuple(_row_state(view, row, plan, here) for row in view.procedure.rows)


def present(view: CaseView, todo: Todo | None, wanted: int, now: datetime) -> Present:
    """`wanted`: how many documents the resident must hand in again."""
    waiting = _waited_for(view)
    expected = _expected(view, now) if waiting else None
    limit = todo.until if todo else None
    sentence = kata.sentence(
        kata.KATA["status_ditandatangani"] if _is_signed(view) else view.status,
        {
            "kepada": waiting,
            "perkiraan": _day_and_time(expected) if expected else "",
            "batas": tanggal.format_day(limit) if limit else "",
            "jumlah": str(wanted) if wanted else "",
            "tanggal": tanggal.format_date(view.ended_at or view.status_at),
        },
    )
    return Present(sentence, waiting, expected)


def lit(view: CaseView) -> dict[str, list[str]]:
    """Elements of the diagram: where the case is, and what is behind it."""
    here = {task.step for task in view.open_tasks}
    return {"kini": sorted(here), "lewat": sorted(set(view.visits) - here)}


def _is_signed(view: CaseView) -> bool:
    """Signed, while the status word is still that of before: the paper has none for it."""
    signed = _last_done(view, frozenset({str(view.procedure.signing.get("langkah", ""))}))
    return bool(signed and signed >= view.status_at and not _is_before_signing(view) and not view.ended_at)


def _is_before_signing(view: CaseView) -> bool:
    """Is anything open that comes no later than the signature: sent back, or to be signed again?"""
    step = view.procedure.steps.get(str(view.procedure.signing.get("langkah", "")))
    last = max(step.rows, default=0) if step else 0
    rows = [view.procedure.steps[task.step].rows for task in view.open_tasks]
    return any(each and min(each) <= last for each in rows)


def _steps_in_row_order(procedure: Procedure) -> list[str]:
    ordered = (step for row in procedure.rows for step in row.steps if step in procedure.steps)
    return list(dict.fromkeys(ordered))


def _stage_closed_by(procedure: Procedure, step_id: str) -> str:
    if step_id == procedure.signing.get("langkah"):
        return str(kata.KATA["tahap_tanda_tangan"])
    return kata.stage_reached(procedure.steps[step_id].status)


def _stage_of(procedure: Procedure, plan: Sequence[Stage], step_id: str) -> int | None:
    """The stage a step stands in. A step without a row belongs where its own status says the case goes on."""
    for number, stage in enumerate(plan):
        if step_id in stage.steps:
            return number
    step = procedure.steps[step_id]
    if step.rows:
        return None
    reached = kata.stage_reached(step.status)
    return next((number + 1 for number, stage in enumerate(plan) if stage.name == reached), None)


def _position(view: CaseView, plan: Sequence[Stage]) -> int:
    """The number of the present stage; len(plan) when all are behind."""
    here = [_stage_of(view.procedure, plan, task.step) for task in view.open_tasks]
    known = [number for number in here if number is not None]
    if known:
        return min(known)
    past = [_stage_of(view.procedure, plan, step) for step in view.visits if view.procedure.steps[step].rows]
    behind = max((number for number in past if number is not None), default=-1)
    finished = bool(view.ended_at or view.open_tasks) and behind >= len(plan) - 1
    return len(plan) if finished else min(behind + 1, len(plan))


def _stage_now(view: CaseView, plan: Sequence[Stage], number: int, here: int, returns: Sequence[Return]) -> Stage:
    stage = plan[number]
    happened = tuple(one for one in returns if _stage_of(view.procedure, plan, one.step) == number)
    if number < here:
        return replace(stage, state=DONE, at=_last_done(view, stage.steps), happened=happened)
    if number == here:
        return replace(stage, state=STOPPED if view.ended_at else NOW, at=_since(view, stage), happened=happened)
    return replace(stage, happened=happened)


def _since(view: CaseView, stage: Stage) -> datetime | None:
    if view.ended_at:
        return view.ended_at
    return min((task.opened_at for task in view.open_tasks if task.step in stage.steps), default=None)


def _row_state(view: CaseView, row: Row, plan: Sequence[Stage], here: int) -> RowState:
    steps = frozenset(step for step in row.steps if step in view.procedure.steps)
    visits = max((view.visits.get(step, 0) for step in steps), default=0)
    at = _last_done(view, steps)
    if any(task.step in steps for task in view.open_tasks):
        return RowState(row, NOW, None, visits)
    if not visits:
        return RowState(row, SKIPPED if view.ended_at else LATER, None, 0)
    again = _is_ahead(view, row, plan, here) and _came_back(view, steps, at)
    return RowState(row, AGAIN if again else DONE, at, visits)


def _is_ahead(view: CaseView, row: Row, plan: Sequence[Stage], here: int) -> bool:
    """Does this row come after where the case is now?"""
    present_rows = [one.no for one in view.procedure.rows if any(task.step in one.steps for task in view.open_tasks)]
    if present_rows:
        return row.no > min(present_rows)
    people = [step for step in row.steps if step in view.procedure.steps and view.procedure.steps[step].kind == "user"]
    numbers = [_stage_of(view.procedure, plan, step) for step in people]
    return any(number is not None and number >= here for number in numbers)


def _came_back(view: CaseView, steps: frozenset[str], at: datetime | None) -> bool:
    """Done before what is open now was opened. What is done by opening is not done again."""
    if all(view.procedure.steps[step].done_when_opened for step in steps):
        return False
    return any(at is not None and at <= task.opened_at for task in view.open_tasks)


def _done(view: CaseView, steps: frozenset[str]) -> list[Task]:
    return [task for task in view.tasks if task.step in steps and task.completed_at is not None]


def _last_done(view: CaseView, steps: frozenset[str]) -> datetime | None:
    return max((task.completed_at for task in _done(view, steps) if task.completed_at), default=None)


def _waited_for(view: CaseView) -> str:
    """ "Anda" where the resident must act, else the actors of the paper's table."""
    if view.status in {outcome.status for outcome in view.procedure.outcomes.values()}:
        return ""  # over for the resident; what the office still files away is not waited for
    running = [task for task in view.open_tasks if task.held_at is None]
    if any(view.procedure.steps[task.step].by_applicant for task in running):
        return "Anda"
    return " dan ".join(dict.fromkeys(task.lane for task in running))


def _expected(view: CaseView, now: datetime) -> datetime | None:
    """By when the officers mean to have done what is open now; nothing once that has passed, or while the pemohon
    must act: an officer's limit beside "Anda" would read as their own."""
    if any(_is_mine(view, task) for task in view.open_tasks):
        return None
    limits = [task.due_at for task in view.open_tasks if task.due_at]
    later = [limit for limit in limits if limit > now]
    return max(later) if later and len(later) == len(limits) else None


def _is_mine(view: CaseView, task: Task) -> bool:
    return view.procedure.steps[task.step].by_applicant


def _day_and_time(at: datetime) -> str:
    return f"{tanggal.format_day(at)} pukul {tanggal.format_time(at)}"
