"""Stopping the clock and going on: for one task, or for all of one's tasks that need what is down."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.services.desk import outages
from app.services.desk.inbox_views import TUGAS_SAYA
from app.services.flow import pauses
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS

desk_pause = Blueprint("desk_pause", __name__)


@desk_pause.post("/tugas/<task_id>/jeda")
@roles(*OFFICERS)
def pause(task_id: str) -> ResponseReturnValue:
    pauses.pause(current_actor(), task_id)
    flash("Jam tugas ini berhenti. Tekan Lanjutkan bila sudah dapat dikerjakan lagi.", "success")
    return redirect(url_for("desk_task.show", task_id=task_id))


@desk_pause.post("/tugas/<task_id>/lanjutkan")
@roles(*OFFICERS)
def resume(task_id: str) -> ResponseReturnValue:
    pauses.resume(current_actor(), task_id)
    flash("Jam tugas ini berjalan lagi.", "success")
    return redirect(url_for("desk_task.show", task_id=task_id))


@desk_pause.post("/inbox/jeda")
@roles(*OFFICERS)
def pause_all() -> ResponseReturnValue:
    cause = request.form.get("sebab", "")
    count = outages.pause_all(current_actor(), cause)
    flash(f"Jam {count} tugas Anda berhenti: {cause}." if count else "Tidak ada tugas yang jamnya berjalan.", "success")
    return redirect(url_for("desk.show_inbox", tampil=TUGAS_SAYA))


@desk_pause.post("/inbox/lanjutkan")
@roles(*OFFICERS)
def resume_all() -> ResponseReturnValue:
    count = outages.resume_all(current_actor(), request.form.get("sebab", ""))
    flash(f"Jam {count} tugas Anda berjalan lagi." if count else "Tidak ada tugas yang jamnya berhenti.", "success")
    return redirect(url_for("desk.show_inbox", tampil=TUGAS_SAYA))
