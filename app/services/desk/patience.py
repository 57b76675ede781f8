"""How long the office waits for a pemohon: the drawn timer on the step they were asked to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.models import Task
from app.procedures.model.procedure import Procedure
from app.services.desk.inbox_views import MENUNGGU
from app.services.flow import published
from app.services.portal.cards import limits_of


def of_steps(waiting: Sequence[tuple[str, str, str]], view: str = MENUNGGU) -> dict[str, datetime]:
    """Case -> by when its pemohon must act; nothing for other views. `waiting`: (case, version, step)."""
    if view != MENUNGGU or not waiting:
        return {}
    limits = limits_of([case_id for case_id, _, _ in waiting])
    found = {case_id: _until(published.compiled(version), case_id, step, limits) for case_id, version, step in waiting}
    return {case_id: until for case_id, until in found.items() if until is not None}


def of_task(task: Task, procedure: Procedure) -> datetime | None:
    """The same for one open task; None for an officer's, or where nothing ends the waiting."""
    if task.closed_at is not None or not procedure.steps[task.step].by_applicant:
        return None
    return _until(procedure, task.case_id, task.step, limits_of([task.case_id]))


def _until(
    procedure: Procedure, case_id: str, step: str, limits: Mapping[tuple[str, str], datetime]
) -> datetime | None:
    on_it = [timer for timer, at in procedure.spec.attached.items() if at == step]
    return min((limits[case_id, timer] for timer in on_it if (case_id, timer) in limits), default=None)
