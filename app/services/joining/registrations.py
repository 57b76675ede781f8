"""Registering: not an account until somebody who reads mail at its address says so.

Nothing that the browser gets to see tells whether a NIK, a phone number or an address is known here. The letter does,
to whoever reads it: it carries the link, or says that there is an account already, or that it is blocked.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain import consents
from app.domain.errors import InvalidInput, LoginRefused, NotFound, TooManyAttempts
from app.domain.tanggal import format_moment, format_time
from app.models import Mail, Registration, User, new_id
from app.procedures.values import Refused, plain_email
from app.services import clock, store
from app.services.accounts import people
from app.services.joining import blocks, selfies
from app.services.joining.applicant import Applicant
from app.services.messages import letters, mailbox, wording
from app.services.signin import hashing, passwords, throttle, tokens
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

KIND = "daftar"
KEPT = timedelta(days=7)
LIFETIME = timedelta(hours=24)
AGAIN_AFTER = timedelta(minutes=1)
MOST_LETTERS = 10
CONFIRM = "/daftar/konfirmasi"

_LOOKED_AT = 3
"""Registrations of one address that a password may open: whoever else typed it does not hide the owner's."""

OPEN, KNOWN, BLOCKED = "terbuka", "dikenal", "diblokir"
_ROW = Registration.__table__


@dataclass(frozen=True)
class Waiting:
    """A registration whose address is not confirmed yet, for whoever sent it. `until`: when it is forgotten."""

    id: str
    name: str
    email: str = field(repr=False)
    letter_at: datetime
    until: datetime


def submit(who: Applicant, password: str, selfie: str, *, whatsapp: bool, once: str, address: str = "") -> str:
    """Take a registration and write to its address; its id. The privacy notice was agreed to.

    `selfie`: a digest of `selfies.opened`; `once`: what only this sending of the form has: the same again is the same
    registration, and no second letter. Raises InvalidInput (`kata_sandi`), UploadRefused, TooManyAttempts.
    """
    wrong = passwords.faults_of_new(password, who.email, who.name)
    if wrong:
        raise InvalidInput({"kata_sandi": wrong})
    key = hashlib.sha256(once.encode()).hexdigest()
    if found := _sent_before(store.session(), key):
        return found
    at = clock.now()
    _demand_few(who.email, address, at)
    values = {
        "id": new_id(),
        "form_key": key,
        "name": who.name,
        "nik": who.nik,
        "nomor_kk": who.nomor_kk,
        "email": who.email,
        "phone": who.phone,
        "password_hash": hashing.digest(password),
        "selfie": selfie,
        "privacy": consents.PRIVACY.version,
        "whatsapp": consents.WHATSAPP.version if whatsapp else "",
        "letters": 0,
        "letter_at": at,
        "created_at": at,
    }
    with unit_of_work() as session:
        selfies.hold(session, selfie)
        if not _inserted(session, values):
            return _sent_before(session, key)
        write_letter(session, session.get_one(Registration, values["id"]), at)
    return str(values["id"])


def of(registration_id: str) -> Waiting | None:
    """None when it was confirmed or forgotten. Reads only."""
    row = store.session.get(Registration, registration_id) if registration_id else None
    return None if row is None else as_waiting(row)


def find(email: str, password: str, address: str = "") -> Waiting:
    """One's own registration in another browser. Raises LoginRefused (one sentence for every cause), TooManyAttempts.

    Costs the same however many registrations there are.
    """
    email, at = people.normal_email(email), clock.now()
    place = throttle.place(address)
    limits = [Limit(f"daftar lanjut {email} {place}", 10), Limit(f"daftar lanjut alamat {place}", 60)]
    _reserve(limits, at, "Terlalu banyak percobaan.")
    newest = select(Registration).where(Registration.email == email).order_by(Registration.created_at.desc())
    rows = list(store.session.scalars(newest.limit(_LOOKED_AT)))
    hashes = [row.password_hash for row in rows] + [hashing.nobodys()] * (_LOOKED_AT - len(rows))
    fitting = [hashing.fits(each, password) for each in hashes]
    mine = [row for row, fits in zip(rows, fitting, strict=False) if fits]
    if not mine:
        raise LoginRefused("Email atau kata sandi tidak cocok dengan pendaftaran yang masih menunggu.")
    found = as_waiting(mine[0])
    with unit_of_work() as session:
        throttle.give_back(session, limits, at)
    return found


def send_again(registration_id: str, address: str = "") -> datetime:
    """One more letter to the same address, the earlier link stops working; when the last letter went out.

    Within AGAIN_AFTER nothing more is sent. Raises NotFound, TooManyAttempts.
    """
    return _send(registration_id, "", address)


