"""What every template may use besides assets: words, dates, theme, and where the menu stands."""

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.domain import tanggal
from app.domain.actors import QUEUELESS, WATCHERS
from app.services.background import incidents
from app.services.delivery import data_incidents
from app.services.messages import notices
from app.services.office import profile
from app.services.paging import capped
from app.web import kata
from app.web.access import actor_or_none

THEMES = ("light", "dark")
THEME_COOKIE = "tema"
RESIDENTS_HOME, RESIDENTS_LIST = "/permohonan", "/permohonan/riwayat"


def init_app(app: Flask) -> None:
    app.context_processor(_page_facts)
    app.add_template_global(is_current, "menu_aktif")
    app.add_template_global(page_exists, "ada_halaman")
    app.add_template_global(unread, "belum_dibaca")
    app.add_template_global(incident_count, "jumlah_gangguan")
    app.add_template_global(data_incident_count, "jumlah_insiden_data")
    app.add_template_global(kata.tone, "nada_status")
    app.add_template_filter(tanggal.format_moment, "waktu")
    app.add_template_filter(tanggal.format_date, "tanggal")
    app.add_template_filter(tanggal.format_day, "hari")
    app.add_template_filter(tanggal.format_days, "rentang_hari")
    app.add_template_filter(tanggal.format_short, "tanggal_pendek")
    app.add_template_filter(tanggal.format_time, "pukul")
    app.add_template_filter(tanggal.format_length, "lama")


def _page_facts() -> dict[str, object]:
    theme = request.cookies.get(THEME_COOKIE, "") if request else ""
    return {
        "kata": kata.of_office(profile.current()),
        "logo_kantor": profile.logo_number(),
        "tema": theme if theme in THEMES else "",
        "demo": current_app.config["ALUR"].is_demo,
        "pengawas": WATCHERS,
        "tanpa_antrean": QUEUELESS,
    }


def is_current(url: str) -> bool:
    """Is this menu entry the room that the page stands in? The resident's front page has no rooms of its own below."""
    if url == RESIDENTS_HOME:
        return request.path == url
    if url == RESIDENTS_LIST:
        return request.path.startswith(f"{RESIDENTS_HOME}/")
    return request.path == url or (url != "/" and request.path.startswith(f"{url}/"))


def page_exists(path: str) -> bool:
    """Does any route answer `path`? Lets the menu leave out rooms that this build doesn't have."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def unread() -> str:
    """Unread notices of the signed-in person, "" for none; asked once per page."""
    actor = actor_or_none()
    if actor is None:
        return ""
    if "unread" not in g:
        g.unread = notices.unread_count(actor)
    return capped(g.unread) if g.unread else ""


def incident_count() -> str:
    """Incidents that wait for the signed-in person, "" for none; asked once per page."""
    actor = actor_or_none()
    if actor is None:
        return ""
    if "incidents" not in g:
        g.incidents = incidents.count(actor)
    return capped(g.incidents) if g.incidents else ""


def data_incident_count() -> str:
    """Incidents of personal data that wait for the signed-in person, "" for none; asked once per page."""
    actor = actor_or_none()
    if actor is None:
        return ""
    if "data_incidents" not in g:
        g.data_incidents = data_incidents.count_open(actor)
    return capped(g.data_incidents) if g.data_incidents else ""
