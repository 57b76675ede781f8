"""The helper process that opens strangers' files: reads one from standard input, answers on standard output, again.

`apart` starts it without the rest of the site. It may take so much memory, and so much processor time for each file;
beyond that it dies, and whoever asked starts another.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from app.adapters.cleaning import clean
from app.adapters.pdf_text import read_pdf
from app.domain.errors import UploadRefused

MEMORY = 448 * 1024 * 1024
"""Bytes. A photograph of 48 megapixels from a new iPhone takes 350 MB to open; nothing honest takes more."""

SECONDS = 5
"""Of the processor, for one file."""

Answer = tuple[dict[str, Any], bytes]


def _clean(data: bytes, head: dict[str, Any]) -> Answer:
    found = clean(data)
    return {"mime": found.mime, "pages": found.pages}, found.data


def _read(data: bytes, head: dict[str, Any]) -> Answer:
    found = read_pdf(data)
    return {"numbers": found.numbers, "title": found.title, "signed": found.signed}, b""


Work = Mapping[str, Callable[[bytes, dict[str, Any]], Answer]]


def main() -> None:
    """Until whoever asks is gone."""
    serve({"clean": _clean, "read": _read})


def serve(work: Work) -> None:
    """Answer what is asked, each kind by its function of (file, question), within the bounds above."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no people's papers in a core file
    while (asked := receive(sys.stdin.buffer)) is not None:
        head, data = asked
        _allow(SECONDS)
        try:
            head, data = work[head["work"]](data, head)
        except UploadRefused as refused:
            head, data = {"refused": refused.pesan}, b""
        except MemoryError:
            sys.exit(1)
        send(answers, head, data)


def _allow(seconds: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, most))


def send(stream: BinaryIO, head: dict[str, Any], data: bytes) -> None:
    """One message: the lengths of two parts, a JSON object, bytes."""
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(8) + len(data).to_bytes(8) + text)
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None when the other side is gone, also in the middle of one."""
    lengths = stream.read(16)
    if len(lengths) < 16:
        return None
    size, rest = int.from_bytes(lengths[:8]), int.from_bytes(lengths[8:])
    text, data = stream.read(size), stream.read(rest)
    return (json.loads(text), data) if len(text) == size and len(data) == rest else None
