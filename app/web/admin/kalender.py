"""The office's calendar in the browser: the year, the hours, and every change looked at before it is saved."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import calendar_changes
from app.domain.calendar_book import KINDS, Book, write_stretches
from app.domain.errors import InvalidInput, StaleForm
from app.domain.office_hours import DAYS, Period
from app.services import clock
from app.services.office import hours, versions
from app.web import lembar
from app.web.access import current_actor, roles
from app.web.portal import kiriman

admin_kalender = Blueprint("admin_kalender", __name__, url_prefix="/admin/kalender")

DAY_NAMES = dict(zip(DAYS, ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"), strict=True))


@admin_kalender.get("")
@roles("admin")
def lihat() -> ResponseReturnValue:
    number, book = hours.kept(current_actor())
    today = clock.today()
    year = kiriman.whole_number(request.args.get("tahun", "")) or today.year
    lines, before = versions.history(current_actor(), versions.CALENDAR, lembar.number())
    return render_template(
        "admin/kalender.html",
        versi_kini=number,
        tahun=year,
        semua_tahun=sorted({*book.years(), today.year, today.year + 1, year}),
        libur=[each for each in book.holidays if each.day.year == year],
        periode=[(n, each, _hours(each)) for n, each in enumerate(book.periods)],
        jenis=KINDS,
        hari_ini=today,
        hari=DAY_NAMES,
        versi=lines,
        lanjutan=url_for("admin_kalender.lihat", sebelum=before) if before else "",
    )


@admin_kalender.get("/ubah")
@roles("admin")
def isi() -> ResponseReturnValue:
    """The form for one holiday or one period: `hal` libur | periode, `tanggal` or `nomor` of what is there."""
    _, book = hours.kept(current_actor())
    return _form(_filled(book, request.args), {})


@admin_kalender.post("/pratinjau")
@roles("admin")
def pratinjau() -> ResponseReturnValue:
    """What the change would do; nothing is saved."""
    form = _fields()
    try:
        planned = hours.plan(current_actor(), form)
    except InvalidInput as problem:
        return _form(form, problem.errors), 422
    return _preview(planned, form, {})


@admin_kalender.post("")
@roles("admin")
def simpan() -> ResponseReturnValue:
    form = _fields()
    try:
        planned = hours.plan(current_actor(), form)
    except InvalidInput as problem:
        return _form(form, problem.errors), 422
    try:
        hours.save(current_actor(), planned, kiriman.version(request.form), request.form.get(versions.REASON, ""))
    except InvalidInput as problem:
        return _preview(planned, form, problem.errors), 422
    except StaleForm as problem:
        flash(problem.pesan, "warning")
        return redirect(url_for("admin_kalender.lihat"))
    flash("Kalender disimpan. Jatuh tempo yang terbuka dihitung ulang dalam beberapa detik.", "success")
    return redirect(url_for("admin_kalender.lihat"))


def _preview(planned: hours.Plan, form: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "admin/kalender_pratinjau.html",
        rencana=planned,
        akibat=hours.effect(current_actor(), planned),
        isian=form,
        salah=errors,
        alasan=request.form.get(versions.REASON, ""),
    )


def _form(form: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    is_period = form.get("ubah") == calendar_changes.PERIOD
    page = "admin/kalender_periode.html" if is_period else "admin/kalender_libur.html"
    return render_template(page, isian=form, salah=errors, jenis=KINDS, hari=DAY_NAMES)


def _fields() -> dict[str, str]:
    sent = {name: request.form.get(name, "") for name in calendar_changes.FIELDS}
    return {name: text[:6000] for name, text in sent.items() if text}


def _filled(book: Book, args: Mapping[str, str]) -> dict[str, str]:
    """What the form begins with: the holiday or period that is to be changed, or one like the usual hours."""
    if args.get("hal") != calendar_changes.PERIOD:
        found = next((each for each in book.holidays if each.day.isoformat() == args.get("tanggal")), None)
        if found is None:
            return {"ubah": calendar_changes.HOLIDAY, "jenis": "cuti_bersama"}
        day = found.day.isoformat()
        filled = {"tanggal": day, "tanggal_lama": day, "nama": found.name, "jenis": found.kind}
        return {"ubah": calendar_changes.HOLIDAY, **filled}
    number = kiriman.whole_number(args.get("nomor", ""))
    is_known = number is not None and number < len(book.periods)
    period = book.periods[number] if is_known and number is not None else book.periods[0]
    named = _named(period) | {"nomor": str(number)} if is_known else {}
    return {"ubah": calendar_changes.PERIOD, **named, **_hours(period)}


def _named(period: Period) -> dict[str, str]:
    start, end = (day.isoformat() if day else "" for day in (period.start, period.end))
    return {"nama": period.name, "mulai": start, "sampai": end, "sumber": period.source}


def _hours(period: Period) -> dict[str, str]:
    return {f"jam_{day}": write_stretches(each) for day, each in zip(DAYS, period.hours, strict=True)}
