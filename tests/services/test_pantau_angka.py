"""Every figure is a count over the trail: what random cases left there is counted a second time, from events alone."""

import random
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import fields
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from statistics import median_low
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain.actors import SYSTEM, Actor
from app.domain.tanggal import local_date
from app.models import Answer, CaseDay, CaseFigures, Event, StaleCount, StepDay, StepPresent, Task, TaskFigures, User
from app.procedures.files import read_folder
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.accounts import people
from app.services.flow import handing_over, pauses, published, tasks
from app.services.oversight import board, gathering, lists, measuring, reading, tip
from app.services.portal import drafts
from app.services.rehearsal import invented
from app.services.rehearsal.simulation import _Office
from app.services.work import unit_of_work
from tests import factories
from tests.support import daftar_angka, papan, pdf
from tests.support.hitung import Story, retold
from tests.support.peramban import isi

SLUG = "kk-perubahan-data"
ROOT = Path(__file__).parents[2]
EMAIL = "awas@contoh.id"
LISTS = set(lists.KINDS) - {"melewati", "akan-meleset", "perkiraan"}
"""All but those of days gone by, of forecasts, and the one that no figure leads to."""


class _Enough(Exception):
    pass


class HalfDay(_Office):
    """An office whose day ends in the midst of its work, once all that is counted has happened in it."""

    def __init__(self, seed: int) -> None:
        version = published.publish(SYSTEM, read_folder(ROOT)[SLUG])
        super().__init__(SLUG, published.compiled(version.id), 60, random.Random(seed))
        self.acts = 0

    def run(self) -> dict[str, Story]:
        with clock.using(lambda: self.now):
            self.open_doors()
            with suppress(_Enough):
                self.work()
            assert gathering.gather(self.now, 60)
        store.session.rollback()
        return retold(store.session.scalars(select(Event)), self.procedure)

    def _pass_time(self) -> None:
        super()._pass_time()
        self.acts += 1
        if self.acts % 20 == 0 and self._has_seen_all():
            raise _Enough

    def _has_seen_all(self) -> bool:
        gathering.gather(self.now, 60)
        figures = select(TaskFigures.task_id)
        wanted = (
            figures.where(TaskFigures.returned.is_(True)),
            figures.where(TaskFigures.late_at.is_not(None)),
            figures.where(TaskFigures.stopped_s > 0, TaskFigures.state == measuring.SELESAI),
            figures.where(TaskFigures.skipped != "", TaskFigures.state == measuring.SELESAI),
            figures.where(TaskFigures.over_norm.is_(True)),
            figures.where(TaskFigures.state == measuring.DIPEGANG),
            select(CaseFigures.case_id).where(CaseFigures.kept.is_(False)),
            select(CaseFigures.case_id).where(CaseFigures.kept.is_(True)),
            select(CaseFigures.case_id).where(CaseFigures.channel == measuring.DIBANTU),
            select(CaseFigures.case_id).where(CaseFigures.channel == measuring.WHATSAPP),
            figures.where(TaskFigures.state == measuring.TERHENTI, TaskFigures.holder != ""),
            select(Event.id).where(Event.verb == handing_over.VERB),
        )
        return all(store.session.scalars(each.limit(1)).first() for each in wanted)

    def _file(self, who: Actor) -> str:
        """Some come to the counter."""
        if self.rng.random() > 0.2:
            return super()._file(who)
        officer, version = self._anyone("petugas_layanan"), published.all_versions()[-1].id
        with unit_of_work() as session:
            draft = drafts.add(session, officer, SLUG, version, self.now, subject_id=who.id)
        return invented.send_draft(officer, draft, self.rng)

    def _anyone(self, *roles: str) -> Actor:
        return self.rng.choice([one for one in self.cast.officers if one.roles & set(roles)])

    def _applicant(self, case_id: str, task: Task) -> None:
        """Some send what is missing by WhatsApp."""
        helpers = self.procedure.steps[task.step].helpers
        if helpers and self.rng.random() < 0.3:
            self._complete(self._anyone(*helpers), task)
        else:
            super()._applicant(case_id, task)

    def _touch(self, case_id: str) -> None:
        """Some are taken before their turn."""
        query = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None), Task.claimed_by.is_(None))
        free = [task for task in store.session.scalars(query) if not self.procedure.steps[task.step].by_applicant]
        if not free or self.rng.random() > 0.3:
            super()._touch(case_id)
            return
        task_id, roles = free[0].id, self.procedure.steps[free[0].step].roles
        who = self._anyone(*roles)
        self._try(lambda: tasks.claim(who, task_id, skipping=self.rng.choice(sorted(tasks.SKIP_REASONS))))

    def _officer(self, who: Actor, task: Task) -> None:
        """SIAK is down more often than elsewhere, and residents think better of it."""
        task_id, case_id, is_stopped = task.id, task.case_id, task.paused_at is not None
        if self.rng.random() < 0.1:
            self._withdraw(case_id)
        elif self.rng.random() < 0.5 and (is_stopped or self.procedure.forms[task.step].pause):
            (pauses.resume if is_stopped else pauses.pause)(who, task_id)
        elif self.rng.random() < 0.1:
            to, version = self._anyone(*self.procedure.steps[task.step].roles).id, task.version
            self._try(lambda: handing_over.pass_on(who, task_id, version, to, "Simulasi: dialihkan."))
        else:
            super()._officer(who, task)


