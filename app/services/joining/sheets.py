"""What somebody who registers has typed so far, sealed for their browser: only this office reads it, for an hour.

Nothing of it is stored here before the last page is sent.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from app.services import clock
from app.services.signin import keyring

LIFETIME = timedelta(hours=1)


def seal(sheet: Mapping[str, Any]) -> str:
    """Of what can be written as JSON; ASCII."""
    return _box().encrypt_at_time(json.dumps(sheet, ensure_ascii=False).encode(), int(clock.now().timestamp())).decode()


def opened(sealed: str) -> dict[str, Any] | None:
    """None: not sealed here, altered, or too old."""
    try:
        text = _box().decrypt_at_time(sealed, int(LIFETIME.total_seconds()), int(clock.now().timestamp()))
    except InvalidToken:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(keyring.key("isian pendaftaran")))
