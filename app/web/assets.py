"""Static files: `asset_url("alur.css")` and `icon("check")` for templates; served precompressed and for good.

tools/assets.mjs builds them under names that carry a hash of the content, so that a browser may keep each for ever.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, send_from_directory, url_for
from markupsafe import Markup

from app.web.access import public

DIST = Path(__file__).parent / "static" / "dist"

assets = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(assets)
    app.add_template_global(asset_url)
    app.add_template_global(icon)


@cache
def _manifest() -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise RuntimeError("the browser assets are not built yet: run `make assets`") from problem
    return manifest


def asset_url(name: str) -> str:
    """The address of a built file by its plain name. KeyError: nothing is built under that name."""
    return url_for("assets.serve", name=_manifest()["files"][name])


def parts() -> list[dict[str, str]]:
    """The libraries inside the built files: name, version, license, home."""
    found: list[dict[str, str]] = _manifest()["parts"]
    return found


def icon(name: str, label: str = "", classes: str = "") -> Markup:
    """A Tabler icon from the sprite; decoration unless `label` says what it means.

    The build finds names written out as `icon('check')`; others must stand in a comment, as in `ikon: check`.
    """
    if name not in _manifest()["icons"]:
        raise LookupError(f"icon {name!r} is not in the sprite: write its name out in the template, then `make assets`")
    meaning = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon {}" width="24" height="24" {}><use href="{}#{}"></use></svg>').format(
        classes, meaning, asset_url("icons.svg"), name
    )


@assets.get("/aset/<name>")
@public
def serve(name: str) -> Response:
    """One built file. The name changes with the content, so it never needs to be asked for again."""
    if name.endswith((".gz", ".json")):
        abort(404)
    packed = f"{name}.gz"
    if request.accept_encodings["gzip"] > 0 and (DIST / packed).is_file():
        answer = send_from_directory(DIST, packed, mimetype=_type_of(name), conditional=False)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = send_from_directory(DIST, name, mimetype=_type_of(name), conditional=False)
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def _type_of(name: str) -> str:
    kinds = {
        "css": "text/css",
        "js": "text/javascript",
        "svg": "image/svg+xml",
        "txt": "text/plain",
        "png": "image/png",
        "ico": "image/x-icon",
        "webmanifest": "application/manifest+json",
    }
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")
