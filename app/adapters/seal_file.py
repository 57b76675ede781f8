"""The file of seals: one line each, only ever added to. It works where the file system refuses anything else."""

import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 16
_WRITING_SECONDS = 0.2


class SealFileBusy(OSError):
    """Somebody else writes, or has written since we read its end."""


@dataclass(frozen=True)
class SealFile:
    path: Path

    @property
    def size(self) -> int:
        """Bytes; 0 where there is no file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def lines(self) -> Iterator[bytes]:
        """From the first, without line ends; the last may be half a line. Nothing where there is no file.

        Somebody may be writing the last line just now, so half a line gets a moment to become whole.
        """
        try:
            with self.path.open("rb") as stream:
                for line in stream:
                    if not line.endswith(b"\n"):
                        time.sleep(_WRITING_SECONDS)
                        line += stream.readline()
                    yield line.rstrip(b"\n")
        except FileNotFoundError:
            return

    def backwards(self) -> Iterator[bytes]:
        """From the last line, without line ends and empty lines."""
        end = self.size
        if not end:
            return
        with self.path.open("rb") as stream:
            rest, block = b"", _BLOCK
            while end:
                start = max(0, end - block)
                block *= 2  # a line may be long
                stream.seek(start)
                first, *others = (stream.read(end - start) + rest).split(b"\n")
                yield from (line for line in reversed(others) if line)
                rest, end = first, start
            if rest:
                yield rest

    def append(self, line: bytes, *, size: int) -> None:
        """Add `line` durably, if the file still has the `size` that it had when its end was read.

        Half a line, left by a machine that stopped while writing, is ended first and stays as it is.
        Raises SealFileBusy, OSError.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            _lock(handle)
            found = os.fstat(handle).st_size
            if found != size:
                raise SealFileBusy("Berkas segel bertambah sementara segel disusun.")
            is_torn = bool(found) and os.pread(handle, 1, found - 1) != b"\n"
            _write(handle, (b"\n" if is_torn else b"") + line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            _flush_folder(self.path.parent)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise SealFileBusy("Berkas segel sedang ditulis proses lain.") from problem


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
