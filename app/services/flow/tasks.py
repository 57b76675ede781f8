"""What an officer (or a pemohon) does with a task: claim, release, complete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor, CaseRef, TaskRef, can
from app.domain.errors import (
    AlurError,
    Forbidden,
    FourEyes,
    InvalidInput,
    NotFound,
    OwnHousehold,
    StaleForm,
    TaskAlreadyClaimed,
    TaskClosed,
    TaskNotYours,
)
from app.domain.tanggal import format_moment, format_time, local_date
from app.models import Task
from app.procedures.answers import clean
from app.procedures.model.form import Form
from app.procedures.model.steps import Step
from app.services import clock, store
from app.services.flow import cases, form_context, keys, pauses, published, related, signed_only, statements
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun
from app.services.flow.cases import CaseView
from app.services.flow.form_context import FilledCase
from app.services.flow.open_tasks import open_task
from app.services.flow.remarks import remark
from app.services.joining.claims import photo_of
from app.services.work import unit_of_work

SKIP_REASONS: Mapping[str, str] = {
    "prioritas": "prioritas",
    "loket": "pemohon di loket",
    "keluarga": "satu keluarga",
    "lain": "alasan lain",
}
"""Why a task is taken before one that is late: what the trail holds -> what people read."""


@dataclass(frozen=True)
class Claimed:
    """`task_id`: what to work on now; claiming a step that is done when opened leads to the one after it."""

    task_id: str
    case_id: str


@dataclass(frozen=True)
class Completed:
    """`next_task_id`: the next task of this case in the same hands, None when it went to others.

    `is_open`: the answers were kept, but they say that the step is not done yet.
    """

    case_id: str
    next_task_id: str | None
    is_open: bool = False


@dataclass(frozen=True)
class TaskView:
    """A task as somebody sees it. `mine`: may be completed now; `claimable`: may be taken now.

    `assisting`: an officer who may do this step in the pemohon's place; `own_household`: the case names
    their own NIK or nomor KK.
    """

    task: Task
    case: CaseView
    step: Step
    form: Form | None
    mine: bool
    claimable: bool
    assisting: bool = False
    own_household: bool = False


def load(actor: Actor, task_id: str) -> TaskView:
    """For screens; reads only. NotFound also where the actor may not see the case."""
    task = store.session.get(Task, task_id)
    if task is None:
        raise NotFound
    case = cases.load(actor, task.case_id)
    step = case.procedure.steps[task.step]
    ref = TaskRef(case.ref, step.roles, task.claimed_by, case.barred(step), step.helpers, case.kin)
    is_open = task.closed_at is None and task.held_at is None
    free = task.claimed_by is None and not _kept_for_another(task.reserved_for, task.reserved_until, actor, clock.now())
    return TaskView(
        task=task,
        case=case,
        step=step,
        form=case.procedure.forms.get(step.id),
        mine=is_open and can(actor, "complete", ref),
        claimable=is_open and free and not step.by_applicant and can(actor, "claim", ref),
        assisting=is_open and can(actor, "assist", ref),
        own_household=actor.id in case.kin and not case.is_confidential,
    )


def claim(actor: Actor, task_id: str, key: str = "", *, skipping: str = "") -> Claimed:
    """Take a task into one's hands; again by the same person changes nothing, but opens what others handed to them.

    `skipping`: why before one that is late (of SKIP_REASONS), "" where none is passed over.

    Raises TaskAlreadyClaimed (saying by whom and when), TaskClosed, FourEyes, Forbidden, NotFound.
    """
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, task_id=task_id)
        already = _claimed_before(run, actor, task_id)
        known = run.task(task_id)
        if already is not None and (known is None or not run.procedure.steps[known["step"]].done_when_opened):
            return Claimed(already, run.id)
        task = open_task(run, actor, task_id)
        step = run.procedure.steps[task["step"]]
        if already is None:
            _may_claim(run, actor, task)
            run.claim(task, actor)
            what = {"tugas": task_id, "langkah": step.id, **run.instead(step, actor)}
            what |= {"mendahului": skipping} if skipping else {}
            run.chain.add(actor.id, "tugas_diambil", what, now)
        else:
            _must_hold(run, actor, task, task["version"])
        if step.done_when_opened:
            run.complete(task["token"], step.id, actor)
        run.save(last=True)
        return Claimed(run.held_by(actor) or task_id, run.id)


def release(actor: Actor, task_id: str, version: int, reason: str) -> None:
    """Put a task back into the queue of its role. Raises TaskNotYours, TaskClosed, StaleForm, InvalidInput."""
    said = remark(reason, "alasan", missing="Tulis alasan melepas tugas ini.")
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, task_id=task_id)
        task = open_task(run, actor, task_id)
        if task["claimed_by"] != actor.id:
            raise TaskNotYours
        if task["version"] != version:
            raise StaleForm
        # Nothing more is asked: who may not go on with it, as by the four eyes, may still give it back.
        run.let_go(task)
        run.change(task, claimed_by=None, claimed_at=None)
        what = {"tugas": task_id, "langkah": task["step"], "alasan": said}
        run.chain.add(actor.id, "tugas_dilepas", what, now)
        run.save(last=True)


def complete(
    actor: Actor,
    task_id: str,
    version: int,
    key: str,
    raw: Mapping[str, Any],
    *,
    faults_of: Callable[[Mapping[str, Any]], dict[str, list[str]]] | None = None,
) -> Completed:
    """Finish a task with what was typed. The same key again returns the same and changes nothing.

    `faults_of`: what else is wrong with the answers as they would be kept, by path; nothing is done where it finds any.

    Raises InvalidInput (nothing changed, show the form again), StaleForm, TaskNotYours, TaskClosed, EngineFault.
    """
    form_is_his, answers = _answers(actor, task_id, raw)
    if faults_of is not None and answers is not None and (faults := faults_of(answers)):
        raise InvalidInput(faults)
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, task_id=task_id)
        known = run.task(task_id)
        if (known is None or known["version"] != version) and keys.is_known(session, actor, key, about=task_id):
            return Completed(run.id, run.held_by(actor), is_open=known is not None)
        remembered = keys.row(actor, key, run.id, now, about=task_id)
        overtaken, stays = _fire_due_timers(session, run, task_id), False
        if not overtaken:
            run.remember(remembered)
            task = open_task(run, actor, task_id)
            _must_hold(run, actor, task, version)
            if not form_is_his:
                raise StaleForm
            signed_only.settle(session, run.procedure, task["step"], task_id, answers, actor, now)
            form = run.procedure.forms.get(task["step"])
            stays = form is not None and answers is not None and form.leaves_open(answers)
            if stays and answers is not None:
                pauses.leave_open(run, task, actor, answers)
            else:
                run.complete(task["token"], task["step"], actor, answers)
                related.open_if_asked(session, run, actor, task)
        run.save(last=True)
        done = Completed(run.id, run.held_by(actor), is_open=stays)
    if overtaken:
        raise TaskClosed("Batas waktu langkah ini sudah lewat, jadi tugasnya sudah ditutup. Buka halaman permohonan.")
    return done


def complete_many(
    actor: Actor, chosen: Sequence[tuple[str, int]], key: str, raw: Mapping[str, Any]
) -> list[tuple[str, Completed | AlurError]]:
    """The same answers for many tasks of a step that allows it (boleh_massal): each stands or falls alone.

    A free task is claimed first. `chosen`: (task id, version) pairs. Raises StaleForm for a key that is none.
    """
    keys.check(key)
    results: list[tuple[str, Completed | AlurError]] = []
    for task_id, version in chosen:
        try:
            results.append((task_id, _complete_one(actor, task_id, version, key, raw)))
        except AlurError as error:
            results.append((task_id, error))
    return results


def _complete_one(actor: Actor, task_id: str, version: int, key: str, raw: Mapping[str, Any]) -> Completed:
    view = load(actor, task_id)
    if not view.step.bulk:
        raise Forbidden("Langkah ini harus dikerjakan satu per satu.")
    if view.claimable:
        if view.task.version != version:
            raise StaleForm
        claim(actor, task_id)
        version += 1
    return complete(actor, task_id, version, key, raw)


def _answers(actor: Actor, task_id: str, raw: Mapping[str, Any]) -> tuple[bool, dict[str, Any] | None]:
    """Cleaned outside the transaction. False: not this person's to fill in now, which the lock will say better.

    Raises NotFound, InvalidInput.
    """
    row = store.session.connection().execute(statements.TASK_AT_A_GLANCE, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NotFound
    procedure = published.compiled(row.version_id)
    case, step = CaseRef(row.case_id, row.subject_id, row.unit, procedure.roles), procedure.steps[row.step]
    if not can(actor, "view_case", case):
        raise NotFound
    ref = TaskRef(case, step.roles, row.claimed_by, helpers=step.helpers)
    if row.closed_at is not None or row.held_at is not None or not can(actor, "complete", ref):
        return False, None
    form = procedure.forms.get(step.id)
    if form is None:
        return True, None
    filled = FilledCase(row.case_id, row.subject_id, row.data["answers"])
    by = form_context.filler(step, assisting=can(actor, "assist", ref))
    context = form_context.for_step(store.session(), filled, step.id, procedure, by=by)
    kept = photo_of(filled.answers.get(step.id, {})) if procedure.about == "akun" else {}
    return True, kept | clean(form, dict(raw), context)


def _claimed_before(run: CaseRun, actor: Actor, task_id: str) -> str | None:
    """A second click on the same button: the task that the first click led to.

    Raises TaskAlreadyClaimed where another's click has finished the task, as it does with a step done when opened.
    """
    task = run.task(task_id)
    if task is not None:
        return task_id if task["claimed_by"] == actor.id else None
    if not can(actor, "view_case", run.ref):
        raise NotFound
    done = run.execute(statements.WHO_DID, {"task_id": task_id}).one()
    if done.completed_by is None:
        raise TaskClosed
    if done.completed_by != actor.id:
        _raise_taken(run, done.completed_by, done.claimed_at, "Sudah diambil {name} {at}.")
    return run.held_by(actor)


def _may_claim(run: CaseRun, actor: Actor, task: Row) -> None:
    step = run.procedure.steps[task["step"]]
    if actor.id in run.kin and not step.by_applicant:
        raise _kept_away(run)
    if actor.id in run.barred(step):
        raise FourEyes
    if step.by_applicant or not can(actor, "claim", run.task_ref(task)):
        raise Forbidden
    if task["claimed_by"] is not None:
        _raise_taken(run, task["claimed_by"], task["claimed_at"], "Sudah diambil {name} {at}.")
    if _kept_for_another(task["reserved_for"], task["reserved_until"], actor, run.now):
        words = "Disimpan untuk {name}, yang memeriksa sebelumnya, sampai {at}."
        _raise_taken(run, task["reserved_for"], task["reserved_until"], words)


def _kept_away(run: CaseRun) -> AlurError:
    """That it is their household's says who wrote it, so it is not said where discretion was asked for."""
    return Forbidden("Tugas ini untuk petugas lain.") if run.is_confidential else OwnHousehold()


