"""Folders that a setting names."""

from collections.abc import Mapping
from pathlib import Path

from app.adapters import private
from app.adapters.roots import read_roots
from app.settings.envs import ConfigError


def roots_dir(env: Mapping[str, str], name: str) -> Path | None:
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


def data_dir(env: Mapping[str, str]) -> Path:
    folder = Path(env.get("ALUR_DATA", "").strip() or "var").resolve()
    try:
        private.folder(folder)
    except OSError as problem:
        raise ConfigError(f"ALUR_DATA: folder {folder} tidak dapat dibuat ({problem.strerror}).") from problem
    return folder
