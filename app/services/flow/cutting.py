"""What was delivered is taken from its pemohon again, at once: somebody else's papers, the pemohon says."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID, Actor
from app.models import DataIncident, Upload, new_id
from app.procedures.model.procedure import Procedure
from app.services.background import job_rows
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


def cut_if_asked(run: Run, step: str, actor: Actor) -> None:
    """After `step`: does its answer mean that the pemohon must lose what was delivered so far?"""
    asked = run.procedure.cut_when
    if asked is None or step not in {at for at, _ in asked.references} or not asked.holds(run.data["answers"]):
        return
    cut(run, actor, "pemohon", "")


def cut(run: Run, actor: Actor, source: str, note: str) -> bool:
    """Kill every download that still lives, and open the incident; False where none did.

    `source`: who says so, pemohon | petugas. Inside the caller's unit of work, under the lock of the case.
    """
    uploads = [each for ids in delivered(run.procedure, run.data["answers"]).values() for each in ids]
    gone = (
        update(Upload)
        .where(Upload.id.in_(uploads), Upload.cut_at.is_(None))
        .values(cut_at=run.now)
        .returning(Upload.id)
    )
    dead = sorted(run.session.execute(gone, execution_options={"synchronize_session": False}).scalars())
    if not dead:
        return False
    incident, due_at = new_id(), run.now + REPORT_WITHIN
    row = {
        "id": incident,
        "case_id": run.id,
        "source": source,
        "opened_by": actor.id,
        "note": note,
        "uploads": dead,
        "opened_at": run.now,
        "due_at": due_at,
        "measures": "",
    }
    run.session.execute(insert(DataIncident).values(**row))
    run.chain.add(SYSTEM_ID, "tautan_dimatikan", {"insiden": incident, "berkas": dead}, run.now)
    what = {"insiden": incident, "asal": source, "sebab": note, "lapor_sebelum": due_at.isoformat()}
    run.chain.add(actor.id, "insiden_data", what, run.now)
    job_rows.add(run.session, f"{KIND}:{incident}", KIND, {"incident": incident}, run.now, case_id=run.id, at=run.now)
    return True


def newest(procedure: Procedure, answers: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """Upload ids of the latest delivery."""
    deliveries = [ids for ids in delivered(procedure, answers).values() if ids]
    return deliveries[-1] if deliveries else []
