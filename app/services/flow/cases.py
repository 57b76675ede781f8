"""Open a case; see a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, CaseRef, can
from app.domain.errors import EngineFault, NotFound
from app.models import Case, Task, User
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import store
from app.services.flow import discretion, kin, published
from app.services.flow.case_run import CaseRun
from app.services.records import trail
from app.workflow.contract import Start


@dataclass(frozen=True)
class CaseView:
    """A case as its readers see it. `names`: who is who in it; `hides_name`: this reader may not know its subject's.
    `is_confidential`: some readers may not; `kin`: officers whose own household it concerns.

    `tasks`, oldest first: the open ones, and of each human step the last visit that was completed and the last that
    was called off; earlier visits are in the trail, so that a case which went in circles reads like any other.
    """

    id: str
    number: str
    procedure: Procedure
    subject_id: str
    unit: str
    status: str
    status_at: datetime
    opened_at: datetime
    ended_at: datetime | None
    outcome: str
    priority: bool
    answers: Mapping[str, Mapping[str, Any]]
    visits: Mapping[str, int]
    actors: Mapping[str, list[str]]
    tasks: tuple[Task, ...]
    names: Mapping[str, str]
    hides_name: bool = False
    is_confidential: bool = False
    kin: frozenset[str] = frozenset()

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.id, self.subject_id, self.unit, self.procedure.roles)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.closed_at is None)

    def barred(self, step: Step) -> frozenset[str]:
        """Everyone the four-eyes rule keeps from this step."""
        return frozenset(person for other in step.different_from for person in self.actors.get(other, ()))


def open_case(
    session: Session,
    actor: Actor,
    *,
    case_id: str,
    version_id: str,
    subject_id: str,
    unit: str,
    number: str,
    answers: Mapping[str, Any],
    at: datetime,
    facts: Mapping[str, str] | None = None,
    origin: tuple[str, str] | None = None,
    priority: bool = False,
    confidential: bool = False,
) -> str:
    """Start a case with its first step done, inside the unit of work of the submission.

    `answers`: cleaned answers of the first step; `facts`: extra words for its notices (e.g. pin); `origin`: the case
    (id, number) for which this one is opened.
    """
    procedure = published.compiled(version_id)
    first = procedure.steps[procedure.first_step]
    session.add(
        Case(
            id=case_id,
            number=number,
            version_id=version_id,
            subject_id=subject_id,
            opened_by=actor.id,
            about=procedure.about,
            unit=unit,
            state=b"",
            data={},
            status=first.status,
            status_at=at,
            opened_at=at,
            priority=priority,
            confidential=confidential,
        )
    )
    session.flush()
    run = CaseRun(
        session=session,
        id=case_id,
        number=number,
        procedure=procedure,
        subject_id=subject_id,
        unit=unit,
        state=None,
        data={"answers": {}, "visits": {}, "actors": {}},
        status=first.status,
        chain=trail.Chain(trail.case_stream(case_id), 0, trail.START, is_new=True),
        now=at,
        facts=dict(facts or {}),
    )
    what: dict[str, Any] = {"nomor": number, "prosedur": procedure.slug, "sidik": procedure.hash, "unit": unit}
    if subject_id != actor.id:
        what["untuk_orang_lain"] = True
    if origin is not None:
        what["asal"], what["nomor_asal"] = origin
    run.happen(Start(), actor, "kasus_dibuka", what)
    task = next((task for task in run.tasks.values() if task["step"] == first.id), None)
    if task is None:
        raise EngineFault
    run.complete(task["token"], first.id, actor, answers)
    run.save()
    return case_id


def load(actor: Actor, case_id: str) -> CaseView:
    """Raises NotFound where it does not exist or the actor may not see it: nobody learns which."""
    case = store.session.get(Case, case_id)
    if case is None:
        raise NotFound
    procedure = published.compiled(case.version_id)
    if not can(actor, "view_case", CaseRef(case.id, case.subject_id, case.unit, procedure.roles)):
        raise NotFound
    tasks = tuple(store.session.scalars(_latest_tasks(case_id)))
    ref = CaseRef(case.id, case.subject_id, case.unit, procedure.roles)
    own = kin.of_case(store.session(), case_id) if actor.is_officer else frozenset[str]()
    hides_name = case.confidential and (actor.id in own or not discretion.may_know(actor, ref, procedure, tasks))
    return CaseView(
        id=case.id,
        number=case.number,
        procedure=procedure,
        subject_id=case.subject_id,
        unit=case.unit,
        status=case.status,
        status_at=case.status_at,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        outcome=case.outcome,
        priority=case.priority,
        answers=case.data["answers"],
        visits=case.data["visits"],
        actors=case.data["actors"],
        tasks=tasks,
        names=_names(case, tasks) | ({case.subject_id: discretion.HIDDEN} if hides_name else {}),
        hides_name=hides_name,
        is_confidential=case.confidential,
        kin=own,
    )


def _latest_tasks(case_id: str) -> Select[Task]:
    latest = func.row_number().over(
        partition_by=(Task.step, Task.closed_how), order_by=(Task.opened_at.desc(), Task.id.desc())
    )
    numbered = select(Task.id, latest.label("place"), Task.closed_at).where(Task.case_id == case_id).subquery()
    shown = select(numbered.c.id).where(or_(numbered.c.place == 1, numbered.c.closed_at.is_(None)))
    return select(Task).where(Task.id.in_(shown)).order_by(Task.opened_at, Task.id)


def _names(case: Case, tasks: tuple[Task, ...]) -> dict[str, str]:
    people = {case.subject_id, case.opened_by}
    people |= {person for task in tasks for person in (task.claimed_by, task.completed_by) if person}
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in rows}
