"""Who of the office read whose case, for what; and who was turned away. See docs/adr on the log of readings.

The one thing a GET writes: beside the case data, never in it. One insert at most for a page, and the same reading again
within its period is not written again. A pemohon reading their own is not recorded.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.domain.tanggal import local_date
from app.models import Access, Case, Task, Upload, User
from app.services import clock, store
from app.services.work import one_or_many, unit_of_work

INBOX, BULK, TASK, HISTORY, DISCUSSION = "inbox", "massal", "tugas", "riwayat", "diskusi"
FILE, DOWNLOAD, PREVIEW = "berkas", "unduhan", "pratinjau"
PERSON, AUDIT, COUNTER = "data", "audit", "loket"
IDENTITY = "nik petugas"
SEARCH = "cari"
SEARCH_TASK, SEARCH_PHONE = "cari nik: tugas", "cari nik: telepon"
SEARCH_COUNTER, SEARCH_COMPLAINT = "cari nik: loket", "cari nik: aduan"
PURPOSES = {
    INBOX: "melihat daftar inbox",
    BULK: "melihat daftar pengerjaan sekaligus",
    TASK: "mengerjakan tugas",
    HISTORY: "melihat tugas yang tidak sedang dikerjakannya",
    DISCUSSION: "membaca diskusi",
    FILE: "membuka berkas",
    DOWNLOAD: "mengunduh",
    PREVIEW: "melihat pratinjau berkas",
    PERSON: "menjawab permintaan atas data pribadi",
    AUDIT: "memeriksa riwayat",
    SEARCH: "mencari permohonan menurut nomor atau nama",
    SEARCH_TASK: "mencari NIK untuk tugas yang dikerjakannya",
    SEARCH_PHONE: "mencari NIK karena pemohon menelepon",
    SEARCH_COUNTER: "mencari NIK karena pemohon di loket",
    SEARCH_COMPLAINT: "mencari NIK karena aduan",
    COUNTER: "melayani orangnya di loket",
    IDENTITY: "mengurus akun petugas",
}
READ, REFUSED = "dibaca", "ditolak"
MOST_REFUSALS = 300
"""Of one person in one period; a program that tries addresses must not fill the table."""

_LISTS = frozenset({INBOX, BULK, SEARCH})
_PERIOD = timedelta(minutes=15)
_REMEMBERED = 20_000
_SHOWN = 1000
_BATCH = 1000

_lock = threading.Lock()
_written: OrderedDict[Hashable, None] = OrderedDict()
_refusals: Counter[tuple[str, int]] = Counter()


@dataclass(frozen=True)
class Reading:
    """One case on one page. `object_id`: the single file that was opened, "" = the case as such.

    `case_id` "" = a person's data outside any case; then `object_id` says what was asked about them.
    `page`: the page of the file, from 1; 0 = all of it.
    """

    case_id: str
    purpose: str
    object_id: str = ""
    page: int = 0


@dataclass(frozen=True)
class Line:
    """One entry as the auditor reads it."""

    at: datetime
    actor: str
    name: str
    kind: str
    purpose: str
    object_id: str
    route: str
    status: int


def note(actor: Actor, readings: Iterable[Reading], route: str, status: int) -> int:
    """Write what is new among these readings; how many. A list counts once a day, all else once in 15 minutes."""
    at = clock.now()
    new: dict[Hashable, dict[str, object]] = {}
    for one in readings:
        key = (actor.id, one, local_date(at) if one.purpose in _LISTS else _period(at))
        if not _is_written(key):
            new[key] = _row(at, actor, READ, one.purpose, one.case_id or None, one.object_id, route, status, one.page)
    _write(new)
    return len(new)


def note_refusal(actor: Actor, object_ids: Sequence[str], route: str, status: int) -> bool:
    """Write that a signed-in person was turned away; False where it stands there already, or they had too many."""
    at = clock.now()
    object_id = object_ids[-1] if object_ids else ""
    key = (actor.id, REFUSED, route, object_id, status, _period(at))
    with _lock:
        quota = (actor.id, _period(at))
        if key in _written or _refusals[quota] >= MOST_REFUSALS:
            return False
        for old in [each for each in _refusals if each[1] < quota[1]]:
            del _refusals[old]
        _refusals[quota] += 1
    _write({key: _row(at, actor, REFUSED, "", _case_of(object_ids), object_id, route, status)})
    return True


def of_case(actor: Actor, case: str) -> list[Line]:
    """Who read `case` (id or number) or was turned away from it, the newest first. Raises Forbidden, NotFound."""
    demand(actor, "audit")
    case_id = store.session.scalar(select(Case.id).where(or_(Case.id == case, Case.number == case.strip().upper())))
    if case_id is None:
        raise NotFound("Permohonan dengan id atau nomor itu tidak ada.")
    rows = store.session.execute(
        select(Access, User.name)
        .join(User, User.id == Access.actor, isouter=True)
        .join(Case, Case.id == Access.case_id)
        .where(Access.case_id == case_id, ~(Case.confidential & (Case.subject_id == Access.actor)))
        .order_by(Access.at.desc(), Access.id.desc())
        .limit(_SHOWN)
    )
    return [
        Line(one.at, one.actor, name or "", one.kind, one.purpose, one.object_id, one.route, one.status)
        for one, name in rows
    ]


def forget_older_than(days: int) -> int:
    """Delete what is older, at most one batch; how many went."""
    limit = clock.now() - timedelta(days=days)
    old = list(store.session.scalars(select(Access.id).where(Access.at < limit).order_by(Access.at).limit(_BATCH)))
    if old:
        with unit_of_work() as session:
            session.execute(delete(Access).where(Access.id.in_(old)))
    return len(old)


def forget_what_was_written() -> None:
    """As a process that has just started: it writes everything once more."""
    with _lock:
        _written.clear()
        _refusals.clear()


def _row(
    at: datetime,
    actor: Actor,
    kind: str,
    purpose: str,
    case_id: str | None,
    object_id: str,
    route: str,
    status: int,
    page: int = 0,
) -> dict[str, object]:
    return {
        "at": at,
        "actor": actor.id,
        "kind": kind,
        "purpose": purpose,
        "case_id": case_id,
        "object_id": object_id,
        "page": page,
        "route": route[:120],
        "status": status,
    }


def _write(rows: dict[Hashable, dict[str, object]]) -> None:
    if not rows:
        return
    with unit_of_work() as session:
        session.execute(insert(Access), one_or_many(list(rows.values())))
    with _lock:
        _written.update(dict.fromkeys(rows))
        while len(_written) > _REMEMBERED:
            _written.popitem(last=False)


def _is_written(key: Hashable) -> bool:
    with _lock:
        return key in _written


def _period(at: datetime) -> int:
    return int(at.timestamp() // _PERIOD.total_seconds())


def _case_of(object_ids: Sequence[str]) -> str | None:
    """The case that an address was about, whatever of it it named."""
    for column, ids in ((Case.id, Case.id), (Task.case_id, Task.id), (Upload.case_id, Upload.id)):
        found = store.session.scalar(select(column).where(ids.in_(object_ids)).limit(1)) if object_ids else None
        if found is not None:
            return str(found)
    return None
