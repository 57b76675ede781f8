"""What a step changes about tasks and timers that stand still: a message holds the others until its task is done."""

from datetime import datetime
from typing import Any, Protocol

from app.procedures.model.procedure import Procedure
from app.services.flow import holding, pausing
from app.services.flow.case_rows import CaseRows, Row
from app.workflow.contract import Event, Message


class Run(holding.Run, Protocol):
    """case_run.CaseRun."""

    procedure: Procedure
    data: dict[str, Any]
    ended_at: datetime | None
    rows: CaseRows


def follow(run: Run, event: Event, before: str, closed: list[str], opened: list[Row]) -> None:
    """After a step; `before`: the case's word before it."""
    if run.ended_at is not None:
        if run.data.pop(holding.HELD, None):
            holding.close_stops(run)
    elif isinstance(event, Message) and opened:
        for task in run.tasks.values():
            if task["paused_at"] is not None:
                pausing.end(run, task)
        holding.begin(run, opened, before, event.name)
    elif holding.is_holding(run):
        holding.follow(run, closed, opened)
        for timer in run.rows.timers:
            is_free = timer["token"] in run.data[holding.HELD]["oleh"]
            timer["held_at"] = timer["held_at"] if is_free else run.now
        if holding.is_over(run):
            for timer in run.rows.timers:
                timer["held_at"] = None
            holding.end(run)
