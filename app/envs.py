"""What every reader of settings uses: the refusal, and a whole number within its bounds."""

from collections.abc import Mapping


class ConfigError(SystemExit):
    """A setting is missing or makes no sense. Ends the program with the message, without a traceback."""


def text(env: Mapping[str, str], name: str, default: str = "") -> str:
    return " ".join(env.get(name, "").split()) or default


def number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(f"{name} harus angka {low} sampai {high}; sekarang {text!r}.")
    return int(text)
