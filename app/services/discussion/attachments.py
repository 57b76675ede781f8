"""Files of a message: kept as they come in, so that a refused form loses none; others see them once it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from app.adapters.apart import clean_apart
from app.domain.actors import Actor
from app.models import DISCUSSION, StoredFile, Upload, new_id
from app.services import clock, store
from app.services.discussion import place
from app.services.files import file_store
from app.services.portal.intake import check_room, keep_bytes, read_limited
from app.services.records import trail
from app.services.work import unit_of_work

MOST = 3
UNSENT = ""
TOO_MANY = f"Paling banyak {MOST} berkas tiap pesan. Kirim sisanya dalam pesan berikutnya."
KEPT = timedelta(hours=48)
"""What was uploaded and never sent waits so long for its message."""


@dataclass(frozen=True)
class Attachment:
    id: str
    mime: str
    pages: int

    @property
    def is_picture(self) -> bool:
        return self.mime.startswith("image/")


def receive(actor: Actor, case_id: str, stream: BinaryIO) -> str:
    """Take one file for a message that is being written; its id. Raises UploadRefused, NotFound, Forbidden,
    DiscussionClosed."""
    place.demand_writing(place.enter(store.session(), actor, case_id), actor, clock.now())
    cleaned = clean_apart(read_limited(stream))
    digest = file_store().put(cleaned.data)
    at = clock.now()
    with unit_of_work() as session:
        place.demand_writing(place.enter(session, actor, case_id, lock=True), actor, at)
        check_room(session, None, case_id)
        keep_bytes(session, digest, cleaned, at)
        upload = Upload(
            id=new_id(),
            owner_id=actor.id,
            case_id=case_id,
            step=DISCUSSION,
            field=UNSENT,
            digest=digest,
            created_at=at,
        )
        session.add(upload)
        what = {"berkas": upload.id, "sidik": digest, "kasus": case_id}
        trail.append(session, trail.account_stream(actor.id), actor.id, "berkas_diterima", what, at)
        return upload.id


def unsent(session: Session, actor: Actor, case_id: str, ids: Sequence[str]) -> list[Upload]:
    """Those of `ids` that this person uploaded for a message of this case and has not sent, the oldest first."""
    wanted = list(dict.fromkeys(ids))[: MOST * 2]
    if not wanted:
        return []
    # By their ids alone: a planner that hears of the rest would rather walk all that was never sent.
    found = session.scalars(select(Upload).where(Upload.id.in_(wanted)).order_by(Upload.created_at, Upload.id))
    mine = (actor.id, case_id, DISCUSSION, UNSENT)
    return [one for one in found if (one.owner_id, one.case_id, one.step, one.field) == mine]


def take_back(actor: Actor, case_id: str, upload_id: str) -> None:
    """One of this person's for a message of this case that was not sent; any other id is left as it is."""
    at = clock.now()
    with unit_of_work() as session:
        place.enter(session, actor, case_id, lock=True)  # it may be on its way in another tab
        for upload in unsent(session, actor, case_id, [upload_id]):
            session.delete(upload)
            what = {"berkas": upload.id, "sidik": upload.digest}
            trail.append(session, trail.account_stream(actor.id), actor.id, "berkas_dibuang", what, at)


def waiting(actor: Actor, case_id: str, ids: Sequence[str]) -> list[Attachment]:
    """The same as the form shows them."""
    found = unsent(store.session(), actor, case_id, ids)
    stored = select(StoredFile).where(StoredFile.digest.in_([upload.digest for upload in found]))
    kinds = {file.digest: file for file in store.session.scalars(stored)} if found else {}
    return [Attachment(one.id, kinds[one.digest].mime, kinds[one.digest].pages) for one in found]


def of_messages(case_id: str, numbers: Sequence[int]) -> dict[int, list[Attachment]]:
    """Number of a message -> its files. The caller may see the case."""
    found: dict[int, list[Attachment]] = {}
    rows = store.session.execute(
        select(Upload.id, Upload.field, StoredFile.mime, StoredFile.pages)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(Upload.case_id == case_id, Upload.step == DISCUSSION, Upload.field.in_([str(one) for one in numbers]))
        .order_by(Upload.created_at, Upload.id)
    )
    for row in rows:
        found.setdefault(int(row.field), []).append(Attachment(row.id, row.mime, row.pages))
    return found


def forget_unsent(now: datetime) -> int:
    """Let go of what was never sent; the bytes go with the next tidying. How many."""
    # Written out, so that a kept plan knows that the index of these uploads alone will do.
    step, field = (literal(word, literal_execute=True) for word in (DISCUSSION, UNSENT))
    old = delete(Upload).where(Upload.step == step, Upload.field == field, Upload.created_at <= now - KEPT)
    with unit_of_work() as session:
        gone = session.execute(old, execution_options={"synchronize_session": False})
        return int(gone.rowcount)  # type: ignore[attr-defined]
