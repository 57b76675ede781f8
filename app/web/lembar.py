"""Where in a long list a page begins, as its address says it: one reading of it for every list of the site."""

from flask import request

from app.services.paging import Cursor
from app.web.portal import kiriman


def cursor(name: str = "sesudah") -> Cursor | None:
    """None: from the beginning. Raises NotFound for anything that is no cursor."""
    text = request.args.get(name, "")
    return Cursor.parse(text) if text else None


def number(name: str = "sebelum") -> int | None:
    """As cursor, where rows have numbers of their own. Raises NotFound."""
    return kiriman.whole_number(request.args.get(name, ""))
