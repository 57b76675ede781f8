"""Small questions in plain Indonesian that anybody answers and a simple script does not; for the captcha."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = ("dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
NUMBERS = ("nol", "satu", *_DIGITS, "sepuluh", "sebelas", *(f"{each}-belas" for each in _DIGITS), "dua-puluh")
"""The words for 0 to 20; a hyphen where it is a blank or nothing: dua belas, duabelas."""

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_THINGS = (
    "padi",
    "sungai",
    "meja",
    "kertas",
    "lampu",
    "kunci",
    "pintu",
    "gelas",
    "bunga",
    "jendela",
    "sepatu",
    "kursi",
)
_PLACES = ("pertama", "kedua", "ketiga")


@dataclass(frozen=True)
class Question:
    """`answers`: what is right, as `plain` writes it."""

    text: str
    answers: frozenset[str]

    def is_right(self, typed: str) -> bool:
        return plain(typed) in self.answers


def plain(typed: str) -> str:
    """Small letters and digits only: neither blanks, hyphens nor a full stop make an answer wrong."""
    return re.sub(r"[\W_]+", "", typed.casefold())


def question(chance: random.Random) -> Question:
    """One question; the same chance asks the same one."""
    return chance.choice(_KINDS)(chance)


def _sum(chance: random.Random) -> Question:
    one, other = chance.randint(1, 10), chance.randint(1, 10)
    return Question(f"Berapa {_in_words(one)} ditambah {_in_words(other)}?", _number(one + other))


def _difference(chance: random.Random) -> Question:
    less = chance.randint(1, 9)
    more = chance.randint(less + 1, less + 10)
    return Question(f"Berapa {_in_words(more)} dikurangi {_in_words(less)}?", _number(more - less))


def _largest(chance: random.Random) -> Question:
    three = chance.sample(range(1, 20), 3)
    said = ", ".join(map(_in_words, three))
    return Question(f"Mana yang paling besar: {said}?", _number(max(three)))


def _next_day(chance: random.Random) -> Question:
    day = chance.randrange(7)
    return Question(f"Sesudah hari {_DAYS[day]}, hari apa?", _word(_DAYS[(day + 1) % 7], "hari"))


def _word_of_three(chance: random.Random) -> Question:
    three, place = chance.sample(_THINGS, 3), chance.randrange(3)
    return Question(f"Tulis kata {_PLACES[place]} dari: {', '.join(three)}.", _word(three[place], "kata"))


def _in_words(number: int) -> str:
    return NUMBERS[number].replace("-", " ")


def _number(number: int) -> frozenset[str]:
    return frozenset({str(number), plain(NUMBERS[number])})


def _word(right: str, before: str) -> frozenset[str]:
    """Also with the word before it: "hari Rabu"."""
    return frozenset({plain(right), plain(before + right)})


_KINDS: tuple[Callable[[random.Random], Question], ...] = (_sum, _difference, _largest, _next_day, _word_of_three)
