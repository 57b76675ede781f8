"""Photographs and PDFs of permohonan that are over: they go when their time is up. Answers and archive stay."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from app.domain.actors import SYSTEM_ID
from app.models import Case, Upload
from app.services import store
from app.services.records import trail
from app.services.work import unit_of_work

ACCOUNT = "akun"
"""What cases about accounts are about; their photographs have a time of their own (services.joining.faces)."""
WITHOUT_RESULT = ("ditolak", "ditarik", "tidak_dilengkapi")
"""Outcomes, as the procedures name them, after which a permohonan has come to nothing."""
DESTROYED = "berkas_dimusnahkan"

_BATCH = 200

log = logging.getLogger("alur.papers")


def forget(now: datetime, *, unfinished: int, finished: int) -> int:
    """Let go of the files of cases that ended more than so many days ago; of how many cases, at most a batch.

    The bytes go with the next tidying, unless they are named elsewhere (handed in again, an archive).
    """
    over = (Case.about != ACCOUNT, or_(_before(now, unfinished, of_none=True), _before(now, finished, of_none=False)))
    has_files = select(Upload.id).where(Upload.case_id == Case.id).exists()
    found = store.session.scalars(select(Case.id).where(*over, has_files).limit(_BATCH)).all()
    store.session.rollback()
    gone = sum(_forget_of(case_id, now) for case_id in found)
    if gone:
        log.info("files of %d cases were let go", gone)
    return gone


def _before(now: datetime, days: int, *, of_none: bool) -> ColumnElement[bool]:
    came_to_nothing = Case.outcome.in_(WITHOUT_RESULT)
    return and_(Case.ended_at <= now - timedelta(days=days), came_to_nothing if of_none else ~came_to_nothing)


def _forget_of(case_id: str, now: datetime) -> bool:
    with unit_of_work() as session:
        case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
        if case is None or case.ended_at is None:
            return False  # reopened in between
        gone = session.scalars(delete(Upload).where(Upload.case_id == case_id).returning(Upload.id)).all()
        if gone:
            trail.append(session, trail.case_stream(case_id), SYSTEM_ID, DESTROYED, {"banyak": len(gone)}, now)
        return bool(gone)
