"""Every setting, read from the environment in this one place; nonsense is refused when the program starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.adapters import signer_bsre, whatsapp_cloud
from app.settings import addresses, folders
from app.settings.envs import ConfigError, choice, file_path, number, secret, shared_dir
from app.settings.kantor import Kantor
from app.settings.mail import Mail, mail_from_env
from app.settings.retention import Retention
from app.settings.secret_key import secret_key_of
from app.settings.signing import bsre_from_env, revocation_from_env, tsa_from_env
from app.settings.whatsapp import whatsapp_from_env

T = TypeVar("T")
M = TypeVar("M")

MODES = ("demo", "production")
SECOND_FACTOR = ("required", "optional")


@dataclass(frozen=True)
class Config:
    """`redis_url` empty: the embedded server, or polling. `proxies`: how many trusted proxies stand in front.

    `whatsapp`: None = no message goes out by itself; officers open WhatsApp by a link with the text ready.
    `bsre`: None = letters of the office can't be signed with BSrE's certificates.
    `files_dir`, `seal_key_path`, `seal_file_path`: None = under `data_dir`. `signature_roots`: None = no issuer of a
    signature is known here. `signature_revocation`: of settings.signing.REVOCATION. `tsa_url` empty: signatures made
    here carry no trusted time.
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
    signature_revocation: str = "embedded"
    tsa_url: str = ""
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
        mode = take("production", choice, env, "ALUR_MODE", "demo", MODES)
        if mode == "production":
            take(
                None,
                _demand,
                env,
                ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "MAIL_SERVER", "MAIL_SENDER", "ALUR_URL"),
            )
        data_dir = take(None, folders.data_dir, env)
        port = take(8000, number, env, "PORT", 8000, 1, 65535)
        if data_dir is None:  # the rest asks for it
            raise ConfigError("\n".join(take.faults))
        database_url = take("sqlite:///", addresses.database_url, env.get("DATABASE_URL", ""), data_dir, mode)
        config = cls(
            mode=mode,
            data_dir=data_dir,
            host=env.get("HOST", "").strip() or "127.0.0.1",
            port=port,
            secret_key=take("", secret_key_of, env, mode, data_dir),
            database_url=database_url,
            redis_url=take("", addresses.redis_url, env.get("REDIS_URL", "")),
            mail=take(Mail(), mail_from_env, env),
            whatsapp=take(None, whatsapp_from_env, env, mode),
            bsre=take(None, bsre_from_env, env, mode),
            base_url=take("", addresses.base_url, env.get("ALUR_URL", ""), port, mode),
            proxies=take(0, number, env, "ALUR_PROXIES", 0, 0, 5),
            processes=take(1, _processes, env, database_url),
            threads=take(8, number, env, "ALUR_THREADS", 8, 1, 64),
            kantor=take(Kantor(), _kantor, env, mode),
            retention=take(Retention(), Retention.from_env, env),
            log_level=take("INFO", choice, env, "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            disk_min_mb=take(200, number, env, "ALUR_DISK_MIN_MB", 200, 1, 1_000_000_000),
            files_dir=take(None, shared_dir, env, "ALUR_FILES"),
            seal_key_path=take(None, file_path, env, "ALUR_SEAL_KEY"),
            seal_file_path=take(None, file_path, env, "ALUR_SEAL_FILE"),
            signature_roots=take(None, folders.roots_dir, env, "ALUR_SIGNATURE_ROOTS"),
            signature_revocation=take("embedded", revocation_from_env, env),
            tsa_url=take("", tsa_from_env, env),
            metrics_token=take("", secret, env, "ALUR_METRICS_TOKEN", mode),
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
    return choice(env, "ALUR_SECOND_FACTOR", "required" if mode == "production" else "optional", SECOND_FACTOR)


def _kantor(env: Mapping[str, str], mode: str) -> Kantor:
    return Kantor.from_env(env, is_demo=mode == "demo")


def _processes(env: Mapping[str, str], database_url: str) -> int:
    """Web processes. SQLite has one writer and one process; the lock would hold for more, but gain nothing."""
    if not database_url.startswith("sqlite"):
        return number(env, "WEB_CONCURRENCY", 2, 1, 64)
    if env.get("WEB_CONCURRENCY", "1").strip() not in ("", "1"):
        raise ConfigError("WEB_CONCURRENCY harus 1 pada SQLite. Pakai PostgreSQL untuk beberapa proses web.")
    return 1
