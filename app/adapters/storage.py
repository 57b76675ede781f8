"""Where the bytes of uploads and documents live: once, under their own digest, outside the web root."""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import psycopg

from app.domain.errors import NotFound, UploadRefused

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# SQLITE_FULL, and SQLITE_IOERR_WRITE, _FSYNC, _SHMSIZE: how a full disk shows in its other files.
_SQLITE_FULL = (13, 778, 1034, 4874)
_GOING = ".buang-"
_WRITING = 3600.0  # no write takes an hour


def is_full(problem: BaseException | None) -> bool:
    """Does this error of the system or of a database driver say that there is no room?"""
    if isinstance(problem, OSError):
        return problem.errno in _FULL
    if isinstance(problem, sqlite3.OperationalError):
        return problem.sqlite_errorcode in _SQLITE_FULL
    return isinstance(problem, psycopg.errors.DiskFull)


def digest_of(data: bytes) -> str:
    """sha256, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


class FileStore(Protocol):
    """Bytes under their sha256 (hex). The same bytes twice are one object."""

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its digest. UploadRefused when there is no room."""

    def open(self, digest: str) -> BinaryIO:
        """The bytes, to be read and closed. NotFound."""

    def exists(self, digest: str) -> bool: ...

    def verify(self, digest: str) -> bool:
        """Are the stored bytes still those that were put?"""

    def untouched(self, seconds: float) -> Iterator[str]:
        """Digests that nobody put in the last `seconds`; what a broken write left behind goes on the way."""

    def discard(self, digest: str, seconds: float) -> bool:
        """Delete, unless somebody put the same bytes in the last `seconds`, be it this very moment."""


class FolderStore:
    """A folder of two levels, `ab/cd/abcd…`. A file appears whole or not at all, also after a power cut."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        digest = digest_of(data)
        target = self._path(digest)
        if self.verify(digest) and _touch(target):
            return digest
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(target, data)
        except OSError as problem:
            if is_full(problem):
                raise UploadRefused(
                    "Tempat penyimpanan kantor sedang penuh, jadi berkas ini belum tersimpan. "
                    "Isian lain aman. Coba lagi nanti, atau hubungi kantor."
                ) from problem
            raise
        return digest

    def open(self, digest: str) -> BinaryIO:
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError as problem:
            raise NotFound("Berkas ini tidak ada di penyimpanan. Hubungi admin kantor.") from problem

    def exists(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def verify(self, digest: str) -> bool:
        try:
            with self._path(digest).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False

    def untouched(self, seconds: float) -> Iterator[str]:
        now = time.time()
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                age = now - _touched(path)
                if _DIGEST.fullmatch(name) and age >= seconds:
                    yield name
                elif name.startswith(".") and age >= max(seconds, _WRITING):
                    path.unlink(missing_ok=True)

    def discard(self, digest: str, seconds: float) -> bool:
        """Set aside first: whoever puts it from then on writes anew, and who put it before has left a fresh time."""
        path = self._path(digest)
        aside = path.with_name(_GOING + digest)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _touched(aside) > time.time() - seconds:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(aside)
            aside.unlink()
            return False
        aside.unlink()
        return True

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise NotFound
        return self.root / digest[:2] / digest[2:4] / digest


def _touch(path: Path) -> bool:
    """Note that it is wanted now; False when it has just gone."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _touched(path: Path) -> float:
    """Seconds since the epoch; now for what has just gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def write_whole(target: Path, data: bytes) -> None:
    """Write beside `target`, flush to the disk, rename, and flush the folder: never half a file."""
    draft = target.with_name(f".{target.name[:12]}-{secrets.token_hex(6)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
