"""Where the seals stand: the last one that the database knows, the last one in the file, and what the two mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.adapters.seal_file import SealFile
from app.domain.errors import SealRefused
from app.domain.seals import LINES_LOST, NO_SEAL, RESTORED, Leaf, Seal, parse
from app.models import Event, SealTip

_ONLY = 1
_AT_ONCE = 500

GONE = (
    "Berkas segel {path} tidak ada, padahal basis data mengenal segel {number}. Pasang lagi cakramnya, atau "
    "kembalikan berkasnya dari salinan."
)
BEHIND = (
    "Berkas segel {path} berakhir pada segel {found}, padahal basis data mengenal segel {number}: barisnya dipotong, "
    "atau berkasnya salinan lama. Kembalikan dari salinan terbaru; bila memang hilang: flask audit seal --continue"
)
OTHER_CHAIN = (
    "Segel {found} di {path} bukan segel {found} yang dikenal basis data ini. Semua mesin harus memakai satu berkas "
    "segel; periksa ALUR_SEAL_FILE."
)
OTHER_DATABASE = (
    "Berkas segel {path} sudah berisi {found} segel, tetapi basis data ini belum pernah disegel. Bila ini basis data "
    "baru, pindahkan berkas dan kunci lamanya ke arsip; bila bukan, pulihkan basis datanya."
)


@dataclass(frozen=True)
class Tip:
    """What the database knows. `number` 0: nothing is sealed yet; `event_id`: the last event covered."""

    number: int = 0
    hash: str = NO_SEAL
    event_id: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What the next seal follows. `key`: public key (hex) that must sign it, "" for any; `size`: of the file, bytes."""

    number: int
    hash: str
    key: str
    size: int
    mended: str = ""
    mended_from: int = 0


def read_tip(session: Session | Connection) -> Tip:
    row = session.execute(select(SealTip.number, SealTip.hash, SealTip.event_id, SealTip.at)).one_or_none()
    return Tip(*row) if row else Tip()


def lock_tip(session: Session) -> Tip:
    """The tip, held until the transaction ends, so that nobody else seals meanwhile."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(SealTip).values(id=_ONLY, number=0, hash=NO_SEAL, event_id=0, at=None)
    session.execute(new.on_conflict_do_nothing(index_elements=[SealTip.id]))
    session.execute(select(SealTip.id).where(SealTip.id == _ONLY).with_for_update())
    return read_tip(session)


def move_tip(session: Session, seal: Seal, event_id: int) -> None:
    values = {"number": seal.number, "hash": seal.hash, "event_id": event_id, "at": seal.at}
    session.execute(update(SealTip).where(SealTip.id == _ONLY).values(**values))


def last_seal(file: SealFile) -> Seal | None:
    return next((seal for seal in map(parse, file.backwards()) if seal is not None), None)


def standing(file: SealFile, tip: Tip, *, continue_after_loss: bool = False) -> Standing:
    """Compare the file with what the database knows. Raises SealRefused where a person must put something right."""
    size = file.size  # before its end is read: what is added meanwhile makes `append` refuse
    last = last_seal(file)
    found = last.number if last else 0
    if last is not None and (found, last.hash) == (tip.number, tip.hash):
        return Standing(found, last.hash, last.next_key, size)
    if last is None and tip.number == 0:
        return Standing(0, NO_SEAL, "", size)
    if last is not None and found > tip.number:
        return _after_restore(file, tip, last, size)
    if found < tip.number and continue_after_loss:
        return Standing(tip.number, tip.hash, "", size, LINES_LOST, found)
    sentence = GONE if last is None else BEHIND if found < tip.number else OTHER_CHAIN
    raise SealRefused(sentence.format(path=file.path, found=found, number=tip.number))


def _after_restore(file: SealFile, tip: Tip, last: Seal, size: int) -> Standing:
    """The file is ahead: the database came back from a backup. Its own seal must be among those in the file."""
    if tip.number == 0:
        raise SealRefused(OTHER_DATABASE.format(path=file.path, found=last.number))
    seals = (seal for seal in map(parse, file.backwards()) if seal is not None)
    known = next((seal for seal in seals if seal.number <= tip.number), None)
    if known is None or (known.number, known.hash) != (tip.number, tip.hash):
        raise SealRefused(OTHER_CHAIN.format(path=file.path, found=tip.number))
    return Standing(last.number, last.hash, last.next_key, size, RESTORED, tip.number)


def unfinished(session: Session, file: SealFile, tip: Tip) -> Seal | None:
    """The one seal that is in the file but not yet in the database, because the machine stopped between the two.

    A database restored from a backup of a minute ago looks the same but for the entries that the seal names.
    """
    last = last_seal(file)
    if last is None or (last.number, last.previous) != (tip.number + 1, tip.hash):
        return None
    return last if _holds(session, last.leaves) else None


def _holds(session: Session, leaves: Sequence[Leaf]) -> bool:
    found = 0
    for start in range(0, len(leaves), _AT_ONCE):
        some = leaves[start : start + _AT_ONCE]
        places = [(leaf.stream, leaf.seq) for leaf in some]
        query = select(Event.stream, Event.seq, Event.hash).where(tuple_(Event.stream, Event.seq).in_(places))
        found += len({Leaf(*row) for row in session.execute(query)} & set(some))
    return found == len(leaves)
