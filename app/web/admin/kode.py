"""Code lists by date, and the published versions of procedures by theirs."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import codes
from app.domain.errors import InvalidInput, StaleForm
from app.services import clock
from app.services.flow import published
from app.services.office import code_lists, versions
from app.web import lembar
from app.web.access import current_actor, roles
from app.web.portal import kiriman

admin_kode = Blueprint("admin_kode", __name__, url_prefix="/admin/daftar-kode")


@admin_kode.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    actor = current_actor()
    before = lembar.number()
    lines, older = versions.history(actor, versions.CODES, before)
    terbitan, following = published.page_of_versions(kiriman.whole_number(request.args.get("terbitan", "")) or 0)
    today = clock.today()
    in_force = {version.id for version, _ in published.in_force_on(today)}
    return render_template(
        "admin/daftar_kode.html",
        daftar=code_lists.listed(actor),
        terbitan=[(each, each.id in in_force) for each in terbitan],
        terbitan_lain=url_for("admin_kode.daftar", terbitan=following) if following else "",
        hari_ini=today,
        versi=lines,
        lanjutan=url_for("admin_kode.daftar", sebelum=older) if older else "",
    )


@admin_kode.get("/<name>")
@roles("admin")
def satu(name: str) -> ResponseReturnValue:
    return _page(name, {}, {})


@admin_kode.post("/<name>")
@roles("admin")
def tambah(name: str) -> ResponseReturnValue:
    form = request.form
    return _done(name, lambda: code_lists.add(current_actor(), name, kiriman.version(form), form, _reason()))


@admin_kode.post("/<name>/akhiri")
@roles("admin")
def akhiri(name: str) -> ResponseReturnValue:
    form = request.form
    code, last = form.get("kode", ""), form.get("sampai", "")
    return _done(name, lambda: code_lists.end(current_actor(), name, kiriman.version(form), code, last, _reason()))


def _done(name: str, act: Callable[[], int]) -> ResponseReturnValue:
    try:
        act()
    except InvalidInput as problem:
        return _page(name, problem.errors, request.form), 422
    except StaleForm as problem:
        return _page(name, {"": [problem.pesan]}, request.form), 409
    else:
        flash("Daftar kode disimpan; formulir menawarkannya menurut tanggalnya.", "success")
    return redirect(url_for("admin_kode.satu", name=name))


def _reason() -> str:
    return request.form.get(versions.REASON, "")


def _page(name: str, errors: Mapping[str, list[str]], typed: Mapping[str, str]) -> str:
    number, terms = code_lists.one(current_actor(), name)
    today = clock.today()
    return render_template(
        "admin/kode.html",
        nama=name,
        judul=codes.TITLES[name],
        kode=[(term, term.holds(today)) for term in terms],
        versi_kini=number,
        salah=errors,
        isian=typed or {"mulai": today.isoformat()},
        panjang_kode=code_lists.LONGEST_CODE,
        panjang_nama=code_lists.LONGEST_NAME,
    )