def test_setiap_angka_sama_dengan_hitungan_atas_jejak(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 7)  # so that some lists have several pages
    office = HalfDay(2)
    stories = office.run()
    visits = [visit for story in stories.values() for visit in story.tasks.values()]
    for happened in ("late", "returned", "still", "closed"):
        assert any(getattr(visit, happened) for visit in visits), happened
    _tasks_agree(stories)
    _days_agree(stories)
    _present_agrees(stories)
    _cases_agree(stories)
    _causes_agree(stories)
    _waits_agree(stories)
    month = f"{local_date(office.now):%Y-%m}"
    busiest = Counter(story.unit for story in stories.values()).most_common(1)[0][0]
    with clock.using(lambda: office.now):
        for asked in (("hari", ""), ("7hari", ""), ("bulan", ""), (month, busiest)):
            _board_agrees(stories, office.procedure, *asked)
    later = office.now + timedelta(days=40)
    with clock.using(lambda: later):
        _board_agrees(stories, office.procedure, month)
    if store.session().get_bind().dialect.name == "sqlite":  # what is asked of the other is the same
        with clock.using(lambda: office.now):
            _pages_agree(app, ("bulan", "hari"), LISTS)
            _report_agrees(app, stories, office.procedure, month)
        with clock.using(lambda: later):
            _pages_agree(app, (month,), {"melewati"})
    _corrections_are_not_the_answer(stories)
    assert store.session.scalar(select(func.count()).select_from(StaleCount)) == 0
    _counting_again_changes_nothing()


def test_setiap_angka_halaman_disebut_cara_menghitungnya() -> None:
    for kind, counted in papan.COUNTED.items():
        shown = {field.name for field in fields(kind)} | set(_properties(kind))
        assert shown == counted.keys() | papan.NAMES[kind], kind


def _properties(kind: type) -> list[str]:
    return [name for name, value in vars(kind).items() if isinstance(value, property | cached_property)]


def _board_agrees(stories: dict[str, Story], procedure: Procedure, key: str, unit: str = "") -> None:
    answers = papan.vouched(store.session.scalars(select(Answer)), stories)
    found = board.read(Actor("pengawas", "Pengawas", frozenset({"supervisor"})), key, unit=unit)
    here = {case_id: story for case_id, story in stories.items() if unit in ("", story.unit)}
    assert papan.differences(papan.Told(here, procedure, answers, found.range.first, found.range.last), found) == []


def _pages_agree(app: Flask, keys: tuple[str, ...], wanted: set[str]) -> None:
    """Each figure leads to as many rows, and each download adds up to its table."""
    browser = _supervisor(app)
    found: dict[str, int] = {}
    for key in keys:
        page = isi(browser.get(f"/pantau?rentang={key}"))
        found |= daftar_angka.figures(page)
        assert daftar_angka.wrong_sums(browser, page, f"rentang={key}") == []
    names = {address: urlsplit(address).path.rsplit("/", 1)[1] for address in found}
    assert wanted <= set(names.values())
    chosen = {address: number for address, number in found.items() if names[address] in wanted}
    assert daftar_angka.wrong_lists(browser, chosen) == []


