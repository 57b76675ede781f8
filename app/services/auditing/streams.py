"""A stream of the trail as an auditor reads it: every entry as it stands, and whether it stands as it was written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import SYSTEM_ID, Actor, demand
from app.domain.chain import GENESIS, Entry, first_broken
from app.domain.errors import NotFound
from app.domain.masking import mask_in_text
from app.models import Case, User
from app.services import store
from app.services.flow import cases, discretion
from app.services.flow.cases import CaseView
from app.services.records import riwayat, trail, trail_rows

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One entry. `said`: a sentence, "" where the verb says it all; `content`: the payload as JSON."""

    seq: int
    at: datetime
    actor: str
    who: str
    verb: str
    said: str
    content: str
    hash: str


@dataclass(frozen=True)
class Page:
    """Newest first. `before`: what to pass for the older ones, None at the beginning of the stream.

    `fault`: where and how these entries are not what was written, "" where they are.
    """

    lines: Sequence[Line]
    before: int | None
    fault: str


def of_case(actor: Actor, case_id: str, before: int | None = None) -> tuple[CaseView, Page]:
    """Raises Forbidden; NotFound for a case outside the auditor's units."""
    demand(actor, "audit")
    view = cases.load(actor, case_id)
    entries, older, fault = _read(trail.case_stream(case_id), before)
    said = riwayat.sentences(case_id, view.procedure, entries)
    hidden = [view.subject_id] if view.hides_name else []
    return view, Page(_lines(entries, said, hidden), older, fault)


def of_account(actor: Actor, user_id: str, before: int | None = None) -> Page:
    """Raises Forbidden; an account to which nothing happened yet has an empty page.

    Cases in which this person asked for discretion are not named: the page of such a case does not name them either.
    """
    demand(actor, "audit")
    return _plain(trail.account_stream(user_id), before, _discreet(user_id))


def of_office(actor: Actor, before: int | None = None) -> Page:
    """Raises Forbidden."""
    demand(actor, "audit")
    return _plain(trail.OFFICE, before)


def _discreet(user_id: str) -> list[str]:
    """Ids and numbers of those cases; running and ended ones apart, because each half has an index of its own."""
    found = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        query = select(Case.id, Case.number).where(Case.subject_id == user_id, Case.confidential, half)
        found += [word for row in store.session.execute(query) for word in row]
    return found


def _plain(stream: str, before: int | None, hidden: Sequence[str] = ()) -> Page:
    entries, older, fault = _read(stream, before)
    if before is not None and not entries:
        raise NotFound
    return Page(_lines(entries, [""] * len(entries), hidden), older, fault)


def _read(stream: str, before: int | None) -> tuple[list[Entry], int | None, str]:
    """Oldest first; what is before them; what is wrong with them. One more is read, for them to follow on."""
    connection = store.session.connection()
    query = trail_rows.newest(connection.dialect.name, stream, before, PAGE + 1)
    rows = connection.execute(query).all()[::-1]
    entries = [trail_rows.entry(row) for row in rows]
    shown = entries[-PAGE:]
    if not shown:
        return [], None, ""
    previous = entries[0] if len(entries) > PAGE else None
    if before is None:
        head, length = rows[-1].head or GENESIS, rows[-1].length or 0
    else:
        head, length = shown[-1].hash, before - 1
    after = (previous.seq, previous.hash) if previous else (0, GENESIS)
    broken = first_broken(stream, shown, head, length, after=after)
    return shown, shown[0].seq if previous else None, broken.why if broken else ""


def _lines(entries: Sequence[Entry], said: Sequence[str], hidden: Sequence[str] = ()) -> list[Line]:
    """`hidden`: people or cases that are not named here, for somebody asked for discretion."""
    names = {**_names({entry.actor for entry in entries}), **dict.fromkeys(hidden, discretion.HIDDEN)}
    lines = [
        Line(
            entry.seq,
            entry.at,
            "" if entry.actor in hidden else entry.actor,
            names.get(entry.actor, entry.actor),
            entry.verb,
            sentence,
            mask_in_text(_content(entry.payload, hidden)),
            entry.hash,
        )
        for entry, sentence in zip(entries, said, strict=True)
    ]
    return lines[::-1]


def _content(payload: object, hidden: Sequence[str]) -> str:
    """As JSON. An entry that names what is hidden keeps none of its values: what else it names leads there too."""
    text = json.dumps(payload, ensure_ascii=False, indent=2, sort_keys=True)
    if not any(word in text for word in hidden):
        return text
    kept = dict.fromkeys(payload, discretion.HIDDEN) if isinstance(payload, dict) else discretion.HIDDEN
    return json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True)


def _names(ids: set[str]) -> Mapping[str, str]:
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()
    return {SYSTEM_ID: riwayat.SYSTEM_NAME, **{row.id: row.name for row in rows}}
