"""Over which channels somebody wishes to hear of their permohonan.

The application itself cannot be switched off, and neither can the e-mail of a compulsory notice. What a person chooses
is e-mail for the other notices (on until they say no) and WhatsApp for what the procedure sends there (a consent: off
until they say yes). A change counts for what is queued already: the worker asks again before it sends.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import consents
from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound
from app.domain.identity import InvalidIdentity, parse_phone
from app.models import NoticePreference, User
from app.services import clock, store
from app.services.messages import outgoing
from app.services.records import trail
from app.services.work import unit_of_work

MAIL, WHATSAPP = "email", "whatsapp"
CHOSEN = "kanal_dipilih"
NO_PHONE = "Isi nomor WhatsApp Anda dulu, lalu nyalakan WhatsApp."


@dataclass(frozen=True)
class Choices:
    """`email`: also for notices that are not compulsory; `whatsapp`: consent to messages there.

    `can_whatsapp`: a number that WhatsApp can reach is known. `is_automatic`: this office sends by itself; otherwise
    an officer writes by hand where it helps.
    """

    email: bool
    whatsapp: bool
    can_whatsapp: bool
    is_automatic: bool


def of(actor: Actor) -> Choices:
    """One's own choices. Raises NotFound for the system."""
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    on = wants_mail(store.session(), user.id)
    return Choices(on, user.whatsapp_consent, bool(number_of(user)), outgoing.whatsapp is not None)


def choose(actor: Actor, *, email: bool, whatsapp: bool) -> None:
    """All of one's choices; what stays as it was leaves no trace. Raises InvalidInput: no number for WhatsApp."""
    at = clock.now()
    with unit_of_work() as session:
        user = session.get(User, actor.id, with_for_update=True, populate_existing=True)
        if user is None:
            raise NotFound
        if whatsapp and not user.whatsapp_consent and not number_of(user):
            raise InvalidInput({"whatsapp": [NO_PHONE]})
        what: dict[str, object] = {}
        if email != wants_mail(session, user.id):
            session.merge(NoticePreference(user_id=user.id, channel=MAIL, on=email, changed_at=at))
            what[MAIL] = email
        if whatsapp != user.whatsapp_consent:
            user.whatsapp_consent = whatsapp
            what |= {WHATSAPP: whatsapp, "teks": consents.WHATSAPP.version}
        if what:
            trail.append(session, trail.account_stream(user.id), actor.id, CHOSEN, what, at)


def agree_to_whatsapp(session: Session, user_id: str, actor_id: str, at: datetime) -> None:
    """It was ticked in a form: the one consent there is, which its giver takes back in Akun like any other."""
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if not user.whatsapp_consent:
        user.whatsapp_consent = True
        what = {WHATSAPP: True, "teks": consents.WHATSAPP.version}
        trail.append(session, trail.account_stream(user.id), actor_id, CHOSEN, what, at)


def wants_mail(session: Session, user_id: str) -> bool:
    """E-mail for notices that are not compulsory."""
    mine = select(NoticePreference.on).where(NoticePreference.user_id == user_id, NoticePreference.channel == MAIL)
    on = session.scalar(mine)
    return on is None or on


def number_of(user: User) -> str:
    """Where WhatsApp reaches this person, `628…`; "" for no number or one that is no mobile."""
    try:
        return parse_phone(user.phone or "")
    except InvalidIdentity:
        return ""
