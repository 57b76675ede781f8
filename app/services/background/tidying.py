"""Once a day: drafts that nobody touches any more, and the bytes of files that nothing refers to."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.domain.tanggal import format_day, local_date
from app.models import Draft, Notice, Registration, StagedResult, StoredFile, Upload
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.files import file_store, lock_file
from app.services.flow import published
from app.services.messages import notices
from app.services.records import archive, trail
from app.services.work import unit_of_work

WARNING = timedelta(days=7)
KEPT_HOURS = 48
"""A file without an owner stays so long: it may be on its way into a draft, an archive, or a backup."""

_BATCH = 200
_WARNED = NoticeTemplate(
    "Draf permohonan Anda akan dihapus",
    "Draf {layanan} tidak diubah sejak {sejak}. Bila tidak dilanjutkan, draf dan fotonya dihapus sesudah {batas}.\n\n"
    "{tautan}",
)

log = logging.getLogger("alur.tidying")


def forget_old_drafts(now: datetime, days: int) -> int:
    """Warn the owners of drafts untouched for almost `days`; delete those whose owners were warned. How many went.

    Nothing goes that was not announced WARNING before, however long nobody swept.
    """
    quiet_since = now - timedelta(days=days) + WARNING
    query = select(Draft.id).where(Draft.submitted_at.is_(None), Draft.updated_at <= quiet_since)
    waiting = list(store.session.scalars(query))
    store.session.rollback()
    return sum(_warn_or_forget(draft_id, quiet_since, now) for draft_id in waiting)


def _warn_or_forget(draft_id: str, quiet_since: datetime, now: datetime) -> bool:
    with unit_of_work() as session:
        draft = session.get(Draft, draft_id, with_for_update=True)
        if draft is None or draft.submitted_at is not None or draft.updated_at > quiet_since:
            return False  # its owner came back in between
        key = f"draf:{draft.id}:{draft.version}"
        told = session.scalar(select(Notice.created_at).where(Notice.key == f"{key}:{draft.owner_id}"))
        if told is None:
            _warn(session, draft, key, now)
        elif told <= now - WARNING:
            _forget(session, draft, now)
            return True
        return False


def _warn(session: Session, draft: Draft, key: str, now: datetime) -> None:
    facts = {
        "layanan": published.compiled(draft.version_id).service.title,
        "sejak": format_day(local_date(draft.updated_at)),
        "batas": format_day(local_date(now + WARNING)),
    }
    channels = (notices.IN_APP, notices.MAIL)
    path = f"/permohonan/draf/{draft.id}"
    notices.tell(session, [draft.owner_id], _WARNED, facts, channels, key=key, case_id=None, path=path, at=now)


def _forget(session: Session, draft: Draft, now: datetime) -> None:
    session.execute(delete(Upload).where(Upload.draft_id == draft.id))
    session.delete(draft)
    what = {"draf": draft.id, "layanan": draft.slug}
    trail.append(session, trail.account_stream(draft.owner_id), SYSTEM_ID, "draf_kedaluwarsa", what, now)


def discard_unused_files(kept_hours: float = KEPT_HOURS) -> int:
    """Delete bytes that no upload or registration names and that are no archive; how many files went."""
    seconds = kept_hours * 3600
    files, gone = file_store(), 0
    for batch in _batches(files.untouched(seconds)):
        unused = sorted(set(batch) - _used(batch))
        store.session.rollback()
        for digest in unused:
            gone += _discard(digest, seconds)
    if gone:
        log.info("%d files that nothing refers to were deleted", gone)
    return gone


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(digests)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _used(digests: Sequence[str]) -> set[str]:
    in_uploads = select(Upload.digest).where(Upload.digest.in_(digests))
    archives = select(StoredFile.digest).where(StoredFile.digest.in_(digests), StoredFile.mime == archive.MIME)
    of_registrations = select(Registration.selfie).where(Registration.selfie.in_(digests))
    staged = select(StagedResult.digest).where(StagedResult.digest.in_(digests))
    return {
        digest for query in (in_uploads, archives, of_registrations, staged) for digest in store.session.scalars(query)
    }


def _discard(digest: str, seconds: float) -> bool:
    """Row and bytes together. The row is locked first, so an upload of the same bytes waits and then puts them anew."""
    with unit_of_work() as session:
        lock_file(session, digest, clock.now())
        if _used([digest]):
            session.rollback()
            return False
        session.execute(delete(StoredFile).where(StoredFile.digest == digest))
        # Bytes before the commit: after it, somebody may already count on them.
        gone = file_store().discard(digest, seconds)
        if gone:
            (store.data_dir / "cache" / "pratinjau" / f"{digest}.jpg").unlink(missing_ok=True)
        else:
            session.rollback()
        return gone
