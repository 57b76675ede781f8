"""Other permohonan that a request names by number, as a letter about one that is being handled does."""

from dataclasses import dataclass

from sqlalchemy import select

from app.models import Case, Task
from app.procedures.options import RUNNING
from app.services import store
from app.services.flow.cases import CaseView
from app.services.paging import at_most


@dataclass(frozen=True)
class Mentioned:
    """`status`: "" where this pemohon has no such permohonan; `task_id`: where officers see it."""

    number: str
    status: str = ""
    is_running: bool = False
    task_id: str = ""


def of(view: CaseView) -> tuple[Mentioned, ...]:
    """Those that the first form names. The caller may see the case; of another person's nothing is told."""
    form = view.procedure.forms.get(view.procedure.first_step)
    fields = [one.id for part in (form.sections if form else ()) for one in part.fields if one.options_from == RUNNING]
    answers = view.answers.get(view.procedure.first_step, {})
    return tuple(_found(view, str(answers[name])) for name in fields if answers.get(name))


def _found(view: CaseView, number: str) -> Mentioned:
    case = store.session.scalar(select(Case).where(Case.number == number, Case.subject_id == view.subject_id))
    if case is None:
        return Mentioned(number)
    newest = select(Task.id).where(Task.case_id == case.id)
    newest = newest.order_by(Task.closed_at.is_(None).desc(), Task.opened_at.desc(), Task.id).limit(at_most(1))
    return Mentioned(number, case.status, case.ended_at is None, store.session.scalar(newest) or "")
