"""Begin a permohonan for somebody who stands at the counter: found by NIK, with an account or without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import Forbidden, InvalidInput
from app.models import Case, Draft, Permohonan, User
from app.services import clock, store
from app.services.accounts import lookup, walkins
from app.services.accounts.lookup import Found
from app.services.counter import assistance
from app.services.flow import kin, published
from app.services.paging import at_most
from app.services.portal import drafts
from app.services.records import reads, trail
from app.services.work import unit_of_work

OWN = "Permohonan Anda sendiri diajukan dari akun pemohon Anda, atau dibantu petugas lain."
HOUSEHOLD = "NIK atau nomor KK itu milik Anda atau keluarga serumah Anda. Minta petugas lain melayaninya."
COMPARED = "Cocokkan dulu KTP-el atau identitas asli orangnya, lalu centang."
NEWEST = 10


@dataclass(frozen=True)
class Filed:
    """One line of what this officer filed lately."""

    case_id: str
    number: str
    name: str
    status: str
    at: datetime | None
    subject_id: str


def find(actor: Actor, nik: str) -> Found:
    """Logged as reading for the counter. Raises InvalidInput, Forbidden (also for one's own NIK), TooManyAttempts."""
    found = lookup.by_nik(actor, nik, reads.COUNTER)
    if found.person is not None and found.person.id == actor.id:
        raise Forbidden(OWN)
    if kin.is_own(store.session(), actor.id, found.nik, found.registered.nomor_kk if found.registered else ""):
        raise Forbidden(HOUSEHOLD)
    return found


def begin(actor: Actor, found: Found, slug: str, counter: str, given: Mapping[str, str]) -> str:
    """The id of the officer's draft for this person: the one they have begun, or a new one.

    `given`: walkins.FIELDS of somebody without account, and `cocok` ("ya"): the KTP was compared. Raises InvalidInput,
    Forbidden, NotFound (no such service).
    """
    demand(actor, "file_for")
    has_account = found.person is not None and found.person.has_account
    noted, errors = (None, {}) if has_account else walkins.read(given, found)
    if given.get("cocok") != "ya":
        errors["cocok"] = [COMPARED]
    if counter not in dict(assistance.counters_of(actor)):
        errors["loket"] = ["Pilih loket tempat Anda duduk."]
    if errors:
        raise InvalidInput(errors)
    version = next((one for one, procedure in published.catalogue(clock.today()) if procedure.slug == slug), None)
    if version is None:
        raise InvalidInput({"layanan": ["Pilih layanannya."]})
    version_id, at = version.id, clock.now()
    with unit_of_work() as session:
        subject = _subject(session, actor, found, noted, at)
        if subject == actor.id:
            raise Forbidden(OWN)
        person = session.get_one(User, subject)
        if kin.is_own(session, actor.id, found.nik, person.nomor_kk or ""):
            raise Forbidden(HOUSEHOLD)
        session.get(User, actor.id, with_for_update=True)  # a second click waits here, and then finds the draft
        open_one = select(Draft.id).where(
            Draft.owner_id == actor.id, Draft.submitted_at.is_(None), Draft.subject_id == subject, Draft.slug == slug
        )
        known = session.scalar(open_one.limit(1))
        if known is not None:
            return str(known)
        draft_id = drafts.add(session, actor, slug, version_id, at, subject_id=subject, counter=counter)
        what = {"petugas": actor.id, "draf": draft_id, "identitas": "dicocokkan", "unit": counter}
        trail.append(session, trail.account_stream(subject), actor.id, "dilayani_di_loket", what, at)
    return draft_id


def filed_lately(actor: Actor) -> list[Filed]:
    """What this officer filed last, the newest first."""
    rows = store.session.execute(
        select(Case.id, Case.number, User.name, Case.status, Permohonan.assisted_at, Case.subject_id)
        .select_from(Permohonan)
        .join(Case, Case.id == Permohonan.case_id)
        .join(User, User.id == Case.subject_id)
        .where(Permohonan.assisted_by == actor.id)
        .order_by(Permohonan.assisted_at.desc(), Permohonan.case_id.desc())
        .limit(at_most(NEWEST))
    )
    return [Filed(row.id, row.number, row.name, row.status, row.assisted_at, row.subject_id) for row in rows]


def was_filed_by(actor: Actor, case_id: str) -> bool:
    return store.session.scalar(select(Permohonan.assisted_by).where(Permohonan.case_id == case_id)) == actor.id


def _subject(session: Session, actor: Actor, found: Found, noted: walkins.Given | None, at: datetime) -> str:
    if noted is None and found.person is not None:
        return found.person.id
    assert noted is not None
    return walkins.record(session, actor.id, found.nik, noted, at).id
