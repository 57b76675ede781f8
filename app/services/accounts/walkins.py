"""People who stood at a counter without an account: one record for each NIK, until they have an account of their own.

See docs/adr/0014. Nobody signs in as such a record. It holds a NIK because an officer saw the KTP; it never stands in
the way of an account: the account that is found valid for the NIK takes over all that the record has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import consents
from app.domain.actors import SYSTEM_ID
from app.domain.identity import InvalidIdentity, parse_nomor_kk, parse_phone
from app.domain.names import fault_in_name
from app.domain.texts import visible
from app.models import Case, DiscussionMark, Draft, Job, Notice, User
from app.procedures.values import Refused, plain_email
from app.services import clock
from app.services.accounts import people
from app.services.accounts.lookup import Found
from app.services.messages import outcomes, preferences
from app.services.records import trail

LONGEST_NAME = 120
FIELDS = ("nama", "nomor_kk", "nomor_hp", "email")
JOINED = "Catatan loket yang sudah bergabung dengan akun"
_NOW_READS = "penerimanya sudah punya akun dan membacanya di sana"


@dataclass(frozen=True)
class Given:
    """What an officer wrote down of somebody without an account; "" or None: as known before. No number in its repr."""

    name: str
    nomor_kk: str = field(repr=False)
    phone: str | None = field(repr=False)
    contact: str | None = field(repr=False)
    whatsapp: bool = False


def read(given: Mapping[str, str], found: Found) -> tuple[Given | None, dict[str, list[str]]]:
    """`given`: FIELDS and `wa` ("ya") as typed; what the registry knows counts over it. None with the errors."""
    errors: dict[str, list[str]] = {}
    name = found.name or " ".join(visible(given.get("nama", "")).split())
    if not 0 < len(name) <= LONGEST_NAME:
        errors["nama"] = ["Isi nama lengkap seperti di KTP-el."]
    elif not found.name and fault_in_name(name):
        errors["nama"] = [fault_in_name(name)]
    card = found.registered.nomor_kk if found.registered else ""
    phone = contact = None
    typed = given.get("nomor_kk", "")
    try:
        if not card and (typed.strip() or not (found.person and found.person.card)):
            card = parse_nomor_kk(typed, clock.today()).number
    except InvalidIdentity as refused:
        errors["nomor_kk"] = [refused.pesan]
    try:
        phone = parse_phone(given.get("nomor_hp", "")) if given.get("nomor_hp", "").strip() else None
    except InvalidIdentity as refused:
        errors["nomor_hp"] = [refused.pesan]
    try:
        contact = plain_email(given.get("email", ""))
    except Refused as refused:
        errors["email"] = [str(refused)]
    wants = given.get("wa") == "ya"
    knows_number = phone is not None or (found.person is not None and bool(found.person.phone))
    if wants and not knows_number and "nomor_hp" not in errors:
        errors["nomor_hp"] = ["Isi nomor WhatsApp-nya, atau hapus centang persetujuan WhatsApp."]
    return (Given(name, card, phone, contact, wants) if not errors else None), errors


def record(session: Session, actor_id: str, nik: str, given: Given, at: datetime) -> User:
    """The record of this NIK, made or brought up to date, inside the caller's unit of work.

    An account that got the NIK meanwhile is returned as it is. Two counters at once make one record.
    """
    known = _of(session, nik)
    if known is None:
        known = _add(session, actor_id, nik, given, at)
    if known.has_account:
        return known
    known.nomor_kk = given.nomor_kk or known.nomor_kk
    known.phone, known.contact = given.phone or known.phone, given.contact or known.contact
    if known.whatsapp_consent != given.whatsapp:
        known.whatsapp_consent = given.whatsapp
        what = {preferences.WHATSAPP: given.whatsapp, "teks": consents.WHATSAPP.version}
        trail.append(session, trail.account_stream(known.id), actor_id, preferences.CHOSEN, what, at)
    session.flush()
    return known


def hand_over(session: Session, nik: str, account_id: str, at: datetime) -> None:
    """All that the record of this NIK has becomes the account's; inside the unit of work that makes the account valid.

    Cases first, in one order, then the record: whoever works on a case of theirs holds the case and then looks at it.
    """
    old = session.scalar(select(User.id).where(User.nik == nik, User.id != account_id, ~User.has_account))
    if old is None:
        return
    ids = _take_cases(session, old, account_id)
    record = session.get_one(User, old, with_for_update=True, populate_existing=True)
    ids += _take_cases(session, old, account_id)  # one that was being filed while we waited for the record
    session.execute(update(Notice).where(Notice.user_id == old).values(user_id=account_id))
    seen = update(DiscussionMark).where(DiscussionMark.case_id.in_(ids), DiscussionMark.user_id == old)
    session.execute(seen.values(user_id=account_id))
    session.execute(update(Draft).where(Draft.subject_id == old).values(subject_id=account_id))
    _pass_letters_on(session, ids, old, account_id, at)
    record.name, record.nik, record.nomor_kk = JOINED, None, None
    record.phone = record.contact = None
    record.active = record.whatsapp_consent = False
    session.flush()
    what = {"catatan": old, "kasus": ids}
    trail.append(session, trail.account_stream(account_id), SYSTEM_ID, "catatan_loket_bergabung", what, at)
    for case_id in sorted(ids):
        trail.append(session, trail.case_stream(case_id), SYSTEM_ID, "pemohon_berakun", {"catatan": old}, at)


def _of(session: Session, nik: str) -> User | None:
    mine = select(User).where(User.nik == nik).with_for_update().execution_options(populate_existing=True)
    return session.scalars(mine).one_or_none()


def _add(session: Session, actor_id: str, nik: str, given: Given, at: datetime) -> User:
    try:
        with session.begin_nested():
            made = people.add_without_account(session, name=given.name, nik=nik, nomor_kk=given.nomor_kk)
    except IntegrityError:
        known = _of(session, nik)
        if known is None:
            raise
        return known
    trail.append(session, trail.account_stream(made.id), actor_id, "catatan_loket_dibuat", {}, at)
    return made


def _take_cases(session: Session, old: str, account_id: str) -> list[str]:
    """Running and ended ones apart, because each half has an index of its own."""
    found: list[str] = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        mine = select(Case.id).where(Case.subject_id == old, half).order_by(Case.id).with_for_update()
        ids = list(session.scalars(mine))
        if ids:
            session.execute(update(Case).where(Case.id.in_(ids)).values(subject_id=account_id))
        found += ids
    return found


def _pass_letters_on(session: Session, case_ids: list[str], old: str, account_id: str, at: datetime) -> None:
    """What waits to go out goes to the account. What could not be delivered is read in the application from now on, so
    nobody at the counter need say it."""
    waiting = select(Job).where(Job.case_id.in_(case_ids), Job.done_at.is_(None)).order_by(Job.id).with_for_update()
    for job in session.scalars(waiting):
        if job.kind not in (outcomes.LETTER, outcomes.WHATSAPP) or job.payload["user"] != old:
            continue
        if job.failed_at is None:
            job.payload = {**job.payload, "user": account_id}
        else:
            round = outcomes.round_of(job.payload)
            outcomes.note_ended(session, job.id, outcomes.OTHERWISE, _NOW_READS, at, round)
            job.done_at, job.failed_at, job.error = at, None, ""
            job.payload = {"user": old, "title": job.payload["title"]}
