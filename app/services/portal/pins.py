"""A new PIN for the public status check, for a pemohon who lost theirs."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.models import Case, Permohonan
from app.services import clock
from app.services.portal import portal_views
from app.services.records import trail
from app.services.signin import hashing
from app.services.work import unit_of_work

DIGITS = 6
RENEWED = "pin_diganti"


@dataclass(frozen=True)
class NewPin:
    number: str
    pin: str


def fresh() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


def renew(actor: Actor, case_id: str) -> NewPin:
    """The old one is no good from now on; the new one is told here and never again. Raises NotFound."""
    view = portal_views.own_case(actor, case_id)
    pin = fresh()
    digest = hashing.digest(pin)
    with unit_of_work() as session:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        permohonan = session.get(Permohonan, case_id)
        if permohonan is None:
            raise NotFound
        permohonan.pin_hash = digest
        trail.append(session, trail.case_stream(case_id), actor.id, RENEWED, {}, clock.now())
    return NewPin(view.number, pin)
