"""The mailbox of a demonstration: what would have been sent. There is none in production."""

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.messages import mailbox
from app.web.access import current_actor, signed_in

demo_mailbox = Blueprint("demo_mailbox", __name__)
_LONGEST = 120  # of a Message-ID


@demo_mailbox.get("/peragaan/surat")
@signed_in
def letters() -> ResponseReturnValue:
    if not current_app.config["ALUR"].is_demo:
        abort(404)
    found = mailbox.page(current_actor(), request.args.get("sebelum", "")[:_LONGEST])
    older = url_for("demo_mailbox.letters", sebelum=found.before) if found.before else ""
    return render_template("desk/surat.html", surat=found.letters, lanjutan=older)
