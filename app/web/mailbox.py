"""The mailbox of a demonstration: what would have been sent. There is none in production."""

from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.messages import mailbox
from app.web.access import current_actor, signed_in

demo_mailbox = Blueprint("demo_mailbox", __name__)


@demo_mailbox.get("/peragaan/surat")
@signed_in
def letters() -> ResponseReturnValue:
    if not current_app.config["ALUR"].is_demo:
        abort(404)
    found = mailbox.page(current_actor(), _before(request.args.get("sebelum", "")))
    older = url_for("demo_mailbox.letters", sebelum=found[-1].sent_at.isoformat()) if len(found) == mailbox.PAGE else ""
    return render_template("desk/surat.html", surat=found, lanjutan=older)


def _before(text: str) -> datetime | None:
    """The moment that `sebelum` names, None without one; anything else is no page."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else abort(404)
    except (ValueError, OverflowError):
        abort(404)
