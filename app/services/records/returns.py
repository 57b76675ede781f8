"""Which completions sent a case back: to the pemohon, or to an earlier row of the paper."""

from collections.abc import Mapping
from typing import Any

from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step


def returned_to(step: Step, what: Mapping[str, Any], procedure: Procedure) -> Step | None:
    """The step that was opened behind this one: the pemohon's extra step, or a row that comes earlier on the paper.

    `what`: the payload of its `langkah_selesai`.
    """
    if step.by_applicant:
        return None
    for _, opened, *_rest in what.get("dibuka", ()):
        after = procedure.steps.get(opened)
        if after is None:
            continue
        if after.by_applicant and not after.rows:
            return after
        if after.rows and step.rows and min(after.rows) < min(step.rows):
            return after
    return None
