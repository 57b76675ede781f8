"""What the office tells everybody who signs in: put up for some days, taken down, every time with a trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.domain.actors import Actor, demand
from app.domain.errors import InvalidInput, NotFound
from app.models import Pengumuman, new_id
from app.services import clock, store
from app.services.paging import Cursor, at_most, earlier
from app.services.records import trail
from app.services.work import unit_of_work

SHOWN = 2
LONGEST_TITLE, LONGEST_BODY = 120, 600
PAGE = 20
_LISTED = 50


@dataclass(frozen=True)
class Announcement:
    """`ended`: taken down before its last day."""

    id: str
    title: str
    body: str
    shown_from: date
    shown_until: date
    ended: bool = False


def current() -> list[Announcement]:
    """What is up today, at most SHOWN, the newest first."""
    today = clock.today()
    query = (
        select(Pengumuman)
        .where(Pengumuman.shown_from <= today, Pengumuman.shown_until >= today, Pengumuman.ended_at.is_(None))
        .order_by(Pengumuman.shown_from.desc(), Pengumuman.created_at.desc(), Pengumuman.id)
        .limit(SHOWN)
    )
    return [_seen(row) for row in store.session.scalars(query)]


def every(actor: Actor) -> Sequence[Announcement]:
    """The last _LISTED, whatever their days. Raises Forbidden."""
    demand(actor, "announce")
    query = select(Pengumuman).order_by(Pengumuman.shown_from.desc(), Pengumuman.id).limit(_LISTED)
    return [_seen(row) for row in store.session.scalars(query)]


def page(actor: Actor, after: Cursor | None) -> tuple[Sequence[Announcement], Cursor | None]:
    """The last made first, and where the following page begins. Raises Forbidden."""
    demand(actor, "announce")
    query = select(Pengumuman).order_by(Pengumuman.created_at.desc(), Pengumuman.id.desc())
    if after is not None:
        query = query.where(earlier(Pengumuman.created_at, Pengumuman.id, after))
    rows = store.session.scalars(query.limit(at_most(PAGE + 1))).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return [_seen(row) for row in rows[:PAGE]], Cursor("u", last.created_at, last.id) if last else None


def put_up(actor: Actor, *, title: str, body: str, shown_from: date, shown_until: date) -> str:
    """A new one; its id. Raises Forbidden, InvalidInput."""
    demand(actor, "announce")
    title, body, at = " ".join(title.split()), body.strip(), clock.now()
    errors = {}
    if not 0 < len(title) <= LONGEST_TITLE:
        errors["judul"] = [f"Tulis judul, paling banyak {LONGEST_TITLE} huruf."]
    if not 0 < len(body) <= LONGEST_BODY:
        errors["isi"] = [f"Tulis isi, paling banyak {LONGEST_BODY} huruf."]
    if shown_until < max(shown_from, clock.today()):
        errors["sampai"] = ["Tanggal akhir tidak boleh sebelum tanggal mulai atau sebelum hari ini."]
    if errors:
        raise InvalidInput(errors)
    row = Pengumuman(id=new_id(), title=title, body=body, shown_from=shown_from, shown_until=shown_until, created_at=at)
    what = {"pengumuman": row.id, "judul": title, "mulai": shown_from.isoformat(), "sampai": shown_until.isoformat()}
    same = (Pengumuman.title == title, Pengumuman.body == body, Pengumuman.shown_from == shown_from)
    twin = select(Pengumuman.id).where(*same, Pengumuman.shown_until == shown_until, Pengumuman.ended_at.is_(None))
    with unit_of_work() as session:
        trail.lock_chain(session, trail.OFFICE)  # the second of two clicks waits for the first
        known = session.scalar(twin.limit(1))
        if known is not None:
            return known  # the second click of a double click
        session.add(row)
        trail.append(session, trail.OFFICE, actor.id, "pengumuman_dipasang", what, at)
        return row.id


def take_down(actor: Actor, announcement_id: str) -> None:
    """Not shown any more from now on; a second time changes nothing. Raises Forbidden, NotFound."""
    demand(actor, "announce")
    at = clock.now()
    with unit_of_work() as session:
        row = session.get(Pengumuman, announcement_id, with_for_update=True)
        if row is None:
            raise NotFound("Pengumuman ini tidak ada. Lihat daftarnya: flask announcement list")
        if row.ended_at is None:
            row.ended_at = at
            trail.append(session, trail.OFFICE, actor.id, "pengumuman_diturunkan", {"pengumuman": row.id}, at)


def _seen(row: Pengumuman) -> Announcement:
    return Announcement(row.id, row.title, row.body, row.shown_from, row.shown_until, row.ended_at is not None)
