"""Questions and complaints: begun with an account or without, read by their writer as one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Answer, Case, IdempotencyKey, Mail, Permohonan, User, new_id
from app.procedures.context import UploadInfo
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.accounts import people, writers
from app.services.flow import cases, keys, published
from app.services.flow.cases import CaseView
from app.services.joining import proposals
from app.services.joining.proposals import Beginning
from app.services.messages import mailbox
from app.services.paging import at_most
from app.services.portal import enclosed, pins, portal_views
from app.services.portal.enclosed import Paper
from app.services.records.counters import case_number
from app.services.signin import hashing, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SLUG = ABOUT = "konsultasi"
WITH_ACCOUNT, WITHOUT = "akun", "tanpa_akun"
CHANNEL = "saluran"
"""The field of the first step that no page asks for."""
FILES = "lampiran"
"""The field of the files, which the pages draw by themselves."""
DISCREET = "rahasia"
"""The field in which somebody asks that their name be hidden."""
MOST = 10
LONGEST_TALK = 200
_ABOUT_KEY = "konsultasi baru"
_OWN_WORDS, _OFFICE_WORDS, _FILES = ("uraian", "pertanyaan"), "pesan_pemohon", FILES


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


def file(actor: Actor, raw: Mapping[str, Any], key: str, files: Sequence[BinaryIO] = ()) -> str:
    """The id of the new case; the same key again leads to the same one. Raises InvalidInput, TooManyAttempts."""
    beginning, papers = _prepared({**raw, CHANNEL: WITH_ACCOUNT}, files)
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
        case_id = str(remembered["case_id"])
        _begin(session, actor, beginning, actor.id, case_id, at)
        enclosed.keep(session, papers, actor.id, case_id, _first_step(beginning), at)
    return str(remembered["case_id"])


def file_without_account(
    raw: Mapping[str, Any], given: Mapping[str, str], address: str = "", files: Sequence[BinaryIO] = ()
) -> str:
    """The number of the new case. `given`: nama, email, nomor_hp; the answer goes to that e-mail, in full, and first a
    PIN to look up the status with.

    `address`: of the network, for the limit only. Raises InvalidInput, TooManyAttempts.
    """
    writer, errors = writers.read(given)
    said = {**raw, CHANNEL: WITHOUT}
    try:
        proposals.prepared(SLUG, said)
    except InvalidInput as refused:
        raise InvalidInput({**errors, **refused.errors}) from refused
    if writer is None:
        raise InvalidInput(errors)
    at = clock.now()
    limits = [Limit(f"aduan {throttle.place(address)}", MOST), Limit(f"aduan ke {writer.email.casefold()}", 3)]
    if not throttle.reserve(limits, at):
        raise _too_many(at)
    beginning, papers = _prepared(said, files)
    case_id, pin = new_id(), pins.fresh()
    digest = hashing.digest(pin)
    with unit_of_work() as session:
        person = people.add_without_account(session, name=writer.name, phone=writer.phone, contact=writer.email)
        number = _begin(session, people.as_actor(person), beginning, person.id, case_id, at, pin)
        session.add(Permohonan(case_id=case_id, draft_id=case_id, pin_hash=digest))
        enclosed.keep(session, papers, person.id, case_id, _first_step(beginning), at)
        return number


def kept_letters(number: str) -> Sequence[Mail]:
    """What its writer without account was written, in a demonstration, where letters are kept instead of sent. Only for
    the browser that wrote it."""
    row = store.session.execute(select(Case.id, Case.subject_id).where(Case.number == number)).one_or_none()
    return mailbox.of_case(row.id, row.subject_id) if row else ()


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


def _prepared(raw: Mapping[str, Any], files: Sequence[BinaryIO]) -> tuple[Beginning, Sequence[Paper]]:
    """Judged without the files first, so that nobody's are cleaned in vain. Raises InvalidInput."""
    beginning = proposals.prepared(SLUG, raw)
    papers = enclosed.cleaned(_FILES, files) if files else ()
    if papers:
        known = {paper.id: UploadInfo(paper.cleaned.mime, paper.cleaned.pages) for paper in papers}
        beginning = proposals.prepared(SLUG, {**raw, _FILES: list(known)}, known)
    return beginning, papers


def _first_step(beginning: Beginning) -> str:
    return published.compiled(beginning.version_id).first_step


def _begin(
    session: Session, actor: Actor, beginning: Beginning, subject: str, case_id: str, at: datetime, pin: str = ""
) -> str:
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
        facts={"pin": pin} if pin else None,
        confidential=bool(beginning.answers.get(DISCREET)),
    )
    return number


def title_of(case_ids: Sequence[str]) -> Mapping[str, str]:
    """Case -> what its writer called it."""
    rows = store.session.execute(select(Case.id, Case.data).where(Case.id.in_(case_ids)))
    return {row.id: str(row.data["answers"].get("tulis_konsultasi", {}).get("judul", "")) for row in rows}


def _too_many(at: datetime) -> TooManyAttempts:
    until = throttle.ends_at(at)
    return TooManyAttempts(until, f"Terlalu banyak kiriman. Coba lagi pukul {format_time(until)}.")
