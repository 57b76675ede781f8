"""Folders and files that hold personal data: for the account that runs Alur, and nobody else on the machine."""

import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def folder(path: Path) -> None:
    """Make `path`, or close it to others where it is ours. Raises OSError when it cannot be made."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    close(path)


def sqlite_file(path: Path) -> None:
    """Make the file before SQLite does, which would let everyone read it; -wal and -shm take over its rights."""
    if not path.parent.is_dir():
        return
    path.touch(mode=0o600)
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError):
            close(each)


def close(path: Path) -> None:
    """Take the rights of group and others away. What belongs to another account is that account's matter."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        with suppress(PermissionError):
            path.chmod(mode & ~_OTHERS)
