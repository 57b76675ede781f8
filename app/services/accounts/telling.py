"""A word to people of the office about themselves: on the site, and by mail where it matters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.procedures.model.notices import NoticeTemplate
from app.services.messages import notices


def tell(
    session: Session,
    people: Sequence[str],
    title: str,
    body: str,
    *,
    key: str,
    at: datetime,
    path: str = "/notifikasi",
    mail: bool = False,
) -> None:
    """The same words to each of them, as they stand; inside the caller's unit of work. `key`: unique to this event."""
    channels = (notices.IN_APP, notices.MAIL) if mail else (notices.IN_APP,)
    # The words are passed as facts, so that braces in a name or a reason stay what they are.
    template = NoticeTemplate("{langkah}", "{pesan}")
    facts = {"langkah": title, "pesan": body}
    notices.tell(session, people, template, facts, channels, key=key, case_id=None, path=path, at=at)
