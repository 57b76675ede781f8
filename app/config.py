"""Every setting, read from the environment in this one place; nonsense is refused when the program starts."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from app.adapters import private, signer_bsre, whatsapp_cloud
from app.adapters.roots import read_roots
from app.envs import ConfigError
from app.envs import number as _number
from app.kantor import Kantor
from app.retention import Retention
from app.tanda_tangan import bsre_from_env

__all__ = ["Config", "ConfigError", "Mail"]

T = TypeVar("T")
M = TypeVar("M")

MODES = ("demo", "production")
MAIL_SECURITY = ("starttls", "ssl", "none")
SECOND_FACTOR = ("required", "optional")


# What the examples in pasang/ put where a secret belongs.
PLACEHOLDER = "ganti-"


@dataclass(frozen=True)
class Mail:
    """SMTP settings; `server` empty: nothing is sent, the demo mailbox page shows what would be."""

    server: str = ""
    port: int = 587
    username: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"
    sender: str = ""


@dataclass(frozen=True)
class Config:
    """`redis_url` empty: the embedded server, or polling. `proxies`: how many trusted proxies stand in front.

    `whatsapp`: None = no message goes out by itself; officers open WhatsApp by a link with the text ready.
    `bsre`: None = letters of the office can't be signed with BSrE's certificates.
    `files_dir`, `seal_key_path`, `seal_file_path`: None = under `data_dir`. `signature_roots`: None = no issuer of a
    signature is known here.
    """

    mode: str
    data_dir: Path
    host: str
    port: int
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(default="", repr=False)
    mail: Mail = field(default_factory=Mail)
    whatsapp: whatsapp_cloud.Account | None = None
    bsre: signer_bsre.Account | None = None
    base_url: str = ""
    proxies: int = 0
    processes: int = 1
    threads: int = 8
    log_level: str = "INFO"
    kantor: Kantor = field(default_factory=Kantor)
    retention: Retention = field(default_factory=Retention)
    disk_min_mb: int = 200
    metrics_token: str = field(default="", repr=False)
    operator_mail: str = ""
    files_dir: Path | None = None
    seal_key_path: Path | None = None
    seal_file_path: Path | None = None
    signature_roots: Path | None = None
    second_factor: str = "optional"

    @property
    def seal_key(self) -> Path:
        """Where the key that signs seals is."""
        return self.seal_key_path or self.data_dir / "segel" / "kunci.pem"

    @property
    def seal_file(self) -> Path:
        """Where seals are written."""
        return self.seal_file_path or self.data_dir / "segel" / "segel.jsonl"

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def demands_second_factor(self) -> bool:
        """Must people of the office show a code from their phone, besides the password?"""
        return self.second_factor == "required"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Config":
        """Read `env` (os.environ or a dict). Creates the data folder. Raises ConfigError naming every fault at once."""
        take = _Taker()
        mode = take("production", _choice, env, "ALUR_MODE", "demo", MODES)
        if mode == "production":
            take(
                None,
                _demand,
                env,
                ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "MAIL_SERVER", "MAIL_SENDER", "ALUR_URL"),
            )
        data_dir = take(None, _data_dir, env)
        port = take(8000, _number, env, "PORT", 8000, 1, 65535)
        if data_dir is None:  # the rest asks for it
            raise ConfigError("\n".join(take.faults))
        database_url = take("sqlite:///", _database_url, env.get("DATABASE_URL", ""), data_dir, mode)
        config = cls(
            mode=mode,
            data_dir=data_dir,
            host=env.get("HOST", "").strip() or "127.0.0.1",
            port=port,
            secret_key=take("", _secret_key, env, mode, data_dir),
            database_url=database_url,
            redis_url=take("", _redis_url, env.get("REDIS_URL", "")),
            mail=take(Mail(), _mail, env),
            whatsapp=take(None, _whatsapp, env, mode),
            bsre=take(None, bsre_from_env, env, mode),
            base_url=take("", _base_url, env.get("ALUR_URL", ""), port, mode),
            proxies=take(0, _number, env, "ALUR_PROXIES", 0, 0, 5),
            processes=take(1, _processes, env, database_url),
            threads=take(8, _number, env, "ALUR_THREADS", 8, 1, 64),
            kantor=take(Kantor(), _kantor, env, mode),
            retention=take(Retention(), Retention.from_env, env),
            log_level=take("INFO", _choice, env, "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            disk_min_mb=take(200, _number, env, "ALUR_DISK_MIN_MB", 200, 1, 1_000_000_000),
            files_dir=take(None, _shared_dir, env, "ALUR_FILES"),
            seal_key_path=take(None, _file_path, env, "ALUR_SEAL_KEY"),
            seal_file_path=take(None, _file_path, env, "ALUR_SEAL_FILE"),
            signature_roots=take(None, _roots_dir, env, "ALUR_SIGNATURE_ROOTS"),
            metrics_token=take("", _token, env, "ALUR_METRICS_TOKEN", mode),
            operator_mail=env.get("ALUR_OPERATOR_MAIL", "").strip(),
            second_factor=take("required", _second_factor, env, mode),
        )
        if take.faults:
            raise ConfigError("\n".join(take.faults))
        return config

    def flask_settings(self) -> dict[str, Any]:
        """What Flask and its extensions read from `app.config`; ALUR holds this object itself."""
        return {
            "ALUR": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(self),
            "SESSION_COOKIE_NAME": "__Host-alur" if self.base_url.startswith("https://") else "alur",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.base_url.startswith("https://"),
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.base_url.startswith("https://"),
            # Of the cookie only, and of a remembered one; how long somebody is signed in, the session's row says.
            "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
            "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form may stay open over lunch
            "MAIL_SERVER": self.mail.server,
            "MAIL_PORT": self.mail.port,
            "MAIL_USERNAME": self.mail.username or None,
            "MAIL_PASSWORD": self.mail.password or None,
            "MAIL_USE_TLS": self.mail.security == "starttls",
            "MAIL_USE_SSL": self.mail.security == "ssl",
            "MAIL_DEFAULT_SENDER": self.mail.sender or None,
        }


class _Taker:
    """Reads one setting after the other and keeps what is wrong, so that all of it is said together."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, meanwhile: M, read: Callable[..., T], *given: object) -> T | M:
        """What `read` says; where it refuses, `meanwhile`, which nobody gets to see."""
        try:
            return read(*given)
        except ConfigError as fault:
            self.faults.append(str(fault))
            return meanwhile


