"""Strangers' files are opened apart from the site: in helper processes with a bound on memory and time.

A file of 200 KB may unpack to gigabytes, or keep a decoder busy for hours. That ends a helper, and the person is told.
"""

import atexit
import logging
import queue
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.adapters.blanks import blank_pdf
from app.adapters.cleaning import Cleaned
from app.adapters.helper_main import receive, send
from app.adapters.pdf_text import Reading, seems_signed
from app.domain.errors import UploadRefused

HELPERS = 2
"""In each process of the site: so many files are open at once, the others wait their turn."""

WAIT_SECONDS = 30.0
"""By the clock on the wall; the helper's own bound on processor time is far smaller."""

# The package's own start would bring the whole site along; a helper needs a small part of it.
_START = """
import importlib, sys, types
package = types.ModuleType("app")
package.__path__ = [sys.argv[1]]
sys.modules["app"] = package
importlib.import_module(sys.argv[2]).main()
"""

log = logging.getLogger("alur.files")


class HelperDied(Exception):
    """It took too much memory or time over this file, or the file broke it."""


def clean_apart(data: bytes) -> Cleaned:
    """As cleaning.clean. Also raises UploadRefused for what takes too much to open."""
    try:
        head, cleaned = _ask("clean", data)
    except HelperDied as problem:
        raise UploadRefused(
            "Berkas ini tidak dapat dibuka dengan wajar. Foto kertasnya dengan kamera ponsel, lalu unggah fotonya."
        ) from problem
    return Cleaned(cleaned, head["mime"], head["pages"])


def read_pdf_apart(data: bytes) -> Reading:
    """As pdf_text.read_pdf; what takes too much to read has no readable text."""
    try:
        head, _ = _ask("read", data)
    except HelperDied:
        return Reading((), "", seems_signed(data))
    return Reading(tuple(head["numbers"]), head["title"], head["signed"])


def check_signature_apart(data: bytes, roots: Sequence[bytes] = (), *, fetch: bool = False) -> dict[str, Any]:
    """As signature_check.check_signature: verdict, signer, at, known, revocation. What takes too much is broken.

    `fetch`: ask the issuers of certificates, too.
    """
    try:
        head, _ = _ask("signature", data, _signing, roots=[b64encode(root).decode() for root in roots], fetch=fetch)
    except HelperDied:
        return {"verdict": "rusak", "signer": "", "at": "", "known": False, "revocation": ""}
    return head


def page_apart(data: bytes, number: int) -> bytes:
    """Page `number` of a PDF, from 1, as a JPEG. Raises UploadRefused where it cannot be drawn."""
    try:
        return _ask("page", data, _drawing, page=number)[1]
    except HelperDied as problem:
        raise UploadRefused("Halaman ini terlalu berat untuk digambar. Buka berkasnya di tab baru.") from problem


@lru_cache(maxsize=1)
def signed_sample() -> bytes:
    """A blank PDF with a signature that nothing trusts, for rehearsals. Raises HelperDied."""
    return _ask("sign_sample", blank_pdf(), _signing)[1]


def _ask(work: str, data: bytes, pool: "_Pool | None" = None, **more: Any) -> tuple[dict[str, Any], bytes]:
    with (pool or _opening).helper() as helper:
        head, found = helper.ask({"work": work, **more}, data)
    if "refused" in head:
        raise UploadRefused(head["refused"])
    return head, found


class _Helper:
    """One process, started when it is first needed and again after it died."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._running()
        stdin, stdout = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        too_long = threading.Timer(WAIT_SECONDS, process.kill)
        too_long.start()
        try:
            send(stdin, head, data)
            answer = receive(stdout)
        except BrokenPipeError:
            answer = None
        finally:
            too_long.cancel()
        if answer is None:
            self.end()
            log.warning("a helper died over a file of %d bytes (%s)", len(data), process.returncode)
            raise HelperDied
        return answer

    def end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
            process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.end()  # it was ended from outside while it rested
        if self._process is None:
            command = [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[1]), self._module]
            # A session of its own, so that Ctrl-C reaches the site only; it ends when its standard input does.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        return self._process


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return  # what was still to be sent to it


class _Pool:
    """Helpers that start with one module, lent one at a time."""

    def __init__(self, module: str, size: int) -> None:
        self.all = [_Helper(module) for _ in range(size)]
        self._free: queue.LifoQueue[_Helper] = queue.LifoQueue()
        for each in self.all:
            self._free.put(each)

    @contextmanager
    def helper(self) -> Iterator[_Helper]:
        helper = self._free.get()
        try:
            yield helper
        finally:
            self._free.put(helper)


_opening = _Pool("app.adapters.helper_main", HELPERS)
_signing = _Pool("app.adapters.signature_helper", 1)
_drawing = _Pool("app.adapters.page_helper", 1)
_all = (*_opening.all, *_signing.all, *_drawing.all)


@atexit.register
def end_helpers() -> None:
    """Nothing of them is worth keeping."""
    for helper in _all:
        helper.end()
