"""Proposing, from a case, that an account be blocked; somebody else decides."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput
from app.services.flow import tasks
from app.services.joining import proposals
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS

desk_blokir = Blueprint("desk_blokir", __name__)


@desk_blokir.post("/tugas/<task_id>/usul-blokir")
@roles(*OFFICERS)
def propose(task_id: str) -> ResponseReturnValue:
    actor = current_actor()
    view = tasks.load(actor, task_id)
    try:
        number = proposals.propose(actor, view.case.id, request.form.get("sebab", ""), request.form.get("uraian", ""))
    except InvalidInput as problem:
        flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    else:
        flash(f"Usul pemblokiran {number} dikirim kepada kepala seksi dan kepala bidang.", "success")
    reading.showing([(view.case.id, view.case.subject_id)], reads.HISTORY)
    return redirect(url_for("desk_task.show", task_id=task_id))
