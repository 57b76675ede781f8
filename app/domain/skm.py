"""The survey of satisfaction (SKM) by Permenpan RB 14/2017: nine elements, answered 1 to 4, and their index (IKM).

The mean of an element (NRR) weighs one ninth, exactly; the sum of these (NI) times 25 is the IKM, rounded half up to
two decimals before it is graded, since the bands of the regulation have gaps between their decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

BASIS = "Permenpan RB 14/2017"
LOWEST, HIGHEST = 1, 4
FEWEST = 5
"""Fewer respondents than this are shown no figures: it could be told who said what."""


@dataclass(frozen=True)
class Element:
    """`words`: what the answers 1, 2, 3 and 4 are called."""

    key: str
    name: str
    question: str
    words: tuple[str, str, str, str]


def _words(what: str) -> tuple[str, str, str, str]:
    return (f"Tidak {what}", f"Kurang {what}", what.capitalize(), f"Sangat {what}")


ELEMENTS = (
    Element("U1", "Persyaratan", "Apakah persyaratannya sesuai dengan jenis layanannya?", _words("sesuai")),
    Element("U2", "Prosedur", "Apakah caranya mudah dipahami dan diikuti?", _words("mudah")),
    Element("U3", "Waktu penyelesaian", "Bagaimana kecepatan pelayanannya?", _words("cepat")),
    Element(
        "U4",
        "Biaya/tarif",
        "Bagaimana kewajaran biayanya?",
        ("Sangat mahal", "Cukup mahal", "Murah", "Gratis"),
    ),
    Element("U5", "Produk layanan", "Apakah hasilnya sesuai dengan yang dijanjikan?", _words("sesuai")),
    Element("U6", "Kompetensi pelaksana", "Bagaimana kemampuan petugasnya?", _words("mampu")),
    Element("U7", "Perilaku pelaksana", "Bagaimana kesopanan dan keramahan petugasnya?", _words("ramah")),
    Element("U8", "Penanganan pengaduan", "Bagaimana pengaduan dan saran ditangani?", _words("baik")),
    Element("U9", "Sarana dan prasarana", "Bagaimana sarananya: aplikasi, loket, ruang?", _words("baik")),
)
KEYS = tuple(element.key for element in ELEMENTS)
_BANDS = (
    (Decimal("88.31"), "A", "Sangat Baik"),
    (Decimal("76.61"), "B", "Baik"),
    (Decimal("65.00"), "C", "Kurang Baik"),
    (Decimal(0), "D", "Tidak Baik"),
)


@dataclass(frozen=True)
class Result:
    """`means`: NRR by element; `index`: the IKM, 25.00 to 100.00; `grade` and `word`: its mutu."""

    respondents: int
    means: Mapping[str, Fraction]
    index: Decimal
    grade: str
    word: str


def result(sums: Mapping[str, int], respondents: int) -> Result:
    """`sums`: by element, of the answers of all respondents. Raises ValueError for sums that no answers give."""
    if respondents < 1 or set(sums) != set(KEYS):
        raise ValueError("no answers, or not of the nine elements")
    if not all(LOWEST * respondents <= total <= HIGHEST * respondents for total in sums.values()):
        raise ValueError("answers lie between 1 and 4")
    means = {key: Fraction(sums[key], respondents) for key in KEYS}
    index = rounded(sum(means.values(), Fraction(0)) / len(KEYS) * 25)
    grade, word = graded(index)
    return Result(respondents, means, index, grade, word)


def graded(index: Decimal) -> tuple[str, str]:
    """The letter and the word for an IKM of two decimals."""
    return next((grade, word) for least, grade, word in _BANDS if index >= least)


def rounded(value: Fraction) -> Decimal:
    """To two decimals, half up, without going through binary fractions."""
    cents = Fraction(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return (Decimal(whole) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
