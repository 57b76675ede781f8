"""Asking that one's data be put right, held, or erased."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.services.privacy import answering, requests
from app.web.access import current_actor, signed_in

permintaan_data = Blueprint("permintaan_data", __name__, url_prefix="/pengaturan/data/minta")


@permintaan_data.get("")
@signed_in
def minta() -> ResponseReturnValue:
    """What can be asked, and one's own requests; with `jenis` the form for one of them."""
    kind = request.args.get("jenis", "")
    if kind in requests.KINDS:
        return _form(kind, {}, "", 200)
    return render_template(
        "akun/permintaan.html",
        jenis=requests.KINDS,
        permintaan=requests.mine(current_actor()),
        keputusan={**answering.DECISIONS, requests.CANCELLED: "Dibatalkan"},
    )


@permintaan_data.post("")
@signed_in
def kirim() -> ResponseReturnValue:
    kind, typed = request.form.get("jenis", ""), request.form.get("permintaan", "")[: requests.LONGEST + 1]
    try:
        number = requests.ask(current_actor(), kind, typed, request.form.get("sandi", ""))
    except NotFound:
        flash("Pilih dulu apa yang Anda minta.", "warning")
        return redirect(url_for("permintaan_data.minta"))
    except InvalidInput as error:
        return _form(kind, error.errors, typed, 422)
    except TooManyAttempts as error:
        where = "sandi" if kind == requests.ERASE else "permintaan"
        return _form(kind, {where: [error.pesan]}, typed, 429)
    flash(f"Permintaan {number} sudah kami terima. Kami jawab paling lambat 3 kali 24 jam.", "success")
    return redirect(url_for("permintaan_data.minta"))


@permintaan_data.post("/<request_id>/batal")
@signed_in
def batal(request_id: str) -> ResponseReturnValue:
    requests.cancel(current_actor(), request_id)
    flash("Permintaan dibatalkan.", "success")
    return redirect(url_for("permintaan_data.minta"))


def _form(kind: str, errors: dict[str, list[str]], typed: str, status: int) -> ResponseReturnValue:
    page = render_template(
        "akun/minta.html",
        jenis=kind,
        judul=requests.KINDS[kind],
        galat=errors,
        nilai=typed,
        pakai_sandi=kind == requests.ERASE,
        terpanjang=requests.LONGEST,
    )
    return page, status
