"""What was delivered is taken from its pemohon again, at once: somebody else's papers, the pemohon says."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID, Actor
from app.models import DataIncident, Upload, new_id
from app.procedures.model.procedure import Procedure
from app.services.background import job_rows
from app.services.flow import delivered
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


def cut_if_asked(run: Run, step: str, actor: Actor) -> None:
    """After `step`: does its answer mean that the pemohon must lose what was delivered so far?"""
    asked = run.procedure.cut_when
    if asked is None or step not in {at for at, _ in asked.references} or not asked.holds(run.data["answers"]):
        return
    cut(run, actor, "pemohon", "")


def cut(run: Run, actor: Actor, source: str, note: str) -> bool:
    """Kill every download that still lives, and open the incident; False where none did.

    Whatever lies in a delivering step dies, also what another delivery took the place of and what was not sent yet:
    nobody knows which of them is the wrong one.

    `source`: who says so, pemohon | petugas. Inside the caller's unit of work, under the lock of the case.
    """
    sent, alive = (
        delivered.ever(run.session, run.id, run.procedure),
        (Upload.case_id == run.id, Upload.cut_at.is_(None)),
    )
    if run.session.scalar(select(Upload.id).where(*alive, Upload.id.in_(sent)).limit(1)) is None:
        return False
    of_these_steps = Upload.step.in_(delivered.steps(run.procedure))
    gone = update(Upload).where(*alive, of_these_steps).values(cut_at=run.now).returning(Upload.id)
    dead = sorted(run.session.execute(gone, execution_options={"synchronize_session": False}).scalars())
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
