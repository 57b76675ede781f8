"""How an account stands, for whoever's is not valid yet or not any more; and objecting to a block."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor
from app.domain.errors import AlurError, CaptchaRefused, InvalidInput
from app.services.joining import blocks, objections, validation
from app.services.joining.validation import BLOCKED
from app.web.access import actor_or_none, current_actor, home_of, public, signed_in
from app.web.accounts import tantangan
from app.web.errors import status_of

akun = Blueprint("akun", __name__)

FORM = "keberatan"
FIELDS = ("nomor_blokir", "nama", "email", "nomor_hp", "uraian")


@akun.get("/akun")
@signed_in
def status() -> ResponseReturnValue:
    """What happens next, in plain words; whose account is valid has nothing to read here."""
    actor = current_actor()
    if "pendaftar" not in actor.roles:
        return redirect(home_of(actor))
    return render_template(
        "akun/status.html",
        s=validation.mine(actor),
        keberatan=objections.mine(actor),
        batas_perbaikan=validation.CORRECTIONS,
        sebab_blokir=blocks.GROUNDS.values(),
    )


@akun.get("/keberatan")
@public
def keberatan() -> ResponseReturnValue:
    """Signed in, only the words are asked for; without an account also who writes, about which block."""
    return _page({}, {}, tantangan.pose(FORM) if _owner() is None else None)


@akun.post("/keberatan")
@public
def ajukan_keberatan() -> ResponseReturnValue:
    owner = _owner()
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        if owner is not None:
            number = objections.file(owner, typed["uraian"])
        else:
            tantangan.demand(FORM)
            number = objections.file_without_account(typed, request.remote_addr or "")
    except InvalidInput as problem:
        return _page(typed, problem.errors, tantangan.give_back(FORM) if owner is None else None), 422
    except CaptchaRefused as problem:
        return _page(typed, {}, tantangan.pose(FORM, problem)), 422
    except AlurError as problem:
        return _page(typed, {"": [problem.pesan]}, None), status_of(problem)[0]
    flash(f"Keberatan terkirim dengan nomor {number}. Jawabannya kami kirim ke email Anda.", "success")
    return redirect(url_for("akun.status") if owner is not None else url_for("public.beranda"))


def _owner() -> Actor | None:
    """Whoever is signed in with an account that is blocked."""
    actor = actor_or_none()
    return actor if actor is not None and validation.mine(actor).kind == BLOCKED else None


def _page(typed: dict[str, str], errors: dict[str, list[str]], question: tantangan.Shown | None) -> str:
    owner = _owner()
    return render_template(
        "akun/keberatan.html",
        isian=typed,
        galat_isian=errors,
        tantangan=question,
        pemilik=owner is not None,
        penjelasan=validation.mine(owner).note if owner is not None else "",
    )
