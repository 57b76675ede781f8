"""Answering the captcha as a person does: by reading the question on the page."""

import re
from html import unescape

from app.domain import questions
from tests.support.peramban import field

_QUESTION = re.compile(r'<label class="form-label" for="jawaban">([^<]+)</label>')
_DAYS = questions._DAYS


def has_question(page: str) -> bool:
    return _QUESTION.search(page) is not None


def answered(page: str) -> dict[str, str]:
    """The fields to send with the form of this page. The clock must have gone on for two seconds since it was shown."""
    found = _QUESTION.search(page)
    assert found is not None, "there is no question on this page"
    return {"tantangan": field(page, "tantangan"), "jawaban": answer(unescape(found[1])), "catatan_lain": ""}


def answer(question: str) -> str:
    """What a person says to it."""
    said = question.rstrip("?.")
    _, _, rest = said.partition(": ")
    numbers = {word.replace("-", " "): value for value, word in enumerate(questions.NUMBERS)}
    if said.startswith("Berapa "):
        one, sign, other = re.fullmatch(r"Berapa (.+) (ditambah|dikurangi) (.+)", said).groups()
        return str(numbers[one] + numbers[other] * (1 if sign == "ditambah" else -1))
    if said.startswith("Mana yang paling besar"):
        return max(rest.split(", "), key=numbers.__getitem__)
    if said.startswith("Sesudah hari"):
        return _DAYS[(_DAYS.index(said.split()[2].rstrip(",")) + 1) % 7]
    return rest.split(", ")[("pertama", "kedua", "ketiga").index(said.split()[2])]
