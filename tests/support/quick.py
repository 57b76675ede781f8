"""Where temporary files cost no disk: tests may lose theirs in a power cut."""

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 3 * 1024**3


def _root() -> Path | None:
    """A folder in memory with room for a whole run, whose programs may be run; None: there is none here."""
    try:
        has_room = shutil.disk_usage(_MEMORY).free > _ROOM
        may_run = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    except OSError:
        return None
    return _MEMORY if has_room and may_run and os.access(_MEMORY, os.W_OK) else None


ROOT = _root()
