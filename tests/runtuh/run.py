"""One run: people work, things fall, then calm, then the reckoning. `python -m tests.runtuh.run` is `make soak`."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.runtuh import ledger, messages
from tests.runtuh.browser import Tally
from tests.runtuh.house import ROOT, House, standing
from tests.runtuh.ledger import Books
from tests.runtuh.mischief import Mischief
from tests.runtuh.people import RESIDENTS, Person, Said, hire

SETTLE_SECONDS = 240
# In a long run PostgreSQL is away for as long as this once.
LONG_SECONDS = 60.0
KINDS = ("sqlite", "postgresql")


@dataclass
class Figures:
    """What `make soak` prints. `refused`: answers of 500 and more by status; `faults` must be empty."""

    database: str
    seed: int
    seconds: float
    cases: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    steps: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    retries: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    retyped: int = 0
    notices: int = 0
    letters: int = 0
    repeated_letters: int = 0
    settled_s: float = 0.0
    lost: int = 0
    faults: list[str] = field(default_factory=list)


def run(folder: Path, kind: str, seed: int, seconds: float, *, quota: int, pause: tuple[float, float]) -> Figures:
    """Mischief for `seconds` (0: each kind of blow once), a blow every `pause` seconds while the site is there.

    `quota`: permohonan of each resident at most; at least one.
    """
    rng = random.Random(seed)
    figures = Figures(kind, seed, seconds)
    tally, said = Tally(), Said()
    with standing(folder, kind, rng) as house:
        mischief = Mischief(house, rng, absence=LONG_SECONDS if seconds >= 120 else 0)
        people = hire(house.port, said, seed, tally, mischief.nuisance, quota)
        for person in people:
            person.start()
        _storm(house, mischief, people, seconds, pause)
        figures.settled_s = round(_settle(house, said, people), 1)
        _reckon(figures, house, mischief, tally, said)
        figures.faults += [f"{each.name}: {each.trouble!r}" for each in people if each.trouble is not None]
    return figures


def _storm(house: House, mischief: Mischief, people: list[Person], seconds: float, pause: tuple[float, float]) -> None:
    rng = random.Random(seconds)
    deadline = time.monotonic() + seconds
    has_more = True
    while (has_more or time.monotonic() < deadline) and all(person.trouble is None for person in people):
        house.pause(rng.uniform(*pause))
        house.await_ready()
        has_more = mischief.strike() and seconds == 0
    mischief.rest()


def _settle(house: House, said: Said, people: list[Person]) -> float:
    """Everything runs again, people finish what was begun; how long until nothing was left to do."""
    began = time.monotonic()
    for person in people:
        person.calm.set()
    house.await_ready()
    while time.monotonic() - began < SETTLE_SECONDS and all(person.trouble is None for person in people):
        house.pause(1.0)
        books = Books.read(house.config.database_url)
        filed = len(said.filed) >= len(RESIDENTS) and all(draft.submitted_at is not None for draft in books.drafts)
        if filed and not books.running and not books.unfinished_jobs:
            break
    took = time.monotonic() - began
    for person in people:
        person.over.set()
    for person in people:
        person.join(timeout=60)
    return took


def _reckon(figures: Figures, house: House, mischief: Mischief, tally: Tally, said: Said) -> None:
    books = Books.read(house.config.database_url)
    duty = messages.Duty(books)
    figures.cases = len(books.cases)
    figures.outcomes = dict(sorted(Counter(case.outcome or "berjalan" for case in books.cases).items()))
    figures.steps = sum(event.verb == "langkah_selesai" for event in books.events)
    figures.kills = mischief.counts()
    figures.requests, figures.retries, figures.retyped = tally.requests, tally.retries, tally.retyped
    figures.refused = {str(status): count for status, count in sorted(tally.refusals.items())}
    figures.notices, figures.letters = len(books.notices), len(house.mailbox.messages)
    figures.repeated_letters, without_reason = messages.repeated(mischief)
    missing = ledger.lost(books) + ledger.lost_uploads(books, house.data) + ledger.broken_promises(books, said)
    figures.lost = len(missing)
    figures.faults += [f"{case.number} did not end: {case.status}" for case in books.running]
    figures.faults += [f"{job.kind} is not done: {job.error}" for job in books.unfinished_jobs]
    figures.faults += missing + ledger.done_twice(books) + ledger.broken_trails(books)
    figures.faults += messages.wrong_notices(books, duty)
    figures.faults += messages.wrong_letters(books, duty, house.mailbox.messages) + without_reason
    figures.faults += tally.worst + house.ended_alone + _verify(house)
    if tally.retyped:
        figures.faults.append(f"{tally.retyped} times the page that says try again had lost what was typed")


def _verify(house: House) -> list[str]:
    """`flask audit verify`, as an operator runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"],
        cwd=ROOT,
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else [f"audit verify: {done.stdout}{done.stderr}"]


def main() -> int:
    minutes = float(os.environ.get("MINUTES") or 5)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    kinds = [os.environ["KIND"]] if os.environ.get("KIND") else KINDS
    has_faults = False
    for kind in kinds:
        folder = Path(tempfile.mkdtemp(prefix=f"alur-runtuh-{kind}-"))
        print(f"{kind}: SEED={seed}, {minutes:g} menit; catatan proses di {folder}", file=sys.stderr, flush=True)
        figures = run(folder, kind, seed, minutes * 60, quota=10_000, pause=(1.0, 6.0))
        print(json.dumps(asdict(figures), ensure_ascii=False), flush=True)
        has_faults |= bool(figures.faults)
    return int(has_faults)


if __name__ == "__main__":
    raise SystemExit(main())
