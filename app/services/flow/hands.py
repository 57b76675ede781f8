"""Whose hands a new task goes to."""

from collections.abc import Iterable
from typing import Any, Protocol

from app.domain.actors import Actor
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services.flow import opening
from app.services.flow.opening import FREE, Hands


class Run(Protocol):
    procedure: Procedure
    data: dict[str, Any]

    @property
    def kin(self) -> frozenset[str]: ...

    def barred(self, step: Step) -> frozenset[str]: ...

    def may_do(self, person: str, step: Step) -> bool: ...


def hands_for(run: Run, step: Step, actor: Actor, done: Step | None) -> Hands:
    """Consecutive steps of one lane stay with their officer; a returned one waits for who knows it."""
    if step.by_applicant:
        return Hands(asked_by=_who_asked(run, step, actor, done)) if step.clock_stops else FREE
    if done is None:
        return FREE
    if done.kind == "user" and done.lane == step.lane:
        return Hands(holder=actor.id) if actor.id not in run.barred(step) | run.kin else FREE
    if done.kind == "service":
        before = opening.steps_before(run.procedure, step.id)
        holder = _last_actor(run, (each for each in before if run.procedure.steps[each].lane == step.lane))
        return Hands(holder=holder) if _may_hold(run, step, holder) else FREE
    known = _last_actor(run, [step.id])
    return Hands(reserved_for=known) if _may_hold(run, step, known) else FREE


def _who_asked(run: Run, step: Step, actor: Actor, done: Step | None) -> str | None:
    """The officer behind a question to the pemohon."""
    if done is not None and done.kind == "user" and not done.by_applicant:
        return actor.id
    before = opening.steps_before(run.procedure, step.id)
    return _last_actor(run, (each for each in before if not run.procedure.steps[each].by_applicant))


def _last_actor(run: Run, steps: Iterable[str]) -> str | None:
    actors = run.data["actors"]
    people = [actors[step][-1] for step in sorted(steps) if actors.get(step)]
    return people[-1] if people else None


def _may_hold(run: Run, step: Step, person: str | None) -> bool:
    return person is not None and person not in run.barred(step) | run.kin and run.may_do(person, step)
