"""The office's ready answers: look, write, throw away."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, StaleForm
from app.services.discussion import canned
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS
from app.web.portal import kiriman

jawaban_siap = Blueprint("jawaban_siap", __name__)


@jawaban_siap.get("/jawaban-siap")
@roles(*OFFICERS)
def daftar() -> ResponseReturnValue:
    return _page(request.args.get("ubah", ""))


@jawaban_siap.post("/jawaban-siap")
@roles(*OFFICERS)
def simpan() -> ResponseReturnValue:
    """`id`: of the one that is changed, "" for a new one."""
    form, answer_id = request.form, request.form.get("id", "")
    try:
        canned.save(
            current_actor(), answer_id, kiriman.version(form), form.get(canned.TITLE, ""), form.get(canned.TEXT, "")
        )
    except InvalidInput as problem:
        return _page(answer_id, problem.errors)
    except StaleForm as problem:
        return _page(answer_id, {"": [problem.pesan]})
    flash("Jawaban disimpan.", "success")
    return redirect(url_for("jawaban_siap.daftar"))


@jawaban_siap.post("/jawaban-siap/<answer_id>/hapus")
@roles(*OFFICERS)
def hapus(answer_id: str) -> ResponseReturnValue:
    canned.remove(current_actor(), answer_id)
    flash("Jawaban dihapus.", "success")
    return redirect(url_for("jawaban_siap.daftar"))


def _page(answer_id: str, errors: Mapping[str, Sequence[str]] | None = None) -> ResponseReturnValue:
    """The list, and the form for one of them (or a new one) with what was typed when it was refused."""
    actor = current_actor()
    changed = canned.one(actor, answer_id) if answer_id else None
    typed = request.form if errors else {}
    page = render_template(
        "diskusi/jawaban_siap.html",
        daftar=canned.listed(actor),
        diubah=changed,
        judul=typed.get(canned.TITLE, changed.title if changed else ""),
        isi=typed.get(canned.TEXT, changed.text if changed else ""),
        salah=errors or {},
        kata_isian=canned.WORDS,
    )
    return page, 422 if errors else 200
