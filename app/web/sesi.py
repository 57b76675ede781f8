"""A form that came after its session had ended: what was typed stays on the page, to be sent again after signing in."""

from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

SECRET = (
    "csrf_token",
    "password",
    "kata_sandi",
    "sandi",
    "sandi_lama",
    "sandi_baru",
    "sandi_ulang",
    "kode",
    "pemulihan",
    "frasa",
)


def keep_typed(status: int) -> Response:
    """The typed fields as a form to send once more. Files must be chosen again: a page cannot hold them."""
    html = render_template("errors/sesi.html", isian=typed(), tujuan=request.path, ada_berkas=bool(request.files))
    return make_response(html, status)


def typed() -> list[tuple[str, str]]:
    """What the form sent, to be put on a page once more; nothing that must not stand there."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET]


def came_from_us() -> bool:
    """Whether this POST was sent by a page of ours.

    What a foreign page posted must never be offered for sending again: that would lend it our CSRF token.
    """
    sender = request.headers.get("Origin") or request.referrer or ""
    return request.method == "POST" and path_on_this_site(sender) is not None


def path_on_this_site(address: str) -> str | None:
    """The path of a full address of this site; None for any other, also for one that cannot be read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.path if parts.netloc == request.host else None
