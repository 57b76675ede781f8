"""What a person agreed to, and when: read from the trail, where each yes and no stands with the text's version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.models import Event
from app.services import store
from app.services.messages.preferences import CHOSEN, WHATSAPP
from app.services.records import trail

REGISTERED = "mendaftar"
"""The verb of an account's first entry: {"privasi": version, "whatsapp": version or "", "pada": when it was ticked}."""


@dataclass(frozen=True)
class Agreement:
    """One yes or no. `what`: privasi | whatsapp; `version`: of the text, "" where none was noted."""

    what: str
    version: str
    yes: bool
    at: datetime


def every(actor: Actor) -> list[Agreement]:
    """Oldest first."""
    rows = store.session.execute(
        select(Event.verb, Event.payload, Event.at)
        .where(Event.stream == trail.account_stream(actor.id), Event.verb.in_((CHOSEN, REGISTERED)))
        .order_by(Event.seq)
    )
    return [one for row in rows for one in _read(row.verb, row.payload, row.at)]


def to_whatsapp(actor: Actor) -> Agreement | None:
    """The last word on WhatsApp, if there was any."""
    return next((one for one in reversed(every(actor)) if one.what == WHATSAPP), None)


def _read(verb: str, said: Mapping[str, Any], at: datetime) -> list[Agreement]:
    if verb == REGISTERED:
        # Ticked when the form was sent, which was before the address was proved.
        ticked = datetime.fromisoformat(str(said["pada"])) if said.get("pada") else at
        versions = {what: str(said.get(what) or "") for what in ("privasi", WHATSAPP)}
        return [Agreement(what, version, True, ticked) for what, version in versions.items() if version]
    if WHATSAPP not in said:
        return []
    return [Agreement(WHATSAPP, str(said.get("teks") or ""), bool(said[WHATSAPP]), at)]
