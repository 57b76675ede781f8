"""Somebody got another person's paper: reported with one button, watched, and closed by a supervisor."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DealtWith, Forbidden, InvalidInput
from app.services import clock
from app.services.delivery import data_incidents as found_out
from app.services.flow import tasks
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS

data_incidents = Blueprint("data_incidents", __name__)


@data_incidents.post("/tugas/<task_id>/salah-orang")
@roles(*OFFICERS)
def report(task_id: str) -> ResponseReturnValue:
    """The button *KK salah orang* of the case that this task belongs to."""
    view = tasks.load(current_actor(), task_id)
    if view.case.subject_id == current_actor().id:
        raise Forbidden
    back = redirect(url_for("desk_task.show", task_id=task_id) + "#hasil")
    try:
        found_out.report(current_actor(), view.case.id, request.form.get("sebab", ""))
    except InvalidInput as problem:
        flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    except DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Unduhan dimatikan dan insiden dibuka. Supervisor melihatnya sekarang.", "success")
    return back


@data_incidents.get("/insiden-data")
@roles("supervisor", "admin", "petugas_cetak")
def show() -> ResponseReturnValue:
    return _page()


@data_incidents.post("/insiden-data/<incident_id>/tutup")
@roles("supervisor")
def close(incident_id: str) -> ResponseReturnValue:
    measures = request.form.get("tindakan", "")
    try:
        found_out.close(current_actor(), incident_id, measures)
    except InvalidInput as problem:
        return _page(incident_id, measures, " ".join(problem.errors["tindakan"]), 422)
    except DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Insiden ditutup; tindakannya tercatat di riwayat permohonan.", "success")
    return redirect(url_for("data_incidents.show"))


def _page(incident_id: str = "", typed: str = "", problem: str = "", status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    running, ended = found_out.open_for(actor), found_out.closed_for(actor)
    reading.showing([(one.case_id, one.subject_id) for one in (*running, *ended)], reads.BULK)
    html = render_template(
        "cetak/insiden.html",
        terbuka=running,
        tertutup=ended,
        salah=incident_id,
        ketikan=typed,
        masalah=problem,
        sekarang=clock.now(),
    )
    return html, status
