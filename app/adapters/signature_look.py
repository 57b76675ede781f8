"""What people see of a signature on paper: who signed, as what, when, and that it is an electronic one. A PNG."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_roboto
from PIL import Image, ImageDraw, ImageFont

from app.adapters.pdf import printable

WIDTH, HEIGHT = 235.0, 92.0
"""Of the box, in points."""
_SCALE = 300 / 72
_FILES = Path(font_roboto.font_directory)
_INK, _GREY = 20, 90


@dataclass(frozen=True)
class Look:
    """`capacity`: as what, e.g. "Plh. Kepala Dinas"; `when`: in words; `note`: whose certificate it was."""

    name: str
    capacity: str
    when: str
    note: str

    def png(self) -> bytes:
        """Equal looks give equal bytes."""
        width, height = round(WIDTH * _SCALE), round(HEIGHT * _SCALE)
        picture = Image.new("L", (width, height), 255)
        draw = ImageDraw.Draw(picture)
        edge = round(_SCALE * 6)
        draw.rectangle((2, 2, width - 3, height - 3), outline=_GREY, width=3)
        y = edge
        lines = (
            ("Ditandatangani secara elektronik oleh:", False, 7.5, _GREY),
            (f"{self.capacity},", False, 9, _INK),
            (self.name, True, 10, _INK),
            (self.when, False, 7.5, _INK),
            (self.note, False, 6.5, _GREY),
        )
        for text, bold, size, ink in lines:
            font = _font(bold, size)
            for part in _wrapped(printable(text), font, width - 2 * edge):
                draw.text((edge, y), part, font=font, fill=ink)
                y += round(size * 1.28 * _SCALE)
        out = io.BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()


@cache
def _font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FILES / ("Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf"), round(size * _SCALE))


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
