"""Photographs of faces: kept for the decision on an account and a while after it, then they go (UU 27/2022 Ps 4)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.domain.actors import SYSTEM_ID
from app.models import Case, Upload
from app.services import store
from app.services.records import trail
from app.services.work import unit_of_work

_BATCH = 200


def forget(now: datetime, days: int) -> int:
    """Let go of what was handed in for accounts decided on more than `days` ago; of how many cases.

    The bytes go with the next tidying, unless somebody else handed in the very same.
    """
    decided = (Case.about == "akun", Case.ended_at <= now - timedelta(days=days))
    has_photo = select(Upload.id).where(Upload.case_id == Case.id).exists()
    query = select(Case.id, Case.subject_id).where(*decided, has_photo)
    found = store.session.execute(query.limit(_BATCH)).all()
    store.session.rollback()
    for case_id, subject_id in found:
        with unit_of_work() as session:
            session.execute(delete(Upload).where(Upload.case_id == case_id))
            stream = trail.account_stream(subject_id)
            trail.append(session, stream, SYSTEM_ID, "swafoto_dihapus", {"kasus": case_id}, now)
    return len(found)
