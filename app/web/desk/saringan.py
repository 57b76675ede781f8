"""The inbox's filters under a name, and what is new since the page was drawn."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput
from app.services import clock
from app.services.desk import freshness, inbox, saved
from app.services.desk.inbox_views import ANTREAN, VIEWS
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS

saringan = Blueprint("saringan", __name__)


@saringan.post("/inbox/saringan")
@roles(*OFFICERS)
def save() -> ResponseReturnValue:
    form = request.form
    view, filters = form.get("tampil", ""), saved.filters_of(form)
    try:
        saved.save(current_actor(), form.get(saved.NAME, ""), view, filters, form.get("bagikan", ""))
    except InvalidInput as problem:
        flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    else:
        flash("Saringan disimpan.", "success")
    asked = {**({"tampil": view} if view in VIEWS else {}), **saved.words_of(filters)}
    return redirect(url_for("desk.show_inbox", **asked))  # type: ignore[arg-type]


@saringan.post("/inbox/saringan/<filter_id>/hapus")
@roles(*OFFICERS)
def remove(filter_id: str) -> ResponseReturnValue:
    saved.remove(current_actor(), filter_id)
    flash("Saringan dihapus.", "success")
    return redirect(url_for("desk.show_inbox"))


@saringan.get("/inbox/kabar")
@roles(*OFFICERS)
def news() -> ResponseReturnValue:
    """For the script that asks every few seconds: counts, how many rows are new, and who took which of those shown.

    Nothing of it moves a row. `t`, `s`: rows and saved filters that the page shows; `awal`: "1" where it
    is the first page.
    """
    actor, args = current_actor(), request.args
    view, filters = args.get("tampil", ANTREAN), saved.filters_of(args)
    shown = args.getlist("t")[: freshness.MOST_SHOWN]
    found = freshness.since(actor, view, filters, shown) if args.get("awal") == "1" else None
    again = url_for("desk.show_inbox", tampil=view, **saved.words_of(filters))  # type: ignore[arg-type]
    return render_template(
        "desk/_kabar_inbox.html",
        jumlah=inbox.counts(actor),
        # Saved since in another window: this page has no place for its count.
        tersimpan=[one for one in saved.listed(actor) if one.id in args.getlist("s")],
        kabar=found,
        sudah=args.get("baru", "0"),
        alamat=again,
        pada=clock.now(),
    )
