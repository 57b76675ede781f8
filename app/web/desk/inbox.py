"""The officers' inbox: look, filter, take."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import APPLICANTS, ROLES
from app.domain.errors import AlurError, FourEyes, SkipsLate, TaskAlreadyClaimed, TaskClosed
from app.domain.remaining import Remaining
from app.domain.tanggal import format_short, format_time, local_date
from app.services.desk import asides, inbox, outages, saved, tags, taking
from app.services.desk.inbox_views import (
    ANTREAN,
    DITAHAN,
    MENUNGGU,
    PRIORITY,
    SELESAI,
    TUGAS_SAYA,
    VIEWS,
    Filters,
)
from app.services.flow import tasks
from app.services.messages import undelivered
from app.services.paging import Cursor
from app.services.records import reads
from app.services.signing import waiting
from app.web import lembar, pilihan, reading
from app.web.access import current_actor, home_of, roles
from app.web.errors import status_of

desk = Blueprint("desk", __name__)

OFFICERS = tuple(role for role in ROLES if role not in APPLICANTS)
LABELS = {
    ANTREAN: "Antrean",
    TUGAS_SAYA: "Tugas saya",
    MENUNGGU: "Menunggu pemohon",
    SELESAI: "Selesai hari ini",
}


@desk.get("/inbox")
@roles(*OFFICERS)
def show_inbox() -> ResponseReturnValue:
    return inbox_page(request.args)


@desk.post("/inbox/saring")
@roles(*OFFICERS)
def narrow() -> ResponseReturnValue:
    """The filter form, with the address of what it asks for."""
    names = ("tampil", "layanan", "langkah", "jenis", "tanda", "lewat")
    return redirect(_address({name: request.form.get(name, "").strip() for name in names}))


@desk.post("/inbox/berikutnya")
@roles(*OFFICERS)
def take_next() -> ResponseReturnValue:
    """The first of what the page showed; where that passes over a late one, the reason is asked for."""
    actor, form = current_actor(), request.form
    suggestion, key = form.get("tugas", ""), form.get("kunci", "")
    try:
        claimed = taking.claim_next(actor, suggestion, key)
    except SkipsLate as problem:
        return _ask_why(suggestion, problem)
    if claimed is None:
        flash("Antrean kosong. Belum ada tugas untuk diambil.", "info")
        return redirect(url_for("desk.show_inbox"))
    return redirect(url_for("desk_task.show", task_id=claimed.task_id))


@desk.post("/tugas/<task_id>/ambil")
@roles(*OFFICERS)
def take(task_id: str) -> ResponseReturnValue:
    """*Ambil & periksa*. Somebody was quicker: the queue again, saying who and offering the next one.

    Where it passes over a late one, the reason is asked for first, with one button for each.
    """
    try:
        claimed = taking.claim(current_actor(), task_id, request.form.get("kunci", ""), request.form.get("alasan", ""))
    except SkipsLate as problem:
        return _ask_why(task_id, problem)
    except (TaskAlreadyClaimed, TaskClosed, FourEyes) as problem:
        return inbox_page({}, problem)
    return redirect(url_for("desk_task.show", task_id=claimed.task_id))


def inbox_page(args: Mapping[str, str], problem: AlurError | None = None) -> ResponseReturnValue:
    """The inbox as `args` (a query string) ask for it, with what went wrong on top."""
    actor = current_actor()
    view = args.get("tampil", ANTREAN)
    filters = saved.filters_of(args)
    after = lembar.cursor()
    found = inbox.page(actor, view, filters, after)
    aside = inbox.page(actor, DITAHAN, Filters()).rows if view == TUGAS_SAYA and not after else ()
    reading.showing([(row.case_id, row.subject_id) for row in (*found.rows, *aside)], reads.INBOX)
    html = render_template(
        "desk/inbox.html",
        halaman=found,
        batas_lihat=pilihan.LOOKED,
        label=LABELS,
        tampilan=VIEWS,
        jumlah=inbox.counts(actor),
        saringan=filters,
        pilihan=inbox.choices(actor),
        tanda_tangan=waiting.open_steps(actor) if view in (ANTREAN, TUGAS_SAYA) and not after else (),
        usul=found.rows[0].task_id if view == ANTREAN and not after and found.rows else "",
        lanjutan=_link(view, filters, found.next) if found.next else "",
        awal=_link(view, filters, None) if after else "",
        ditahan=aside,
        tahan=asides.of_tasks([row.task_id for row in aside]),
        berbagi=[(role, ROLES[role]) for role in sorted(actor.roles - APPLICANTS)],
        saringan_kata=saved.words_of(filters),
        tersimpan=saved.listed(actor),
        tanda=[(word, word) for word in (PRIORITY, *tags.words())],
        segar=_address({"tampil": view, "awal": "" if after else "1", **saved.words_of(filters)}, "saringan.news"),
        gagal=undelivered.listed(actor) if view in (ANTREAN, TUGAS_SAYA) else (),
        gangguan=outages.offers(actor) if view in (ANTREAN, TUGAS_SAYA) else (),
        rumah=home_of(actor),
        masalah=problem,
        kunci=new_key(),
    )
    return html, status_of(problem)[0] if problem else 200


def _ask_why(task_id: str, problem: SkipsLate) -> ResponseReturnValue:
    html = render_template(
        "desk/loncat.html", masalah=problem, tugas_id=task_id, alasan=tasks.SKIP_REASONS, kunci=new_key()
    )
    return html, status_of(problem)[0]


@desk.app_template_filter("waktu_pendek")
def brief_moment(at: datetime, now: datetime) -> str:
    """Today "10.15", else "23 Nov 10.15": a column of these stays narrow."""
    if local_date(at) == local_date(now):
        return format_time(at)
    return f"{format_short(at)} {format_time(at)}"


@desk.app_template_filter("sisa")
def labelled(left: Remaining) -> str:
    """Outside of a column of its own: "sisa 2 j 1 m"; "Lewat 5 m" and "Jam berhenti" say it themselves."""
    return f"sisa {left.words}" if left.level in ("aman", "segera") else left.words


def new_key() -> str:
    """The idempotency key of one rendered form."""
    return secrets.token_urlsafe(16)


def _link(view: str, filters: Filters, after: Cursor | None) -> str:
    asked = {"tampil": view, **saved.words_of(filters), "sesudah": str(after) if after else ""}
    return _address(asked)


def _address(asked: Mapping[str, str], endpoint: str = "desk.show_inbox") -> str:
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for(endpoint, **given)
