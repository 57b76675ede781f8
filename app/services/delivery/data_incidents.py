"""Somebody got another person's paper: its download is dead at once, and the law's 3x24 hours run until a supervisor
says what was done."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.domain.actors import APPLICANTS, Actor, CaseRef, Office, can
from app.domain.errors import DealtWith, Forbidden, InvalidInput, NotFound
from app.domain.masking import mask_in_text
from app.models import Case, DataIncident, Task, User
from app.procedures.answers import clean
from app.procedures.model.form import Form
from app.services import clock, store
from app.services.flow import cutting, form_context, published
from app.services.flow.case_run import CaseRun
from app.services.flow.form_context import FilledCase
from app.services.flow.remarks import remark
from app.services.paging import COUNT_CAP, at_most
from app.services.records import trail
from app.services.work import unit_of_work

CLOSE = "close_incident"
LISTED = 50
MAX_MEASURES = 1000
WATCHERS = frozenset({"supervisor", "admin"})
_TRIED = 200


@dataclass(frozen=True)
class Incident:
    """`source`: pemohon | petugas; `opened_by`: a name; `files`: how many downloads are dead. `task_id`: where the
    case is seen. `closed_by`, `measures`: "" while it is open; `may_close`: this actor, now.
    `still_open`: names of the case's steps that are not done, of an incident that is not closed."""

    id: str
    case_id: str
    subject_id: str
    number: str
    applicant: str
    source: str
    opened_by: str
    note: str
    files: int
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: str
    measures: str
    task_id: str
    may_close: bool
    still_open: tuple[str, ...]


def may_report(actor: Actor, case: CaseRef) -> bool:
    """Whoever works on the case; not the auditor, and never in one's own."""
    return actor.is_officer and actor.id != case.subject_id and can(actor, "discuss", case)


def report(actor: Actor, case_id: str, note: str) -> None:
    """An officer found that the pemohon got another person's paper. Where the pemohon may still say so, it goes on as
    if they had: to whoever deals with it.

    Raises InvalidInput without a note, DealtWith (nothing to cut, or it was cut before), Forbidden, NotFound.
    """
    said = remark(note, "sebab", missing="Tulis apa yang Anda temukan, tanpa NIK.")
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, case_id=case_id)
        if not can(actor, "view_case", run.ref):
            raise NotFound
        if not may_report(actor, run.ref):
            raise Forbidden
        if not cutting.cut(run, actor, "petugas", said):
            raise DealtWith("Tidak ada unduhan yang masih hidup di permohonan ini; mungkin sudah dimatikan.")
        _speak_for_the_pemohon(run, actor)
        run.save(last=True)


def _speak_for_the_pemohon(run: CaseRun, actor: Actor) -> None:
    """Complete the open step of the pemohon whose answer would have cut it, with that answer."""
    asked = run.procedure.cut_when
    steps = {step for step, _ in asked.references} if asked else set()
    task = next((one for one in run.tasks.values() if one["step"] in steps and one["held_at"] is None), None)
    form = run.procedure.forms.get(task["step"]) if task else None
    if task is None or form is None:
        return
    answers = _cutting_answers(run, form)
    if answers is not None:
        run.complete(task["token"], task["step"], actor, answers)


def _cutting_answers(run: CaseRun, form: Form) -> Mapping[str, Any] | None:
    """The choices on this form that say so, if they say enough to complete it."""
    chosen = [field for section in form.sections for field in section.fields if field.kind == "pilihan"]
    filled = FilledCase(run.id, run.subject_id, run.data["answers"])
    context = form_context.for_step(run.session, filled, form.step, run.procedure)
    for values in islice(product(*([option.value for option in field.options] for field in chosen)), _TRIED):
        raw = {field.id: value for field, value in zip(chosen, values, strict=True)}
        try:
            answers = clean(form, raw, context)
        except InvalidInput:
            continue
        asked = run.procedure.cut_when
        if asked is not None and asked.holds({**run.data["answers"], form.step: answers}):
            return answers
    return None


def close(actor: Actor, incident_id: str, measures: str) -> None:
    """Say what was done, once. Raises Forbidden (only a supervisor of its unit), InvalidInput, DealtWith, NotFound."""
    if not can(actor, CLOSE, Office()):
        raise Forbidden
    text = " ".join(measures.split())
    if len(text) < 20 or len(text) > MAX_MEASURES:
        raise InvalidInput({"tindakan": [f"Tulis apa yang dilakukan, 20 sampai {MAX_MEASURES} huruf."]})
    at = clock.now()
    with unit_of_work() as session:
        one = session.get(DataIncident, incident_id, with_for_update=True)
        case = session.get(Case, one.case_id) if one else None
        if one is None or case is None or not _may_close(actor, case):
            raise NotFound
        if one.closed_at is not None:
            raise DealtWith("Insiden ini sudah ditutup.")
        one.closed_at, one.closed_by, one.measures = at, actor.id, mask_in_text(text)
        what = {"insiden": one.id, "tindakan": one.measures[:200]}
        trail.append(session, trail.case_stream(one.case_id), actor.id, "insiden_data_ditutup", what, at)


