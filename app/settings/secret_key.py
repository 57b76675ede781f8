"""The key that signs sessions."""

import contextlib
import secrets
from collections.abc import Mapping
from pathlib import Path

from app.settings.envs import ConfigError, refuse_placeholder


def secret_key_of(env: Mapping[str, str], mode: str, data_dir: Path) -> str:
    key = env.get("SECRET_KEY", "").strip()
    refuse_placeholder("SECRET_KEY", key, mode)
    if mode == "production" and key and len(key) < 32:
        raise ConfigError("SECRET_KEY harus paling sedikit 32 huruf pada ALUR_MODE=production.")
    if mode == "production":
        return key  # one that is missing was named with the others
    return key or _kept_key(data_dir / "secret-key")


def _kept_key(path: Path) -> str:
    """The demonstration's own key, made once. Of two first starts at once, one's link wins and both read it."""
    if not path.exists():
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise ConfigError(f"{path} kosong. Hapus berkas itu, lalu jalankan lagi.")
    return key
