"""Files that come in the same form as the first words of a case: cleaned before it is opened, kept with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.adapters.apart import clean_apart
from app.adapters.cleaning import Cleaned
from app.domain.errors import InvalidInput, UploadRefused
from app.models import Upload, new_id
from app.services.files import file_store
from app.services.portal.intake import keep_bytes, read_limited
from app.services.records import trail

MOST = 5


@dataclass(frozen=True)
class Paper:
    """One file on its way: cleaned, its bytes stored, no row yet. `id`: of its upload."""

    id: str
    digest: str
    field: str
    cleaned: Cleaned


def cleaned(field: str, streams: Sequence[BinaryIO]) -> list[Paper]:
    """Raises InvalidInput: a sentence under `field` for every file that is refused."""
    if len(streams) > MOST:
        raise InvalidInput({field: [f"Paling banyak {MOST} berkas. Kirim sisanya lewat diskusi sesudah terkirim."]})
    papers: list[Paper] = []
    refused: list[str] = []
    for number, stream in enumerate(streams, start=1):
        try:
            one = clean_apart(read_limited(stream))
            papers.append(Paper(new_id(), file_store().put(one.data), field, one))
        except UploadRefused as problem:
            refused.append(f"Berkas ke-{number}: {problem.pesan}")
    if refused:
        raise InvalidInput({field: refused})
    return papers


def keep(session: Session, papers: Sequence[Paper], owner_id: str, case_id: str, step: str, at: datetime) -> None:
    """Their rows, inside the unit of work that opens the case."""
    for paper in papers:
        keep_bytes(session, paper.digest, paper.cleaned, at)
        session.add(
            Upload(
                id=paper.id,
                owner_id=owner_id,
                case_id=case_id,
                step=step,
                field=paper.field,
                digest=paper.digest,
                created_at=at,
            )
        )
        what = {"berkas": paper.id, "sidik": paper.digest, "kasus": case_id}
        trail.append(session, trail.account_stream(owner_id), owner_id, "berkas_diterima", what, at)
