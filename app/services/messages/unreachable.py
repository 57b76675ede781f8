"""Telling somebody, where they still read, that their e-mail address does not reach them."""

import hashlib
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.masking import mask_email
from app.domain.tanggal import local_date
from app.models import Notice, User, new_id
from app.services.messages import wording

SETTINGS = "/pengaturan"
_ONCE = {
    "sqlite": sqlite.insert(Notice).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(Notice).on_conflict_do_nothing(index_elements=["key"]),
}


def tell(session: Session, user_id: str, address: str, at: datetime) -> None:
    """At most once a day for each address, in the application only. `address`: masked; "" = the account's."""
    user = session.get(User, user_id) if user_id else None
    if user is None or not user.active or not user.has_account:
        return
    shown = address or mask_email(user.email)
    mark = hashlib.sha256(f"{shown}:{user.email}".encode()).hexdigest()[:16]
    title, body = wording.write("email_tidak_sampai", alamat=shown)
    row = {
        "id": new_id(),
        "key": f"alamat:{mark}:{local_date(at):%Y%m%d}:{user_id}",
        "user_id": user_id,
        "case_id": None,
        "title": title,
        "body": body,
        "path": SETTINGS,
        "created_at": at,
    }
    session.execute(_ONCE[session.connection().dialect.name], row)
