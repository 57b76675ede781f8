"""Telling somebody, where they still read, that their e-mail address does not reach them."""

import hashlib
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.masking import mask_email
from app.domain.tanggal import local_date
from app.models import Notice, User, new_id

SETTINGS = "/pengaturan"
TITLE = "Email Anda tidak sampai"
BODY = (
    "Email dari kami ke {address} tidak sampai. Periksa alamatnya di Akun; bila salah, ganti di sana.\n"
    "Pemberitahuan tetap ada di halaman ini, dan petugas sudah diberi tahu."
)
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
    row = {
        "id": new_id(),
        "key": f"alamat:{mark}:{local_date(at):%Y%m%d}:{user_id}",
        "user_id": user_id,
        "case_id": None,
        "title": TITLE,
        "body": BODY.format(address=shown),
        "path": SETTINGS,
        "created_at": at,
    }
    session.execute(_ONCE[session.connection().dialect.name], row)
