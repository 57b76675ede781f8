"""Questions and complaints: begun with an account or without, read by their writer as one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Answer, Case, IdempotencyKey, User, new_id
from app.procedures.model import Procedure
from app.services import clock, store
from app.services.accounts import people, writers
from app.services.flow import cases, keys, published
from app.services.flow.cases import CaseView
from app.services.joining import proposals
from app.services.joining.proposals import Beginning
from app.services.paging import at_most
from app.services.portal import portal_views
from app.services.records.counters import case_number
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SLUG = ABOUT = "konsultasi"
WITH_ACCOUNT, WITHOUT = "akun", "tanpa_akun"
CHANNEL = "saluran"
"""The field of the first step that no page asks for."""
MOST = 10
LONGEST_TALK = 200
_ABOUT_KEY = "konsultasi baru"
_OWN_WORDS, _OFFICE_WORDS, _FILES = ("uraian", "pertanyaan"), "pesan_pemohon", "lampiran"


@dataclass(frozen=True)
class Said:
    """One turn of the conversation. `files`: upload ids."""

    at: datetime
    by_office: bool
    text: str
    files: Sequence[str]


def procedure() -> Procedure:
    """The version in force. Raises NotFound where the office has published none."""
    return published.compiled(published.in_force(SLUG, clock.today()).id)


def file(actor: Actor, raw: Mapping[str, Any], key: str) -> str:
    """The id of the new case; the same key again leads to the same one. Raises InvalidInput, TooManyAttempts."""
    beginning = proposals.prepared(SLUG, {**raw, CHANNEL: WITH_ACCOUNT})
    at = clock.now()
    with unit_of_work() as session:
        session.get(User, actor.id, with_for_update=True)
        remembered = keys.row(actor, key, new_id(), at, about=_ABOUT_KEY)
        known = session.get(IdempotencyKey, (actor.id, remembered["key"]))
        if known is not None:
            return known.case_id
        limits = [Limit(f"konsultasi {actor.id}", MOST)]
        if throttle.is_exceeded(session, limits, at):
            raise _too_many(at)
        throttle.count(session, limits, at)
        session.execute(insert(IdempotencyKey), remembered)
        _begin(session, actor, beginning, actor.id, str(remembered["case_id"]), at)
    return str(remembered["case_id"])


def file_without_account(raw: Mapping[str, Any], given: Mapping[str, str], address: str = "") -> str:
    """The number of the new case. `given`: nama, email, nomor_hp; the answer goes to that e-mail, in full.

    `address`: of the network, for the limit only. Raises InvalidInput, TooManyAttempts.
    """
    writer, errors = writers.read(given)
    try:
        beginning = proposals.prepared(SLUG, {**raw, CHANNEL: WITHOUT})
    except InvalidInput as refused:
        raise InvalidInput({**errors, **refused.errors}) from refused
    if writer is None:
        raise InvalidInput(errors)
    at = clock.now()
    limits = [Limit(f"aduan {throttle.place(address)}", MOST), Limit(f"aduan ke {writer.email.casefold()}", 3)]
    if not throttle.reserve(limits, at):
        raise _too_many(at)
    with unit_of_work() as session:
        person = people.add_without_account(session, name=writer.name, phone=writer.phone, contact=writer.email)
        return _begin(session, people.as_actor(person), beginning, person.id, new_id(), at)


def own(actor: Actor, case_id: str) -> CaseView:
    """Raises NotFound, also for a case of another kind."""
    view = portal_views.own_case(actor, case_id)
    if view.procedure.about != ABOUT:
        raise NotFound
    return view


def conversation(view: CaseView) -> list[Said]:
    """What either side said, oldest first: at most the last LONGEST_TALK turns."""
    theirs = {step.id for step in view.procedure.steps.values() if step.by_applicant}
    rows = store.session.execute(
        select(Answer.step, Answer.data, Answer.at)
        .where(Answer.case_id == view.id)
        .order_by(Answer.at.desc(), Answer.id.desc())
        .limit(at_most(LONGEST_TALK))
    ).all()[::-1]
    found = []
    for row in rows:
        is_office = row.step not in theirs
        fields = (_OFFICE_WORDS,) if is_office else _OWN_WORDS
        text = next((str(row.data[name]) for name in fields if row.data.get(name)), "")
        if text:
            found.append(Said(row.at, is_office, text, tuple(() if is_office else row.data.get(_FILES) or ())))
    return found


def _begin(session: Session, actor: Actor, beginning: Beginning, subject: str, case_id: str, at: datetime) -> str:
    """For the whole office: whoever answers is found by topic, not by where somebody lives."""
    number = case_number(session, SLUG, at)
    cases.open_case(
        session,
        actor,
        case_id=case_id,
        version_id=beginning.version_id,
        subject_id=subject,
        unit="",
        number=number,
        answers=beginning.answers,
        at=at,
    )
    return number


def title_of(case_ids: Sequence[str]) -> Mapping[str, str]:
    """Case -> what its writer called it."""
    rows = store.session.execute(select(Case.id, Case.data).where(Case.id.in_(case_ids)))
    return {row.id: str(row.data["answers"].get("tulis_konsultasi", {}).get("judul", "")) for row in rows}


def _too_many(at: datetime) -> TooManyAttempts:
    until = throttle.ends_at(at)
    return TooManyAttempts(until, f"Terlalu banyak kiriman. Coba lagi pukul {format_time(until)}.")
