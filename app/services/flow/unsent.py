"""What an officer put on a task and did not send goes when the task leaves their hands."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.models import Answer, Upload
from app.procedures.model.procedure import Procedure
from app.services.records.trail import Chain

VERB = "berkas_dibuang"
_WITH_FILES = {"berkas", "berkas_diminta", "tabel"}


class Run(Protocol):
    session: Session
    id: str
    procedure: Procedure
    chain: Chain
    now: datetime


def drop(run: Run, task: Mapping[str, Any]) -> None:
    """Under the lock of the case, while the task still names whose hands it was in. What was answered with stays."""
    form = run.procedure.forms.get(task["step"])
    if form is None or not any(field.kind in _WITH_FILES for section in form.sections for field in section.fields):
        return
    theirs = (Upload.case_id == run.id, Upload.step == task["step"], Upload.owner_id == task["claimed_by"])
    since = (Upload.created_at >= task["opened_at"], Upload.cut_at.is_(None))
    found = run.session.scalars(select(Upload.id).where(*theirs, *since)).all()
    if not found:
        return
    answers = run.session.scalars(select(Answer.data).where(Answer.case_id == run.id, Answer.step == task["step"]))
    kept = json.dumps(list(answers))
    gone = sorted(upload for upload in found if upload not in kept)
    if gone:
        run.session.execute(delete(Upload).where(Upload.id.in_(gone)))
        run.chain.add(SYSTEM_ID, VERB, {"berkas": gone, "tugas": task["id"]}, run.now)
