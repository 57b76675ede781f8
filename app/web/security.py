"""Headers that every answer carries: a strict content security policy, and no copies of signed-in people's pages."""

from flask import Flask, Response, request, session
from flask_login import current_user

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
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}


def init_app(app: Flask) -> None:
    """Before the other extensions: Flask runs last what is registered first, and this looks at what they did."""
    app.after_request(_harden)
    if app.config["SESSION_COOKIE_SECURE"]:
        app.after_request(_https_only)


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
    if request.endpoint == "assets.serve":
        # The same file for everyone: without this, `Vary: Cookie` would make browsers fetch it again after each login.
        session.accessed = False
    elif current_user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
    return response


def _https_only(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
