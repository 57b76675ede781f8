"""How an account stands, for whoever's is not valid yet or not any more."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from app.services.accounts import blocks, validation
from app.web.access import current_actor, home_of, signed_in

akun = Blueprint("akun", __name__)


@akun.get("/akun")
@signed_in
def status() -> ResponseReturnValue:
    """What happens next, in plain words; whose account is valid has nothing to read here."""
    actor = current_actor()
    if home_of(actor) != "/akun":
        return redirect(home_of(actor))
    return render_template(
        "akun/status.html",
        s=validation.mine(actor),
        batas_perbaikan=validation.CORRECTIONS,
        sebab_blokir=blocks.GROUNDS.values(),
    )