def _engine_options(config: Config) -> dict[str, Any]:
    # What a failed statement was given are people's data, which belong in no log.
    options: dict[str, Any] = {"hide_parameters": True}
    if config.is_sqlite:
        return {**options, "connect_args": {"timeout": 30}}
    # A host that swallows packets is given up in seconds, not when TCP does.
    return {**options, "pool_size": config.threads + 2, "max_overflow": 4, "connect_args": {"connect_timeout": 5}}


def _demand(env: Mapping[str, str], names: tuple[str, ...]) -> None:
    missing = [name for name in names if not env.get(name, "").strip()]
    if missing:
        raise ConfigError(
            f"ALUR_MODE=production membutuhkan {', '.join(missing)}. Isi dulu (lihat docs/operator.md), "
            "atau jalankan dengan ALUR_MODE=demo."
        )


def _second_factor(env: Mapping[str, str], mode: str) -> str:
    return _choice(env, "ALUR_SECOND_FACTOR", "required" if mode == "production" else "optional", SECOND_FACTOR)


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name, "").strip() or default
    if value not in choices:
        raise ConfigError(f"{name} harus salah satu dari {', '.join(choices)}; sekarang {value!r}.")
    return value


def _shared_dir(env: Mapping[str, str], name: str) -> Path | None:
    """A folder that must be there already: made here, it would hide that the shared one is not mounted."""
    text = env.get(name, "").strip()
    if not text:
        return None
    folder = Path(text).resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigError(f"{name}: folder {folder} tidak ada atau tidak dapat ditulis. Pasang (mount) dulu.")
    return folder


def _roots_dir(env: Mapping[str, str], name: str) -> Path | None:
    """A folder of certificates, all of them readable: one that is not would make every signature unknown."""
    text = env.get(name, "").strip()
    if not text:
        return None
    folder = Path(text).resolve()
    try:
        read_roots(folder)
    except (OSError, ValueError) as problem:
        raise ConfigError(f"{name}: {problem}") from problem
    return folder


def _token(env: Mapping[str, str], name: str, mode: str) -> str:
    token = env.get(name, "").strip()
    _refuse_placeholder(name, token, mode)
    if token and len(token) < 16:
        raise ConfigError(f"{name} harus paling sedikit 16 huruf.")
    return token


def _refuse_placeholder(name: str, secret: str, mode: str) -> None:
    """What an example says is known to everybody."""
    if mode == "production" and secret.casefold().startswith(PLACEHOLDER):
        raise ConfigError(f"{name} masih contoh ({PLACEHOLDER}…). Isi dengan keluaran: openssl rand -hex 32")


def _data_dir(env: Mapping[str, str]) -> Path:
    folder = Path(env.get("ALUR_DATA", "").strip() or "var").resolve()
    try:
        private.folder(folder)
    except OSError as problem:
        raise ConfigError(f"ALUR_DATA: folder {folder} tidak dapat dibuat ({problem.strerror}).") from problem
    return folder


