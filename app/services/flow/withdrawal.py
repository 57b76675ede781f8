"""The pemohon takes the request back (`penarikan`): at once, or after an officer has put SIAK right again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.actors import SYSTEM, Actor, CaseRef, can
from app.domain.errors import Forbidden, NotFound, WithdrawalRefused
from app.models import Case
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.flow import holding, keys, published, statements
from app.services.flow.case_run import CaseRun
from app.services.flow.remarks import remark
from app.services.work import unit_of_work
from app.workflow.contract import CaseData, Message
from app.workflow.engine import advance, live

VERB = "penarikan"
SINCE_THEN = (
    "Penarikan dari halaman itu sudah selesai ditangani, dan permohonannya berjalan lagi sesudahnya. "
    "Buka halaman permohonan untuk melihat keadaannya."
)


@dataclass(frozen=True)
class Offer:
    """`refusal`: why not, as a sentence; "" = it can be withdrawn. `restores`: an officer must undo something first."""

    refusal: str = ""
    restores: bool = False


@dataclass(frozen=True)
class Withdrawn:
    case_id: str
    restores: bool


def look(actor: Actor, case_id: str) -> Offer | None:
    """What the pemohon may be offered now; None where this procedure or this case knows no withdrawal (any more)."""
    case = store.session.get(Case, case_id)
    if case is None:
        raise NotFound
    procedure = published.compiled(case.version_id)
    if not can(actor, "withdraw", CaseRef(case.id, case.subject_id, case.unit, procedure.roles)):
        raise NotFound
    if procedure.withdrawal is None or case.ended_at is not None:
        return None
    return _offer(procedure, case.state, case.data)


def withdraw(actor: Actor, case_id: str, key: str, reason: str = "") -> Withdrawn:
    """Take the request back. The same key again returns the same and changes nothing.

    Raises WithdrawalRefused (too late, ended, or already on its way), Forbidden, NotFound, StaleForm, InvalidInput.
    """
    said = remark(reason, "alasan")
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, case_id=case_id)
        if not can(actor, "withdraw", run.ref):
            raise NotFound if not can(actor, "view_case", run.ref) else Forbidden
        about = f"{VERB} {run.id}"
        if keys.is_known(session, actor, key, about=about):
            if not _is_withdrawn(run):
                raise WithdrawalRefused(SINCE_THEN)
            return Withdrawn(run.id, run.ended_at is None)
        remembered = keys.row(actor, key, run.id, now, about=about)
        _fire_what_is_due(run)
        if run.ended_at is None:
            _demand(run)
            run.remember(remembered)
            run.happen(Message(_message(run.procedure)), actor, VERB, {"alasan": said})
            run.save()
            return Withdrawn(run.id, run.ended_at is None)
        run.save()
    raise WithdrawalRefused


def listeners(run: CaseRun) -> tuple[str, ...]:
    """Where a case that goes on waits for its pemohon's withdrawal; nowhere once it is too late for one."""
    rule = run.procedure.withdrawal
    if rule is None or run.data["visits"].get(rule.closed_since):
        return ()
    on_a_step = run.procedure.spec.attached  # these come with their step
    return tuple(event for event in _catches(run.procedure) if event not in on_a_step)


def _is_withdrawn(run: CaseRun) -> bool:
    """Is it on its way, or did the case end by it? Afterwards it may have gone on, and ended otherwise."""
    return holding.is_holding(run) if run.ended_at is None else run.outcome_key in _catches(run.procedure)


def _catches(procedure: Procedure) -> tuple[str, ...]:
    return tuple(event for event, name in procedure.spec.messages.items() if name == _message(procedure))


def _demand(run: CaseRun) -> None:
    if run.state is None or run.procedure.withdrawal is None:
        raise WithdrawalRefused
    refusal = _offer(run.procedure, run.state, run.data).refusal
    if refusal:
        raise WithdrawalRefused(refusal)


def _offer(procedure: Procedure, state: bytes, data: Mapping[str, Any]) -> Offer:
    """Asks the engine what would happen; nothing is changed by asking."""
    rule = procedure.withdrawal
    assert rule is not None
    if data["visits"].get(rule.closed_since):
        return Offer(_too_late(procedure, rule.closed_since))
    here = {element for _, element in live(procedure.spec, state)}
    if holding.HELD in data:
        return Offer("Penarikan Anda sedang dikerjakan petugas.")
    if rule.message not in {procedure.spec.messages.get(element) for element in here}:
        return Offer(WithdrawalRefused.pesan)
    what_if = CaseData(data["answers"], data["visits"])
    result = advance(procedure.spec, state, Message(rule.message), what_if, clock.now())
    if here & {task.step for task in result.opened}:
        return Offer("Permohonan ini sedang ditutup petugas, jadi tidak perlu ditarik.")
    return Offer(restores=result.ended is None)


def _too_late(procedure: Procedure, step: str) -> str:
    if step == procedure.signing.get("langkah"):
        return "Sudah ditandatangani, tidak dapat ditarik."
    return f'Langkah "{procedure.steps[step].name}" sudah selesai, jadi permohonan tidak dapat ditarik.'


def _message(procedure: Procedure) -> str:
    return procedure.withdrawal.message if procedure.withdrawal else ""


def _fire_what_is_due(run: CaseRun) -> None:
    """A limit that was over before this click comes first, even when the sweeper is late."""
    if run.first_timer is not None and run.first_timer <= run.now:
        for timer in run.session.connection().execute(statements.DUE_TIMERS, {"case_id": run.id, "now": run.now}).all():
            run.fire(timer.token, timer.element, SYSTEM)