def change_address(registration_id: str, typed: str, address: str = "") -> datetime:
    """The address was wrong: the letter goes to this one, the earlier link stops working.

    Raises InvalidInput (`email`), NotFound, TooManyAttempts.
    """
    try:
        email = people.normal_email(plain_email(typed) or "")
    except Refused as fault:
        raise InvalidInput({"email": [str(fault)]}) from fault
    if not email:
        raise InvalidInput({"email": ["Isi alamat email Anda, contoh nama@contoh.id."]})
    return _send(registration_id, email, address)


def write_letter(session: Session, row: Registration, at: datetime) -> None:
    """What its address is told, by what is known of it now; inside the caller's unit of work."""
    secret = tokens.issue(session, KIND, user_id=row.id, lifetime=LIFETIME, at=at)
    letter, path = {
        OPEN: ("daftar", f"{CONFIRM}?t={secret}"),
        KNOWN: ("daftar_dikenal", "/masuk"),
        BLOCKED: ("daftar_diblokir", "/keberatan"),
    }[standing(session, row)]
    title, body = wording.write(letter, batas=format_moment(at + LIFETIME))
    row.letters, row.letter_at = row.letters + 1, at
    key = f"daftar:{row.id}:{row.letters}"
    letters.write(session, key=key, address=row.email, title=title, body=body, path=path, at=at)


def kept_letter(registration_id: str) -> Mail | None:
    """The last letter of a registration, in a demonstration, where letters are kept instead of sent."""
    row = store.session.get(Registration, registration_id) if registration_id else None
    keys = [f"surat:daftar:{row.id}:{number}" for number in range(1, row.letters + 1)] if row else []
    return mailbox.newest_of(keys)


def standing(session: Session, row: Registration) -> str:
    """May it become an account? OPEN, KNOWN (the address has one), or BLOCKED.

    Each is asked whatever the others say, so that none takes longer. Whose address is known reads of a block only when
    that address is blocked: the numbers are what somebody typed.
    """
    known = session.scalar(select(User.id).where(User.email == row.email)) is not None
    address_blocked = blocks.is_blocked(email=row.email)
    numbers_blocked = blocks.is_blocked(phone=row.phone, nik=row.nik)
    if address_blocked:
        return BLOCKED
    if known:
        return KNOWN
    return BLOCKED if numbers_blocked else OPEN


def forget_older_than(at: datetime) -> None:
    """Delete registrations that nobody confirmed; their selfies go with the files that nothing refers to."""
    old = Registration.created_at < at - KEPT
    if store.session.scalar(select(Registration.id).where(old).limit(1)) is not None:
        with unit_of_work() as session:
            session.execute(delete(Registration).where(old))
    store.session.rollback()


def _send(registration_id: str, email: str, address: str) -> datetime:
    """`email`: the new address, "" = the one it has."""
    at, row = clock.now(), store.session.get(Registration, registration_id)
    if row is None:
        raise NotFound("Pendaftaran ini sudah selesai atau sudah dihapus. Masuk, atau mendaftar lagi.")
    is_new = bool(email) and email != row.email
    if not is_new and at - row.letter_at < AGAIN_AFTER:
        return row.letter_at
    _demand_few(email or row.email, address, at)
    if row.letters >= MOST_LETTERS:
        raise TooManyAttempts(row.created_at + KEPT, "Sudah terlalu banyak surat dikirim. Mendaftar lagi dari awal.")
    with unit_of_work() as session:
        fresh = session.get(Registration, registration_id, with_for_update=True, populate_existing=True)
        if fresh is None:
            raise NotFound
        if is_new:
            fresh.email = email
        elif at - fresh.letter_at < AGAIN_AFTER:  # a double click
            return fresh.letter_at
        write_letter(session, fresh, at)
    return at


def _demand_few(email: str, address: str, at: datetime) -> None:
    """Neither one person nor many may fill somebody's mailbox. The same for every address, known or not."""
    place = throttle.place(address)
    limits = [Limit(f"daftar surat {email} {place}", 3), Limit(f"daftar surat {email}", 10)]
    _reserve([*limits, Limit(f"daftar alamat {place}", 60)], at, "Terlalu banyak surat diminta.")


def _reserve(limits: list[Limit], at: datetime, why: str) -> None:
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"{why} Coba lagi pukul {format_time(until)}.")


def _inserted(session: Session, values: dict[str, object]) -> bool:
    """False: the same form came before, perhaps this very moment."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(_ROW).values(**values).on_conflict_do_nothing(index_elements=["form_key"])
    return session.execute(insert.returning(_ROW.c.id)).one_or_none() is not None


def _sent_before(session: Session, key: str) -> str:
    return session.scalar(select(Registration.id).where(Registration.form_key == key)) or ""


def as_waiting(row: Registration) -> Waiting:
    return Waiting(row.id, row.name, row.email, row.letter_at, row.created_at + KEPT)
