"""The key of a form that was sent: remembered with what it did, so that the same form again does nothing."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import StaleForm
from app.services import statements

MIN_KEY, MAX_KEY = 8, 64


def check(key: str) -> None:
    """Raises StaleForm for what is no key."""
    if not MIN_KEY <= len(key) <= MAX_KEY:
        raise StaleForm("Formulir ini tidak lengkap. Muat ulang halaman, lalu kirim lagi.")


def is_new(session: Session, actor: Actor, key: str, case_id: str, at: datetime, *, about: str) -> bool:
    """Remember the key; False when this very form was taken before for this very thing. Raises StaleForm.

    `about`: what the form did, e.g. the task it was for: an old page sent again with other rows ticked must not pass
    for done.
    """
    check(key)
    insert = statements.REMEMBER_KEY[session.get_bind().dialect.name]
    taken = hashlib.sha256(f"{about} {key}".encode()).hexdigest()
    values = {"actor_id": actor.id, "key": taken, "case_id": case_id, "at": at}
    return session.connection().execute(insert, values).first() is not None
