"""The resident's word for where the case is (`status`)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step

Row = dict[str, Any]


class Run(Protocol):
    procedure: Procedure
    data: dict[str, Any]
    status: str
    outcome_key: str
    ended_at: datetime | None


def follow(run: Run, done: Step | None, opened: Iterable[Row]) -> None:
    """The word of the step just done, unless what opened says otherwise, or the case is over.

    A step that an officer's decision opens again brings back the word under which it was open first.
    """
    words = run.data.setdefault("words", {})
    goes_back = done is None or not done.by_applicant
    if done is not None and done.status:
        run.status = done.status
    for task in opened:
        own = run.procedure.steps[task["step"]].open_status
        known = words.get(task["step"]) if goes_back and task["visit"] > 1 else None
        run.status = own or known or run.status
        words.setdefault(task["step"], run.status)
    if run.ended_at is not None and run.outcome_key:
        run.status = run.procedure.outcomes[run.outcome_key].status


def known_word(run: Run, task: Row) -> str | None:
    """The word under which the resident first saw this step open, where it is taken up again."""
    word: str | None = run.data.get("words", {}).get(task["step"])
    return word if task["visit"] > 1 else None