def _raise_taken(run: CaseRun, person: str, at: datetime, words: str) -> None:
    name = run.name_of(person)
    when = f"pukul {format_time(at)}" if local_date(at) == local_date(run.now) else format_moment(at)
    pesan = words.format(name=name, at=when) + " Ambil tugas berikutnya dari antrean."
    raise TaskAlreadyClaimed(name, at, pesan)


def _kept_for_another(person: str | None, until: datetime | None, actor: Actor, now: datetime) -> bool:
    return person not in (None, actor.id) and until is not None and until > now


def _must_hold(run: CaseRun, actor: Actor, task: Row, version: int) -> None:
    if actor.id in run.kin:
        raise _kept_away(run)
    if actor.id in run.barred(run.procedure.steps[task["step"]]):
        raise FourEyes
    if not can(actor, "complete", run.task_ref(task)):
        raise TaskNotYours
    if task["version"] != version:
        raise StaleForm


def _fire_due_timers(session: Session, run: CaseRun, task_id: str) -> bool:
    """A timer that was due before this click comes first, even when the sweeper is late. True: it took the task."""
    if run.first_timer is None or run.first_timer > run.now:
        return False
    due = run.execute(statements.DUE_TIMERS, {"case_id": run.id, "now": run.now}).all()
    for timer in due:
        run.fire(timer.token, timer.element, SYSTEM)
    return bool(due) and run.task(task_id) is None
