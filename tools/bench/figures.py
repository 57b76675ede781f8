"""One line of figures."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Line = dict[str, Any]


def line(bench: str, database: str, ours: Sequence[float], floor: Sequence[float], **more: Any) -> Line:
    """`ours` and `floor`: seconds, taken in turn in one run."""
    measured = sorted(1000 * each for each in ours)
    median, floor_ms = statistics.median(measured), 1000 * statistics.median(floor)
    return {
        "bench": bench,
        "database": database,
        "median_ms": round(median, 3),
        "p95_ms": round(measured[int(0.95 * (len(measured) - 1))], 3),
        "floor_ms": round(floor_ms, 3),
        "ratio": round(median / floor_ms, 2),
        **more,
    }


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def cpu_seconds(act: Callable[[], object]) -> float:
    """What this process worked; what others did meanwhile is no part of it."""
    began = time.process_time()
    act()
    return time.process_time() - began


def in_turn(
    ours: Callable[[], object],
    floor: Callable[[], object],
    rounds: int,
    warm_up: int = 5,
    clock: Callable[[Callable[[], object]], float] = seconds,
) -> tuple[list[float], list[float]]:
    """Seconds of both, `rounds` times, now the one first and now the other: what else the machine does hits both."""
    times = []
    for number in range(warm_up + rounds):
        if number % 2:
            other = clock(floor)
            times.append((clock(ours), other))
        else:
            times.append((clock(ours), clock(floor)))
    return [one for one, _ in times[warm_up:]], [other for _, other in times[warm_up:]]
