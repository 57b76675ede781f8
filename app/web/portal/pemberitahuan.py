"""One's own notices: by day, unread ones marked, each leading to what it tells of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor
from app.domain.tanggal import format_day, format_moment, format_time, local_date
from app.models import Notice
from app.services import clock
from app.services.messages import notices, outcomes, tracking
from app.services.messages.tracking import Line
from app.web.access import current_actor, safe_next, signed_in

pemberitahuan = Blueprint("pemberitahuan", __name__)

UNREAD = "belum"
_ROOMS = {
    "permohonan": "Buka permohonan",
    "konsultasi": "Buka konsultasi",
    "tugas": "Buka tugas",
    "inbox": "Buka inbox",
    "akun": "Buka akun",
    "pengaturan": "Buka akun",
}
_CHANNELS = {outcomes.LETTER: "Email", outcomes.WHATSAPP: "WhatsApp"}
_LONGEST = 22  # of an id


@dataclass(frozen=True)
class Entry:
    """A notice as shown. `path`: where it leads, "" = nowhere; `sent`: (is_wrong, what became of it outside)."""

    notice: Notice
    path: str
    label: str
    sent: tuple[tuple[bool, str], ...]


@pemberitahuan.get("/notifikasi")
@signed_in
def show() -> ResponseReturnValue:
    actor, unread_only = current_actor(), request.args.get("tampil") == UNREAD
    page = notices.mine(actor, request.args.get("sebelum", "")[:_LONGEST], unread_only=unread_only)
    sent = tracking.of_notices(page.notices)
    entries = [_entry(actor, notice, sent.get(notice.id, [])) for notice in page.notices]
    which = UNREAD if unread_only else None
    older = url_for("pemberitahuan.show", sebelum=page.before, tampil=which) if page.before else ""
    return render_template(
        "portal/notifikasi.html",
        hari=list(_by_day(entries)),
        belum=unread_only,
        lanjutan=older,
        bukan_awal=bool(request.args.get("sebelum")),
    )


@pemberitahuan.post("/notifikasi")
@signed_in
def mark_read() -> ResponseReturnValue:
    """One notice (with `buka`: then on to what it tells of), or all of them."""
    actor, one = current_actor(), request.form.get("id", "")[:_LONGEST]
    notices.mark_read(actor, [one] if one else None)
    if one and request.form.get("buka"):
        notice = notices.one_of_mine(actor, one)
        path = _path(actor, notice) if notice else ""
        if path:
            return redirect(safe_next(path))
    if not one:
        flash("Semua pemberitahuan sudah ditandai dibaca.", "success")
    which = UNREAD if request.form.get("tampil") == UNREAD else None
    return redirect(url_for("pemberitahuan.show", tampil=which))


def _entry(actor: Actor, notice: Notice, lines: list[Line]) -> Entry:
    path = _path(actor, notice)
    room = path.split("/")[1] if path else ""
    day = local_date(notice.created_at)
    said = tuple(words for line in lines if (words := _said(line, day)) is not None)
    return Entry(notice, path, _ROOMS.get(room, "Buka"), said)


def _path(actor: Actor, notice: Notice) -> str:
    """Notices from before they knew where they lead speak of a permohonan of its pemohon."""
    if notice.path or notice.case_id is None or actor.is_officer:
        return notice.path
    return f"/permohonan/{notice.case_id}"


def _said(line: Line, day: date) -> tuple[bool, str] | None:
    """What the reader should know of the message outside; None where there is nothing to say. `day`: the notice's."""
    channel = _CHANNELS[line.channel]
    at = format_time(line.at) if local_date(line.at) == day else format_moment(line.at)
    match line.state:
        case outcomes.SENT:
            return False, f"{channel} terkirim {at}"
        case outcomes.DELIVERED | outcomes.READ:
            return False, f"{channel} {line.state} {at}"
        case outcomes.OTHERWISE:
            return False, f"{channel} tidak sampai; petugas menyampaikannya dengan cara lain"
        case outcomes.FAILED | outcomes.BOUNCED:
            where = "alamat email" if line.channel == outcomes.LETTER else "nomor WhatsApp"
            return True, f"{channel} tidak sampai: periksa {where} Anda di Akun"
        case tracking.QUEUED:
            return False, f"{channel} sedang dikirim"
        case tracking.DELAYED:
            return False, f"{channel} tertunda, dicoba lagi {at}"
    return None


def _by_day(entries: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    today = local_date(clock.now())
    for day, those in groupby(entries, key=lambda entry: local_date(entry.notice.created_at)):
        yield _day(day, today), list(those)


def _day(day: date, today: date) -> str:
    """ "Hari ini, Senin, 23 November 2026"."""
    near = {today: "Hari ini, ", today - timedelta(days=1): "Kemarin, "}
    return f"{near.get(day, '')}{format_day(day)}"
