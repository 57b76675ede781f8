"""Personal numbers and addresses as they may be shown: never the birth block of a NIK."""

import re

from app.domain.identity import SEPARATORS
from app.domain.texts import UNSEEN

SHOWN = 4

_BETWEEN = f"[{SEPARATORS}{UNSEEN}]"
_DAY = r"(?:(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-[0-3][0-9]|[0-3][0-9][.\-](?:0[1-9]|1[0-2])[.\-](?:19|20)[0-9]{2})"
# As many separators as parse_nik takes; possessive, so that no text takes longer than its length. From a day to a day
# are sixteen digits too.
SIXTEEN_IN_TEXT = re.compile(
    rf"(?<![0-9])(?!{_DAY}{_BETWEEN}++{_DAY}(?![0-9]))(?:[0-9]{_BETWEEN}*+){{15}}[0-9](?![0-9])"
)


def mask_nik(number: str) -> str:
    """`************0001`; also for a nomor KK. Anything that is not 16 digits is hidden altogether."""
    digits = re.sub(_BETWEEN, "", number)
    if re.fullmatch(r"[0-9]{16}", digits) is None:
        return "*" * 16
    return "*" * (16 - SHOWN) + digits[-SHOWN:]


def mask_email(address: str) -> str:
    """`b***@contoh.id`; what is no address becomes `***`."""
    name, at, domain = address.strip().rpartition("@")
    return f"{name[0]}***@{domain}" if name and at and domain else "***"


def mask_phone(number: str) -> str:
    """`0851****2209` from any way of writing it; a short or strange number is hidden altogether."""
    digits = re.sub(r"[^0-9]", "", number)
    domestic = "0" + digits[2:] if digits.startswith("62") else digits
    if len(domestic) < 10:
        return "*" * 12
    return domestic[:4] + "*" * (len(domestic) - 8) + domestic[-SHOWN:]


def mask_in_text(text: str) -> str:
    """Every run of 16 digits in free text (a log line, a mail subject) masked."""
    return SIXTEEN_IN_TEXT.sub(lambda found: mask_nik(found[0]), text)
