"""What a signatory is shown of a case, as one digest: whatever of it changes, it must be looked at anew."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.domain.chain import canonical
from app.models import DISCUSSION, Case, Upload
from app.services import store
from app.services.flow import published


def digests(case_ids: Sequence[str], step: str) -> dict[str, str]:
    """Case -> sha256 over its answers and files, but for those of `step` itself and of the discussion."""
    rows = store.session.execute(select(Case.id, Case.version_id, Case.data).where(Case.id.in_(case_ids))).all()
    files: dict[str, list[str]] = {row.id: [] for row in rows}
    for upload in store.session.execute(
        select(Upload.case_id, Upload.id, Upload.digest)
        .where(Upload.case_id.in_(case_ids), Upload.step.not_in((step, DISCUSSION)))
        .order_by(Upload.id)
    ):
        files[upload.case_id].append(f"{upload.id}:{upload.digest}")
    return {row.id: digest(row.version_id, row.data["answers"], files[row.id], step) for row in rows}


def digest(version_id: str, answers: Mapping[str, Any], files: Iterable[str], step: str) -> str:
    seen = {
        "prosedur": published.compiled(version_id).hash,
        "isian": {name: given for name, given in answers.items() if name != step},
        "berkas": sorted(files),
    }
    return hashlib.sha256(canonical(seen)).hexdigest()
