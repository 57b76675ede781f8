"""What waits for whoever sends results: how much of each kind, and what went wrong, the next thing to do beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden
from app.models import Case
from app.services import store
from app.services.delivery import data_incidents, ready, staging, targets
from app.services.delivery.data_incidents import Incident
from app.services.desk import inbox
from app.services.desk.duties import duties_of
from app.services.desk.inbox_views import ANTREAN, TUGAS_SAYA, Filters
from app.services.flow import published
from app.services.messages import undelivered

INCIDENT, COMPLAINT, LETTER = "insiden", "keluhan", "kiriman"
_EACH = 50


@dataclass(frozen=True)
class Duty:
    """Something that went wrong with one case. `what`: in words; `mine`: it is in the actor's hands already,
    `free`: it may be taken.

    `task_id`: where it is dealt with, "" = in the list of letters. `due_at`: None = no limit.
    """

    kind: str
    case_id: str
    subject_id: str
    number: str
    applicant: str
    what: str
    since: datetime | None
    due_at: datetime | None
    task_id: str
    mine: bool = False
    free: bool = False


@dataclass(frozen=True)
class Overview:
    """`to_send`: tasks that wait for a PDF or are in hand, "7" or "99+"; `archives`: (step, title, how many)."""

    to_send: str
    staged: int
    ready: int
    archives: tuple[tuple[str, str, str], ...]
    duties: tuple[Duty, ...]


def load(actor: Actor) -> Overview:
    """Raises Forbidden for whoever sends no results."""
    found = targets.of(actor)
    if not found:
        raise Forbidden
    return Overview(
        to_send=inbox.count(actor, [Filters(step=step) for step in sorted({one.step for one in found})]),
        staged=len(staging.listed(actor)),
        ready=len(ready.listed(actor)),
        archives=tuple(
            (step, title, inbox.count(actor, [Filters(step=step)])) for step, title in duties_of(actor).bulk
        ),
        duties=_duties(actor),
    )


def _duties(actor: Actor) -> tuple[Duty, ...]:
    """Incidents first, each with the task by which it is dealt with, where there is one."""
    complaints = {one.case_id: one for one in _complaints(actor)}
    incidents = tuple(_incident(one, complaints.pop(one.case_id, None)) for one in data_incidents.open_for(actor))
    return (*incidents, *complaints.values(), *_letters(actor))


def _incident(one: Incident, task: Duty | None) -> Duty:
    about = (one.case_id, one.subject_id, one.number, one.applicant)
    if task is None:
        what = "KK salah orang, dan tugasnya sudah selesai: minta supervisor membuka kembali permohonannya."
        return Duty(INCIDENT, *about, what, one.opened_at, one.due_at, one.task_id)
    what = "KK salah orang: unduhan sudah mati; kirim KK yang benar."
    return Duty(INCIDENT, *about, what, one.opened_at, one.due_at, task.task_id, task.mine, task.free)


def _complaints(actor: Actor) -> Iterator[Duty]:
    for step in sorted(_answering(actor)):
        for view in (TUGAS_SAYA, ANTREAN):
            for row in inbox.page(actor, view, Filters(step=step), size=_EACH).rows:
                about = (row.case_id, row.subject_id, row.number, row.applicant)
                what, mine = f"Keluhan pemohon: {row.step_name}.", view == TUGAS_SAYA
                yield Duty(COMPLAINT, *about, what, row.moment, row.due_at, row.task_id, mine, not mine)


def _answering(actor: Actor) -> Iterable[str]:
    """Steps in which results are sent again after a complaint."""
    steps = {step for step, _ in duties_of(actor).steps}
    again = {str(published.compiled(one.id).delivery.get("kirim_ulang", "")) for one in published.all_versions()}
    return steps & again


def _letters(actor: Actor) -> Iterator[Duty]:
    letters = undelivered.listed(actor)
    ids = sorted({one.case_id for one in letters})
    rows = store.session.execute(select(Case.id, Case.subject_id).where(Case.id.in_(ids)))
    subjects = {row.id: row.subject_id for row in rows}
    for one in letters:
        what = f"{'Email' if one.channel == 'surat' else 'WhatsApp'} tidak sampai: {one.title}."
        about = (one.case_id, subjects.get(one.case_id, ""), one.number, one.person)
        yield Duty(LETTER, *about, what, one.failed_at, None, one.task_id)
