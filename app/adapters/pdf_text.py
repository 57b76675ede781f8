"""What can be read in a PDF: its sixteen-digit numbers, and whether it is signed. Its bytes were cleaned before."""

import io
import logging
import re
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MAX_READ_PAGES = 5
MAX_TEXT = 200_000

# Written in one piece, or in fours.
_NUMBER = re.compile(r"(?<![0-9])(?=([0-9]{16}(?![0-9])|[0-9]{4}(?:[ \u00a0.-][0-9]{4}){3}(?![0-9])))")
_TITLED = re.compile(
    r"\bNo(?:mor)?[\s.]*(?:KK|Kartu\s+Keluarga)?[\s.:]*([0-9](?:[ \u00a0.-]?[0-9]){15})(?![0-9])", re.IGNORECASE
)

# It warns of every oddity of a file; whoever uploaded it is told in words instead.
logging.getLogger("pypdf").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Reading:
    """`numbers`: every number of sixteen digits, its own first; `title`: the one it gives as its own,
    "" for none or several."""

    numbers: tuple[str, ...]
    title: str
    signed: bool


def read_pdf(data: bytes) -> Reading:
    """A PDF without readable text has no numbers; that is no error."""
    try:
        reader = PdfReader(io.BytesIO(data))
        text = " ".join(page.extract_text() for page in reader.pages[:MAX_READ_PAGES])[:MAX_TEXT]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        text = ""  # pypdf has no one error for what it cannot read
    titles = list(dict.fromkeys(_digits(number) for number in _TITLED.findall(text)))
    found = dict.fromkeys([*titles, *(_digits(number) for number in _NUMBER.findall(text))])
    return Reading(tuple(found), titles[0] if len(titles) == 1 else "", seems_signed(data))


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


def seems_signed(data: bytes) -> bool:
    """As cleaning sees it: a signed PDF has kept its bytes, so its marks stand in the open."""
    return b"/ByteRange" in data and b"/Contents" in data
