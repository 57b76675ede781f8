"""Who of the office opened my data, when and for what, as the person they are about may read it.

Officers stand there by their role and a short mark, the same for one officer throughout one case, so that "always the
same one" can be seen and a complaint can name them; the office finds the person behind it in the log itself.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select, tuple_

from app.domain.actors import APPLICANTS, ROLES, Actor
from app.domain.errors import NotFound
from app.models import Access, Case, UserRole
from app.services import store
from app.services.messages.notice_facts import case_path
from app.services.paging import Cursor, at_most
from app.services.privacy import unheard
from app.services.records import reads

PAGE = 30
GONE = "Petugas yang tidak lagi bertugas"
WHY: Mapping[str, str] = {
    reads.INBOX: "Melihat nama Anda di daftar pekerjaannya",
    reads.BULK: "Melihat nama Anda di daftar yang dikerjakan sekaligus",
    reads.TASK: "Mengerjakan permohonan ini",
    reads.HISTORY: "Membuka permohonan ini tanpa sedang mengerjakannya",
    reads.DISCUSSION: "Membaca pesan dengan Anda di permohonan ini",
    reads.FILE: "Membuka foto atau PDF",
    reads.DOWNLOAD: "Mengunduh bukti atau berkas",
    reads.PERSON: "Menjawab permintaan Anda atas data pribadi",
    reads.AUDIT: "Memeriksa pekerjaan petugas atas permohonan ini",
    reads.SEARCH: "Mencari permohonan menurut nomor atau nama",
    reads.SEARCH_TASK: "Mencari NIK Anda untuk permohonan yang dikerjakannya",
    reads.SEARCH_PHONE: "Mencari NIK Anda karena Anda menelepon",
    reads.SEARCH_COUNTER: "Mencari NIK Anda karena Anda di loket",
    reads.SEARCH_COMPLAINT: "Mencari NIK Anda karena ada aduan",
    reads.PREVIEW: "Melihat gambar kecil foto atau PDF",
    reads.COUNTER: "Melayani Anda di loket (dibantu petugas)",
    reads.IDENTITY: "Mengurus akun petugas Anda",
}
"""Purpose of the log -> what it means, to the resident. Purposes that are not here are shown as the log names them."""


@dataclass(frozen=True)
class Opened:
    """One line. `path`, `number`: of the case, "" = the person was looked for outside any case; `mark`: four signs that
    stand for one officer in this case."""

    at: datetime
    path: str
    number: str
    role: str
    mark: str
    why: str


@dataclass(frozen=True)
class Page:
    """Newest first; `next`: the cursor of the following page, None at the end."""

    lines: Sequence[Opened]
    next: Cursor | None


def mine(actor: Actor, case_id: str = "", after: Cursor | None = None) -> Page:
    """Every reading of one's own cases and of oneself, or of one case. Raises NotFound: not theirs, no such cursor."""
    numbers = _own_numbers(actor, case_id)
    if case_id and not numbers:
        raise NotFound
    queries = [*([_readings(numbers)] if numbers else []), *([] if case_id else [_looks(actor)])]
    if after is not None:
        queries = [one.where(tuple_(Access.at, Access.id) < tuple_(after.at, after.row)) for one in queries]
    rows = _newest_first(one.limit(at_most(PAGE + 1)) for one in queries)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(_lines(actor, rows[:PAGE], numbers), Cursor("p", last.at, str(last.id)) if last else None)


def everything(actor: Actor) -> list[Opened]:
    """All of it, newest first, for the download."""
    numbers = _own_numbers(actor, "")
    return _lines(actor, _newest_first([*([_readings(numbers)] if numbers else []), _looks(actor)]), numbers)


def why(purpose: str) -> str:
    """A purpose of the log in the resident's words."""
    return WHY.get(purpose) or reads.PURPOSES.get(purpose, purpose).capitalize()


def _readings(numbers: Iterable[str]) -> Select[Access]:
    mine = select(Access).where(Access.case_id.in_(list(numbers)), Access.kind == reads.READ)
    return mine.order_by(Access.at.desc(), Access.id.desc())


def _looks(actor: Actor) -> Select[Access]:
    """Somebody looked for this person by NIK: an index of its own, so never together with the cases."""
    about_me = select(Access).where(Access.case_id.is_(None), Access.object_id == actor.id, Access.kind == reads.READ)
    return about_me.order_by(Access.at.desc(), Access.id.desc())


def _newest_first(queries: Iterable[Select[Access]]) -> list[Access]:
    found = [row for query in queries for row in store.session.scalars(query)]
    return sorted(found, key=lambda row: (row.at, row.id), reverse=True)


def _own_numbers(actor: Actor, case_id: str) -> dict[str, tuple[str, str]]:
    """Case id -> number and path. Running and ended ones apart, because each half has an index of its own."""
    rows: list[Row[str, str, str, str]] = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        query = select(Case.id, Case.number, Case.about, Case.version_id).where(Case.subject_id == actor.id, half)
        rows += store.session.execute(query.where(Case.id == case_id) if case_id else query).all()
    hidden = unheard.among(actor.id, [(row.id, row.about, row.version_id) for row in rows])
    return {row.id: (row.number, case_path(row.id, row.about)) for row in rows if row.id not in hidden}


def _lines(actor: Actor, rows: Sequence[Access], numbers: Mapping[str, tuple[str, str]]) -> list[Opened]:
    roles = _roles({row.actor for row in rows})
    found = []
    for row in rows:
        number, path = numbers.get(row.case_id or "", ("", ""))
        mark = hashlib.sha256(f"{row.case_id or actor.id}:{row.actor}".encode()).hexdigest()[:4]
        said = why(row.purpose)
        said = said.replace("permohonan", "konsultasi") if path.startswith("/konsultasi/") else said
        found.append(Opened(row.at, path, number, roles.get(row.actor, GONE), mark, said))
    return found


def _roles(people: Iterable[str]) -> dict[str, str]:
    """User id -> the first of their offices, in the order of ROLES."""
    rows = store.session.execute(select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(list(people))))
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row.user_id, set()).add(row.role)
    offices = [role for role in ROLES if role not in APPLICANTS]
    return {person: next((ROLES[role] for role in offices if role in has), GONE) for person, has in held.items()}
