"""Bytes on their way in: read up to the limit, counted against what a case may hold, kept under their digest."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.adapters.cleaning import MAX_BYTES, Cleaned, refuse_too_large
from app.domain.errors import UploadRefused
from app.models import Upload
from app.services.files import file_store, lock_file

MOST_FILES = 300
"""In one draft or one case; a permohonan with forty changes and ten pages each stays below."""

_CHUNK = 1024 * 1024


def read_limited(stream: BinaryIO) -> bytes:
    """At most MAX_BYTES; a larger one is measured without being held, to be able to say how large."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        size = len(data)
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
        refuse_too_large(size)
    return data


def of_holder(draft_id: str | None, case_id: str | None) -> ColumnElement[bool]:
    return Upload.case_id == case_id if case_id else Upload.draft_id == draft_id


def check_room(session: Session, draft_id: str | None, case_id: str | None) -> None:
    """Raises UploadRefused where this draft or case holds as many files as it may."""
    held = select(func.count()).select_from(Upload).where(of_holder(draft_id, case_id))
    if (session.scalar(held) or 0) >= MOST_FILES:
        raise UploadRefused(f"Sudah ada {MOST_FILES} berkas di sini. Hapus yang tidak perlu dulu.")


def keep_bytes(session: Session, digest: str, cleaned: Cleaned, at: datetime) -> None:
    """They were put before, but the tidying may have come in between."""
    lock_file(session, digest, at, mime=cleaned.mime, size=len(cleaned.data), pages=cleaned.pages)
    if not file_store().exists(digest):
        file_store().put(cleaned.data)
