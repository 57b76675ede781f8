"""Messages that never arrived, sent again or told in another way; the pemohon's WhatsApp with the text ready."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DealtWith, Forbidden, InvalidInput
from app.services.desk import chat
from app.services.flow import tasks
from app.services.messages import undelivered
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS

desk_letters = Blueprint("desk_letters", __name__)


@desk_letters.post("/inbox/kiriman/<job_id>/ulangi")
@roles(*OFFICERS)
def again(job_id: str) -> ResponseReturnValue:
    try:
        undelivered.send_again(current_actor(), job_id, request.form.get("alamat", ""))
    except InvalidInput as problem:
        return _refused(problem)
    except DealtWith as problem:
        return _dealt_with(problem)
    flash("Dikirim lagi. Bila gagal lagi, kiriman ini kembali ke sini.", "success")
    return redirect(url_for("desk.show_inbox"))


@desk_letters.post("/inbox/kiriman/<job_id>/disampaikan")
@roles(*OFFICERS)
def otherwise(job_id: str) -> ResponseReturnValue:
    try:
        undelivered.delivered_otherwise(current_actor(), job_id, request.form.get("catatan", ""))
    except InvalidInput as problem:
        return _refused(problem)
    except DealtWith as problem:
        return _dealt_with(problem)
    flash("Dicatat: pemohon sudah diberi tahu dengan cara lain.", "success")
    return redirect(url_for("desk.show_inbox"))


@desk_letters.get("/tugas/<task_id>/whatsapp")
@roles(*OFFICERS)
def open_whatsapp(task_id: str) -> ResponseReturnValue:
    """To WhatsApp with the text ready; back to the task where the pemohon did not agree to it. Raises NotFound."""
    actor = current_actor()
    view = tasks.load(actor, task_id)
    if view.case.subject_id == actor.id:
        raise Forbidden
    reading.showing(
        [(view.case.id, view.case.subject_id)], reads.TASK if view.mine or view.claimable else reads.HISTORY
    )
    found = None if view.case.hides_name else chat.offer(view.task, view.case.subject_id)
    if found is None or not found.link:
        return redirect(url_for("desk_task.show", task_id=task_id))
    return redirect(found.link)


def _refused(problem: InvalidInput) -> ResponseReturnValue:
    flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    return redirect(url_for("desk.show_inbox"))


def _dealt_with(problem: DealtWith) -> ResponseReturnValue:
    flash(problem.pesan, "info")
    return redirect(url_for("desk.show_inbox"))
