"""`pantau`: the figures of a full past month as one request through Flask, where much was done in it and where little.

Seconds of CPU: of the web process alone, which on SQLite holds the database too. What the sweeper measures of tasks
and cases is invented here; the sums that the page reads are made from it by the sweeper's own code.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert

from app.domain.tanggal import local_date
from app.extensions import db
from app.models import CaseFigures, StaleCount, TaskFigures, new_id
from app.procedures.model.steps import Step
from app.services import clock
from app.services.oversight import ranges, sums
from app.services.oversight.measuring import ANTRE, DIPEGANG, MANDIRI, SELESAI
from app.services.oversight.ranges import Range
from tools.bench.figures import Line, cpu_seconds, in_turn, line
from tools.bench.office import SLUG, Site

WATCHER = "kabid"
UNITS = tuple(f"3402{number}" for number in range(10, 27))
PER_CASE, PER_OPEN, PER_HELD = 12, 10, 20


def furnish(site: Site, ended: int) -> None:
    """So many tasks ended last month, a tenth as many are open now."""
    month, rng = last_month(), random.Random(ended)
    with site.open() as office:
        steps = [step for step in office.procedure.steps.values() if step.kind == "user" and not step.by_applicant]
        holders = [each.id for each in office.cast.officers]
        with db.engine.begin() as connection:
            connection.execute(insert(TaskFigures), list(_tasks(rng, month, steps, holders, ended)))
            connection.execute(insert(CaseFigures), list(_cases(rng, month, ended // PER_CASE)))
            connection.execute(insert(StaleCount), _marks(month, steps))
        while sums.renew_some():
            pass
    site.analyze()


def measure(full: Site, small: Site, sizes: tuple[int, int], rounds: int) -> Line:
    path = f"/pantau?rentang={last_month().key}"
    (here, there) = (_visitor(site) for site in (full, small))
    ours, floor = in_turn(lambda: _get(here, path), lambda: _get(there, path), rounds, clock=cpu_seconds)
    return line("pantau", full.database, ours, floor, ended=sizes[0], floor_ended=sizes[1])


def last_month() -> Range:
    today = local_date(clock.now())
    return ranges.month_of(today.replace(day=1) - timedelta(days=1), today)


def _tasks(
    rng: random.Random, month: Range, steps: list[Step], holders: list[str], ended: int
) -> Iterator[dict[str, Any]]:
    begin, end = sums.bounds(month.first, month.last)
    for number in range(ended + ended // PER_OPEN):
        is_open = number >= ended
        is_held, at = is_open and number % PER_HELD == 0, _between(rng, begin, end)
        returned, stopped = rng.random() < 0.1, rng.random() < 0.05
        yield {
            "task_id": new_id(),
            "case_id": new_id(),
            "slug": SLUG,
            "step": steps[number % len(steps)].id,
            "unit": rng.choice(UNITS),
            "state": (DIPEGANG if is_held else ANTRE) if is_open else SELESAI,
            "holder": rng.choice(holders) if is_held else "",
            "opened_at": at,
            "closed_at": None if is_open else at,
            "late_at": at if rng.random() < 0.02 else None,
            "queue_s": 0 if is_open else rng.randrange(100_000),
            "handling_s": 0 if is_open else rng.randrange(10_000),
            "stopped_s": 1_800 if stopped else 0,
            "over_norm": rng.random() < 0.1,
            "returned": returned,
            "causes": "|surat_hilang:tidak_terbaca|" if returned else "",
            "stops": {"SIAK mati": 1_800} if stopped else {},
        }


def _cases(rng: random.Random, month: Range, count: int) -> Iterator[dict[str, Any]]:
    begin, end = sums.bounds(month.first, month.last)
    for _ in range(count):
        at = _between(rng, begin, end)
        yield {
            "case_id": new_id(),
            "number": new_id(),
            "slug": SLUG,
            "unit": rng.choice(UNITS),
            "channel": MANDIRI,
            "opened_at": at,
            "opened_day": local_date(at).isoformat(),
            "ended_at": at,
            "ended_day": local_date(at).isoformat(),
            "result": "selesai",
            "step": "",
            "returns": rng.randrange(3),
            "elapsed_s": 86_400,
            "kept": rng.random() < 0.9,
            "expect_task": "",
            "samples": 40,
            "will_break": False,
            "hit": rng.random() < 0.6,
        }


def _between(rng: random.Random, begin: datetime, end: datetime) -> datetime:
    return begin + (end - begin) * rng.random()


def _marks(month: Range, steps: list[Step]) -> list[dict[str, str]]:
    """Every sum that holds one of them."""
    days = [day.isoformat() for day in month.days]
    found = [{"day": day, "slug": SLUG, "step": step.id} for day in ["", *days] for step in steps]
    return found + [{"day": day, "slug": SLUG, "step": ""} for day in days]


def _visitor(site: Site) -> FlaskClient:
    with site.open() as office:
        watcher = next(one for one in office.cast.officers if WATCHER in one.roles)
    return site.browser(watcher)


def _get(browser: FlaskClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status
    assert b"Sebab pengembalian" in answer.data, "a page with figures"
