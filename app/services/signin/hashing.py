"""Passwords and PINs as slow hashes, made anew when the cost is raised."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from app.models import new_id

LONGEST = 500

# RFC 9106, second recommended option (64 MiB); raise it here and every password follows at its next login.
COST = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)
_hasher = COST


def use(hasher: PasswordHasher) -> PasswordHasher:
    """Another cost from now on, in this process; returns the one used so far."""
    global _hasher
    before, _hasher = _hasher, hasher
    nobodys.cache_clear()
    return before


def digest(secret: str) -> str:
    """Slow on purpose: never inside a unit of work."""
    return _hasher.hash(secret)


def fits(hashed: str, secret: str) -> bool:
    """Costs one verification whatever was typed, also something absurdly long."""
    try:
        return _hasher.verify(hashed, secret[: LONGEST + 1]) and len(secret) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Was it made at another cost than today's?"""
    return _hasher.check_needs_rehash(hashed)


@cache
def nobodys() -> str:
    """A hash that nothing fits, to spend the same time where there is no account."""
    return _hasher.hash(new_id())
