"""What holds for every request and answer: a strict content security policy, no copies of pages, our own name only."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from app.web.access import PUBLIC

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}


PROBES = ("health", "metrics")


def init_app(app: Flask) -> None:
    """Before the other extensions: Flask runs last what is registered first, and this looks at what they did."""
    app.session_interface = _Sessions()
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_nul)
    app.after_request(_harden)
    if app.config["SESSION_COOKIE_SECURE"]:
        app.after_request(_https_only)


class _Sessions(SecureCookieSessionInterface):
    """A file that a shared cache may keep for ever must not carry somebody's session cookie."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.endpoint != "assets.serve" and super().should_set_cookie(app, session)


def policy(path: str) -> str:
    """The content security policy for `path`. Only the modeler of /studio sets style attributes."""
    rules = dict(_POLICY)
    if path == "/studio" or path.startswith("/studio/"):
        rules["style-src-attr"] = "'unsafe-inline'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy(request.path))
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "assets.serve" and response.status_code == 200:
        # The same file for everyone: without this, `Vary: Cookie` would make browsers fetch it again after each login.
        session.accessed = False
    elif _is_for_everyone(response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_for_everyone(response: Response) -> bool:
    """A page of the public rooms as a stranger sees it. An answer to a form, or an error, may repeat what was typed."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_public = getattr(view, "access", None) == PUBLIC
    is_stranger = "_user_id" not in session  # what Flask-Login keeps; who that is would have to be asked the database
    return is_public and request.method != "POST" and response.status_code == 200 and is_stranger


def _refuse_other_hosts() -> None:
    """A site for people has one name; probes of the machine (healthz, readyz) may use any."""
    config = current_app.config["ALUR"]
    if not config.is_demo and request.blueprint not in PROBES and request.host != urlsplit(config.base_url).netloc:
        abort(400)


def _refuse_nul() -> None:
    """No text of a person holds this sign, and PostgreSQL keeps no text that does."""
    if "\0" in request.path:
        abort(404)
    if any("\0" in text for sent in (request.args, request.form) for pair in sent.items(multi=True) for text in pair):
        abort(400)


def _https_only(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
