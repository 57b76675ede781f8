"""The key that signs seals: Ed25519 in a PEM file of its own, never in the database."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_READABLE_BY_ALL = 0o007


class BadKey(OSError):
    """The file is no Ed25519 key, or everybody may read it; the text is Indonesian."""


@dataclass(frozen=True)
class SealKey:
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """32 bytes in hex."""
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """64 bytes in hex."""
        return self.private.sign(message).hex()


def load(path: Path) -> SealKey | None:
    """None where there is no such file. Raises BadKey, OSError."""
    try:
        if path.stat().st_mode & _READABLE_BY_ALL:
            raise BadKey(f"Kunci segel {path} terbuka bagi semua orang di mesin ini. Jalankan: chmod 600 {path}")
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise BadKey(f"{path} bukan kunci segel (PEM, Ed25519, tanpa sandi).") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} bukan kunci segel (PEM, Ed25519, tanpa sandi).")
    return SealKey(key)


def make(path: Path) -> SealKey:
    """A new key at `path`; where there is one already (somebody was faster), that one. Raises BadKey, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    made = load(path)
    if made is None:
        raise BadKey(f"Kunci segel {path} tidak dapat ditulis.")
    return made


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """Both in hex; anything that is no key or no signature is no."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_pem(public: str) -> bytes:
    """The public key (hex) as others' tools read it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(path: Path) -> str:
    """Hex of a PEM public key. Raises BadKey, OSError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise BadKey(f"{path} bukan kunci umum (PEM, Ed25519).") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{path} bukan kunci umum (PEM, Ed25519).")
    return key.public_bytes_raw().hex()
