"""Ready answers: texts that the office shares, with `{words}` that each case fills in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Office, can, demand
from app.domain.errors import InvalidInput, NotFound, StaleForm
from app.domain.texts import storable
from app.models import CannedAnswer, new_id
from app.services import clock, store
from app.services.discussion import place
from app.services.flow import cases
from app.services.records import trail
from app.services.work import unit_of_work

WORDS = {
    "nama": "nama pemohon",
    "nomor": "nomor permohonan atau konsultasi",
    "layanan": "nama layanan",
    "status": "status sekarang",
}
LONGEST_TITLE, LONGEST_TEXT, MOST = 80, 2000, 100
TITLE, TEXT = "judul", "isi"


def listed(actor: Actor) -> Sequence[CannedAnswer]:
    """All of them by title. Raises Forbidden."""
    demand(actor, "keep_canned")
    return store.session.scalars(select(CannedAnswer).order_by(CannedAnswer.title, CannedAnswer.id).limit(MOST)).all()


def offered(actor: Actor) -> Sequence[CannedAnswer]:
    """What this person may start an answer from; nothing for who does not write to pemohon."""
    return listed(actor) if can(actor, "keep_canned", Office()) else ()


def one(actor: Actor, answer_id: str) -> CannedAnswer:
    """Raises Forbidden, NotFound."""
    demand(actor, "keep_canned")
    return _known(store.session(), answer_id)


def filled(actor: Actor, case_id: str, answer_id: str) -> str:
    """The text as it begins an answer in this case. Raises Forbidden, NotFound."""
    here = place.enter(store.session(), actor, case_id)
    text = one(actor, answer_id).text
    view = cases.load(actor, case_id)  # its names are those that this reader may know
    for word, said in {**here.facts, "nama": view.names[view.subject_id]}.items():
        text = text.replace(f"{{{word}}}", said)
    return text


def save(actor: Actor, answer_id: str, version: int, title: str, text: str) -> str:
    """Change one, or with "" make one; its id. Raises InvalidInput, StaleForm (changed meanwhile), NotFound,
    Forbidden."""
    demand(actor, "keep_canned")
    title, text = " ".join(storable(title).split()), storable(text.replace("\r\n", "\n")).strip()
    _judge(title, text)
    at = clock.now()
    with unit_of_work() as session:
        trail.lock_chain(session, trail.OFFICE)  # the second of two clicks waits for the first
        answer = _known(session, answer_id) if answer_id else None
        if answer is not None and (answer.title, answer.text) == (title, text):
            return answer.id
        if answer is not None and answer.version != version:
            raise StaleForm("Jawaban ini baru saja diubah orang lain. Periksa isinya, lalu ubah sekali lagi.")
        twin = session.scalar(select(CannedAnswer).where(CannedAnswer.title == title, CannedAnswer.id != answer_id))
        if answer is None and twin is not None and twin.text == text:
            return twin.id  # the second click of a double click
        if twin is not None:
            raise InvalidInput({TITLE: ["Sudah ada jawaban dengan judul ini. Pakai judul lain."]})
        if answer is None:
            answer = CannedAnswer(id=new_id(), version=0)
            session.add(answer)
        answer.title, answer.text, answer.version = title, text, (answer.version or 0) + 1
        answer.changed_by, answer.changed_at = actor.id, at
        what = {"id": answer.id, "judul": title, "versi": answer.version}
        trail.append(session, trail.OFFICE, actor.id, "jawaban_siap_disimpan", what, at)
        return answer.id


def remove(actor: Actor, answer_id: str) -> None:
    """One that is gone already (a second click) is gone. Raises Forbidden."""
    demand(actor, "keep_canned")
    at = clock.now()
    with unit_of_work() as session:
        answer = session.get(CannedAnswer, answer_id, with_for_update=True)
        if answer is not None:
            what = {"id": answer.id, "judul": answer.title}
            session.delete(answer)
            trail.append(session, trail.OFFICE, actor.id, "jawaban_siap_dihapus", what, at)


def _known(session: Session, answer_id: str) -> CannedAnswer:
    answer = session.get(CannedAnswer, answer_id)
    if answer is None:
        raise NotFound("Jawaban ini sudah dihapus. Muat ulang daftarnya.")
    return answer


def _judge(title: str, text: str) -> None:
    errors: dict[str, list[str]] = {}
    if not title or len(title) > LONGEST_TITLE:
        errors[TITLE] = [f"Tulis judul, paling banyak {LONGEST_TITLE} huruf."]
    if not text or len(text) > LONGEST_TEXT:
        errors[TEXT] = [f"Tulis isi jawaban, paling banyak {LONGEST_TEXT} huruf."]
    elif unknown := _unknown(text):
        allowed = ", ".join(f"{{{word}}}" for word in WORDS)
        errors[TEXT] = [f"{{{unknown}}} tidak dikenal. Yang dapat dipakai: {allowed}."]
    if errors:
        raise InvalidInput(errors)


def _unknown(text: str) -> str:
    """The first word in braces that no case fills in, "" = none."""
    return next((word for word in _words(text) if word not in WORDS), "")


def _words(text: str) -> list[str]:
    return [part.split("}", 1)[0] for part in text.split("{")[1:] if "}" in part]
