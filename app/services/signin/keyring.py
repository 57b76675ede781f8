"""Keys for one purpose each, drawn from the office's SECRET_KEY; create_app() hands that over once."""

from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_secret: bytes = b""


def bind(secret_key: str) -> None:
    global _secret
    _secret = secret_key.encode()
    key.cache_clear()


@cache
def key(purpose: str) -> bytes:
    """32 bytes that only this office can make, others for every purpose."""
    if not _secret:
        raise RuntimeError("the keyring was never bound")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"alur {purpose}".encode()).derive(_secret)
