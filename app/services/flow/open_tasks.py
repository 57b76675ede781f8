"""The task an officer's act is about: open, not held by a withdrawal and, where asked, in their own hands."""

from app.domain.actors import Actor, can
from app.domain.errors import NotFound, TaskClosed, TaskHeld, TaskNotYours
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun


def open_task(run: CaseRun, actor: Actor, task_id: str) -> Row:
    """Raises NotFound (a case the actor may not see), TaskClosed, TaskHeld."""
    if not can(actor, "view_case", run.ref):
        raise NotFound
    task = run.task(task_id)
    if task is None:
        raise TaskClosed
    if task["held_at"] is not None:
        raise TaskHeld
    return task


def own_task(run: CaseRun, actor: Actor, task_id: str) -> Row:
    """The same, in the actor's own hands. Raises TaskNotYours too."""
    task = open_task(run, actor, task_id)
    if task["claimed_by"] != actor.id or not can(actor, "complete", run.task_ref(task)):
        raise TaskNotYours
    return task
