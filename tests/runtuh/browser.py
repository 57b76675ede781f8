"""What a person has before them: pages, forms, a button to press again when no answer comes. No JavaScript."""

import http.client
import io
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import lxml.html
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

REQUEST_SECONDS = 60
PATIENCE_SECONDS = 150
_REDIRECTS = (301, 302, 303)

Files = Mapping[str, tuple[str, bytes]]  # name of the input -> file name, bytes


class Unanswered(Exception):
    """The site did not come back in PATIENCE_SECONDS."""


@dataclass
class Tally:
    """What the people met: requests without an answer, answers of 500 and more by status, what they had to retype."""

    requests: int = 0
    unanswered: int = 0
    refusals: Counter[int] = field(default_factory=Counter)
    retyped: int = 0
    worst: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def retries(self) -> int:
        return self.unanswered + sum(self.refusals.values())


@dataclass(frozen=True)
class Page:
    """`path`: where it stands, with its query."""

    status: int
    path: str
    body: bytes

    @cached_property
    def tree(self) -> Any:
        return lxml.html.fromstring(self.body or b"<p></p>")

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    def forms(self, with_field: str) -> list[Any]:
        return [form for form in self.tree.forms if with_field in form.fields]

    def form(self, with_field: str) -> Any | None:
        return next(iter(self.forms(with_field)), None)

    def links(self, pattern: str) -> list[str]:
        """Paths of this site that match as a whole."""
        found = (each.get("href", "") for each in self.tree.iter("a"))
        return list(dict.fromkeys(path for path in found if re.fullmatch(pattern, path)))


class Browser:
    """One person's. `nuisance` is called just before a form is sent."""

    def __init__(self, port: int, tally: Tally, rng: random.Random, nuisance: Callable[[], None]) -> None:
        self._port, self._tally, self._rng, self._nuisance = port, tally, rng, nuisance
        self._cookies: dict[str, str] = {}
        self.closing = threading.Event()

    def get(self, path: str) -> Page:
        return self._follow(self._until_answered("GET", path, b"", "", ()))

    def send(self, page: Page, form: Any, button: tuple[str, str] | None = None, files: Files | None = None) -> Page:
        """Press a button of a form. Without an answer the same form goes again, as often as it takes."""
        values = [*form.form_values(), *([button] if button else [])]
        path = urljoin(page.path, form.get("action") or page.path)
        body, kind = _encode(values, files or {})
        self._nuisance()
        return self._follow(self._until_answered("POST", path, body, kind, values if not files else ()))

    def _follow(self, page: Page) -> Page:
        return self.get(page.path) if page.status in _REDIRECTS else page

    def _until_answered(self, method: str, path: str, body: bytes, kind: str, typed: Any) -> Page:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            page = self._try(method, path, body, kind)
            if page is not None and page.status < 500:
                return page
            if time.monotonic() > deadline:
                raise Unanswered(f"{method} {path}")
            if page is not None and typed:
                body = self._press_again(page, typed) or body
            time.sleep(self._rng.uniform(0.2, 0.8))

    def _try(self, method: str, path: str, body: bytes, kind: str) -> Page | None:
        try:
            page = self._once(method, path, body, kind)
        except (OSError, http.client.HTTPException):
            with self._tally.lock:
                self._tally.unanswered += 1
            return None
        with self._tally.lock:
            self._tally.requests += 1
            if page.status >= 500:
                self._tally.refusals[page.status] += 1
                if page.status != 503 and len(self._tally.worst) < 10:
                    self._tally.worst.append(f"{method} {path}: {page.status} {page.text[:200]}")
        return page

    def _press_again(self, page: Page, typed: list[tuple[str, str]]) -> bytes | None:
        """The page that says "try again" must hold what was typed; half of the people press its button."""
        form = page.form("csrf_token")
        kept = Counter(form.form_values()) if form is not None else Counter()
        names = {name for name, _ in typed}
        missing = [pair for pair in Counter(typed) - kept if pair[0] != "csrf_token"]
        if "password" in names:  # a secret must not stand on a page
            return None
        if missing:
            with self._tally.lock:
                self._tally.retyped += 1
            return None
        return _encode(form.form_values(), {})[0] if self._rng.random() < 0.5 else None

    def _once(self, method: str, path: str, body: bytes, kind: str) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=REQUEST_SECONDS)
        host = f"127.0.0.1:{self._port}"
        headers = {"Connection": "close", "Host": host}
        if method == "POST":
            headers |= {"Content-Type": kind, "Origin": f"http://{host}"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status in _REDIRECTS:
            to = urlsplit(urljoin(f"http://{host}{path}", answer.headers["Location"]))
            path = f"{to.path}?{to.query}" if to.query else to.path
        return Page(answer.status, path, content)


def _encode(values: list[tuple[str, str]], files: Files) -> tuple[bytes, str]:
    if not files:
        return urlencode(values).encode(), "application/x-www-form-urlencoded"
    parts: MultiDict[str, Any] = MultiDict(values)
    for name, (filename, data) in files.items():
        parts.add(name, FileStorage(io.BytesIO(data), filename, name))
    boundary, body = encode_multipart(parts)
    return body, f'multipart/form-data; boundary="{boundary}"'
