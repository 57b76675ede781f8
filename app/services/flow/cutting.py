"""What was delivered is taken from its pemohon again, at once: somebody else's papers, the pemohon says."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.domain.tanggal import format_moment
from app.models import Job, Upload
from app.procedures.model import Procedure
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.records.trail import Chain

KIND = "insiden_data"
REPORT_WITHIN = timedelta(hours=72)


class Run(Protocol):
    session: Session
    id: str
    procedure: Procedure
    data: dict[str, Any]
    chain: Chain
    now: datetime


def delivered(procedure: Procedure, answers: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Delivering step -> upload ids of the result; a later delivery (kirim_ulang) comes last."""
    found = {}
    for key in ("langkah", "kirim_ulang"):
        step = str(procedure.delivery.get(key, ""))
        form = procedure.forms.get(step)
        if form is not None:
            kinds = {field.id for section in form.sections for field in section.fields if field.kind == "berkas"}
            given = answers.get(step, {})
            found[step] = [str(upload) for name, value in given.items() if name in kinds for upload in value]
    return found


def cut_if_asked(run: Run, step: str) -> None:
    """After `step`: does its answer mean that the pemohon must lose what was delivered so far?"""
    asked = run.procedure.cut_when
    if asked is None or step not in {at for at, _ in asked.references} or not asked.holds(run.data["answers"]):
        return
    uploads = [each for ids in delivered(run.procedure, run.data["answers"]).values() for each in ids]
    run.session.execute(
        update(Upload).where(Upload.id.in_(uploads), Upload.cut_at.is_(None)).values(cut_at=run.now),
        execution_options={"synchronize_session": False},
    )
    run.chain.add(SYSTEM_ID, "tautan_dimatikan", {"langkah": step, "berkas": uploads}, run.now)
    reason = _report(run.now)
    job_rows.add(run.session, f"{KIND}:{run.id}:{run.chain.seq}", KIND, {}, run.now, case_id=run.id, at=run.now)
    # Nobody can repair this by trying again: it is an incident from the start, until a person says it is dealt with.
    given_up = update(Job).where(Job.key == f"{KIND}:{run.id}:{run.chain.seq}").values(failed_at=run.now, error=reason)
    run.session.execute(given_up, execution_options={"synchronize_session": False})
    run.chain.add(SYSTEM_ID, "insiden", {"pekerjaan": KIND, "sebab": reason}, run.now)


def close_incident(job: Lease) -> None:
    """`insiden_data`: a person has dealt with it."""
    job_rows.finish(job, _nothing)


def newest(procedure: Procedure, answers: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """Upload ids of the latest delivery."""
    deliveries = [ids for ids in delivered(procedure, answers).values() if ids]
    return deliveries[-1] if deliveries else []


def _report(at: datetime) -> str:
    return (
        "Pemohon menyatakan dokumen yang diterimanya milik orang lain. Unduhannya sudah dimatikan. "
        f"Insiden data pribadi: laporkan sebelum {format_moment(at + REPORT_WITHIN)}."
    )


def _nothing(session: Session, at: datetime) -> None:
    """The trail has it already."""
