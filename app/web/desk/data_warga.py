"""The officers' room for requests of residents about their personal data."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput
from app.services.privacy import answering, requests
from app.services.privacy.answering import Corrected, Whole
from app.services.records import reads
from app.web import lembar, reading
from app.web.access import current_actor, roles

data_warga = Blueprint("data_warga", __name__, url_prefix="/data-warga")
_FIELDS = ("nama", "nik", "nomor_kk")


@data_warga.get("")
@roles(*requests.ANSWERERS)
def daftar() -> ResponseReturnValue:
    """Open ones by their limit; with `tampil=dijawab` the others, newest first."""
    after = lembar.cursor()
    is_open = request.args.get("tampil") != "dijawab"
    page = (answering.waiting if is_open else answering.answered)(current_actor(), after)
    which = None if is_open else "dijawab"
    more = url_for("data_warga.daftar", tampil=which, sesudah=str(page.next)) if page.next else ""
    words = {**answering.DECISIONS, requests.CANCELLED: "Dibatalkan"}
    return render_template(
        "desk/data_warga.html", halaman=page, terbuka=is_open, lanjutan=more, jenis=requests.KINDS, keputusan=words
    )


@data_warga.get("/<request_id>")
@roles(*requests.ANSWERERS)
def satu(request_id: str) -> ResponseReturnValue:
    return _page(answering.look(current_actor(), request_id), {}, 200)


@data_warga.post("/<request_id>")
@roles(*requests.ANSWERERS)
def jawab(request_id: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "")[:200] for name in _FIELDS}
    corrected = Corrected(typed["nama"], typed["nik"], typed["nomor_kk"])
    decision, reason = request.form.get("keputusan", ""), request.form.get("jawaban", "")
    actor = current_actor()
    found = answering.look(actor, request_id)
    try:
        number = answering.answer(actor, request_id, decision, reason[: requests.LONGEST + 1], corrected)
    except InvalidInput as error:
        return _page(found, error.errors, 422)
    flash(f"Permintaan {number} sudah dijawab; warga diberi tahu.", "success")
    return redirect(url_for("data_warga.daftar"))


def _page(found: Whole, errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    reading.showing([("", found.user_id)], reads.PERSON, found.line.id)
    page = render_template(
        "desk/data_warga_satu.html",
        p=found,
        galat=errors,
        ketikan=request.form,
        jenis=requests.KINDS,
        pilihan=answering.DECISIONS,
    )
    return page, status
