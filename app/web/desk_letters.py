"""Letters that never arrived: sent again, or told in another way."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DealtWith, InvalidInput
from app.services.messages import undelivered
from app.web.access import current_actor, roles
from app.web.desk import OFFICERS

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


def _refused(problem: InvalidInput) -> ResponseReturnValue:
    flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    return redirect(url_for("desk.show_inbox"))


def _dealt_with(problem: DealtWith) -> ResponseReturnValue:
    flash(problem.pesan, "info")
    return redirect(url_for("desk.show_inbox"))
