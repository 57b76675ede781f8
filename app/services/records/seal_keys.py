"""The office's signing key: made once, handed on by a seal that both keys sign."""

from pathlib import Path

from app.adapters import seal_key
from app.adapters.seal_key import SealKey
from app.domain.actors import Actor, demand
from app.domain.errors import SealRefused
from app.services import store

NO_KEY = (
    "Kunci segel {path} tidak ada. Bila kantor ini belum pernah menyegel, buat dengan flask audit create-key; bila "
    "sudah, kembalikan kuncinya dari cadangan."
)
OTHER_KEY = (
    "Kunci segel {path} bukan kunci yang harus menandatangani segel berikutnya. Pasang kunci yang berlaku; bila "
    "kunci baru saja diganti, salin kunci baru ke mesin ini."
)


def current(required: str, *, is_first: bool) -> SealKey:
    """The key that signs the next seal; `required`: the public key (hex) the chain asks for, "" for any.

    A change of key that a crash cut short is finished here. Raises SealRefused, OSError.
    """
    path = store.seals.key
    key = seal_key.load(path)
    if key is None and is_first and store.seals.makes_key:
        key = seal_key.make(path)
    if required and (key is None or key.public != required):
        key = _finish_change(path, required) or key
    if key is None:
        raise SealRefused(NO_KEY.format(path=path))
    if required and key.public != required:
        raise SealRefused(OTHER_KEY.format(path=path))
    return key


def create(actor: Actor) -> SealKey:
    """The office's first key. Raises Forbidden, SealRefused where there is one, OSError."""
    demand(actor, "seal")
    path = store.seals.key
    if path.exists():
        raise SealRefused(f"Kunci segel {path} sudah ada. Untuk menggantinya: flask audit rotate-key")
    return seal_key.make(path)


def public() -> str:
    """The present public key (hex). Raises SealRefused, OSError."""
    key = seal_key.load(store.seals.key)
    if key is None:
        raise SealRefused(NO_KEY.format(path=store.seals.key))
    return key.public


def draft_next() -> SealKey:
    """The key that will follow, beside the present one until a seal has named it."""
    return seal_key.make(_next(store.seals.key))


def promote(key: SealKey) -> None:
    """The next key becomes the present one; the old private key is gone with this."""
    _finish_change(store.seals.key, key.public)


def _finish_change(path: Path, required: str) -> SealKey | None:
    following = seal_key.load(_next(path))
    if following is None or following.public != required:
        return None
    _next(path).replace(path)
    return following


def _next(path: Path) -> Path:
    return path.with_name(f"{path.stem}-berikutnya{path.suffix}")
