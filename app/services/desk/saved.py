"""Saved filters of the inbox: an officer's own, and those shared with everybody of a role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS, ROLES, Actor, demand
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.domain.masking import mask_in_text
from app.models import SavedFilter, new_id
from app.procedures.values import Refused, plain_text
from app.services import clock, store
from app.services.desk import inbox
from app.services.desk.inbox_views import VIEWS, Filters
from app.services.records import trail
from app.services.work import unit_of_work

NAME, LONGEST, MOST = "nama", 40, 8
"""MOST: of one officer, and shared with one role."""
SAVED, REMOVED = "saringan_disimpan", "saringan_dihapus"
_WORDS = {"layanan": "service", "langkah": "step", "jenis": "kind", "tanda": "tag"}


@dataclass(frozen=True)
class Saved:
    """`asked`: the words of the inbox's address. `role`: its name in words, "" = the officer's own. `count`: "7"."""

    id: str
    name: str
    asked: Mapping[str, str]
    role: str
    removable: bool
    count: str


def filters_of(asked: Mapping[str, str]) -> Filters:
    """What the words of an address ask for."""
    return Filters(late=asked.get("lewat") == "1", **{_WORDS[word]: asked.get(word, "") for word in _WORDS})


def words_of(filters: Filters) -> dict[str, str]:
    """The other way round; what is not asked for is absent."""
    said = {word: str(getattr(filters, name)) for word, name in _WORDS.items()}
    return {word: value for word, value in {**said, "lewat": "1" if filters.late else ""}.items() if value}


def save(actor: Actor, name: str, view: str, filters: Filters, role: str = "") -> str:
    """`role`: to share it with, one of the actor's own. The same name again replaces what it meant.

    Raises InvalidInput, Forbidden.
    """
    demand(actor, "use_inbox")
    said = _named(name)
    if view not in VIEWS or not filters.any:
        raise InvalidInput({NAME: ["Saring dulu, lalu simpan saringannya."]})
    if role and role not in actor.roles - APPLICANTS:
        raise Forbidden
    asked = {"tampil": view, **words_of(filters)}
    with unit_of_work() as session:
        # The second of two clicks, or of two who share at once, waits here, and finds what the first one wrote.
        trail.lock_chain(session, trail.OFFICE if role else trail.account_stream(actor.id))
        own = and_(SavedFilter.owner_id == actor.id, SavedFilter.role == "")
        place = SavedFilter.role == role if role else own
        known = session.scalars(select(SavedFilter).where(place, SavedFilter.name == said)).first()
        if known is not None and known.owner_id != actor.id:
            raise InvalidInput({NAME: ["Nama ini sudah dipakai rekan Anda. Pilih nama lain."]})
        if known is None:
            _demand_room(session, place)
            known = SavedFilter(id=new_id(), owner_id=actor.id, role=role, name=said, asked=asked, at=clock.now())
            session.add(known)
        known.asked = asked
        session.flush()
        _tell(session, actor, SAVED, known)
        return known.id


def remove(actor: Actor, filter_id: str) -> None:
    """One's own, or one that a colleague shared, for a supervisor of that role. Raises NotFound."""
    with unit_of_work() as session:
        known = session.get(SavedFilter, filter_id)
        if known is None or not _may_remove(actor, known):
            raise NotFound
        session.delete(known)
        _tell(session, actor, REMOVED, known)


def listed(actor: Actor) -> Sequence[Saved]:
    """One's own first, then the shared ones; each with how many it shows now."""
    demand(actor, "use_inbox")
    roles = sorted(actor.roles - APPLICANTS)
    # Each by its own index, and few of each (MOST): nothing to sort or to cut off there.
    own = select(SavedFilter).where(SavedFilter.owner_id == actor.id, SavedFilter.role == "")
    shared = select(SavedFilter).where(SavedFilter.role.in_(roles))
    found = [*store.session.scalars(own), *store.session.scalars(shared)]
    rows = sorted(found, key=lambda row: (row.role, row.name.casefold(), row.id))
    counts = inbox.narrowed_counts(actor, [(row.asked["tampil"], filters_of(row.asked)) for row in rows])
    return [
        Saved(row.id, row.name, row.asked, ROLES.get(row.role, ""), _may_remove(actor, row), count)
        for row, count in zip(rows, counts, strict=True)
    ]


def _demand_room(session: Session, place: ColumnElement[bool]) -> None:
    if (session.scalar(select(func.count()).select_from(SavedFilter).where(place)) or 0) >= MOST:
        raise InvalidInput({NAME: [f"Sudah ada {MOST} saringan tersimpan. Hapus satu dulu."]})


def _may_remove(actor: Actor, known: SavedFilter) -> bool:
    return known.owner_id == actor.id or (bool(known.role) and "supervisor" in actor.roles)


def _tell(session: Session, actor: Actor, verb: str, known: SavedFilter) -> None:
    what = {"saringan": known.id, "peran": known.role}
    trail.append(session, trail.account_stream(actor.id), actor.id, verb, what, clock.now())


def _named(name: str) -> str:
    try:
        said = plain_text(name, LONGEST)
    except Refused as refused:
        raise InvalidInput({NAME: [str(refused)]}) from refused
    if not said:
        raise InvalidInput({NAME: ["Beri nama saringan ini."]})
    return mask_in_text(said)
