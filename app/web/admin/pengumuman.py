"""Announcements in the browser: put up, look at, take down."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput
from app.domain.texts import storable
from app.services import clock
from app.services.portal import announcements
from app.web import lembar
from app.web.access import current_actor, roles

admin_pengumuman = Blueprint("admin_pengumuman", __name__, url_prefix="/admin/pengumuman")


@admin_pengumuman.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    return _page({})


@admin_pengumuman.post("")
@roles("admin")
def pasang() -> ResponseReturnValue:
    form = request.form
    first, last = _day(form.get("mulai", "")) or clock.today(), _day(form.get("sampai", ""))
    try:
        if last is None:
            raise InvalidInput({"sampai": ["Isi hari terakhirnya."]})
        announcements.put_up(
            current_actor(),
            title=storable(form.get("judul", "")),
            body=storable(form.get("isi", "")),
            shown_from=first,
            shown_until=last,
        )
    except InvalidInput as problem:
        return _page(problem.errors), 422
    flash("Pengumuman dipasang.", "success")
    return redirect(url_for("admin_pengumuman.daftar"))


@admin_pengumuman.post("/<announcement_id>/turunkan")
@roles("admin")
def turunkan(announcement_id: str) -> ResponseReturnValue:
    announcements.take_down(current_actor(), announcement_id)
    flash("Pengumuman diturunkan.", "success")
    return redirect(url_for("admin_pengumuman.daftar"))


def _page(errors: dict[str, list[str]]) -> str:
    after = lembar.cursor()
    found, following = announcements.page(current_actor(), after)
    more = url_for("admin_pengumuman.daftar", sesudah=str(following)) if following else ""
    today = clock.today()
    typed = request.form if errors else {"mulai": today.isoformat()}
    return render_template(
        "admin/pengumuman.html",
        daftar=found,
        lanjutan=more,
        hari_ini=today,
        galat_isian=errors,
        isian=typed,
        banyak=announcements.SHOWN,
        panjang_judul=announcements.LONGEST_TITLE,
        panjang_isi=announcements.LONGEST_BODY,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
