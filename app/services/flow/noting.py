"""Answers that the trail names by a word of its own (`jejak` of the ikmt), for whoever decides on it later."""

from datetime import datetime
from typing import Any, Protocol

from app.domain.actors import Actor
from app.procedures.model.procedure import Procedure
from app.services.records.trail import Chain


class Run(Protocol):
    procedure: Procedure
    data: dict[str, Any]
    chain: Chain
    now: datetime


def note(run: Run, step: str, actor: Actor) -> None:
    """After `step`: one entry for each rule that its answers meet."""
    for condition, word in run.procedure.noted:
        about_it = step in {at for at, _ in condition.references}
        if about_it and condition.holds(run.data["answers"]):
            run.chain.add(actor.id, word, {"langkah": step}, run.now)
