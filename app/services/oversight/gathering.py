"""Counting goes on where it stopped: the cases that the trail names since then are measured again, and what changed
marks the sums it is part of. The sums of marked ones are made again from their tasks, never by adding to them."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.errors import AlurError
from app.domain.tanggal import local_date
from app.models import CaseFigures, Event, StaleCount, TaskFigures
from app.services import clock, store
from app.services.oversight import reading, sums, tip
from app.services.oversight.measuring import Found, measure
from app.services.oversight.outlook import Outlook
from app.services.paging import at_most
from app.services.records.settled import settled
from app.services.work import unit_of_work

log = logging.getLogger("alur.figures")

PERIOD = timedelta(minutes=1)
SLICE_SECONDS = 3.0
"""An old office counted for the first time must not keep the sweeper from its timers."""
_EVENTS, _CASES = 5_000, 200
_STREAM = "kasus:"

Key = tuple[str, str, str]
Row = dict[str, Any]


def gather(now: datetime, seconds: float = SLICE_SECONDS) -> bool:
    """The sweeper's turn, for about so long. False: it should go on at once, there is more to count.

    While somebody takes long over a transaction nothing is counted: the page says how old its figures are.
    """
    until = time.monotonic() + seconds
    upto = settled(store.session())
    store.session.rollback()
    if upto is None:
        return True
    while _count_some(upto, now):
        if time.monotonic() > until:
            return False
    while sums.renew_some():
        if time.monotonic() > until:
            return False
    return _note_time(upto, now)


def _count_some(upto: int, now: datetime) -> bool:
    """Some cases, in one transaction. False: nothing was left, or another sweeper counts."""
    session = store.session()
    begin = tip.read(session)
    case_ids, end = _named_since(session, begin, upto)
    found = reading.read(session, case_ids) if case_ids else []
    known_cases, known_tasks = _known(session, case_ids)
    session.rollback()
    if end == begin:
        return False
    measured = _measured(found, now)
    with unit_of_work() as session:
        if tip.lock(session) != begin:
            return False
        outlook = Outlook(session, clock.calendar(), now)
        cases = [case | outlook.forecast(case, its, known_cases.get(case["case_id"])) for case, its in measured]
        new_cases = _changed(cases, "case_id", known_cases)
        _write(session, CaseFigures, "case_id", new_cases)
        tasks = _changed([task for _, its in measured for task in its], "task_id", known_tasks)
        _write(session, TaskFigures, "task_id", tasks)
        before = [known_tasks[task["task_id"]] for task in tasks if task["task_id"] in known_tasks]
        old_cases = [known_cases[case["case_id"]] for case in new_cases if case["case_id"] in known_cases]
        _mark(session, _task_sums([*tasks, *before]) | _case_sums([*new_cases, *old_cases]))
        tip.move(session, end)
    return True


def _measured(found: Iterable[Found], now: datetime) -> list[tuple[Row, list[Row]]]:
    """A case that cannot be measured is left as it was, and said in the log; the others must not wait for it."""
    measured = []
    for each in found:
        try:
            measured.append(measure(each, clock.calendar(), now))
        except (AlurError, LookupError, ValueError):
            log.exception("a case cannot be counted", extra={"case": each.case.id})
    return measured


def _named_since(session: Session, begin: int, upto: int) -> tuple[list[str], int]:
    """Cases that the trail names after `begin`, and the last event that was looked at."""
    rows = session.execute(
        select(Event.id, Event.stream)
        .where(Event.id > begin, Event.id <= upto)
        .order_by(Event.id)
        .limit(at_most(_EVENTS))
    )
    found: dict[str, None] = {}
    end = begin
    for row in rows:
        if row.stream.startswith(_STREAM):
            if len(found) == _CASES and row.stream not in found:
                break
            found[row.stream] = None
        end = row.id
    return [stream.removeprefix(_STREAM) for stream in found], end


def _known(session: Session, case_ids: Sequence[str]) -> tuple[dict[str, Row], dict[str, Row]]:
    """What was counted of these cases before: by case, and by task."""
    found = []
    for model, key in ((CaseFigures, "case_id"), (TaskFigures, "task_id")):
        table = model.__table__
        rows = session.execute(select(table).where(table.c.case_id.in_(case_ids))).mappings() if case_ids else ()
        found.append({row[key]: dict(row) for row in rows})
    return found[0], found[1]


def _changed(rows: Iterable[Row], key: str, known: Mapping[str, Row]) -> list[Row]:
    return [row for row in rows if row != known.get(row[key])]


def _write(session: Session, model: type, key: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    table: Any = model.__table__  # type: ignore[attr-defined]
    session.execute(delete(table).where(table.c[key].in_([row[key] for row in rows])))
    session.execute(insert(table), list(rows))


def _task_sums(tasks: Iterable[Row]) -> set[Key]:
    """(day, slug, step) of the sums that these tasks are part of; day "": of the open ones."""
    found = set()
    for task in tasks:
        here = (task["slug"], task["step"])
        found |= {(local_date(at).isoformat(), *here) for at in (task["closed_at"], task["late_at"]) if at}
        found.add(("", *here))
    return found


def _case_sums(cases: Iterable[Row]) -> set[Key]:
    """The same for cases, which stand under no step."""
    return {(day, case["slug"], "") for case in cases for day in (case["opened_day"], case["ended_day"]) if day}


def _mark(session: Session, keys: set[Key]) -> None:
    if not keys:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(StaleCount).on_conflict_do_nothing(index_elements=["day", "slug", "step"])
    session.execute(new, [{"day": day, "slug": slug, "step": step} for day, slug, step in sorted(keys)])


def _note_time(upto: int, now: datetime) -> bool:
    with unit_of_work() as session:
        if tip.lock(session) < upto:
            return False
        tip.note_time(session, now)
    return True
