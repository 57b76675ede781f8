"""The history of a case in sentences: for the pemohon with roles, for officers with names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM_ID, Actor, can
from app.domain.errors import NotFound
from app.domain.masking import mask_in_text
from app.models import Answer, Event, User
from app.procedures.model.procedure import Procedure
from app.services import store
from app.services.flow import discretion
from app.services.flow.cases import CaseView
from app.services.messages.notice_facts import MESSAGE
from app.services.paging import at_most
from app.services.records import trail
from app.services.records.sentences import OFFICERS_ONLY, Act, Telling, tell

SYSTEM_NAME = "Sistem"
PAGE = 50


@dataclass(frozen=True)
class Entry:
    """One act. `who`: a name for officers, "Anda" or a role for the pemohon; `is_return`: the case went back."""

    at: datetime
    sentence: str
    who: str
    is_return: bool = False


@dataclass(frozen=True)
class Timeline:
    """Oldest first. `before`: what to pass for the page of what happened before these, None at the beginning."""

    entries: Sequence[Entry]
    before: int | None


def timeline(actor: Actor, view: CaseView, before: int | None = None) -> Timeline:
    """The newest PAGE acts of a case, or the newest before one. Raises NotFound for who may not see the case."""
    if not can(actor, "view_case", view.ref):
        raise NotFound
    reader = actor.id if actor.id == view.subject_id else ""
    query = select(Event).where(Event.stream == trail.case_stream(view.id))
    if reader:
        query = query.where(Event.verb.not_in(sorted(OFFICERS_ONLY)))
    if before is not None:
        query = query.where(Event.seq < before)
    found = store.session.scalars(query.order_by(Event.seq.desc()).limit(at_most(PAGE + 1))).all()
    events = found[:PAGE][::-1]
    people = {event.actor for event in events} | {str(event.payload.get("kepada", "")) for event in events}
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(people)))
    names = {row.id: row.name for row in rows} | ({view.subject_id: discretion.HIDDEN} if view.hides_name else {})
    entries = _tell(events, Telling(view.procedure, names, *_answers(view.id, events), reader))
    return Timeline(entries, events[0].seq if len(found) > PAGE else None)


def for_officers(case_id: str, procedure: Procedure, events: Sequence[Event], names: Mapping[str, str]) -> list[Entry]:
    """All of these events without an actor, for the archive; rights are the caller's matter."""
    return _tell(events, Telling(procedure, names, *_answers(case_id, events), ""))


def sentences(case_id: str, procedure: Procedure, events: Sequence[Act]) -> list[str]:
    """One for each of these events, "" where there is none, for the auditor; rights are the caller's matter."""
    telling = Telling(procedure, {}, *_answers(case_id, events), "")
    return [_sentence(event, telling) for event in events]


def _sentence(event: Act, telling: Telling) -> str:
    try:
        told = tell(event, telling)
    except (KeyError, TypeError, AttributeError, ValueError):
        return ""  # the entry was altered: the auditor sees it as it stands
    return told[0] if told else ""


def _answers(
    case_id: str, events: Sequence[Act]
) -> tuple[dict[str, str], dict[str, Mapping[str, Any]], dict[tuple[str, str], Mapping[str, Any]]]:
    """What was answered while these events (oldest first) happened."""
    if not events:
        return {}, {}, {}
    here = select(Answer.id, Answer.task_id, Answer.step, Answer.data).where(
        Answer.case_id == case_id, Answer.at >= events[0].at, Answer.at <= events[-1].at
    )
    rows = store.session.execute(here).all()
    messages = {row.task_id: mask_in_text(str(row.data[MESSAGE])) for row in rows if row.data.get(MESSAGE)}
    return messages, {row.id: row.data for row in rows}, {(row.task_id, row.step): row.data for row in rows}


def _tell(events: Sequence[Event], telling: Telling) -> list[Entry]:
    entries = []
    for event in events:
        if telling.reader and event.verb in OFFICERS_ONLY:
            continue
        told = tell(event, telling)
        if told is not None:
            sentence, is_return = told
            entries.append(Entry(event.at, sentence, _who(event, telling), is_return))
    return entries


def _who(event: Event, telling: Telling) -> str:
    if event.actor == SYSTEM_ID:
        return SYSTEM_NAME
    if event.actor == telling.reader:
        return "Anda"
    if not telling.reader:
        name, title = telling.names.get(event.actor, "Petugas"), event.payload.get("sebagai", "")
        return f"{name} ({title})" if title else name
    step = telling.procedure.steps.get(str(event.payload.get("langkah", "")))
    return step.lane if step else "Petugas"
