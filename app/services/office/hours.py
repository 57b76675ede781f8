"""The office's calendar: changed version by version, with a look at what a change does before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain import calendar_changes
from app.domain.actors import Actor
from app.domain.calendar import WorkingCalendar
from app.domain.calendar_book import Book
from app.services import clock, store
from app.services.background import job_rows
from app.services.office import due_dates, taking, versions
from app.services.office.due_dates import LIMIT, NORM, REMINDER, Move
from app.services.work import unit_of_work

KIND = "kalender"
EXAMPLES = 10
EARLIER = 5
"""Versions back that something open may still stand on."""


@dataclass
class Effect:
    """What a change does to what is open now. `late`: due dates that would be over at once; `in_time`: tasks marked
    late that would not be late any more; `examples`: the first few due dates of tasks."""

    tasks: int = 0
    limits: int = 0
    reminders: int = 0
    later: int = 0
    earlier: int = 0
    late: int = 0
    in_time: int = 0
    examples: list[Move] = field(default_factory=list)

    def count(self, move: Move, now: datetime) -> None:
        self.tasks += move.kind == NORM
        self.limits += move.kind == LIMIT
        self.reminders += move.kind == REMINDER
        if move.kind != NORM:
            return
        self.later += move.after > move.before
        self.earlier += move.after < move.before
        self.late += not move.was_late and move.after <= now
        self.in_time += move.was_late and move.after > now
        if len(self.examples) < EXAMPLES:
            self.examples.append(move)


@dataclass(frozen=True)
class Plan:
    """A change that nobody has saved yet. `base`: the version it was made on; `past`: it changes days gone by."""

    base: int
    book: Book
    about: str
    past: bool


def kept(actor: Actor) -> tuple[int, Book]:
    """The version that counts (0: the one shipped) and what it is made of. Raises Forbidden."""
    versions.demand_admin(actor)
    number, data = versions.current(versions.CALENDAR)
    return number, _book(data)


def plan(actor: Actor, form: Mapping[str, str]) -> Plan:
    """Raises Forbidden, InvalidInput."""
    number, book = kept(actor)
    today = clock.today()
    changed, about = calendar_changes.apply(book, form, today)
    return Plan(number, changed, about, _reaches_back(book, changed, today))


def _reaches_back(before: Book, after: Book, today: date) -> bool:
    days = {each.day for each in set(before.holidays) ^ set(after.holidays)}
    starts = {each.start or date.min for each in set(before.periods) ^ set(after.periods)}
    return any(day < today for day in days | starts)


def effect(actor: Actor, planned: Plan) -> Effect:
    """Counted case by case with what the saving will use. Raises Forbidden."""
    versions.demand_admin(actor)
    found, now = Effect(), clock.now()
    before, after = calendars_before(planned.base + 1), planned.book.calendar()
    last = ""
    while case_ids := due_dates.open_cases(store.session(), last):
        for move in due_dates.moves(store.session(), case_ids, before, after):
            found.count(move, now)
        last = case_ids[-1]
        store.session.expunge_all()
    return found


def save(actor: Actor, planned: Plan, base: int, reason: str) -> int:
    """The new version's number; what is open is counted anew by a job, as soon as every process counts by it.

    `base`: the version that the change was looked at on. Raises Forbidden, InvalidInput (no reason), StaleForm.
    """
    versions.demand_admin(actor)
    reason, at = versions.clean_reason(reason), clock.now()
    with unit_of_work() as session:
        data = planned.book.to_data()
        number = versions.add(session, actor, versions.CALENDAR, base, data, planned.about, reason, at)
        job_rows.add(session, f"{KIND}:{number}:1:", KIND, job_payload(number), at + taking.SETTLE, at=at)
    taking.refresh(at_once=True)
    return number


def job_payload(number: int, round: int = 1) -> dict[str, Any]:
    """Of the first job of a round of counting anew."""
    return {"versi": number, "putaran": round, "sesudah": "", "tugas": 0, "batas": 0}


def calendars_before(number: int) -> Sequence[WorkingCalendar]:
    """Those of the few versions before this one, the newest first, and the one shipped where they reach back to it."""
    earlier = range(number - 1, max(-1, number - 1 - EARLIER), -1)
    return [_book(versions.data_of(versions.CALENDAR, each) if each else {}).calendar() for each in earlier]


def _book(data: Mapping[str, Any]) -> Book:
    return Book.from_data(data) if data else Book.shipped()