def _file_path(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    path = Path(text)
    if not path.is_absolute() or path.is_dir():
        raise ConfigError(f"{name} harus jalur lengkap sebuah berkas (diawali /), bukan folder; sekarang {text!r}.")
    return path


def _database_url(text: str, data_dir: Path, mode: str) -> str:
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


def _redis_url(text: str) -> str:
    url = text.strip()
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError("REDIS_URL harus diawali redis://, rediss://, atau unix://.")
    return url


def _base_url(text: str, port: int, mode: str) -> str:
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


def _kantor(env: Mapping[str, str], mode: str) -> Kantor:
    return Kantor.from_env(env, is_demo=mode == "demo")


def _mail(env: Mapping[str, str]) -> Mail:
    return Mail(
        server=env.get("MAIL_SERVER", "").strip(),
        port=_number(env, "MAIL_PORT", 587, 1, 65535),
        username=env.get("MAIL_USERNAME", ""),
        password=env.get("MAIL_PASSWORD", ""),
        security=_choice(env, "MAIL_SECURITY", "starttls", MAIL_SECURITY),
        sender=env.get("MAIL_SENDER", "").strip(),
    )


_WHATSAPP = {
    "WHATSAPP_PHONE_ID": (r"[0-9]{5,20}", "angka (Phone number ID, bukan nomor ponselnya)"),
    "WHATSAPP_TEMPLATE": (r"[a-z0-9_]{1,512}", "nama templat: huruf kecil, angka, dan garis bawah"),
    "WHATSAPP_LANGUAGE": (r"[a-z]{2,3}(_[A-Z]{2})?", "kode bahasa seperti id"),
    "WHATSAPP_VERSION": (r"v[0-9]{1,3}\.[0-9]", "versi seperti v25.0"),
}
_WHATSAPP_SECRETS = ("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")


def _whatsapp(env: Mapping[str, str], mode: str) -> whatsapp_cloud.Account | None:
    """The Cloud API account, None where nothing is set. Half an account is refused: what is missing would be missed
    only when a resident waits for a message."""
    given = {name: text for name in (*_WHATSAPP_SECRETS, *_WHATSAPP) if (text := env.get(name, "").strip())}
    if not given:
        return None
    missing = [name for name in (*_WHATSAPP_SECRETS, "WHATSAPP_PHONE_ID", "WHATSAPP_TEMPLATE") if name not in given]
    if missing:
        raise ConfigError(f"WhatsApp membutuhkan juga {', '.join(missing)}; atau kosongkan semua WHATSAPP_….")
    for name, (shape, words) in _WHATSAPP.items():
        if name in given and re.fullmatch(shape, given[name]) is None:
            raise ConfigError(f"{name} harus {words}; sekarang {given[name][:60]!r}.")
    token, app_secret, verify_token = (_token(env, name, mode) for name in _WHATSAPP_SECRETS)
    return whatsapp_cloud.Account(
        token=token,
        phone_id=given["WHATSAPP_PHONE_ID"],
        template=given["WHATSAPP_TEMPLATE"],
        app_secret=app_secret,
        verify_token=verify_token,
        version=given.get("WHATSAPP_VERSION", "v25.0"),
        language=given.get("WHATSAPP_LANGUAGE", "id"),
        api=_whatsapp_api(env.get("WHATSAPP_API", ""), mode),
    )


def _whatsapp_api(text: str, mode: str) -> str:
    url = text.strip().rstrip("/")
    parts = urlsplit(url)
    if not url:
        return whatsapp_cloud.API
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query:
        raise ConfigError("WHATSAPP_API harus alamat seperti https://graph.facebook.com.")
    if mode == "production" and parts.scheme != "https":
        raise ConfigError("WHATSAPP_API harus https:// pada ALUR_MODE=production: tokennya ikut terkirim.")
    return url


def _processes(env: Mapping[str, str], database_url: str) -> int:
    """Web processes. SQLite has one writer and one process; the lock would hold for more, but gain nothing."""
    if not database_url.startswith("sqlite"):
        return _number(env, "WEB_CONCURRENCY", 2, 1, 64)
    if env.get("WEB_CONCURRENCY", "1").strip() not in ("", "1"):
        raise ConfigError("WEB_CONCURRENCY harus 1 pada SQLite. Pakai PostgreSQL untuk beberapa proses web.")
    return 1


def _secret_key(env: Mapping[str, str], mode: str, data_dir: Path) -> str:
    key = env.get("SECRET_KEY", "").strip()
    _refuse_placeholder("SECRET_KEY", key, mode)
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
