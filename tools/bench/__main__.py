"""`make bench`: what the application costs, against a floor measured in the same run, on each database.

Prints one JSON object a line: {"bench", "database", "median_ms", "p95_ms", "floor_ms", "ratio", …}.
"""

import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.bench import inbox, loop, pages, pantau, serving, step, sweep
from tools.bench.figures import Line
from tools.bench.office import Site
from tools.bench.servers import Databases, databases
from tools.bench.targets import missed

CASES = int(os.environ.get("BENCH_CASES", "200"))
OPEN = int(os.environ.get("BENCH_OPEN", "100000"))
FEW = OPEN // 100
ENDED = int(os.environ.get("BENCH_ENDED", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))
NORMS, DRAWN = 3000, 300
STEPS_EACH = 20


def steps(where: Databases, folder: Path) -> Iterator[Line]:
    yield step.measure(where.new(), folder / "var", CASES)


def case_pages(where: Databases, folder: Path) -> Iterator[Line]:
    site = Site(where.new(), folder / "var")
    yield from pages.measure(site, ROUNDS)
    site.close()


def step_loop(where: Databases, folder: Path) -> Iterator[Line]:
    site = Site(where.new(), folder / "var")
    yield loop.measure(site, ROUNDS)
    site.close()


def full_office(where: Databases, folder: Path) -> Iterator[Line]:
    """Two offices side by side: one with OPEN open tasks (and timers), one with a hundredth of them."""
    full, small = (Site(where.new(), folder / name) for name in ("penuh", "kecil"))
    sizes = (OPEN, FEW)
    for site, count in zip((full, small), sizes, strict=True):
        inbox.furnish(site, count)
    if _is_wanted("inbox"):
        yield from inbox.measure(full, small, sizes, ROUNDS)
    if _is_wanted("sweep"):
        yield sweep.measure(full, small, sizes, ROUNDS)
        yield sweep.fire(full, min(NORMS, OPEN // 2), DRAWN)
    for site in (full, small):
        site.close()


def full_month(where: Databases, folder: Path) -> Iterator[Line]:
    """Two offices: one in which ENDED tasks ended last month, one with a hundredth of them."""
    full, small = (Site(where.new(), folder / name) for name in ("penuh", "kecil"))
    sizes = (ENDED, ENDED // 100)
    for site, count in zip((full, small), sizes, strict=True):
        pantau.furnish(site, count)
    yield pantau.measure(full, small, sizes, ROUNDS)
    for site in (full, small):
        site.close()


def over_http(where: Databases, folder: Path) -> Iterator[Line]:
    if not where.are_postgresql:
        return
    site = Site(where.new(), folder / "var", per_role=serving.CLIENTS)
    yield from serving.measure(site, STEPS_EACH)
    site.close()


PARTS: dict[tuple[str, ...], Callable[[Databases, Path], Iterator[Line]]] = {
    ("step",): steps,
    ("case-page",): case_pages,
    ("step-loop",): step_loop,
    ("inbox", "sweep"): full_office,
    ("pantau",): full_month,
    ("http", "memori"): over_http,
}


def main() -> None:
    logging.disable(logging.WARNING)
    found: list[str] = []
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="alur-bench-", dir=os.environ.get("BENCH_DIR")) as name:
            folder = Path(name)
            folder.chmod(0o755)  # as root, PostgreSQL runs as another user
            with databases(kind, folder) as where:
                for benches, part in PARTS.items():
                    if any(map(_is_wanted, benches)):
                        for result in part(where, folder / benches[0]):
                            print(json.dumps(result), flush=True)
                            found += missed(result)
    for sentence in found:
        print(sentence, file=sys.stderr)
    if found:
        print("Target tidak tercapai (lihat docs/kinerja.md).", file=sys.stderr)
        sys.exit(1)


def _is_wanted(bench: str) -> bool:
    """`ONLY=inbox,sweep` leaves out the rest."""
    only = os.environ.get("ONLY", "").replace(",", " ").split()
    return not only or bench in only


main()
