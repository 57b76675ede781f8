"""Medians and other quantiles that are values somebody really had, never in between."""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest value that at least `share` (0 < share <= 1) of them do not exceed; None of nothing."""
    if not ordered:
        return None
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def median(ordered: Sequence[int]) -> int | None:
    return quantile(ordered, 0.5)


def median_of_runs(runs: Sequence[Sequence[int]]) -> int | None:
    """The median of all values of several ordered runs, without putting them in one order; None of nothing.

    Halves what it may be until one value is left: a few searches in each run, where sorting touches every value.
    """
    runs = [run for run in runs if run]
    if not runs:
        return None
    rank = ceil(sum(map(len, runs)) / 2)
    low, high = min(run[0] for run in runs), max(run[-1] for run in runs)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(run, middle) for run in runs) >= rank:
            high = middle
        else:
            low = middle + 1
    return low
