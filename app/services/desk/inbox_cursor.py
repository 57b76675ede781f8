"""Where the next page of the inbox begins. Opaque in the URL; checked, not signed: it grants nothing."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotFound

DUE, UNLIMITED, DONE = "d", "u", "s"
_ID = re.compile(r"[0-9a-z]{1,22}")
_TOO_LONG = 200


@dataclass(frozen=True)
class Cursor:
    """The last row seen: its stage of the order, the moment it is sorted by, its id."""

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
        sound = stage in (DUE, UNLIMITED, DONE) and isinstance(row_id, str) and _ID.fullmatch(row_id)
        if len(text) > _TOO_LONG or not sound or cursor.at.tzinfo is None:
            raise NotFound
        return cursor
