"""Messages that did not arrive, for the whole office: sent again, or told in another way."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DealtWith, InvalidInput
from app.services.background import jobs
from app.services.messages import failed, outcomes
from app.services.messages.undelivered import MAX_NOTE
from app.web import lembar
from app.web.access import current_actor, roles
from app.web.desk import terkirim

admin_kiriman = Blueprint("admin_kiriman", __name__, url_prefix="/admin/kiriman")

STATES = {failed.FAILED: "Gagal", failed.DELAYED: "Tertunda"}


@admin_kiriman.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    return _page(request.args.get("keadaan", failed.FAILED), request.args.get("saluran", ""))


@admin_kiriman.post("/<job_id>/ulangi")
@roles("admin")
def ulangi(job_id: str) -> ResponseReturnValue:
    try:
        jobs.retry(current_actor(), job_id)
    except DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Dikirim lagi. Bila gagal lagi, kiriman ini kembali ke daftar.", "success")
    return redirect(url_for("admin_kiriman.daftar"))


@admin_kiriman.post("/<job_id>/disampaikan")
@roles("admin")
def disampaikan(job_id: str) -> ResponseReturnValue:
    try:
        failed.told_otherwise(current_actor(), job_id, request.form.get("catatan", "")[: MAX_NOTE + 1])
    except DealtWith as problem:
        flash(problem.pesan, "info")
    except InvalidInput as problem:
        return _page(failed.FAILED, "", problem.errors["catatan"][0], job_id), 422
    else:
        flash("Dicatat: orangnya sudah diberi tahu dengan cara lain.", "success")
    return redirect(url_for("admin_kiriman.daftar"))


def _page(state: str, channel: str, wrong: str = "", which: str = "") -> str:
    state = state if state in STATES else failed.FAILED
    after = lembar.cursor()
    found = failed.page(current_actor(), state, channel, after)
    following = str(found.next or "")
    more = url_for("admin_kiriman.daftar", keadaan=state, saluran=channel, sesudah=following) if following else ""
    cards = [(message, terkirim.in_words(message.line)) for message in found.messages]
    return render_template(
        "admin/kiriman.html",
        kiriman=cards,
        keadaan=state,
        semua_keadaan=STATES,
        saluran=channel,
        semua_saluran={"": "Semua saluran", outcomes.LETTER: "Email", outcomes.WHATSAPP: "WhatsApp"},
        lanjutan=more,
        salah=wrong,
        salah_di=which,
        panjang=MAX_NOTE,
    )
