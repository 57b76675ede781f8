"""What every reader of settings uses: the refusal, and how a number, a choice, a secret, a path is read."""

import os
from collections.abc import Mapping
from pathlib import Path

# What the examples in pasang/ put where a secret belongs.
PLACEHOLDER = "ganti-"


class ConfigError(SystemExit):
    """A setting is missing or makes no sense. Ends the program with the message, without a traceback."""


def text(env: Mapping[str, str], name: str, default: str = "") -> str:
    return " ".join(env.get(name, "").split()) or default


def number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(f"{name} harus angka {low} sampai {high}; sekarang {text!r}.")
    return int(text)


def choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name, "").strip() or default
    if value not in choices:
        raise ConfigError(f"{name} harus salah satu dari {', '.join(choices)}; sekarang {value!r}.")
    return value


def secret(env: Mapping[str, str], name: str, mode: str) -> str:
    token = env.get(name, "").strip()
    refuse_placeholder(name, token, mode)
    if token and len(token) < 16:
        raise ConfigError(f"{name} harus paling sedikit 16 huruf.")
    return token


def refuse_placeholder(name: str, secret: str, mode: str) -> None:
    """What an example says is known to everybody."""
    if mode == "production" and secret.casefold().startswith(PLACEHOLDER):
        raise ConfigError(f"{name} masih contoh ({PLACEHOLDER}…). Isi dengan keluaran: openssl rand -hex 32")


def shared_dir(env: Mapping[str, str], name: str) -> Path | None:
    """A folder that must be there already: made here, it would hide that the shared one is not mounted."""
    text = env.get(name, "").strip()
    if not text:
        return None
    folder = Path(text).resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigError(f"{name}: folder {folder} tidak ada atau tidak dapat ditulis. Pasang (mount) dulu.")
    return folder


def file_path(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name, "").strip()
    if not text:
        return None
    path = Path(text)
    if not path.is_absolute() or path.is_dir():
        raise ConfigError(f"{name} harus jalur lengkap sebuah berkas (diawali /), bukan folder; sekarang {text!r}.")
    return path
