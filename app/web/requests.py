"""Requests as our pages read them: without the one sign that no database stores and no person types."""

from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from app.domain.errors import NotFound
from app.domain.texts import storable
from app.services.office import taking

NUL = "\0"


class CleanRequest(Request):
    """`args` and `form` hold no NUL, in keys or values: here once, so that no page and no query need think of it."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _without(super().args)

    def _load_form_data(self) -> None:
        if self.mimetype == "application/x-www-form-urlencoded":
            # Werkzeug holds only the texts of multipart forms to this limit.
            self.max_content_length = self.max_form_memory_size
        super()._load_form_data()
        parts: dict[str, Any] = self.__dict__  # where Werkzeug puts what it has read
        parts["form"], parts["files"] = _without(parts["form"]), _without(parts["files"])


def init_app(app: Flask) -> None:
    app.request_class = CleanRequest
    app.before_request(_refuse_odd_path)
    app.before_request(_take_over)


def _refuse_odd_path() -> None:
    if NUL in request.path:
        raise NotFound


def _take_over() -> None:
    """What the admin changed meanwhile counts from this request on; a file needs none of it."""
    if not request.path.startswith("/aset/"):
        taking.refresh()


def _without(parts: Any) -> Any:
    pairs = list(parts.items(multi=True))
    if not any(key is None or NUL in key or (isinstance(value, str) and NUL in value) for key, value in pairs):
        return parts
    # A part without a name, which only a broken sender makes, has the key None.
    return ImmutableMultiDict([(storable(key), storable(value)) for key, value in pairs if key is not None])
