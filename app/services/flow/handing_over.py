"""A task into another officer's hands: dealt out by whoever leads the unit, or passed on by whoever holds it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.actors import Actor, can
from app.domain.errors import (
    AlurError,
    Forbidden,
    ReceiverRefused,
    StaleForm,
)
from app.domain.tanggal import local_date
from app.models import User
from app.services import clock
from app.services.accounts import acting, telling
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun
from app.services.flow.open_tasks import open_task, own_task
from app.services.flow.remarks import remark
from app.services.work import unit_of_work

VERB = "tugas_dialihkan"


@dataclass(frozen=True)
class Given:
    """What became of one task."""

    case_id: str
    number: str


def assign(actor: Actor, task_id: str, version: int, to: str, reason: str) -> Given:
    """Give a task of one's units to somebody who may do it; from somebody's hands only with a reason.

    The same once more changes nothing. Raises Forbidden, NotFound, TaskClosed, TaskHeld, StaleForm, ReceiverRefused,
    InvalidInput (`alasan`).
    """
    with unit_of_work() as session:
        run = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = open_task(run, actor, task_id)
        if not can(actor, "assign", run.task_ref(task)):
            raise Forbidden
        return _give(run, task, actor, version, to, reason)


def pass_on(actor: Actor, task_id: str, version: int, to: str, reason: str) -> Given:
    """Hand one's own task to a colleague. Raises TaskNotYours, NotFound, TaskClosed, TaskHeld, StaleForm,
    ReceiverRefused, InvalidInput (`alasan`)."""
    with unit_of_work() as session:
        run = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = open_task(run, actor, task_id)
        if task["claimed_by"] == to and can(actor, "claim", run.task_ref(task)):
            return Given(run.id, run.number)  # a second click
        task = own_task(run, actor, task_id)
        return _give(run, task, actor, version, to, reason)


def assign_many(
    actor: Actor, chosen: Sequence[tuple[str, int]], to: str, reason: str
) -> list[tuple[str, Given | AlurError]]:
    """Each stands or falls alone. `chosen`: (task id, version) pairs."""
    results: list[tuple[str, Given | AlurError]] = []
    for task_id, version in chosen:
        try:
            results.append((task_id, assign(actor, task_id, version, to, reason)))
        except AlurError as error:
            results.append((task_id, error))
    return results


def _give(run: CaseRun, task: Row, actor: Actor, version: int, to: str, reason: str) -> Given:
    before = task["claimed_by"]
    if before == to:
        return Given(run.id, run.number)
    if task["version"] != version:
        raise StaleForm
    if before is not None or reason.strip():
        said = remark(reason, "alasan", missing="Tulis alasannya: tugas ini sedang dipegang orang.")
    else:
        said = ""
    receiver = _receiver(run, task, to)
    if before is None:
        run.claim(task, receiver)
    else:
        run.let_go(task)
        run.change(task, claimed_by=receiver.id)  # from hands to hands: it was being handled all along
    step = run.procedure.steps[task["step"]]
    what = {"tugas": task["id"], "langkah": step.id, "dari": before or "", "kepada": receiver.id, "alasan": said}
    title = "" if before == actor.id else actor.acting_as({"supervisor", "kasi"}, run.unit)
    run.chain.add(actor.id, VERB, what | ({"sebagai": title} if title else {}), run.now)
    _tell(run, task, actor, before, receiver, said)
    run.save(last=True)
    return Given(run.id, run.number)


def _receiver(run: CaseRun, task: Row, to: str) -> Actor:
    user = run.session.get(User, to)
    if user is None or not user.active or not user.has_account:
        raise ReceiverRefused("Pilih petugas dari daftar.")
    if acting.is_away(run.session, user.id, local_date(run.now)):
        raise ReceiverRefused(f"{user.name} sedang tidak bertugas. Pilih petugas lain.")
    receiver, ref = acting.actor_of(run.session, user, run.now), run.task_ref(task)
    if receiver.id in ref.kin and not run.is_confidential:
        raise ReceiverRefused(f"Permohonan ini menyebut NIK atau nomor KK {user.name}. Pilih petugas lain.")
    if receiver.id in ref.barred:
        raise ReceiverRefused(
            f"{user.name} sudah mengerjakan langkah lain yang tidak boleh dikerjakan orang yang sama."
        )
    if not can(receiver, "claim", ref):
        raise ReceiverRefused(f"{user.name} tidak berhak mengerjakan langkah ini di unit ini. Pilih petugas lain.")
    return receiver


def _tell(run: CaseRun, task: Row, actor: Actor, before: str | None, receiver: Actor, said: str) -> None:
    """Both hear of it, but for whoever did it."""
    step, key = run.procedure.steps[task["step"]], f"alih:{task['id']}:{task['version']}"
    path, because = f"/tugas/{task['id']}", f" Alasan: {said}" if said else ""
    where = f"Permohonan {run.number}, langkah “{step.name}”"
    if receiver.id != actor.id:
        body = f"{where}, diserahkan kepada Anda oleh {actor.name}.{because}"
        telling.tell(run.session, [receiver.id], "Tugas diserahkan kepada Anda", body, key=key, at=run.now, path=path)
    if before not in (None, actor.id):
        body = f"{where}, dialihkan {actor.name} kepada {receiver.name}.{because}"
        telling.tell(run.session, [str(before)], "Tugas Anda dialihkan", body, key=key, at=run.now, path=path)
