"""What falls: a process killed outright, Redis stopped or emptied, PostgreSQL stopped, crashed or killed."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from tests.runtuh.house import House

# Killed while a form is on its way, and while the mail server says yes: share of all forms, of all letters.
_MID_REQUEST, _MID_LETTER = 0.02, 0.08


@dataclass(frozen=True)
class Blow:
    at: float
    kind: str


class Mischief:
    """Strikes from the main thread; the two hooks strike from the threads of people and of the mail server.

    `absence`: how many seconds PostgreSQL stays away the first time; afterwards it comes back soon.
    """

    def __init__(self, house: House, rng: random.Random, absence: float = 0) -> None:
        self._house, self._rng, self._absence = house, rng, absence
        self.blows: list[Blow] = []
        self.arrivals: list[tuple[float, str]] = []  # of letters: when, Message-ID
        self._deck: list[tuple[str, Callable[[], object]]] = []
        self._calm = threading.Event()
        self._hooks = random.Random(rng.random())
        self._lock = threading.Lock()
        house.mailbox.taken = self._letter_taken

    def strike(self) -> bool:
        """One blow of a shuffled deck that holds each kind as often as it weighs. False: the deck is through."""
        if not self._deck:
            self._deck = [kind for kind, weight in self._kinds() for _ in range(weight)]
            self._rng.shuffle(self._deck)
        self._blow(*self._deck.pop())
        return bool(self._deck)

    def rest(self) -> None:
        """From now on nothing falls any more."""
        self._calm.set()

    def counts(self) -> dict[str, int]:
        return dict(sorted(Counter(blow.kind for blow in self.blows).items()))

    def nuisance(self) -> None:
        """Somebody is about to send a form."""
        with self._lock:
            if self._calm.is_set() or self._hooks.random() >= _MID_REQUEST:
                return
            delay = self._hooks.uniform(0, 0.08)
        threading.Timer(delay, self._blow, ("web di tengah permintaan", self._house.kill_web_process)).start()

    def between(self, start: float, end: float, *words: str) -> bool:
        """Did anything fall in between whose kind begins with one of these words?"""
        return any(start <= blow.at <= end and blow.kind.startswith(words) for blow in self.blows)

    def _letter_taken(self, message: EmailMessage) -> None:
        self.arrivals.append((time.monotonic(), str(message["Message-ID"])))
        if not self._calm.is_set() and self._hooks.random() < _MID_LETTER:
            self._blow("worker di tengah surat", lambda: self._house.kill("worker"))

    def _kinds(self) -> list[tuple[tuple[str, Callable[[], object]], int]]:
        house = self._house
        kinds: list[tuple[tuple[str, Callable[[], object]], int]] = [
            (("worker", lambda: house.kill("worker")), 2),
            (("sweeper", lambda: house.kill("sweeper")), 1),
            (("web", lambda: house.kill("web")), 1),
            (("web satu proses", house.kill_web_process), 1),
            (("redis", lambda: house.kill("redis")), 1),
            (("redis dikosongkan", house.flush_redis), 1),
        ]
        if house.postgres is not None:
            kinds += [
                (("postgresql fast", lambda: self._down("fast")), 1),
                (("postgresql immediate", lambda: self._down("immediate")), 1),
                (("postgresql kill -9", lambda: self._down("")), 1),
            ]
        return kinds

    def _blow(self, kind: str, act: Callable[[], object]) -> None:
        """Noted before and after: what it hit may have died at any moment in between."""
        began = time.monotonic()
        if act() is not False:
            self.blows.append(Blow(began, kind))

    def _down(self, mode: str) -> None:
        postgres = self._house.postgres
        assert postgres is not None
        if mode:
            postgres.stop(mode)
        else:
            postgres.kill()
        self._house.pause(self._absence or self._rng.uniform(0.2, 3.0))
        self._absence = 0
        postgres.start()
