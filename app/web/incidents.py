"""Work of the system that was given up: seen and tried again by a person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.background import jobs
from app.services.paging import Cursor
from app.web.access import current_actor, roles

incidents = Blueprint("incidents", __name__)

KINDS = {
    "otomatis": "Langkah otomatis",
    "pemberitahuan": "Pemberitahuan",
    "surat": "Email",
    "keterlambatan": "Pemberitahuan keterlambatan",
    "timer": "Batas waktu",
    "ringkasan": "Pemberitahuan rangkuman",
    "insiden_data": "Insiden data pribadi",
}


@incidents.get("/insiden")
@roles("admin", "supervisor")
def show() -> ResponseReturnValue:
    before = Cursor.parse(request.args["sebelum"]) if request.args.get("sebelum") else None
    found = jobs.incidents(current_actor(), before)
    older = url_for("incidents.show", sebelum=str(found.before)) if found.before else ""
    return render_template("desk/insiden.html", insiden=found.incidents, jenis=KINDS, lanjutan=older)


@incidents.post("/insiden/<job_id>/ulangi")
@roles("admin", "supervisor")
def retry(job_id: str) -> ResponseReturnValue:
    jobs.retry(current_actor(), job_id)
    flash("Dicoba lagi. Muat ulang halaman ini sebentar lagi untuk melihat hasilnya.", "success")
    return redirect(url_for("incidents.show"))
