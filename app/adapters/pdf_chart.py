"""Bars side by side on a PDF page: a picture of a table, with the same figures above them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF

HEIGHT = 52.0
"""Of the whole picture, in millimetres."""
_LABELS, _LEGEND = 6.0, 6.0
_SHADES = ((150, 160, 172), (47, 125, 209))
_GREY = 200


@dataclass(frozen=True)
class Series:
    """One kind of bar. `values`: as many as there are labels, not negative."""

    name: str
    values: Sequence[int]


def draw(pdf: FPDF, family: str, labels: Sequence[str], series: Sequence[Series]) -> None:
    """Where the page stands; the caller sees to it that HEIGHT is left. At most two series."""
    left, top, width = pdf.l_margin, pdf.get_y(), pdf.epw
    most = max((value for one in series for value in one.values), default=0) or 1
    bottom = top + HEIGHT - _LABELS - _LEGEND
    room = bottom - top - 4  # the highest bar leaves place for its figure
    slot = width / max(len(labels), 1)
    bar = min(slot * 0.8 / len(series), 9.0)
    pdf.set_draw_color(_GREY)
    pdf.line(left, bottom, left + width, bottom)
    pdf.set_font(family, "", 6)
    for place, label in enumerate(labels):
        middle = left + slot * (place + 0.5)
        for number, one in enumerate(series):
            x = middle + (number - len(series) / 2) * bar
            _bar(pdf, x, bottom, bar, room * one.values[place] / most, one.values[place], _SHADES[number])
        pdf.set_xy(middle - slot / 2, bottom + 1)
        pdf.cell(slot, 3, label, align="C")
    _legend(pdf, left, bottom + _LABELS, series)
    pdf.set_draw_color(0)
    pdf.set_fill_color(0)
    pdf.set_xy(left, top + HEIGHT + 2)


def _bar(
    pdf: FPDF, x: float, bottom: float, width: float, height: float, value: int, shade: tuple[int, int, int]
) -> None:
    if not value:
        return
    pdf.set_fill_color(*shade)
    pdf.rect(x, bottom - height, width, height, style="F")
    pdf.set_xy(x - 4, bottom - height - 3)
    pdf.cell(width + 8, 3, str(value), align="C")


def _legend(pdf: FPDF, x: float, y: float, series: Sequence[Series]) -> None:
    pdf.set_font(pdf.font_family, "", 8)
    for number, one in enumerate(series):
        pdf.set_fill_color(*_SHADES[number])
        pdf.rect(x, y + 0.7, 3, 3, style="F")
        pdf.set_xy(x + 4, y)
        pdf.cell(30, 4.4, one.name)
        x += 36
