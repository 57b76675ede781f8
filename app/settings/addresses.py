"""Where the database, Redis and the site itself are."""

from pathlib import Path
from urllib.parse import urlsplit

from app.settings.envs import ConfigError


def database_url(text: str, data_dir: Path, mode: str) -> str:
    url = text.strip()
    if not url:
        return f"sqlite:///{data_dir / 'alur.db'}"
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if mode == "production":
        raise ConfigError("DATABASE_URL harus diawali postgresql:// pada ALUR_MODE=production.")
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return url
    raise ConfigError("DATABASE_URL harus diawali postgresql:// atau sqlite:/// dan menyebut basis datanya.")


def redis_url(text: str) -> str:
    url = text.strip()
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError("REDIS_URL harus diawali redis://, rediss://, atau unix://.")
    return url


def base_url(text: str, port: int, mode: str) -> str:
    """Where people reach the site, for links in mail; no slash at the end."""
    url = text.strip().rstrip("/")
    if not url:
        return f"http://localhost:{port}"  # in production, one that is missing was named with the others
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise ConfigError("ALUR_URL harus alamat situs tanpa jalur, contoh https://alur.contoh.go.id.")
    if mode == "production" and parts.scheme != "https":
        raise ConfigError("ALUR_URL harus https:// pada ALUR_MODE=production.")
    return url
