"""Office papers on A4, drawn with fpdf2: headings, lists, tables that wrap and break over pages, a signature, a QR.

Equal calls give equal bytes: nothing here looks at a clock or at the machine.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import font_roboto
import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from app.adapters import pdf_chart
from app.adapters.pdf_table import Column, Grid

FAMILY = "Roboto"
NO_DATE = "." * 34
"""Where a date is to be written by hand."""
MARGIN = 18.0
"""Millimetres, as every length here."""

_FILES = Path(font_roboto.font_directory)
_STYLES = {"": "Roboto-Regular.ttf", "B": "Roboto-Bold.ttf"}
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_COUNT = "\N{NO-BREAK SPACE}n\N{NO-BREAK SPACE}"
"""Becomes the number of pages at the end; nobody can type it, since printable() leaves no such space."""
_LABEL = 46.0
_GREY = 110
_STAMP = (24.0, 18.0)
_LOGO = 18.0


@dataclass(frozen=True)
class Letterhead:
    """Who issues a paper. `warning`: printed on every page, e.g. that this is a demonstration; "" = nothing.

    `address`, `contact`: lines below the name on letters. `logo`: a picture at their left, b"" = none.
    """

    office: str
    place: str
    application: str
    warning: str = ""
    address: str = ""
    contact: str = ""
    logo: bytes = b""


def printable(text: str) -> str:
    """`text` as the font can print it: composed, without invisible marks, a sign it lacks as a visible blank."""
    composed = unicodedata.normalize("NFC", text)
    spaced = ("\n" if sign == "\n" else " " if sign.isspace() else sign for sign in composed)
    seen = (sign for sign in spaced if sign in "\n " or unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs"))
    return "".join(sign if sign in "\n " or ord(sign) in _known_signs() else _UNKNOWN for sign in seen)


@cache
def _known_signs() -> frozenset[int]:
    with TTFont(_FILES / _STYLES[""], lazy=True) as regular, TTFont(_FILES / _STYLES["B"], lazy=True) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


class _Sheets(FPDF):
    """FPDF with the foot that every page has."""

    def __init__(self, head: Letterhead, landscape: bool) -> None:
        super().__init__("landscape" if landscape else "portrait", "mm", "A4")
        self.head_note, self.foot_note = printable(head.warning), printable(f"{head.application} · {head.office}")

    def header(self) -> None:
        if self.head_note:
            self.set_font(FAMILY, "B", 8)
            self.set_y(8)
            self.cell(0, 5, self.head_note, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_y(MARGIN)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FAMILY, "", 7.5)
        self.set_text_color(_GREY)
        self.cell(self.epw * 0.8, 5, self.foot_note)
        self.cell(0, 5, f"Halaman {self.page_no()} dari {_COUNT}", align="R")
        self.set_text_color(0)


class Paper:
    """One document, written from top to bottom. `at`: its date of making, aware; `title`: without personal data."""

    def __init__(self, title: str, at: datetime, head: Letterhead, *, landscape: bool = False) -> None:
        self._pdf = pdf = _Sheets(head, landscape)
        for style, file in _STYLES.items():
            pdf.add_font(FAMILY, style, _FILES / file)
        pdf.set_margins(MARGIN, MARGIN, MARGIN)
        pdf.alias_nb_pages(_COUNT)
        pdf.c_margin = 0  # text begins where rules and tables begin
        pdf.set_auto_page_break(True, MARGIN)
        pdf.set_title(printable(title))
        pdf.set_author(printable(head.office))
        pdf.set_lang("id")
        pdf.set_creation_date(at)
        pdf.add_page()

    def letterhead(self, head: Letterhead) -> None:
        """The name of the office, and how to reach it, over a double line; its logo at the left."""
        top = self._pdf.get_y()
        if head.logo:
            self._pdf.image(BytesIO(head.logo), MARGIN, top, _LOGO, _LOGO, keep_aspect_ratio=True)
        self._line(head.office.upper(), "B", 12, 6, "C")
        for text in filter(None, (head.address, head.contact)):
            self._line(text, "", 8.5, 4.2, "C")
        y = max(self._pdf.get_y(), top + _LOGO if head.logo else 0) + 1
        for offset, width in ((0.0, 0.6), (0.9, 0.2)):
            self._pdf.set_line_width(width)
            self._pdf.line(MARGIN, y + offset, self._pdf.w - MARGIN, y + offset)
        self._pdf.set_line_width(0.2)
        self._pdf.set_y(y + 6)

    def code(self, text: str) -> None:
        """The code of a form in a box at the right edge, as on the printed ones."""
        pdf = self._pdf
        pdf.set_font(FAMILY, "B", 10)
        width = pdf.get_string_width(printable(text)) + 8
        pdf.set_x(pdf.w - MARGIN - width)
        pdf.cell(width, 7, printable(text), border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(2)

    def heading(self, text: str) -> None:
        self._line(text, "B", 13, 6.5, "C")
        self._pdf.ln(3)

    def subheading(self, text: str) -> None:
        self._keep(34)  # never a heading without the beginning of what it is over
        self._pdf.ln(2)
        self._line(text, "B", 10, 5, "L")
        self._pdf.ln(1)

    def paragraph(self, text: str, *, small: bool = False) -> None:
        self._line(text, "", 8 if small else 9.5, 4.2 if small else 5, "L")
        self._pdf.ln(1.5)

    def items(self, texts: Sequence[str], *, small: bool = False) -> None:
        """A list with bullets."""
        pdf = self._pdf
        size, height = (8, 4.2) if small else (9.5, 5)
        for text in texts:
            pdf.set_font(FAMILY, "", size)
            pdf.cell(4, height, "•")
            pdf.multi_cell(0, height, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(1.5)

    def details(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Label, colon, value; long values go on below themselves."""
        pdf = self._pdf
        for label, value in pairs:
            self._keep(6)
            pdf.set_font(FAMILY, "", 9.5)
            top = pdf.get_y()
            pdf.multi_cell(_LABEL - 2, 5.2, printable(label), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            after, page = pdf.get_y(), pdf.page
            pdf.set_xy(MARGIN + _LABEL - 2, top)
            pdf.cell(3, 5.2, ":")
            pdf.multi_cell(0, 5.2, printable(value) or "-", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            if pdf.page == page:
                pdf.set_y(max(after, pdf.get_y()))
        pdf.ln(2)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A ruled table; its head comes again on every page, a row too high for the page goes on on the next."""
        clean = [[printable(text) for text in row] for row in rows]
        Grid(self._pdf, FAMILY, tuple(column.map(printable) for column in columns)).draw(clean)
        self._pdf.ln(3)

    def bars(self, labels: Sequence[str], series: Sequence[pdf_chart.Series]) -> None:
        """A picture of bars, at most two beside each other for every label; kept whole."""
        self._keep(pdf_chart.HEIGHT + 4)
        pdf_chart.draw(self._pdf, FAMILY, [printable(label) for label in labels], series)

    def signature(self, when: str, words: str, name: str, *, stamp: bool = False, room: float = 22) -> None:
        """Place and date, words, room to sign (with a frame for the meterai), the name; at the right, kept whole."""
        pdf, width = self._pdf, 74.0
        self._keep(room + 20)
        pdf.ln(2)
        left = pdf.w - MARGIN - width
        for text in (when, words):
            pdf.set_x(left)
            self._line(text, "", 9.5, 5, "C", width)
        top = pdf.get_y() + 2
        if stamp:
            self._frame(left + 4, top + 1, *_STAMP, "METERAI\nTEMPEL ATAU\nELEKTRONIK")
        pdf.set_y(top + room)
        pdf.set_x(left)
        self._line(name, "B", 9.5, 5, "C", width)
        pdf.ln(2)

    def room_to_sign(self, when: str, width: float, height: float) -> tuple[int, float, float]:
        """Place and date, below them room of this size (in points) at the right, kept whole.

        Returns its page from 1 and its lower left corner, in points from the lower left corner of the page.
        """
        pdf, point = self._pdf, 25.4 / 72
        self._keep(height * point + 12)
        pdf.ln(3)
        left = pdf.w - MARGIN - width * point
        pdf.set_x(left)
        self._line(when, "", 9.5, 5, "L", width * point)
        top = pdf.get_y() + 1
        pdf.set_y(top + height * point + 4)
        return pdf.page, left / point, (pdf.h - top) / point - height

    @property
    def pages(self) -> int:
        return len(self._pdf.pages)

    def qr(self, url: str, caption: str, size: float = 32.0) -> None:
        """A QR of `url` at the left with `caption` beside it."""
        pdf = self._pdf
        self._keep(size + 4)
        x, y = MARGIN, pdf.get_y() + 1
        matrix = segno.make(url, error="m").matrix
        module = size / len(matrix)
        pdf.set_fill_color(0)
        for row, column, length in _runs(matrix):
            pdf.rect(x + column * module, y + row * module, length * module, module, style="F")
        pdf.link(x, y, size, size, url)
        pdf.set_xy(x + size + 6, y + 2)
        pdf.set_font(FAMILY, "", 9)
        pdf.multi_cell(pdf.w - MARGIN - x - size - 6, 4.8, printable(caption), align="L")
        pdf.set_xy(MARGIN, y + size + 4)

    def to_bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _line(self, text: str, style: str, size: float, height: float, align: str, width: float = 0) -> None:
        self._pdf.set_font(FAMILY, style, size)
        self._pdf.multi_cell(width, height, printable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _frame(self, x: float, y: float, width: float, height: float, words: str) -> None:
        pdf = self._pdf
        pdf.set_draw_color(_GREY)
        pdf.set_dash_pattern(1, 1)
        pdf.rect(x, y, width, height)
        pdf.set_dash_pattern()
        pdf.set_draw_color(0)
        pdf.set_text_color(_GREY)
        pdf.set_xy(x, y + 3)
        pdf.set_font(FAMILY, "", 7)
        pdf.multi_cell(width, 4, words, align="C")
        pdf.set_text_color(0)

    def _keep(self, height: float) -> None:
        """Go to the next page where less than `height` is left on this one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()


def _runs(matrix: Sequence[Sequence[int]]) -> Iterator[tuple[int, int, int]]:
    """(row, first column, length) of every run of dark modules: few rectangles, no hairlines between them."""
    for number, row in enumerate(matrix):
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield number, start, column - start
                start = None
