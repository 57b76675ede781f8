"""Tags of officers on a case: words of the office's own short list, which grows by one that is used."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.actors import Actor
from app.domain.errors import InvalidInput
from app.domain.masking import mask_in_text
from app.models import CaseTag, TagWord
from app.procedures.values import Refused, plain_text
from app.services import store
from app.services.desk import desk_case
from app.services.work import unit_of_work

WORD, LONGEST, MOST, MOST_WORDS = "tanda", 24, 5, 30
ON, OFF = "tanda_dipasang", "tanda_dilepas"
RESERVED = frozenset(
    {"prioritas", "dikembalikan", "ditahan", "ditahan: penarikan", "untuk anda", "diskusi baru", "ganda?"}
)
"""Marks that the inbox makes by itself."""


def put_on(actor: Actor, case_id: str, word: str) -> str:
    """As it was put on. There already: nothing changes. Raises InvalidInput, NotFound, Forbidden."""
    said = _read(word)
    with unit_of_work() as session:
        run = desk_case.lock(session, actor, case_id)
        there = session.scalars(select(CaseTag.word).where(CaseTag.case_id == case_id)).all()
        if said in there:
            return said
        if len(there) >= MOST:
            raise InvalidInput({WORD: [f"Paling banyak {MOST} tanda. Lepas satu dulu."]})
        if session.get(TagWord, said) is None:
            # Every word of the list in one select; two who add the last one at once may make it one longer.
            if (session.scalar(select(func.count()).select_from(TagWord)) or 0) >= MOST_WORDS:
                raise InvalidInput({WORD: [f"Daftar tanda kantor sudah {MOST_WORDS}. Pakai salah satu darinya."]})
            dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            session.execute(dialect.insert(TagWord).values(word=said).on_conflict_do_nothing())
        session.execute(insert(CaseTag), {"case_id": case_id, "word": said, "by": actor.id, "at": run.now})
        run.chain.add(actor.id, ON, {"tanda": said}, run.now)
        run.save(last=True)
    return said


def take_off(actor: Actor, case_id: str, word: str) -> None:
    """Not there: nothing changes. A word that no case wears any more leaves the list. Raises NotFound, Forbidden."""
    with unit_of_work() as session:
        run = desk_case.lock(session, actor, case_id)
        worn = session.get(CaseTag, (case_id, word))
        if worn is None:
            return
        session.delete(worn)
        session.flush()
        if session.scalar(select(CaseTag.case_id).where(CaseTag.word == word).limit(1)) is None:
            session.execute(delete(TagWord).where(TagWord.word == word))
        run.chain.add(actor.id, OFF, {"tanda": word}, run.now)
        run.save(last=True)


def words() -> Sequence[str]:
    """The short list."""
    return store.session.scalars(select(TagWord.word).order_by(TagWord.word)).all()


def of_cases(case_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Case id -> its tags; cases without any are absent."""
    found: dict[str, list[str]] = {}
    if case_ids:
        query = select(CaseTag.case_id, CaseTag.word).where(CaseTag.case_id.in_(case_ids))
        for row in store.session.execute(query.order_by(CaseTag.word)):
            found.setdefault(row.case_id, []).append(row.word)
    return found


def _read(word: str) -> str:
    try:
        said = (plain_text(word, LONGEST) or "").lower()
    except Refused as refused:
        raise InvalidInput({WORD: [str(refused)]}) from refused
    if not said:
        raise InvalidInput({WORD: ["Pilih atau tulis tandanya dulu."]})
    if said in RESERVED or mask_in_text(said) != said:
        raise InvalidInput({WORD: ["Kata ini tidak dapat dipakai sebagai tanda. Pilih kata lain."]})
    return said
