"""Messages of the whole office that did not arrive, or not yet, as the admin sees them: nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.domain.actors import Actor, demand
from app.domain.errors import DealtWith, NotFound
from app.models import Case, Job
from app.services import clock, store
from app.services.background import job_rows
from app.services.messages import outcomes, tracking, undelivered
from app.services.messages.tracking import Line
from app.services.paging import Cursor, earlier, later
from app.services.records import trail
from app.services.work import unit_of_work

FAILED, DELAYED = "gagal", "tertunda"
CHANNELS = (outcomes.LETTER, outcomes.WHATSAPP)
PAGE = 30
# Whatever is tried again is due within hours; the bound lets the index of what is due find it.
_LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True)
class Message:
    """`number`: of its permohonan, "" where it is about none."""

    line: Line
    number: str


@dataclass(frozen=True)
class Page:
    """`next`: where the following page begins, None at the end."""

    messages: Sequence[Message]
    next: Cursor | None


def page(actor: Actor, state: str, channel: str, after: Cursor | None) -> Page:
    """FAILED: given up, the newest first; DELAYED: to be tried again, the next one first. `channel` "" = every one.

    Raises Forbidden.
    """
    demand(actor, "administer")
    narrowed = [Job.kind == channel] if channel in CHANNELS else []
    if state == DELAYED:
        now = clock.now()
        where = [Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at > now - _LONGEST_WAIT, Job.error != ""]
        where += [later(Job.due_at, Job.id, after)] if after else []
        order: list[ColumnElement[Any]] = [Job.due_at.asc(), Job.id.asc()]
    else:
        where = [Job.failed_at.is_not(None)]
        where += [earlier(Job.failed_at, Job.id, after)] if after else []
        order = [Job.failed_at.desc(), Job.id.desc()]
    rows = tracking.nameless(*narrowed, *where, order=order, limit=PAGE + 1)
    known = _cases({case_id for _, case_id in rows if case_id})
    found = [_message(line, known.get(case_id or "")) for line, case_id in rows]
    last = found[PAGE - 1].line if len(found) > PAGE else None
    return Page(found[:PAGE], Cursor("k", last.at, last.job_id) if last else None)


def told_otherwise(actor: Actor, job_id: str, note: str) -> None:
    """Somebody was told by telephone or over the counter: `note` says how.

    Raises Forbidden, InvalidInput, NotFound, DealtWith.
    """
    demand(actor, "administer")
    note, at = undelivered.clean_note(note), clock.now()
    case_id = store.session.scalar(select(Job.case_id).where(Job.id == job_id))
    with unit_of_work() as session:
        job_rows.lock_case(session, case_id)
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.kind not in CHANNELS:
            raise NotFound
        if job.failed_at is None:
            raise DealtWith("Kiriman ini sudah ditangani.")
        kept = {"user": job.payload.get("user", ""), "title": job.payload.get("title", "")}
        outcomes.note_ended(session, job_id, outcomes.OTHERWISE, note, at, outcomes.round_of(job.payload))
        session.execute(
            update(Job).where(Job.id == job_id).values(failed_at=None, error="", done_at=at, payload=kept),
            execution_options={"synchronize_session": False},
        )
        what = {"id": job_id, "judul": kept["title"], "catatan": note}
        trail.append(session, job_rows.stream_of(case_id), actor.id, undelivered.OTHERWISE, what, at)


def count(actor: Actor) -> int:
    """How many were given up, counted up to a page. Raises Forbidden."""
    return len(page(actor, FAILED, "", None).messages)


def _message(line: Line, case: tuple[str, bool] | None) -> Message:
    """Where discretion was asked for, the number stands without an address."""
    number, is_confidential = case or ("", False)
    return Message(replace(line, to="") if is_confidential else line, number)


def _cases(case_ids: set[str]) -> dict[str, tuple[str, bool]]:
    """Id -> number, and whether its writer asked for discretion."""
    if not case_ids:
        return {}
    rows = store.session.execute(select(Case.id, Case.number, Case.confidential).where(Case.id.in_(case_ids)))
    return {row.id: (row.number, row.confidential) for row in rows}
