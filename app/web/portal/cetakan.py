"""Papers that the site makes: the receipt, the filled form to sign, and the page a receipt's QR leads to."""

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.adapters.pdf import Letterhead
from app.domain.errors import NotFound
from app.services.office import profile
from app.services.portal import printouts, receipts
from app.services.records import reads
from app.services.signing import verifying
from app.settings.kantor import Kantor
from app.web import kata, reading
from app.web.access import current_actor, public, roles, signed_in
from app.web.portal.draf import FILLERS

cetakan = Blueprint("cetakan", __name__)


@cetakan.get("/permohonan/<case_id>/bukti.pdf")
@signed_in
def bukti(case_id: str) -> ResponseReturnValue:
    made = receipts.receipt(current_actor(), case_id, letterhead())
    reading.showing([(case_id, made.subject_id)], reads.DOWNLOAD)
    return _pdf(made.pdf, "bukti-permohonan.pdf")


@cetakan.get("/permohonan/draf/<draft_id>/unduhan/<name>.pdf")
@roles(*FILLERS)
def unduhan(draft_id: str, name: str) -> ResponseReturnValue:
    """A form made from the draft's answers, for its owner only: it shows NIK in full."""
    made = printouts.form_for_draft(current_actor(), draft_id, name, letterhead())
    return _pdf(made, f"{name}.pdf")


@cetakan.get("/verifikasi")
@public
def verifikasi() -> ResponseReturnValue:
    token = request.args.get("t", "").strip()[:100]
    if not token:
        return render_template("public/verifikasi.html", kode="")
    letter = verifying.letter(token)
    try:
        found = None if letter else receipts.verify(token, request.remote_addr or "")
    except NotFound as error:
        return render_template("public/verifikasi.html", kode=token, galat=error.pesan), 404
    answer = Response(render_template("public/verifikasi.html", kode=token, hasil=found, surat=letter))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def letterhead(shown: Kantor | None = None) -> Letterhead:
    """Of the office as it is, or as it would be."""
    kantor = shown or profile.current()
    words = kata.of_office(kantor)["kantor"]
    warning = "PERAGAAN. Bukan dokumen resmi." if current_app.config["ALUR"].is_demo else ""
    contact = " · ".join(filter(None, (kantor.telepon, kantor.email, kantor.situs.removeprefix("https://"))))
    return Letterhead(
        words["nama"],
        words["kota"],
        words["aplikasi"],
        warning,
        address=kantor.alamat,
        contact=contact,
        logo=profile.logo(),
    )


def _pdf(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
