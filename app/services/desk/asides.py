"""*Tahan*: an officer puts a task in their hands aside until a day. It comes back by itself, with a notice; its clock
runs on all the while, since nothing outside the office is waited for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput
from app.domain.tanggal import WIB, local_date
from app.models import Task, TaskAside
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.flow.case_run import CaseRun
from app.services.flow.open_tasks import own_task
from app.services.flow.remarks import remark
from app.services.messages import notices
from app.services.work import unit_of_work

DAY, REASON = "sampai", "alasan"
LONGEST = timedelta(days=30)
PUT, BACK = "tugas_ditahan", "tahan_diakhiri"
KIND = "tahan"
_NOTICE = NoticeTemplate(
    "{nomor} kembali ke Tugas saya", "Anda menahannya sampai hari ini. Sebabnya waktu itu: {pesan}\n\n{tautan}"
)


def put(actor: Actor, task_id: str, until: str, reason: str) -> datetime:
    """Put it aside until the office opens on that day (YYYY-MM-DD), or on the next working one; when that is.

    Again: the new day holds. Raises InvalidInput, TaskNotYours, TaskClosed, TaskHeld, NotFound.
    """
    now = clock.now()
    at = _opening(until, now)
    said = remark(reason, REASON, missing="Tulis sebabnya, supaya Anda ingat nanti.")
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, task_id=task_id)
        task = own_task(run, actor, task_id)
        aside = TaskAside(
            task_id=task_id,
            case_id=run.id,
            owner_id=actor.id,
            claimed_at=task["claimed_at"],
            until=at,
            reason=said,
            at=now,
        )
        session.merge(aside)
        what = {"task": task_id, "number": run.number, "until": at.isoformat()}
        job_rows.add(session, f"{KIND}:{task_id}:{at.isoformat()}", KIND, what, at, case_id=run.id, at=now)
        session.flush()
        named = {"tugas": task_id, "langkah": task["step"], "sampai": local_date(at).isoformat(), "alasan": said}
        run.chain.add(actor.id, PUT, named, now)
        run.save(last=True)
    return at


def bring_back(actor: Actor, task_id: str) -> None:
    """Before its day. Not aside: nothing changes. Raises TaskNotYours, TaskClosed, TaskHeld, NotFound."""
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, task_id=task_id)
        task = own_task(run, actor, task_id)
        aside = session.get(TaskAside, task_id)
        if aside is None or not _holds(aside, task["claimed_by"], task["claimed_at"]):
            return
        session.delete(aside)
        session.flush()
        run.chain.add(actor.id, BACK, {"tugas": task_id, "langkah": task["step"]}, now)
        run.save(last=True)


def of_tasks(task_ids: Sequence[str]) -> Mapping[str, TaskAside]:
    """Task id -> how it was put aside, for those that are, at this moment."""
    query = (
        select(TaskAside, Task.claimed_by, Task.claimed_at)
        .join(Task, Task.id == TaskAside.task_id)
        .where(TaskAside.task_id.in_(task_ids), TaskAside.until > clock.now())
    )
    rows = store.session.execute(query).all() if task_ids else []
    return {aside.task_id: aside for aside, by, at in rows if _holds(aside, by, at)}


def tell(job: Lease) -> None:
    """The day has come: who still holds the task is told, once; whoever put it off again meanwhile is told later."""

    def effects(session: Session, at: datetime) -> None:
        task_id = str(job.payload["task"])
        aside, task = session.get(TaskAside, task_id), session.get(Task, task_id)
        if aside is None or task is None or aside.until.isoformat() != job.payload["until"]:
            return
        if task.closed_at is None and _holds(aside, task.claimed_by, task.claimed_at):
            facts = {"nomor": str(job.payload["number"]), "pesan": aside.reason}
            path, channels = f"/tugas/{task_id}", [notices.IN_APP]
            people = [aside.owner_id]
            notices.tell(session, people, _NOTICE, facts, channels, key=job.key, case_id=task.case_id, path=path, at=at)
        session.execute(delete(TaskAside).where(TaskAside.task_id == task_id))

    job_rows.finish(job, effects)


def _holds(aside: TaskAside, claimed_by: str | None, claimed_at: datetime | None) -> bool:
    return aside.owner_id == claimed_by and aside.claimed_at == claimed_at


def _opening(until: str, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(until)
    except ValueError as nonsense:
        raise InvalidInput({DAY: ["Pilih tanggalnya."]}) from nonsense
    today = local_date(now)
    if not today < day <= today + LONGEST:
        raise InvalidInput({DAY: [f"Pilih tanggal sesudah hari ini, paling lama {LONGEST.days} hari lagi."]})
    return clock.calendar().next_open(datetime.combine(day, time(), WIB))