def open_for(actor: Actor) -> tuple[Incident, ...]:
    """Those that are not closed and concern this officer, the oldest first: of their units and procedures."""
    return _listed(actor, DataIncident.closed_at.is_(None), newest_first=False)


def closed_for(actor: Actor) -> tuple[Incident, ...]:
    """The latest of those that are closed."""
    return _listed(actor, DataIncident.closed_at.is_not(None), newest_first=True)


def of_case(actor: Actor, case_id: str) -> tuple[Incident, ...]:
    """Of one case that the actor may see, the newest first."""
    return _listed(actor, DataIncident.case_id == case_id, newest_first=True)


def count_open(actor: Actor) -> int:
    """For those who watch them, counted up to COUNT_CAP; 0 for others."""
    if not actor.roles & WATCHERS:
        return 0
    some = select(DataIncident.id).join(Case, Case.id == DataIncident.case_id).where(DataIncident.closed_at.is_(None))
    some = some.where(*_within(actor, WATCHERS)).limit(at_most(COUNT_CAP))
    return store.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _listed(actor: Actor, which: ColumnElement[bool], *, newest_first: bool) -> tuple[Incident, ...]:
    order = (DataIncident.opened_at, DataIncident.id)
    newest = select(func.max(Task.id)).where(Task.case_id == Case.id).correlate(Case).scalar_subquery()
    rows = store.session.execute(
        select(DataIncident, Case, User.name, newest)
        .join(Case, Case.id == DataIncident.case_id)
        .join(User, User.id == Case.subject_id)
        .where(which, *_within(actor, actor.roles - APPLICANTS))
        .order_by(*([key.desc() for key in order] if newest_first else order))
        .limit(LISTED * 2)
    ).all()
    seen = [(one, case, name, task) for one, case, name, task in rows if _concerns(actor, case)]
    people = {one.opened_by for one, *_ in seen} | {one.closed_by for one, *_ in seen if one.closed_by}
    found = store.session.execute(select(User.id, User.name).where(User.id.in_(sorted(people))))
    names = {row.id: row.name for row in found}
    steps = _open_steps([case for one, case, *_ in seen if one.closed_at is None])
    return tuple(
        _incident(actor, one, case, name, task or "", names, () if one.closed_at else steps.get(case.id, ()))
        for one, case, name, task in seen[:LISTED]
    )


def _open_steps(of: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """Case -> the steps that wait there, by name."""
    query = select(Task.case_id, Task.step).where(Task.case_id.in_({case.id for case in of}), Task.closed_at.is_(None))
    procedures = {case.id: published.compiled(case.version_id) for case in of}
    found: dict[str, tuple[str, ...]] = {}
    for row in store.session.execute(query.order_by(Task.opened_at, Task.id)) if of else ():
        name = procedures[row.case_id].steps[row.step].name
        found[row.case_id] = (*found.get(row.case_id, ()), name)
    return found


def _within(actor: Actor, roles: Set[str]) -> list[ColumnElement[bool]]:
    """Of the units they have in these roles and not their own, asked before the limit: others' must not crowd out."""
    units = actor.units_in(roles)
    return [Case.subject_id != actor.id, *([] if units is None else [Case.unit.in_(sorted(units))])]


def _concerns(actor: Actor, case: Case) -> bool:
    """Its watchers of that unit, and the role that deals with what went wrong in sending."""
    procedure = published.compiled(case.version_id)
    roles = WATCHERS | set(procedure.delivery.get("gagal_ke", ()))
    return actor.id != case.subject_id and actor.serves(case.unit, roles)


def _may_close(actor: Actor, case: Case) -> bool:
    return actor.serves(case.unit, {"supervisor"}) and actor.id != case.subject_id


def _incident(
    actor: Actor,
    one: DataIncident,
    case: Case,
    applicant: str,
    task_id: str,
    names: Mapping[str, str],
    still_open: tuple[str, ...],
) -> Incident:
    return Incident(
        id=one.id,
        case_id=case.id,
        subject_id=case.subject_id,
        number=case.number,
        applicant=applicant,
        source=one.source,
        opened_by="pemohon" if one.source == "pemohon" else names.get(one.opened_by, "petugas"),
        note=one.note,
        files=len(one.uploads),
        opened_at=one.opened_at,
        due_at=one.due_at,
        closed_at=one.closed_at,
        closed_by=names.get(one.closed_by or "", ""),
        measures=one.measures,
        task_id=task_id,
        may_close=one.closed_at is None and can(actor, CLOSE, Office()) and _may_close(actor, case),
        still_open=still_open,
    )
