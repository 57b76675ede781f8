"""Which of the procedure's notices a step brings about."""

from datetime import datetime
from typing import Any, Protocol

from app.procedures.model.notices import NoticeRule
from app.procedures.model.steps import Step
from app.services.background import digests
from app.services.messages import notices
from app.services.records.trail import Chain

Row = dict[str, Any]


class Run(notices.Run, Protocol):
    """case_run.CaseRun."""

    unit: str
    outcome: str
    ended_at: datetime | None

    @property
    def chain(self) -> Chain: ...

    def tell_later(self, digests: list[Row]) -> None: ...


def tell(run: Run, done: Step | None, opened: list[Row], *, event: str = "") -> None:
    """After `done` (None: nobody's step) and with what it opened. `event`: another occasion of the case."""
    opened_steps = {task["step"] for task in opened}
    decision = run.data["answers"].get(done.id, {}).get("keputusan") if done else None
    for number, rule in enumerate(run.procedure.notices):
        applies = {
            "selesai": done is not None and rule.step == done.id,
            "jawaban": done is not None and rule.step == done.id and rule.value == decision,
            "dibuka": rule.step in opened_steps,
            "ditutup": run.ended_at is not None and rule.value in ("", run.outcome),
        }.get(rule.on, rule.on == event)  # reminders are told by their timer
        if applies and rule.digest:
            run.tell_later(digests.schedule(run, rule))
        elif applies and not (rule.once and _was_told(run, rule)):
            notices.write(run, rule, key=f"{run.id}:{run.chain.seq}:{number}", speaker=rule.speaker)


def _was_told(run: Run, rule: NoticeRule) -> bool:
    """Notes the telling that follows a no; the case itself remembers, and forgets with its step where that fails."""
    told = run.data.setdefault("told", [])
    if rule.template in told:
        return True
    told.append(rule.template)
    return False
