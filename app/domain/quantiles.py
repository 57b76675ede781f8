"""Medians and other quantiles that are values somebody really had, never in between."""

from collections.abc import Sequence
from math import ceil


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest value that at least `share` (0 < share <= 1) of them do not exceed; None of nothing."""
    if not ordered:
        return None
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def median(ordered: Sequence[int]) -> int | None:
    return quantile(ordered, 0.5)
