"""A letter to an address that need not be the one of an account: verification, a forgotten password, a warning."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Job, new_id
from app.services.work import ring_after_commit


def write(
    session: Session, *, key: str, address: str, title: str, body: str, path: str, at: datetime, user_id: str = ""
) -> None:
    """One mail job, inside the caller's unit of work; `key` makes it exactly one.

    `path`: where on the site its reader goes on. The address, and the words with any secret in them, are forgotten
    when the letter is out. `user_id`: of an account whose being switched off stops it, "" = whoever reads there.
    """
    job = Job(
        id=new_id(),
        key=f"surat:{key}",
        kind="surat",
        case_id=None,
        payload={"user": user_id, "to": address, "title": title, "body": body, "path": path},
        due_at=at,
        created_at=at,
    )
    session.add(job)
    session.flush()
    ring_after_commit(session, job.id)
