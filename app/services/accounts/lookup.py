"""Find one person by the whole of their NIK: the account, the record of an earlier visit, the population registry.

Never a list and never a part of a number. Each look is a read of personal data, logged with its purpose whether it
found somebody or not; in the log stands the person's id, or a mark of the NIK that only this office can make.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from sqlalchemy import select

from app.adapters.registry import TableRegistry, Warga
from app.domain.actors import Actor, Office, can
from app.domain.errors import Forbidden, InvalidInput, TooManyAttempts
from app.domain.identity import InvalidIdentity, parse_nik
from app.domain.masking import mask_email, mask_nik, mask_phone
from app.domain.tanggal import format_time
from app.models import User
from app.services import clock, store
from app.services.records import reads
from app.services.records.reads import Reading
from app.services.signin import keyring, throttle
from app.services.signin.throttle import Limit

MOST = 100
"""Looks of one officer in a quarter of an hour: no queue at a counter is that fast, a program is."""
_FOR = {reads.COUNTER: "file_for"}


@dataclass(frozen=True)
class Person:
    """Somebody the office knows. `email`, `phone`, `card`: masked, "" = none; `may_enter`: opens their own permohonan.

    `has_account` False: the record of an earlier visit to a counter. `whatsapp`: they agreed to messages there.
    """

    id: str
    name: str
    has_account: bool
    may_enter: bool
    email: str
    phone: str
    whatsapp: bool = False
    card: str = ""


@dataclass(frozen=True)
class Found:
    """Either may be missing, and both. `nik`: as it was given, checked."""

    nik: str = field(repr=False)
    person: Person | None
    registered: Warga | None

    @property
    def name(self) -> str:
        """As the registry writes it, else as the account does; "" for nobody."""
        return self.registered.nama if self.registered else self.person.name if self.person else ""


def by_nik(actor: Actor, nik: str, purpose: str) -> Found:
    """`purpose`: one of reads.PURPOSES. Raises InvalidInput (`nik`), Forbidden, TooManyAttempts."""
    if purpose not in reads.PURPOSES or not can(actor, _FOR.get(purpose, "look_up"), Office()):
        raise Forbidden
    try:
        number = parse_nik(nik, clock.today()).number
    except InvalidIdentity as problem:
        raise InvalidInput({"nik": [problem.pesan]}) from problem
    at = clock.now()
    if not throttle.reserve([Limit(f"cari nik {actor.id}", MOST)], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak pencarian NIK. Coba lagi pukul {format_time(until)}.")
    user = store.session.scalars(select(User).where(User.nik == number)).one_or_none()
    person = _person(user) if user else None
    registered = TableRegistry(store.session()).find(number)
    reads.note(actor, [Reading("", purpose, person.id if person else _mark(number))], f"cari NIK: {purpose}", 200)
    return Found(number, person, registered)


def _person(user: User) -> Person:
    address = user.email if user.has_account else user.contact or ""
    return Person(
        id=user.id,
        name=user.name,
        has_account=user.has_account,
        may_enter=user.has_account and user.active and any(one.role == "pemohon" for one in user.roles),
        email=mask_email(address) if address else "",
        phone=mask_phone(user.phone) if user.phone else "",
        whatsapp=user.whatsapp_consent,
        card=mask_nik(user.nomor_kk) if user.nomor_kk else "",
    )


def _mark(nik: str) -> str:
    return hmac.new(keyring.key("tanda nik dalam catatan akses"), nik.encode(), hashlib.sha256).hexdigest()[:22]
