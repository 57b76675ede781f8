"""Personal numbers and addresses as they may be shown: never the birth block of a NIK."""

import re

SHOWN = 4

_SIXTEEN_IN_TEXT = re.compile(r"(?<![0-9])(?:[0-9][ .\-]?){15}[0-9](?![0-9])")


def mask_nik(number: str) -> str:
    """`************0001`; also for a nomor KK. Anything that is not 16 digits is hidden altogether."""
    digits = re.sub(r"[\s.\-]", "", number)
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
    return _SIXTEEN_IN_TEXT.sub(lambda found: mask_nik(found[0]), text)
