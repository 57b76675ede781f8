"""Finding a case: by its number, by somebody's name, or by exactly a NIK, which is a reading of personal data.

Every way begins at an index: none walks a queue. What is found may be in anybody's hands, or over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from app.domain.actors import APPLICANTS, OVERSEERS, Actor, CaseRef, can, demand
from app.domain.errors import InvalidInput, TooManyAttempts
from app.domain.identity import InvalidIdentity, parse_nik
from app.domain.names import words
from app.domain.tanggal import format_time
from app.models import Case, CaseNik, Counter, NameWord, Permohonan, Task, User
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.flow import discretion, published
from app.services.paging import at_most
from app.services.records import reads, trail
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SHOWN = 50
MOST_PEOPLE = 300
"""Of one name; with more of them the first ones found are looked at, and the page says so."""
MOST_NIK_SEARCHES = 60
"""By one officer in one window: enough for a counter, not for going through a register."""
PURPOSES: Mapping[str, tuple[str, str]] = {
    "tugas": (reads.SEARCH_TASK, "Tugas ini"),
    "telepon": (reads.SEARCH_PHONE, "Telepon pemohon"),
    "loket": (reads.SEARCH_COUNTER, "Loket"),
    "aduan": (reads.SEARCH_COMPLAINT, "Aduan"),
}
"""Why somebody is looked for by NIK: what the form sends -> the purpose of the log, the words on the button."""
FOUND = "nik_dicari"

_LONG_NUMBER = re.compile(r"\d{16}")
_NO_LETTER = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[A-Z]{1,10}-[0-9-]*", re.IGNORECASE)
_LAST = "z" * 20  # sorts after every ending that a word may have


@dataclass(frozen=True)
class Found:
    """One case. `where`: what is being done with it, and by whom; `task_id`: its page for officers."""

    case_id: str
    subject_id: str
    task_id: str
    number: str
    applicant: str
    service: str
    kind: str
    where: str
    priority: bool
    opened_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Result:
    """Running cases first, the newest first. `has_more`: there are others, which better words would find."""

    cases: tuple[Found, ...]
    has_more: bool = False


def is_nik(text: str) -> bool:
    """Does the text hold what may be somebody's number, whatever stands between its digits? Then it must not go into an
    address."""
    return _LONG_NUMBER.search(_NO_LETTER.sub("", text)) is not None


def by_text(actor: Actor, text: str) -> Result:
    """By a case's number (whole, its beginning, or only the digits at its end) or by words of its pemohon's name."""
    demand(actor, "use_inbox")
    said = text.strip()
    if _DIGITS.fullmatch(said):
        return _shown(actor, Case.number.in_(_numbers_ending(int(said))), was_cut=False)
    if _NUMBER.fullmatch(said):
        number = said.upper()
        return _shown(actor, Case.number.between(number, number + _LAST.upper()), was_cut=False)
    people = _people(words(said))
    theirs = Case.subject_id.in_(people[:MOST_PEOPLE]) & Case.confidential.is_(False)
    return _shown(actor, theirs, was_cut=len(people) > MOST_PEOPLE)


def by_nik(actor: Actor, text: str, purpose: str) -> Result:
    """Cases of the person with this NIK, and those whose answers name it. The search itself stands in the trail: in the
    person's, or in the office's where nobody has that number.

    Raises InvalidInput (no NIK, no purpose), TooManyAttempts, Forbidden.
    """
    demand(actor, "use_inbox")
    if purpose not in PURPOSES:
        raise InvalidInput({"tujuan": ["Pilih untuk apa NIK ini dicari."]})
    at = clock.now()
    try:
        nik = parse_nik(text, clock.today()).number
    except InvalidIdentity as impossible:
        raise InvalidInput({"cari": [impossible.pesan]}) from impossible
    if not throttle.reserve([Limit(f"cari nik {actor.id}", MOST_NIK_SEARCHES)], at):
        until = throttle.ends_at(at)
        said = f"Terlalu banyak pencarian NIK. Coba lagi pukul {format_time(until)}, atau cari dengan nomor permohonan."
        raise TooManyAttempts(until, said)
    person = store.session.scalar(select(User.id).where(User.nik == nik))
    named = list(store.session.scalars(select(CaseNik.case_id).where(CaseNik.nik == nik).limit(at_most(MOST_PEOPLE))))
    result = _shown(actor, Case.id.in_(named), was_cut=False)
    if person is not None:
        theirs = (Case.subject_id == person) & Case.confidential.is_(False)
        result = _joined(_shown(actor, theirs, was_cut=False), result)
    with unit_of_work() as session:
        stream = trail.account_stream(person) if person else trail.OFFICE
        trail.append(session, stream, actor.id, FOUND, {"tujuan": purpose, "ditemukan": len(result.cases)}, at)
    return result


def _numbers_ending(number: int) -> list[str]:
    """The whole numbers that may be meant by the digits at the end: one of each series of the last years."""
    series = store.session.scalars(select(Counter.name).where(Counter.name.like("%-2___")).order_by(Counter.name))
    return [f"{name}-{number:06d}" for name in series]


def _people(asked: Sequence[str]) -> list[str]:
    """Ids of people whose name has a word that begins with each of these; beginning with the longest, the rarest."""
    if not asked:
        return []
    first, *others = sorted(asked, key=len, reverse=True)
    query = select(NameWord.user_id).where(NameWord.word.between(first, first + _LAST)).distinct()
    for word in others:
        like_it = select(NameWord.user_id).where(NameWord.word.between(word, word + _LAST))
        query = query.where(NameWord.user_id.in_(like_it))
    return list(store.session.scalars(query.limit(at_most(MOST_PEOPLE + 1))))


def _shown(actor: Actor, which: ColumnElement[bool], *, was_cut: bool) -> Result:
    """Running and ended ones apart, because each half has an index of its own."""
    found: list[Row[Any]] = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        if len(found) <= SHOWN:
            query = _cases().where(which, half, *_where_he_works(actor)).order_by(Case.opened_at.desc(), Case.id.desc())
            found += [row for row in store.session.execute(query.limit(at_most(SHOWN + 1))) if _may_see(actor, row)]
    tasks = _tasks([row.id for row in found[:SHOWN]])
    cases = tuple(_found(row, tasks[row.id]) for row in found[:SHOWN] if row.id in tasks)
    return Result(cases, was_cut or len(found) > SHOWN)


def _joined(one: Result, other: Result) -> Result:
    cases = {each.case_id: each for each in (*one.cases, *other.cases)}.values()
    ordered = sorted(cases, key=lambda each: (each.ended_at is None, each.opened_at), reverse=True)
    return Result(tuple(ordered[:SHOWN]), one.has_more or other.has_more or len(ordered) > SHOWN)


def _cases() -> Any:
    columns = (
        Case.id,
        Case.number,
        Case.subject_id,
        Case.unit,
        Case.version_id,
        Case.status,
        Case.priority,
        Case.opened_at,
        Case.ended_at,
    )
    # Not a join, for which PostgreSQL may read every permohonan: it is asked for case by case.
    kind = select(Permohonan.jenis).where(Permohonan.case_id == Case.id).correlate(Case).scalar_subquery()
    query = select(*columns, discretion.in_lists(User.name).label("applicant"), kind.label("jenis"))
    return query.join(User, User.id == Case.subject_id)


def _where_he_works(actor: Actor) -> list[ColumnElement[bool]]:
    """A first sieve in SQL; the last word is `can`'s."""
    units = actor.units_in(actor.roles - APPLICANTS)
    if actor.roles & OVERSEERS or units is None:
        return []
    return [Case.unit.in_(sorted(units))]


