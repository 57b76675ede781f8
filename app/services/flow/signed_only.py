"""A step in which Alur itself signs is done as "ditandatangani" only with the letter that was really signed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InvalidInput
from app.models import Signature
from app.procedures.actions import DECISION, SIGNED, SIGNS_HERE
from app.procedures.model.procedure import Procedure

KEPT, DONE = "ditandatangani", "selesai"


def demand(session: Session, procedure: Procedure, step: str, task_id: str, answers: Mapping[str, Any] | None) -> None:
    """Raises InvalidInput. Nothing is asked of the database for any other step."""
    signing = procedure.signing
    if step != signing.get("langkah") or signing.get("cara") not in SIGNS_HERE:
        return
    if answers is None or answers.get(DECISION) != SIGNED:
        return
    upload = session.scalar(
        select(Signature.upload_id).where(Signature.task_id == task_id, Signature.state.in_((KEPT, DONE)))
    )
    given = [value for value in answers.values() if isinstance(value, list)]
    if not upload or given != [[upload]]:
        raise InvalidInput({"": ["Surat ini ditandatangani di halaman Tanda tangan. Buka halaman itu dari inbox."]})
