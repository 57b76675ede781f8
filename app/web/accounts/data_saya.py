"""Everything held about the person who looks: on a page, to download, and who opened it."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from app.domain.masking import mask_email, mask_nik, mask_phone
from app.services.portal import portal_views
from app.services.privacy import agreed, own_data, own_paper, readers
from app.web import lembar
from app.web.access import current_actor, signed_in
from app.web.portal.cetakan import letterhead

data_saya = Blueprint("data_saya", __name__)
SHOWN = 20


@data_saya.get("/pengaturan/data")
@signed_in
def data() -> ResponseReturnValue:
    actor = current_actor()
    account = portal_views.account(actor)
    rows = [
        ("Nama", account.name),
        ("NIK", mask_nik(account.nik) if account.nik else "Belum ada"),
        ("Nomor KK", mask_nik(account.nomor_kk) if account.nomor_kk else "Belum ada"),
        ("Email", mask_email(account.email)),
        ("Nomor WhatsApp", mask_phone(account.phone) if account.phone else "Belum ada"),
    ]
    return render_template(
        "akun/data.html",
        akun=rows,
        persetujuan=agreed.every(actor),
        kasus=own_data.of_person(actor, SHOWN),
        draf=list(own_data.drafts(actor)),
    )


@data_saya.post("/pengaturan/data/unduh")
@signed_in
def unduh() -> ResponseReturnValue:
    """A POST: taking the data away is written into the trail."""
    form = request.form.get("bentuk", "")
    make = _FORMS.get(form, _FORMS["json"])
    own_data.taken(current_actor(), form if form in _FORMS else "json")
    return make()


@data_saya.get("/pengaturan/data/dilihat")
@signed_in
def dilihat() -> ResponseReturnValue:
    """Newest first; with `permohonan` of one case only."""
    case_id = request.args.get("permohonan", "")
    after = lembar.cursor()
    page = readers.mine(current_actor(), case_id, after)
    older = url_for("data_saya.dilihat", sesudah=str(page.next), permohonan=case_id or None) if page.next else ""
    return render_template("akun/dilihat.html", halaman=page, lanjutan=older, satu=case_id)


def _json() -> Response:
    answer = Response(stream_with_context(own_data.as_json(current_actor())), mimetype="application/json")
    return _attached(answer, "data-saya.json")


def _pdf() -> Response:
    made = own_paper.paper(current_actor(), letterhead())
    return _attached(Response(made, mimetype="application/pdf"), "data-saya.pdf")


_FORMS: dict[str, Callable[[], Response]] = {"json": _json, "pdf": _pdf}


def _attached(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
