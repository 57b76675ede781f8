"""An officer stops the clock of a task that cannot go on for now, and lets it run again."""

from collections.abc import Mapping
from typing import Any

from app.domain.actors import Actor
from app.domain.chain import canonical, salted_digest
from app.domain.errors import Forbidden
from app.services import clock
from app.services.flow import pausing
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun
from app.services.flow.open_tasks import own_task
from app.services.work import unit_of_work

PAUSED, RESUMED, UNFINISHED = "jam_dihentikan", "jam_dilanjutkan", "langkah_belum_selesai"


def pause(actor: Actor, task_id: str) -> bool:
    """Stop the clock of a task in the actor's hands, for the cause its form knows. False: it stands still already.

    Raises TaskNotYours, TaskClosed, TaskHeld, NotFound; Forbidden for a step that knows no such cause.
    """
    with unit_of_work() as session:
        run = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = own_task(run, actor, task_id)
        form = run.procedure.forms.get(task["step"])
        if form is None or form.pause is None:
            raise Forbidden("Jam langkah ini tidak dapat dihentikan.")
        if task["paused_at"] is not None:
            return False
        _begin(run, actor, task, form.pause.cause)
        run.save(last=True)
    return True


def resume(actor: Actor, task_id: str) -> bool:
    """Let the clock run again. False: it runs already. Raises TaskNotYours, TaskClosed, TaskHeld, NotFound."""
    with unit_of_work() as session:
        run = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = own_task(run, actor, task_id)
        if task["paused_at"] is None:
            return False
        _end(run, actor, task)
        run.save(last=True)
    return True


def leave_open(run: CaseRun, task: Row, actor: Actor, answers: Mapping[str, Any]) -> None:
    """Keep answers that do not finish the step; the clock stops, or goes on, as they say. To be saved by the caller."""
    form = run.procedure.forms[task["step"]]
    answer = run.keep_answers(form.step, actor, answers, task["id"])
    what = {
        "tugas": task["id"],
        "langkah": form.step,
        "jawaban": answer["id"],
        "isian": salted_digest(answer["salt"], canonical(answers).decode()),
    }
    run.change(task)
    run.chain.add(actor.id, UNFINISHED, what, run.now)
    stops = form.pause is not None and form.pause.asked_by({form.step: answers})
    if stops and form.pause is not None and task["paused_at"] is None:
        _begin(run, actor, task, form.pause.cause)
    elif not stops and task["paused_at"] is not None:
        _end(run, actor, task)


def _begin(run: CaseRun, actor: Actor, task: Row, cause: str) -> None:
    pausing.begin(run, task, cause)
    run.chain.add(actor.id, PAUSED, {"tugas": task["id"], "langkah": task["step"], "sebab": cause}, run.now)


def _end(run: CaseRun, actor: Actor, task: Row) -> None:
    what = {"tugas": task["id"], "langkah": task["step"], "sebab": task["paused_for"]}
    pausing.end(run, task)
    run.chain.add(actor.id, RESUMED, what, run.now)