def _report_agrees(app: Flask, stories: dict[str, Story], procedure: Procedure, month: str) -> None:
    told = papan.Told(stories, procedure, {}, clock.today().replace(day=1), clock.today())
    cases, visits = {name: count(told, told.cases()) for name, count in papan.CASES.items()}, told.visits()
    said = (
        f"{cases['opened']} permohonan masuk dan {cases['ended']} selesai. "
        f"{papan.SUM['passed'](told, visits)} tugas melewati batas waktu; {papan.SUM['returned'](told, visits)} kali "
        f"permohonan dikembalikan. Janji layanan ditepati {cases['kept']} dari "
        f"{sum(told.kept(story) is not None and told.within(story.ended) for story in told.cases())} permohonan."
    )
    made = _supervisor(app).get(f"/pantau/laporan/{month}.pdf")
    assert said in " ".join(pdf.text(made.data).split())


def _supervisor(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    if store.session.scalar(select(User.id).where(User.email == EMAIL)) is None:
        with unit_of_work() as session:
            hashed, posts = factories.password_hash(), [("supervisor", "")]
            people.add(session, email=EMAIL, name="Pengawas", password_hash=hashed, roles=posts)
    store.session.rollback()
    browser = app.test_client()
    assert browser.post("/masuk", data={"email": EMAIL, "password": factories.PASSWORD}).status_code == 302
    return browser


def _corrections_are_not_the_answer(stories: dict[str, Story]) -> None:
    """What a step puts right in the answers of another is kept under the same task, at the same moment."""
    found = store.session.scalars(
        select(Answer).join(TaskFigures, TaskFigures.task_id == Answer.task_id).where(TaskFigures.returned.is_(True))
    ).first()
    assert found is not None
    case_id, task_id, said = found.case_id, found.task_id, dict(found.data)
    with unit_of_work() as session:
        of_another = {"id": "z" * 22, "step": "isi_permohonan", "visit": 1, "data": {}, "salt": "", "by": found.by}
        session.add(Answer(case_id=case_id, task_id=task_id, at=found.at, **of_another))
    (read,) = reading.read(store.session(), [case_id])
    store.session.rollback()
    assert read.answers[task_id] == said


def _tasks_agree(stories: dict[str, Story]) -> None:
    told = {task_id: visit for story in stories.values() for task_id, visit in story.tasks.items()}
    rows = {row.task_id: row for row in store.session.scalars(select(TaskFigures))}
    assert rows.keys() == told.keys()
    assert {visit.closed is None for visit in told.values()} == {True, False}
    for task_id, visit in told.items():
        row = rows[task_id]
        assert (row.step, row.opened_at, row.closed_at) == (visit.step, visit.opened, visit.closed)
        assert (row.late_at, row.returned) == (visit.late, visit.returned)
        if visit.closed is not None:
            queue, stopped, everything = visit.times()
            assert (row.queue_s, row.stopped_s) == (queue, stopped)
            assert row.queue_s + row.handling_s + row.stopped_s == everything


def _days_agree(stories: dict[str, Story]) -> None:
    done: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    cancelled, returned, passed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for story in stories.values():
        for visit in story.tasks.values():
            if visit.late:
                passed[_day(visit.late), visit.step] += 1
            if visit.closed:
                here = (_day(visit.closed), visit.step)
                queue, stopped, everything = visit.times()
                cancelled[here] += not visit.done
                returned[here] += visit.returned
                if visit.done:
                    done[here].append((queue, everything - queue - stopped))
    found = defaultdict(list)
    for row in store.session.scalars(select(StepDay)):
        found[row.day, row.step].append(row)
    assert found.keys() == done.keys() | {key for key, count in (cancelled + passed).items() if count}
    for here, rows in found.items():
        assert sum(row.done for row in rows) == len(done[here])
        assert sum(row.cancelled for row in rows) == cancelled[here]
        assert sum(row.returned for row in rows) == returned[here]
        assert sum(row.passed for row in rows) == passed[here]
        for name, at in (("queue", 0), ("handling", 1)):
            values = sorted(value for row in rows for value in getattr(row, name))
            assert values == sorted(each[at] for each in done[here])
            assert not values or median_low(values) == median_low(each[at] for each in done[here])


def _causes_agree(stories: dict[str, Story]) -> None:
    """Why clocks stood and for how long, why somebody was taken first, and what took longer than its norm."""
    steps = published.compiled(published.all_versions()[-1].id).steps
    stood: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    skipped: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    slow = Counter[tuple[str, str]]()
    for visit in (visit for story in stories.values() for visit in story.tasks.values() if visit.done):
        here = (_day(visit.closed), visit.step)
        stood[here].update(visit.stood())
        skipped[here].update([visit.skipped] if visit.skipped else [])
        queue, stopped, everything = visit.times()
        norm = steps[visit.step].norm
        slow[here] += norm is not None and norm.minutes > 0 and everything - queue - stopped > norm.minutes * 60
    assert any(skipped.values()) and any(stood.values()) and any(slow.values())
    found: dict[str, dict[tuple[str, str], Counter[str]]] = {
        "stops": defaultdict(Counter),
        "skips": defaultdict(Counter),
    }
    for row in store.session.scalars(select(StepDay)):
        found["stops"][row.day, row.step].update({cause: seconds for cause, (_, seconds) in row.stops.items()})
        found["skips"][row.day, row.step].update(row.skips)
        slow[row.day, row.step] -= row.over_norm
    for name, told in (("stops", stood), ("skips", skipped)):
        assert {here: counts for here, counts in found[name].items() if counts} == {
            here: counts for here, counts in told.items() if counts
        }
    assert not any(slow.values())


def _waits_agree(stories: dict[str, Story]) -> None:
    """How long the cases that ended had waited for somebody to take them."""
    steps = published.compiled(published.all_versions()[-1].id).steps
    told: dict[str, list[int]] = defaultdict(list)
    for story in (story for story in stories.values() if story.ended):
        theirs = [visit for visit in story.tasks.values() if not steps[visit.step].by_applicant]
        told[_day(story.ended)].append(sum(visit.times()[0] for visit in theirs))
    found: dict[str, list[int]] = defaultdict(list)
    for row in store.session.scalars(select(CaseDay)):
        found[row.day] += row.waits
    assert {day: sorted(waits) for day, waits in found.items() if waits} == {d: sorted(w) for d, w in told.items()}


def _present_agrees(stories: dict[str, Story]) -> None:
    waiting, held = Counter[str](), Counter[str]()
    for story in stories.values():
        for visit in story.tasks.values():
            if visit.closed is None:
                stands = bool(visit.still) and visit.still[-1][1] is None
                waiting[visit.step] += not visit.claimed and not stands
                held[visit.step] += bool(visit.claimed) and not stands
    rows = store.session.scalars(select(StepPresent)).all()
    for step in waiting:
        here = [row for row in rows if row.step == step]
        assert sum(row.waiting + row.awaited for row in here) == waiting[step]
        assert sum(row.in_hand for row in here) == held[step]


def _cases_agree(stories: dict[str, Story]) -> None:
    days = store.session.scalars(select(CaseDay)).all()
    for name in ("opened", "ended"):
        told = Counter(_day(at) for story in stories.values() if (at := getattr(story, name)))
        found = Counter[str]()
        for day in days:
            found[day.day] += getattr(day, name)
        assert +found == told
    back = [story for story in stories.values() if story.ended and any(v.returned for v in story.tasks.values())]
    assert sum(day.returned for day in days) == len(back)
    rows = {row.case_id: row for row in store.session.scalars(select(CaseFigures))}
    assert rows.keys() == stories.keys()
    assert {story.ended is None for story in stories.values()} == {True, False}
    for case_id, story in stories.items():
        row = rows[case_id]
        assert (row.opened_at, row.ended_at) == (story.opened, story.ended)
        assert row.opened_day == _day(story.opened)
        assert row.returns == sum(visit.returned for visit in story.tasks.values())


def _counting_again_changes_nothing() -> None:
    before = _all_rows()
    later = clock.now() + timedelta(hours=1)
    store.session.rollback()
    assert gathering.gather(later, 60)
    assert _all_rows() == before
    assert tip.counted_at() == later


def _all_rows() -> list[object]:
    tables = (TaskFigures, CaseFigures, StepDay, CaseDay, StepPresent)
    rows = [sorted(map(str, store.session.execute(select(table.__table__)).all())) for table in tables]
    store.session.rollback()
    return list(rows)


def _day(at: object) -> str:
    return local_date(at).isoformat()  # type: ignore[arg-type]
