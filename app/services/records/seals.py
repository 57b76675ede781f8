"""Sealing the trail: every minute what was added goes under one signed line in a file outside the database."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.adapters.seal_file import SealFile, SealFileBusy
from app.adapters.seal_key import SealKey
from app.domain.actors import Actor, demand
from app.domain.errors import SealRefused
from app.domain.seals import Leaf, Seal, header_of, signed_bytes
from app.models import Event
from app.services import clock, store
from app.services.records import seal_keys
from app.services.records.seal_standing import Standing, Tip, lock_tip, move_tip, read_tip, standing, unfinished
from app.services.records.settled import SETTLE_SECONDS, settled
from app.services.work import unit_of_work

log = logging.getLogger("alur.seals")

PERIOD = timedelta(minutes=1)
HEARTBEAT = timedelta(hours=1)
"""Without anything new, a seal without heads says each hour that sealing goes on."""
LIMIT = 20_000
"""Events under one seal; more make several seals, one after the other."""
_AT_ONE_TURN = 5  # an old office sealed for the first time must not keep the sweeper from its timers


def age(now: datetime | None = None) -> float | None:
    """Seconds since the last seal; None where there is none. At rest it may grow to HEARTBEAT."""
    tip = read_tip(store.session())
    store.session.rollback()
    return None if tip.at is None else ((now or clock.now()) - tip.at).total_seconds()


def waiting(now: datetime | None = None) -> float:
    """Seconds that the oldest unsealed entry has been waiting; 0 where all are sealed. Over 180, sealing fails."""
    session = store.session()
    oldest = session.scalar(select(Event.at).where(Event.id > read_tip(session).event_id).order_by(Event.id).limit(1))
    session.rollback()
    return 0.0 if oldest is None else max(0.0, ((now or clock.now()) - oldest).total_seconds())


def seal_what_is_due(now: datetime) -> int:
    """The sweeper's turn; how many seals were made. What keeps us from sealing is logged, and tried again next time."""
    tip = read_tip(store.session())
    store.session.rollback()
    if tip.at is not None and timedelta(0) <= now - tip.at < PERIOD * 0.9:
        return 0  # another sweeper was here
    try:
        return next((made for made in range(_AT_ONE_TURN) if _seal(now) is None), _AT_ONE_TURN)
    except SealRefused as refusal:
        log.error("the trail is not sealed: %s", refusal.pesan)
    except SealFileBusy as problem:
        log.info("%s", problem)
    except OSError as problem:
        log.error("the trail is not sealed: %s", problem)
    return 0


def seal_now(actor: Actor, now: datetime, *, continue_after_loss: bool = False) -> list[Seal]:
    """Seal what is there, by hand. `continue_after_loss`: lines of the file are gone for good, go on all the same.

    Raises Forbidden, SealRefused, OSError.
    """
    demand(actor, "seal")
    made = []
    while (seal := _seal(now, continue_after_loss=continue_after_loss)) is not None:
        made.append(seal)
    return made


def rotate_key(actor: Actor, now: datetime) -> Seal:
    """Hand the chain on to a new key: one seal, signed by both. Raises Forbidden, SealRefused, OSError."""
    demand(actor, "seal")
    while _seal(now) is not None:
        pass  # what is waiting goes under the old key
    following = seal_keys.draft_next()
    made = _seal(now, following=following)
    if made is None:
        raise SealRefused("Ada yang sedang menyegel. Coba lagi sebentar lagi.")
    seal_keys.promote(following)
    return made


def _seal(now: datetime, *, following: SealKey | None = None, continue_after_loss: bool = False) -> Seal | None:
    """One seal; None where nothing is due, or another sealer was faster."""
    file = SealFile(store.seals.file)
    tip = _catch_up(file)
    if not tip.number and not file.size and following is None and not _has_events():
        return None
    stands = standing(file, tip, continue_after_loss=continue_after_loss)
    entries, upto = _new_entries(tip)
    is_forced = following is not None or bool(stands.mended) or upto < tip.event_id
    is_silent = tip.at is not None and now - tip.at < HEARTBEAT
    if not entries and is_silent and not is_forced:
        return None
    key = seal_keys.current(stands.key, is_first=stands.number == 0)
    seal = _sign(stands, entries, upto, now, key, following)
    return seal if _keep(file, seal, stands, tip) else None


def _catch_up(file: SealFile) -> Tip:
    """The tip, after it has learnt of a seal that a crash kept from it."""
    session = store.session()
    tip = read_tip(session)
    missed = unfinished(session, file, tip)
    session.rollback()
    if missed is None:
        return tip
    with unit_of_work() as session:
        if lock_tip(session) == tip:
            move_tip(session, missed, missed.header["sampai"])
            log.warning("seal %d was written, but not noted before the machine stopped", missed.number)
        return read_tip(session)


def _has_events() -> bool:
    found = store.session.scalar(select(Event.id).limit(1)) is not None
    store.session.rollback()
    return found


def _new_entries(tip: Tip) -> tuple[Sequence[Any], int]:
    """What was added since the last seal, in the order of writing, and the last event id looked at."""
    session = store.session()
    upto = settled(session)
    if upto is None:
        log.warning("a transaction has been writing for %.0f s; what it adds is sealed later", SETTLE_SECONDS)
        session.rollback()
        return (), tip.event_id
    if upto < tip.event_id:
        log.error("entries that were sealed are gone: the last is %d, sealed were %d", upto, tip.event_id)
        session.rollback()
        return (), upto
    rows: Sequence[Any] = session.execute(
        select(Event.id, Event.stream, Event.seq, Event.hash)
        .where(Event.id > tip.event_id, Event.id <= upto)
        .order_by(Event.id)
        .limit(LIMIT)
    ).all()
    session.rollback()
    return rows, int(rows[-1].id) if rows else tip.event_id


def _sign(
    stands: Standing,
    entries: Sequence[Any],
    upto: int,
    now: datetime,
    key: SealKey,
    following: SealKey | None,
) -> Seal:
    heads = {row.stream: Leaf(row.stream, row.seq, row.hash) for row in entries}
    leaves = tuple(heads[stream] for stream in sorted(heads))
    header = header_of(
        number=stands.number + 1,
        at=now,
        previous=stands.hash,
        upto=upto,
        entries=len(entries),
        leaves=leaves,
        key=key.public,
        next_key=following.public if following else "",
        mended=stands.mended,
        mended_from=stands.mended_from,
    )
    message = signed_bytes(header)
    return Seal(header, leaves, key.sign(message), following.sign(message) if following else "")


def _keep(file: SealFile, seal: Seal, stands: Standing, tip: Tip) -> bool:
    """Into the file, then into the database; False where another sealer was faster.

    The tip's row stays locked over both, and the file takes the line only if nobody has added to it: two seals never
    have one number. A crash between the two leaves the file one ahead, which the next turn notices.
    """
    with unit_of_work() as session:
        if lock_tip(session) != tip:
            return False
        file.append(seal.line(), size=stands.size)
        move_tip(session, seal, seal.header["sampai"])
    log.info("sealed %d entries of %d streams", seal.header["catatan"], seal.header["rangkaian"])
    return True
