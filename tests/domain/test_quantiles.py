"""Medians that somebody really had."""

from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantiles import median, median_of_runs, quantile


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_median_adalah_nilai_yang_benar_ada(values: list[int]) -> None:
    assert median(sorted(values)) == median_low(values)


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from([0.2, 0.5, 0.8, 1.0]))
def test_sebagian_itu_tidak_melampauinya(values: list[int], share: float) -> None:
    found = quantile(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_tanpa_nilai_tidak_ada_median() -> None:
    assert median([]) is None


@given(st.lists(st.lists(st.integers(0, 1_000))))
def test_median_beberapa_deret_sama_dengan_median_gabungannya(runs: list[list[int]]) -> None:
    whole = sorted(value for run in runs for value in run)
    assert median_of_runs([sorted(run) for run in runs]) == median(whole)
