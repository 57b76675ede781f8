"""The monthly report on the office's paper."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.domain.actors import WATCHERS
from app.services.oversight import report
from app.web.access import current_actor, roles
from app.web.portal.cetakan import letterhead
from app.web.supervisor.pantau import chosen

pantau_laporan = Blueprint("pantau_laporan", __name__)


@pantau_laporan.get("/pantau/laporan/<month>.pdf")
@roles(*sorted(WATCHERS))
def show(month: str) -> ResponseReturnValue:
    asked = chosen()
    made = report.monthly(current_actor(), month, asked["layanan"], asked["unit"], letterhead())
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="laporan-{month}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
