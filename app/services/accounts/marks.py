"""What a form of an account showed when it was opened, so that two admins do not undo each other unawares."""

import hashlib
from collections.abc import Iterable

from app.domain.errors import StaleForm

_CHANGED = (
    "Baru saja diubah admin lain; yang berlaku sekarang: {now}. Isian Anda masih ada di bawah; periksa, lalu kirim "
    "lagi."
)


def mark(words: Iterable[str]) -> str:
    """Differs where what was shown differs."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def of_roles(roles: Iterable[tuple[str, str]]) -> str:
    return mark(sorted(f"{role}:{unit}" for role, unit in roles))


def compare(seen: str, current: str, now: str) -> None:
    """`seen`: the mark that came back, "" = none was asked for; `now`: what counts, in words. Raises StaleForm."""
    if seen and seen != current:
        raise StaleForm(_CHANGED.format(now=now))
