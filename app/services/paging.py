"""Lists page by page: the next page begins after the last row seen, however long the list is (keyset paging)."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, literal, tuple_

from app.domain.errors import NotFound

COUNT_CAP = 100
_STAGE = re.compile(r"[a-z]{1,10}")
_ID = re.compile(r"[0-9a-z]{1,22}")
_TOO_LONG = 200
_YEARS = range(1900, 3000)
"""What every zone, calendar and database can count with."""
_ROW = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """The last row seen: which part of the list it stood in, the moment it is sorted by, its id.

    Opaque in the URL; checked, not signed: it grants nothing.
    """

    stage: str
    at: datetime
    id: str

    def __str__(self) -> str:
        text = json.dumps([self.stage, self.at.isoformat(), self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises NotFound for anything that __str__ did not make."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            stage, at, row_id = json.loads(raw)
            cursor = cls(stage, datetime.fromisoformat(at), row_id)
        except (ValueError, TypeError, binascii.Error) as nonsense:
            raise NotFound from nonsense
        sound = isinstance(stage, str) and _STAGE.fullmatch(stage) and isinstance(row_id, str) and _ID.fullmatch(row_id)
        if len(text) > _TOO_LONG or not sound or cursor.at.tzinfo is None or cursor.at.year not in _YEARS:
            raise NotFound
        return cursor

    @property
    def row(self) -> int:
        """The id, of a table that numbers its rows. Raises NotFound: not one of those, or further than any counts."""
        if not _ROW.fullmatch(self.id):
            raise NotFound
        return int(self.id)


def earlier(at: Any, key: Any, than: Cursor) -> ColumnElement[bool]:
    """Of a list that is newest first, by two columns: what comes after this row."""
    return tuple_(at, key) < tuple_(than.at, than.id)


def later(at: Any, key: Any, than: Cursor) -> ColumnElement[bool]:
    """The same for a list that is oldest first."""
    return tuple_(at, key) > tuple_(than.at, than.id)


def no_later(at: Any, key: Any, than: Cursor) -> ColumnElement[bool]:
    """Of a list that is oldest first: up to this row, it included."""
    return tuple_(at, key) <= tuple_(than.at, than.id)


def at_most(rows: int) -> BindParameter[int]:
    """For limit(): written into the statement, so that PostgreSQL knows how few rows a kept plan must find."""
    return literal(rows, literal_execute=True)


def capped(number: int, cap: int = COUNT_CAP) -> str:
    """ "7", or "99+": an exact figure would cost more the more there is."""
    return f"{cap - 1}+" if number >= cap else str(number)
