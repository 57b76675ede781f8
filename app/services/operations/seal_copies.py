"""The seals in a backup: the file up to the seal that the database knew at that moment. With the public key.

Seals are only ever added to, so a restore never shortens the file at the target: one that has gone on stays as it is.
"""

import os
from pathlib import Path

from app.adapters import seal_key
from app.adapters.seal_file import SealFile
from app.domain.errors import BackupRefused
from app.domain.seals import parse
from app.services import store
from app.services.operations.manifest import EXTRAS

NAME, PUBLIC_KEY = "segel.jsonl", "kunci-umum.pem"


def keep(folder: Path, number: int) -> None:
    """Copy the lines up to seal `number` into the backup; nothing where nothing was sealed."""
    lines, last = [], None
    for line in SealFile(store.seals.file).lines():
        seal = parse(line)
        if seal is not None and seal.number > number:
            break
        last = seal or last
        lines.append(line + b"\n")
    if last is not None:
        (folder / EXTRAS).mkdir(mode=0o700)
        (folder / EXTRAS / NAME).write_bytes(b"".join(lines))
        (folder / EXTRAS / PUBLIC_KEY).write_bytes(seal_key.public_pem(last.next_key))


def key_for_verifying(folder: Path) -> Path | None:
    """The office's public key from the backup, where this machine has none to read; None: it has, or no seals."""
    kept = folder / EXTRAS / PUBLIC_KEY
    return kept if kept.exists() and not _has_key() else None


def _has_key() -> bool:
    try:
        return seal_key.load(store.seals.key) is not None
    except OSError:
        return False


def goes_on_here(folder: Path) -> bool:
    """Was there more sealed here than the backup holds? Then what it does not hold is really lost."""
    kept = folder / EXTRAS / NAME
    return SealFile(store.seals.file).size > (kept.stat().st_size if kept.exists() else 0)


def plan(folder: Path) -> bytes:
    """What the target's file of seals lacks. Raises BackupRefused when it holds the seals of another office."""
    kept = folder / EXTRAS / NAME
    ours = kept.read_bytes() if kept.exists() else b""
    there = store.seals.file.read_bytes() if store.seals.file.exists() else b""
    if there.startswith(ours):
        return b""
    if ours.startswith(there):
        return ours[len(there) :]
    raise BackupRefused(
        f"{store.seals.file} berisi segel lain daripada cadangan ini. Pindahkan berkas itu ke arsip "
        "(jangan dibuang), lalu ulangi."
    )


def put(missing: bytes) -> None:
    """Add them durably."""
    if not missing:
        return
    store.seals.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(store.seals.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(handle, "ab") as stream:
        stream.write(missing)
        stream.flush()
        os.fsync(stream.fileno())
