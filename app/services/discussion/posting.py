"""Write a message: it, its files, the trail and the first news of it, all or nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.chain import canonical, salted_digest
from app.domain.errors import InvalidInput
from app.domain.texts import storable
from app.models import Discussion, DiscussionMessage, IdempotencyKey, Upload
from app.services import clock, store
from app.services.discussion import attachments, canned, marks, place, telling
from app.services.discussion.place import Place
from app.services.flow import keys
from app.services.records import trail
from app.services.work import unit_of_work

LONGEST = 10_000
HOUR, IN_AN_HOUR = timedelta(hours=1), 60
VERB = "pesan_diskusi"
OFFICE, RESIDENT = "petugas", "pemohon"
TEXT, FILES = "teks", "lampiran"


def post(actor: Actor, case_id: str, text: str, file_ids: Sequence[str], key: str, seen: int) -> None:
    """Send what was typed with files uploaded before. The same key again changes nothing.

    `seen`: number of the newest message that the writer had before them. Raises NotFound, Forbidden, DiscussionClosed,
    StaleForm, InvalidInput (nothing changed, show the form again).
    """
    said = plain(text)
    _judge(said, file_ids)
    now = clock.now()
    with unit_of_work() as session:
        here = place.enter(session, actor, case_id, lock=True)
        if keys.is_known(session, actor, key, about=_about(case_id)):
            return
        place.demand_writing(here, actor, now)
        _demand_filled_in(here, actor, said)
        _demand_patience(session, here, actor, now)
        session.execute(insert(IdempotencyKey), keys.row(actor, key, case_id, now, about=_about(case_id)))
        files = attachments.unsent(session, actor, case_id, file_ids)
        if len(files) != len(set(file_ids)):
            raise InvalidInput({FILES: ["Lampiran sudah tidak ada. Pilih berkasnya sekali lagi."]})
        talk = _talk(session, case_id)
        _number(talk, is_office=here.is_office(actor), seen=seen)
        message = DiscussionMessage(
            case_id=case_id,
            number=talk.last,
            author=actor.id,
            by_office=here.is_office(actor),
            text=said,
            salt=trail.new_salt(),
            at=now,
        )
        session.add(message)
        _keep(session, here, message, files)
        marks.wrote(session, talk, actor, seen)
        telling.of_message(session, here, talk, message)


def was_posted(actor: Actor, case_id: str, key: str) -> bool:
    """Was this very form taken already? Then its files need not be kept a second time."""
    return keys.is_known(store.session(), actor, key, about=_about(case_id))


def plain(text: str) -> str:
    """As it is kept: lines end in one way, nothing before or behind."""
    kept: str = storable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept.strip()


def _judge(said: str, file_ids: Sequence[str]) -> None:
    errors: dict[str, list[str]] = {}
    if not said and not file_ids:
        errors[TEXT] = ["Tulis pesan Anda, atau lampirkan foto atau PDF."]
    if len(said) > LONGEST:
        length = f"{len(said):,}".replace(",", ".")
        errors[TEXT] = [f"Pesan Anda {length} huruf; paling banyak 10.000. Pendekkan, atau kirim dalam dua pesan."]
    if len(set(file_ids)) > attachments.MOST:
        errors[FILES] = [attachments.TOO_MANY]
    if errors:
        raise InvalidInput(errors)


def _demand_filled_in(here: Place, actor: Actor, said: str) -> None:
    """What only a ready answer fills in must not reach a pemohon in braces. Raises InvalidInput."""
    left = next((word for word in canned.WORDS if f"{{{word}}}" in said), "") if here.is_office(actor) else ""
    if left:
        way = "Kata dalam kurung kurawal hanya terisi sendiri di jawaban siap."
        raise InvalidInput({TEXT: [f"Ganti {{{left}}} dengan {canned.WORDS[left]}. {way}"]})


def _demand_patience(session: Session, here: Place, actor: Actor, now: datetime) -> None:
    """A pemohon's script must not bury the office. Raises InvalidInput."""
    if here.is_office(actor):
        return
    mine = (DiscussionMessage.case_id == here.case.id, DiscussionMessage.author == actor.id)
    lately = select(func.count()).where(*mine, DiscussionMessage.at > now - HOUR)
    if (session.scalar(lately) or 0) >= IN_AN_HOUR:
        raise InvalidInput(
            {TEXT: [f"Paling banyak {IN_AN_HOUR} pesan dalam satu jam. Petugas membaca semuanya; tunggu."]}
        )


def _about(case_id: str) -> str:
    return f"diskusi {case_id}"


def _talk(session: Session, case_id: str) -> Discussion:
    """Its row; the first message makes it. The case is locked, so nobody else makes it meanwhile."""
    talk = session.get(Discussion, case_id)
    if talk is None:
        talk = Discussion(case_id=case_id, last=0, last_office=0, last_resident=0, answered=0, asked_queue="")
        session.add(talk)
        session.flush()
    return talk


def _number(talk: Discussion, *, is_office: bool, seen: int) -> None:
    """The next number; an officer answers what they had seen, not what came in while they typed."""
    talk.last += 1
    if is_office:
        talk.last_office = talk.last
        talk.answered = max(talk.answered, min(seen, talk.last_resident))
        if talk.answered == talk.last_resident:
            talk.asked_queue = ""
    else:
        talk.last_resident = talk.last


def _keep(session: Session, here: Place, message: DiscussionMessage, files: Sequence[Upload]) -> None:
    for upload in files:
        upload.field = str(message.number)
    what = {
        "nomor": message.number,
        "dari": OFFICE if message.by_office else RESIDENT,
        "isi": salted_digest(message.salt, written(message, [upload.digest for upload in files])),
        "berkas": [upload.id for upload in files],
    }
    trail.append(session, trail.case_stream(here.case.id), message.author, VERB, what, message.at)


def written(message: DiscussionMessage, digests: Sequence[str]) -> str:
    """What the trail holds a digest of: the text, and the files by their own digests."""
    return canonical({"teks": message.text, "berkas": list(digests)}).decode()
