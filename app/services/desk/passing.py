"""Where a case went when a step of it was completed, in words for who completed it."""

from sqlalchemy import select

from app.domain.actors import Actor
from app.models import Case, Task
from app.procedures.model.steps import Step
from app.services import store
from app.services.desk import inbox
from app.services.desk.inbox_views import Filters
from app.services.flow.tasks import TaskView

BY_SYSTEM = "berikutnya dikerjakan sistem"


def went(view: TaskView) -> str:
    """ "diteruskan ke …", "dikembalikan kepada pemohon", "permohonan berakhir: …"; of what this very step opened."""
    done = select(Task.completed_at).where(Task.id == view.task.id).scalar_subquery()
    opened = select(Task.step).where(
        Task.case_id == view.case.id, Task.closed_at.is_(None), Task.opened_at >= done, Task.id != view.task.id
    )
    steps = [view.case.procedure.steps[one] for one in store.session.scalars(opened.order_by(Task.opened_at, Task.id))]
    if steps:
        return " dan ".join(dict.fromkeys(_to(view, step) for step in steps))
    case = store.session.execute(select(Case.ended_at, Case.status).where(Case.id == view.case.id)).one()
    if case.ended_at is not None:
        return f"{view.case.procedure.noun} ini berakhir: {case.status}"
    others = select(Task.id).where(Task.case_id == view.case.id, Task.closed_at.is_(None)).limit(1)
    return "" if store.session.scalar(others) else BY_SYSTEM


def waiting(actor: Actor) -> str:
    """What is left in the actor's inbox, in their hands or free to take."""
    number = inbox.count(actor, [Filters()])
    return "tidak ada lagi yang menunggu di inbox Anda." if number == "0" else f"{number} menunggu di inbox Anda."


def _to(view: TaskView, step: Step) -> str:
    if step.by_applicant:
        return "dikembalikan kepada pemohon" if step.clock_stops else f"menunggu pemohon (“{step.name}”)"
    again = " kembali" if step.id in view.case.actors else ""
    return f"diteruskan{again} ke “{step.name}” ({step.lane})"
