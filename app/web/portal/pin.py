"""A new PIN for the public status check."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.portal import pins
from app.web.access import current_actor, roles

pin = Blueprint("pin", __name__)


@pin.post("/permohonan/<case_id>/pin")
@roles("pemohon")
def renew(case_id: str) -> ResponseReturnValue:
    """Shown in the answer itself: it must not stand in an address or a cookie. Sent twice, the PIN on screen counts."""
    return render_template("portal/pin.html", baru=pins.renew(current_actor(), case_id), case_id=case_id)
