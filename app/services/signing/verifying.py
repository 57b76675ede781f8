"""What anybody who holds a letter may know of it: who signed it, when, whether it is whole, whether it still holds."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.adapters.signature_proof import is_intact
from app.domain.errors import NotFound
from app.models import Event, OfficeLetter, Signature, Upload, User
from app.services import store
from app.services.files import file_store
from app.services.flow.signed_only import DONE
from app.services.privacy import papers
from app.services.records import trail

_TOKEN = re.compile(r"[2-9a-hjkmnp-tv-z]{22}")


@dataclass(frozen=True)
class VerifiedLetter:
    """Nothing about its pemohon. `signed_at` None: it is a draft yet. `intact`: our bytes are those that were signed,
    and their signature holds; False before that. `destroyed`: our bytes went when the time to keep them was over."""

    number: str
    title: str
    signer: str
    capacity: str
    signed_at: datetime | None
    signed_digest: str
    intact: bool
    destroyed: bool
    superseded_at: datetime | None


def letter(token: str) -> VerifiedLetter | None:
    """None: no letter has this token."""
    if not _TOKEN.fullmatch(token):
        return None
    found = store.session.execute(select(OfficeLetter).where(OfficeLetter.token == token)).scalar_one_or_none()
    if found is None:
        return None
    row = store.session.execute(
        select(Signature, User.name)
        .join(User, User.id == Signature.user_id)
        .where(Signature.letter_id == found.id, Signature.state == DONE)
        .order_by(Signature.signed_at.desc())
        .limit(1)
    ).one_or_none()
    signature = row.Signature if row else None
    return VerifiedLetter(
        number=found.number,
        title=found.title,
        signer=row.name if row else "",
        capacity=signature.capacity if signature else "",
        signed_at=signature.signed_at if signature else None,
        signed_digest=signature.signed_digest if signature else "",
        intact=signature is not None and _is_whole(signature.signed_digest),
        destroyed=signature is not None and _is_destroyed(signature),
        superseded_at=found.superseded_at,
    )


def _is_destroyed(signature: Signature) -> bool:
    """The history says so, the case has it no more, and no bytes are left. A file that is merely gone is lost."""
    if store.session.get(Upload, signature.upload_id) is not None or file_store().exists(signature.signed_digest):
        return False
    told = select(Event.seq).where(Event.stream == trail.case_stream(signature.case_id), Event.verb == papers.DESTROYED)
    return store.session.scalar(told.limit(1)) is not None


def _is_whole(digest: str) -> bool:
    files = file_store()
    try:
        if not files.verify(digest):
            return False
        with files.open(digest) as stream:
            return is_intact(stream.read())
    except NotFound:
        return False
