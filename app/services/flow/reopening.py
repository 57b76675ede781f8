"""A case that has ended goes on again, at the step that the procedure names for its outcome (`buka_kembali`)."""

from datetime import datetime, timedelta

from app.domain.actors import APPLICANTS, Actor, CaseRef, can
from app.domain.errors import Forbidden, InvalidInput, NotFound, ReopeningRefused, StaleForm
from app.domain.masking import mask_in_text
from app.procedures.actions import CASE
from app.procedures.model.document import Reopening
from app.procedures.model.procedure import Procedure
from app.services import clock
from app.services.flow import keys, withdrawal
from app.services.flow.case_run import CaseRun
from app.services.flow.cases import CaseView
from app.services.work import unit_of_work
from app.workflow.contract import Reopen

VERB = "kasus_dibuka_kembali"
MAX_REASON = 200
OWN_FOR = timedelta(days=30)
"""How long after its end residents may reopen a case of theirs, where the procedure names them."""
AGAIN = (
    "Permohonan ini sudah dibuka kembali dari halaman itu, dan sesudahnya berakhir lagi. "
    "Muat ulang halamannya bila masih harus dibuka."
)


def offer(actor: Actor, view: CaseView) -> Reopening | None:
    """What this actor may do with this ended case; None where they may not, or the procedure names no step for it."""
    if view.ended_at is None or not can(actor, "view_case", view.ref):
        return None
    rule = _rule(view.procedure, view.outcome)
    return rule if rule is not None and _may(actor, view.ref, rule, view.ended_at, clock.now()) else None


def reopen(actor: Actor, case_id: str, key: str, reason: str) -> str:
    """Returns the id of the task that is open now. The same key again changes nothing.

    Raises InvalidInput without a reason, ReopeningRefused, Forbidden, NotFound, StaleForm.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"alasan": [f"Tulis alasan membuka kembali, paling banyak {MAX_REASON} huruf."]})
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, case_id=case_id)
        if not can(actor, "view_case", run.ref):
            raise NotFound
        about = f"{VERB} {run.id}"
        is_known = keys.is_known(session, actor, key, about=about)
        if is_known and run.ended_at is not None:
            raise StaleForm(AGAIN)
        if is_known and run.tasks:
            return str(next(iter(run.tasks.values()))["id"])
        if run.ended_at is None:
            raise ReopeningRefused
        rule = _rule(run.procedure, run.outcome)
        if rule is None:
            noun = run.procedure.noun.capitalize()
            raise ReopeningRefused(f"{noun} yang berakhir begini tidak dapat dibuka kembali menurut prosedurnya.")
        if not _may(actor, run.ref, rule, run.ended_at, now):
            raise Forbidden
        run.remember(keys.row(actor, key, run.id, now, about=about))
        before, run.outcome, run.outcome_key, run.ended_at = run.outcome, "", "", None
        run.data["answers"].pop(CASE, None)
        # The word under which the resident saw this step before, else that of having filed.
        first = run.procedure.steps[run.procedure.first_step]
        run.status = run.data.get("words", {}).get(rule.step) or first.status
        what = {"alasan": mask_in_text(reason), "hasil_semula": before}
        run.happen(Reopen(rule.step, withdrawal.listeners(run)), actor, VERB, what)
        run.save(last=True)
        return str(next(iter(run.tasks.values()))["id"])


def _may(actor: Actor, case: CaseRef, rule: Reopening, ended_at: datetime, now: datetime) -> bool:
    """An officer never in their own case; its resident where the rule names them, and not for ever."""
    if actor.id == case.subject_id:
        return bool(actor.roles & rule.roles & APPLICANTS) and now < ended_at + OWN_FOR
    return actor.serves(case.unit, rule.roles - APPLICANTS)


def _rule(procedure: Procedure, outcome: str) -> Reopening | None:
    return next((rule for rule in procedure.reopenings if outcome in rule.outcomes), None)
