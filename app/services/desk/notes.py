"""Notes of officers for officers on a case: added, never changed. The pemohon does not read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from app.domain.actors import Actor
from app.domain.chain import salted_digest
from app.domain.errors import InvalidInput
from app.domain.masking import mask_in_text
from app.models import CaseNote, User, new_id
from app.procedures.values import Refused, plain_text
from app.services import store
from app.services.desk import desk_case
from app.services.paging import at_most
from app.services.records import trail
from app.services.work import unit_of_work

TEXT, LONGEST, MOST, SHOWN = "catatan", 1000, 200, 50
VERB = "catatan_ditulis"


@dataclass(frozen=True)
class Note:
    text: str
    who: str
    at: datetime


def write(actor: Actor, case_id: str, text: str, key: str) -> None:
    """Raises InvalidInput, NotFound, Forbidden. The same key again changes nothing."""
    said = _read(text)
    with unit_of_work() as session:
        run = desk_case.lock(session, actor, case_id)
        if not desk_case.once(session, run, actor, key):
            return
        if (session.scalar(select(func.count()).where(CaseNote.case_id == case_id)) or 0) >= MOST:
            raise InvalidInput({TEXT: [f"Permohonan ini sudah punya {MOST} catatan. Tidak dapat ditambah lagi."]})
        note = {"id": new_id(), "case_id": case_id, "by": actor.id, "at": run.now, "text": said}
        salt = trail.new_salt()
        session.execute(insert(CaseNote), {**note, "salt": salt})
        run.chain.add(actor.id, VERB, {"catatan": note["id"], "sidik": salted_digest(salt, said)}, run.now)
        run.save(last=True)


def of_case(case_id: str) -> Sequence[Note]:
    """The newest first. The caller has the case by right, as an officer."""
    query = (
        select(CaseNote.text, CaseNote.at, CaseNote.by)
        .where(CaseNote.case_id == case_id)
        .order_by(CaseNote.at.desc(), CaseNote.id.desc())
        .limit(at_most(SHOWN))
    )
    rows = store.session.execute(query).all()
    writers = select(User.id, User.name).where(User.id.in_({row.by for row in rows}))
    names = {row.id: row.name for row in store.session.execute(writers)} if rows else {}
    return [Note(row.text, names.get(row.by, "Petugas"), row.at) for row in rows]


def _read(text: str) -> str:
    try:
        said = plain_text(text, LONGEST, lines=True)
    except Refused as refused:
        raise InvalidInput({TEXT: [str(refused)]}) from refused
    if not said:
        raise InvalidInput({TEXT: ["Tulis catatannya dulu."]})
    return mask_in_text(said)
