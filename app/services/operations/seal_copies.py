"""The seals in a backup: the file up to the seal that the database knew at that moment. Each line names its public key.

Seals are only ever added to, so a restore never shortens the file at the target: one that has gone on stays as it is.
"""

import os
from pathlib import Path

from app.adapters.seal_file import SealFile
from app.domain.errors import BackupRefused
from app.domain.seals import parse
from app.services import store
from app.services.operations.manifest import EXTRAS

NAME = "segel.jsonl"


def keep(folder: Path, number: int) -> None:
    """Copy the lines up to seal `number` into the backup; nothing where nothing was sealed."""
    lines = []
    for line in SealFile(store.seals.file).lines():
        seal = parse(line)
        if seal is not None and seal.number > number:
            break
        lines.append(line + b"\n")
    if lines:
        (folder / EXTRAS).mkdir(mode=0o700)
        (folder / EXTRAS / NAME).write_bytes(b"".join(lines))


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
