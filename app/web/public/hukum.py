"""The plain texts: privacy, terms, about, attributions, contact, and where to report holes (security.txt)."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from app.config import Config
from app.domain import consents
from app.services import clock
from app.services.messages import outgoing
from app.services.office import profile
from app.web import lisensi
from app.web.access import public
from app.web.public.hours import coming_week, opening_hours

hukum = Blueprint("hukum", __name__)
SECURITY_TXT_DAYS = 90
"""How long whoever read security.txt may rely on it; it is made anew at every reading."""


@hukum.get("/privasi")
@public
def privasi() -> ResponseReturnValue:
    return render_template(
        "hukum/privasi.html", naskah=consents.PRIVACY, simpan=_config().retention, kantor=profile.current()
    )


@hukum.get("/ketentuan")
@public
def ketentuan() -> ResponseReturnValue:
    return render_template("hukum/ketentuan.html", naskah=consents.TERMS)


@hukum.get("/tentang")
@public
def tentang() -> ResponseReturnValue:
    return render_template("hukum/tentang.html")


@hukum.get("/atribusi")
@public
def atribusi() -> ResponseReturnValue:
    return render_template("hukum/atribusi.html", peramban=lisensi.browser_parts(), peladen=lisensi.server_parts())


@hukum.get("/kontak")
@public
def kontak() -> ResponseReturnValue:
    return render_template(
        "hukum/kontak.html", kantor=profile.current(), jam_layanan=opening_hours(), sepekan=list(coming_week())
    )


@hukum.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    """RFC 9116; 404 while the office names nobody."""
    contact = profile.current().keamanan
    if not contact:
        abort(404)
    expires = (clock.now() + timedelta(days=SECURITY_TXT_DAYS)).replace(microsecond=0)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {outgoing.link('/.well-known/security.txt')}",
        f"Policy: {outgoing.link('/kontak#keamanan')}",
    )
    return Response("\n".join((*lines, "")), mimetype="text/plain")


def _config() -> Config:
    config: Config = current_app.config["ALUR"]
    return config
