"""The key of a form that was sent: remembered with what it did, so that the same form again does nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import StaleForm
from app.services import statements

MIN_KEY, MAX_KEY = 8, 64


def is_new(session: Session, actor: Actor, key: str, case_id: str, at: datetime) -> bool:
    """Remember the key; False when this very form was taken before. Raises StaleForm for what is no key."""
    if not MIN_KEY <= len(key) <= MAX_KEY:
        raise StaleForm("Formulir ini tidak lengkap. Muat ulang halaman, lalu kirim lagi.")
    insert = statements.REMEMBER_KEY[session.get_bind().dialect.name]
    values = {"actor_id": actor.id, "key": key, "case_id": case_id, "at": at}
    return session.connection().execute(insert, values).first() is not None
