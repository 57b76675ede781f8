"""Prebuilt Core statements of the hot path: claim, complete, fire. The ORM is several times slower there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, Table, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy import case as case_expression
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.models import (
    Absence,
    Answer,
    Case,
    CaseKk,
    CaseNik,
    IdempotencyKey,
    Job,
    Notice,
    OfficerIdentity,
    StandIn,
    Stream,
    Task,
    TaskDraft,
    Timer,
    User,
    UserRole,
)
from app.models.base import UTCDateTime


def _table(model: type) -> Table:
    return model.__table__  # type: ignore[attr-defined]


case, task, timer, job = _table(Case), _table(Task), _table(Timer), _table(Job)
stream, answer, key, user = _table(Stream), _table(Answer), _table(IdempotencyKey), _table(User)
notice, draft, absence = _table(Notice), _table(TaskDraft), _table(Absence)
_seen, _named = stream.alias(), task.alias()
_case_nik, _case_kk, _identity = _table(CaseNik), _table(CaseKk), _table(OfficerIdentity)
_officers = select(func.aggregate_strings(_identity.c.user_id, " "))
# Officers whose own NIK or nomor KK a case names (flow.kin), each column the ids with spaces between, NULL = none.
KIN = (
    _officers.join_from(_case_nik, _identity, _identity.c.nik == _case_nik.c.nik)
    .where(_case_nik.c.case_id == case.c.id)
    .correlate(case)
    .scalar_subquery()
    .label("kin_nik"),
    _officers.join_from(_case_kk, _identity, _identity.c.nomor_kk == _case_kk.c.nomor_kk)
    .where(_case_kk.c.case_id == case.c.id)
    .correlate(case)
    .scalar_subquery()
    .label("kin_kk"),
    _officers.where(
        or_(
            _identity.c.nik == user.c.nik,
            and_(_identity.c.nomor_kk == user.c.nomor_kk, _identity.c.nomor_kk != ""),
        )
    )
    .correlate(user)
    .scalar_subquery()
    .label("kin_subject"),
)

_CASE_COLUMNS = (
    *KIN,
    case.c.id,
    case.c.number,
    case.c.version_id,
    case.c.subject_id,
    case.c.unit,
    case.c.state,
    case.c.data,
    case.c.status,
    case.c.outcome_key,
    case.c.outcome,
    case.c.ended_at,
    case.c.priority,
    case.c.confidential,
    stream.c.seq,
    stream.c.head,
    user.c.name.label("subject_name"),
    user.c.whatsapp_consent.label("subject_whatsapp"),
    # Only a hint, since PostgreSQL reads it before it waits for the lock: is it worth looking for due timers?
    select(func.min(timer.c.due_at))
    .where(timer.c.case_id == case.c.id, timer.c.kind == "bpmn", timer.c.held_at.is_(None))
    .correlate(case)
    .scalar_subquery()
    .label("first_timer"),
    # A hint too: is there anything to drop that officers typed and did not send?
    select(func.count()).where(draft.c.case_id == case.c.id).correlate(case).scalar_subquery().label("drafts"),
    select(_seen.c.seq).where(_seen.c.name == stream.c.name).scalar_subquery().label("seen_seq"),
)
TASK_COLUMNS = tuple(column.name for column in task.c)
# The case, and on each row one of its open tasks (all None where it has none); one trip to the server for both.
# Case and stream are locked. PostgreSQL reads a locked row anew after waiting for it, but not the others of a join:
# where `seq` is no longer `seen_seq` somebody took a step meanwhile, and OPEN_TASKS must be asked.
_case_with_tasks = (
    select(*_CASE_COLUMNS, *(column.label(f"task_{column.name}") for column in task.c))
    .join_from(case, stream, stream.c.name == "kasus:" + case.c.id)
    .join(user, user.c.id == case.c.subject_id)
    .outerjoin(task, and_(task.c.case_id == case.c.id, task.c.closed_at.is_(None)))
    .with_for_update(of=[case, stream])
)
LOCK_CASE = _case_with_tasks.where(case.c.id == bindparam("case_id"))
LOCK_CASE_OF_TASK = _case_with_tasks.where(
    case.c.id == select(_named.c.case_id).where(_named.c.id == bindparam("task_id")).scalar_subquery()
)
# A task and what its form needs of the case, read before anything is locked.
TASK_AT_A_GLANCE = (
    select(
        task.c.step,
        task.c.claimed_by,
        task.c.closed_at,
        task.c.held_at,
        case.c.id.label("case_id"),
        case.c.version_id,
        case.c.subject_id,
        case.c.unit,
        case.c.data,
    )
    .join_from(task, case, case.c.id == task.c.case_id)
    .where(task.c.id == bindparam("task_id"))
)
_kin = select(case.c.id, case.c.subject_id, *KIN).join_from(case, user, user.c.id == case.c.subject_id)
KIN_OF_CASE = _kin.where(case.c.id == bindparam("case_id"))
KIN_OF_CASES = _kin.where(case.c.id.in_(bindparam("case_ids", expanding=True)))
OPEN_TASKS = select(task).where(task.c.case_id == bindparam("case_id"), task.c.closed_at.is_(None))
WHO_DID = select(task.c.completed_by, task.c.claimed_at).where(task.c.id == bindparam("task_id"))
DUE_TIMERS = (
    select(timer.c.token, timer.c.element)
    .where(
        timer.c.case_id == bindparam("case_id"),
        timer.c.kind == "bpmn",
        timer.c.due_at <= bindparam("now"),
        timer.c.held_at.is_(None),
    )
    .order_by(timer.c.due_at, timer.c.token)
)
_today = bindparam("today", type_=Date)
_away = exists().where(absence.c.user_id == user.c.id, absence.c.ended_at.is_(None))
_away = _away.where(absence.c.from_day <= _today, absence.c.until_day >= _today)
_role, _absents, _stand_in = _table(UserRole), _table(UserRole).alias(), _table(StandIn)
_stood_in_for = absence.alias()
_own_places = select(func.aggregate_strings(_role.c.role + ":" + _role.c.unit, " ")).where(_role.c.user_id == user.c.id)
_borrowed_places = (
    select(func.aggregate_strings(_absents.c.role + ":" + _absents.c.unit, " "))
    .join_from(_stand_in, _stood_in_for, _stood_in_for.c.id == _stand_in.c.absence_id)
    .join(_absents, and_(_absents.c.user_id == _stood_in_for.c.user_id, _absents.c.role == _stand_in.c.role))
    .where(_stand_in.c.substitute_id == user.c.id, _stood_in_for.c.ended_at.is_(None))
    .where(_stood_in_for.c.from_day <= _today, _stood_in_for.c.until_day >= _today)
)
# `at_work`: may be given a task today; of which roles (role:unit, with spaces between), is in the two after it.
PERSON = select(
    user.c.name,
    and_(user.c.active, ~_away).label("at_work"),
    user.c.whatsapp_consent,
    _own_places.correlate(user).scalar_subquery().label("places"),
    _borrowed_places.correlate(user).scalar_subquery().label("borrowed"),
).where(user.c.id == bindparam("user_id"))

UPDATE_CASE = (
    update(case)
    .where(case.c.id == bindparam("case_id"))
    .values(
        state=bindparam("state"),
        data=bindparam("data"),
        status=bindparam("status"),
        status_at=case_expression(
            (case.c.status == bindparam("status"), case.c.status_at), else_=bindparam("now", type_=UTCDateTime)
        ),
        outcome_key=bindparam("outcome_key"),
        outcome=bindparam("outcome"),
        ended_at=bindparam("ended_at"),
    )
)
INSERT_TASKS, INSERT_TIMERS, INSERT_JOBS = insert(task), insert(timer), insert(job)
# No row comes back, so that nobody waits for it.
INSERT_JOBS_ONCE = {
    "sqlite": sqlite.insert(job).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(job).on_conflict_do_nothing(index_elements=["key"]),
}
INSERT_NIKS = {
    "sqlite": sqlite.insert(_table(CaseNik)).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_table(CaseNik)).on_conflict_do_nothing(),
}
INSERT_KKS = {
    "sqlite": sqlite.insert(_table(CaseKk)).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_table(CaseKk)).on_conflict_do_nothing(),
}
INSERT_ANSWER, INSERT_NOTICES = insert(answer), insert(notice)
UPDATE_TASK = (
    update(task)
    .where(task.c.id == bindparam("task_id"))
    .values(
        version=bindparam("to_version"),
        claimed_by=bindparam("to_claimed_by"),
        claimed_at=bindparam("to_claimed_at"),
        reserved_for=bindparam("to_reserved_for"),
        reserved_until=bindparam("to_reserved_until"),
        completed_by=bindparam("to_completed_by"),
        completed_at=bindparam("to_completed_at"),
        closed_at=bindparam("to_closed_at"),
        closed_how=bindparam("to_closed_how"),
        due_at=bindparam("to_due_at"),
        held_at=bindparam("to_held_at"),
        paused_at=bindparam("to_paused_at"),
        paused_for=bindparam("to_paused_for"),
    )
)
DROP_TIMERS = delete(timer).where(
    timer.c.case_id == bindparam("case_id"), timer.c.token.in_(bindparam("tokens", expanding=True))
)
DROP_DRAFTS = delete(draft).where(draft.c.task_id.in_(bindparam("task_ids", expanding=True)))
DROP_CASE_DRAFTS = delete(draft).where(draft.c.case_id == bindparam("case_id"))
DROP_JOBS = delete(job).where(job.c.key.in_(bindparam("keys", expanding=True)), job.c.done_at.is_(None))
INSERT_KEY = insert(key)
KNOWN_KEY = select(key.c.key).where(key.c.actor_id == bindparam("actor_id"), key.c.key == bindparam("key"))


def locked_case(
    session: Session, *, case_id: str | None = None, task_id: str | None = None
) -> tuple[Any, list[dict[str, Any]]]:
    """The row of LOCK_CASE, and every open task of the case. Raises NotFound."""
    connection = session.connection()
    if task_id is not None:
        rows = connection.execute(LOCK_CASE_OF_TASK, {"task_id": task_id}).all()
    else:
        rows = connection.execute(LOCK_CASE, {"case_id": case_id}).all()
    if not rows:
        raise NotFound
    row, width = rows[0], len(TASK_COLUMNS)
    found: Sequence[Sequence[Any]] = [row[-width:] for row in rows if row.task_id is not None]
    if row.seq != row.seen_seq:
        found = connection.execute(OPEN_TASKS, {"case_id": row.id}).all()
    return row, [dict(zip(TASK_COLUMNS, values, strict=True)) for values in found]
