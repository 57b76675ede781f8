"""The key of a form that was sent: remembered with what it did, so that the same form again does nothing."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import StaleForm
from app.services.flow import statements

MIN_KEY, MAX_KEY = 8, 64


def check(key: str) -> None:
    """Raises StaleForm for what is no key."""
    if not MIN_KEY <= len(key) <= MAX_KEY:
        raise StaleForm("Formulir ini tidak lengkap. Muat ulang halaman, lalu kirim lagi.")


def row(actor: Actor, key: str, case_id: str, at: datetime, *, about: str) -> dict[str, Any]:
    """The key as a row, to be written with what the form does. Raises StaleForm.

    `about`: what the form did, e.g. the task it was for: an old page sent again with other rows ticked must not pass
    for done.
    """
    check(key)
    return {"actor_id": actor.id, "key": _taken(key, about), "case_id": case_id, "at": at}


def is_known(session: Session, actor: Actor, key: str, *, about: str) -> bool:
    """Was this very form taken before for this very thing? To be asked under the lock of its case."""
    asked = {"actor_id": actor.id, "key": _taken(key, about)}
    return session.connection().execute(statements.KNOWN_KEY, asked).first() is not None


def _taken(key: str, about: str) -> str:
    return hashlib.sha256(f"{about} {key}".encode()).hexdigest()
