"""Signs of life: each worker holds a lock on a file of its own, which the kernel lets go when the process dies.

They say at once, to others on the same machine, what a lease says to everyone after minutes.
"""

import fcntl
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

_HIDDEN = "."


def give(folder: Path) -> str:
    """Give a sign for as long as this process lives; its name, 16 letters and digits."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(8)
    draft = folder / f"{_HIDDEN}{name}"
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)  # open until the process ends
    fcntl.flock(handle, fcntl.LOCK_EX)
    draft.rename(folder / name)  # only now to be seen: a sign that is not locked is a dead one
    return name


def of_the_dead(folder: Path) -> Sequence[str]:
    """Names whose process is gone."""
    if not folder.is_dir():
        return ()
    return [path.name for path in sorted(folder.iterdir()) if path.name[0] != _HIDDEN and not _is_held(path)]


def forget(folder: Path, name: str) -> None:
    """After everything that stood in this name was put right."""
    (folder / name).unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True  # another worker has put it right
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)
