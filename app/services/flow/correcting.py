"""Corrected answers of an earlier step take the place of what was there, for everything that follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from app.domain.actors import Actor
from app.domain.chain import canonical, salted_digest
from app.procedures import corrections
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services.records.trail import Chain

VERB = "isian_diperbaiki"


class Run(Protocol):
    procedure: Procedure
    data: dict[str, Any]
    chain: Chain
    now: datetime

    def keep_answers(
        self, step_id: str, actor: Actor, answers: Mapping[str, Any], task_id: str, visit: int | None = None
    ) -> dict[str, Any]: ...


def apply(run: Run, step: Step, actor: Actor, answers: Mapping[str, Any], task_id: str) -> None:
    """After `step`: the answers it corrects, kept whole beside what they were, and named in the trail."""
    form = run.procedure.forms.get(step.id)
    for field, found in corrections.in_answers(form, answers) if form else ():
        source = corrections.source_form(field, run.procedure.forms)
        if source is None or not corrections.told(field, found, run.procedure.forms):
            continue
        own = corrections.corrected(run.data["answers"].get(source.step, {}), found)
        run.data["answers"][source.step] = own
        kept = run.keep_answers(source.step, actor, own, task_id, run.data["visits"].get(source.step, 1))
        digest = salted_digest(kept["salt"], canonical(own).decode())
        what = {"langkah": step.id, "tugas": task_id, "diperbaiki": source.step, "isian": digest}
        run.chain.add(actor.id, VERB, what, run.now)
