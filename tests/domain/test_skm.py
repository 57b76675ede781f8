"""The index of satisfaction, by the rule."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.skm import KEYS, graded, result, rounded

ANSWERS = st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=40)


def _result(answers: list[list[int]]) -> tuple[Decimal, str]:
    sums = {key: sum(column) for key, column in zip(KEYS, zip(*answers, strict=True), strict=True)}
    found = result(sums, len(answers))
    return found.index, found.grade


@given(ANSWERS)
def test_ikm_selalu_antara_25_dan_100_dan_mutunya_menurut_pita(answers: list[list[int]]) -> None:
    index, grade = _result(answers)
    exact = Fraction(25 * sum(map(sum, answers)), 9 * len(answers))
    assert Decimal(25) <= index <= Decimal(100) and abs(Fraction(index) - exact) <= Fraction(1, 200)
    assert grade == (
        "A" if index >= Decimal("88.31") else "B" if index >= Decimal("76.61") else "C" if index >= 65 else "D"
    )


@given(ANSWERS, st.integers(0, 8))
def test_jawaban_yang_lebih_baik_tidak_menurunkan_ikm(answers: list[list[int]], place: int) -> None:
    better = [[min(4, value + (number == place)) for number, value in enumerate(row)] for row in answers]
    assert _result(better)[0] >= _result(answers)[0]


def test_semua_sempurna_tepat_seratus_bukan_99_koma_9() -> None:
    assert _result([[4] * 9] * 7) == (Decimal("100.00"), "A")
    assert _result([[1] * 9]) == (Decimal("25.00"), "D")


def test_contoh_yang_dihitung_tangan() -> None:
    """Two respondents: 3 3 3 4 3 3 4 3 3 and 4 3 2 4 3 4 4 3 3: sum 59 of 18 answers; 59/18 x 25 = 81.9444."""
    answers = [[3, 3, 3, 4, 3, 3, 4, 3, 3], [4, 3, 2, 4, 3, 4, 4, 3, 3]]
    assert _result(answers) == (Decimal("81.94"), "B")


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        ("100.00", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65.00", "C"),
        ("64.99", "D"), ("25.00", "D"),
    ],
)  # fmt: skip
def test_batas_pita_mutu(index: str, grade: str) -> None:
    assert graded(Decimal(index))[0] == grade


def test_dibulatkan_setengah_ke_atas_sebelum_dinilai() -> None:
    assert rounded(Fraction(64995, 1000)) == Decimal("65.00") and rounded(Fraction(64994, 1000)) == Decimal("64.99")


@pytest.mark.parametrize(("total", "people"), [(0, 1), (5, 1), (9, 2), (1, 0)])
def test_jumlah_yang_mustahil_ditolak(total: int, people: int) -> None:
    with pytest.raises(ValueError, match="answers"):
        result(dict.fromkeys(KEYS, total), people)