def _may_see(actor: Actor, row: Row[Any]) -> bool:
    ref = CaseRef(row.id, row.subject_id, row.unit, published.compiled(row.version_id).roles)
    return actor.id != row.subject_id and can(actor, "view_case", ref)


def _tasks(case_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Of each case the task to look at: an open one of the office's before one of the pemohon's, else the last."""
    query = (
        select(Task.id, Task.case_id, Task.step, Task.claimed_by, Task.closed_at, User.name.label("holder"))
        .outerjoin(User, User.id == Task.claimed_by)
        .where(Task.case_id.in_(case_ids))
        .order_by(Task.opened_at)
    )
    chosen: dict[str, Any] = {}
    for row in store.session.execute(query) if case_ids else ():
        before = chosen.get(row.case_id)
        if before is None or before.closed_at is not None or row.closed_at is None:
            chosen[row.case_id] = row
    return chosen


def _found(row: Row[Any], task: Row[Any]) -> Found:
    procedure = published.compiled(row.version_id)
    return Found(
        case_id=row.id,
        subject_id=row.subject_id,
        task_id=task.id,
        number=row.number,
        applicant=row.applicant,
        service=procedure.service.title,
        kind=procedure.kinds.get(row.jenis or "", ""),
        where=_where(procedure, row, task),
        priority=row.priority,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
    )


def _where(procedure: Procedure, row: Row[Any], task: Row[Any]) -> str:
    if row.ended_at is not None or task.closed_at is not None:
        return str(row.status)
    step = procedure.steps[task.step]
    if step.by_applicant:
        return f"Menunggu pemohon: {step.name}"
    return f"{step.name}: {task.holder or 'di antrean'}"
