"""A ruled table on a PDF page, drawn line by line, so that no text is ever too long for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

SIZE = 8.0
LINE = 3.9
PAD = 1.5
_HEAD_FILL = 232
_BREAKS = "/-_.,@"


@dataclass(frozen=True)
class Column:
    """`width`: its share of the page; with `columns` it is the common head over them and has their widths."""

    title: str
    width: float = 1.0
    align: str = "L"
    columns: tuple["Column", ...] = ()

    @property
    def leaves(self) -> tuple["Column", ...]:
        return self.columns or (self,)

    def map(self, change: Callable[[str], str]) -> "Column":
        return Column(change(self.title), self.width, self.align, tuple(each.map(change) for each in self.columns))


class Grid:
    """Draws one table where the page stands; rows hold a text for every leaf of the columns."""

    def __init__(self, pdf: FPDF, family: str, columns: Sequence[Column]) -> None:
        self.pdf, self.family, self.columns = pdf, family, columns
        self.leaves = [leaf for column in columns for leaf in column.leaves]
        total = sum(leaf.width for leaf in self.leaves)
        self.widths = [leaf.width / total * pdf.epw for leaf in self.leaves]
        self.head_height = self._measure_head()

    def draw(self, rows: Sequence[Sequence[str]]) -> None:
        self.pdf.set_line_width(0.2)
        first = len(self._wrapped(rows[0])) if rows else 1
        if self.pdf.will_page_break(self.head_height + LINE * min(first, 6) + 2 * PAD):
            self.pdf.add_page()
        self._head()
        for row in rows:
            self._row(self._wrapped(row))

    def _wrapped(self, row: Sequence[str]) -> list[list[str]]:
        """The row as lines of cells: every cell has as many lines as the highest."""
        self.pdf.set_font(self.family, "", SIZE)
        cells = [self._lines(text, width) for text, width in zip(row, self.widths, strict=True)]
        height = max(map(len, cells))
        padded = [cell + [""] * (height - len(cell)) for cell in cells]
        return [list(line) for line in zip(*padded, strict=True)]

    def _lines(self, text: str, width: float) -> list[str]:
        room = width - 2 * PAD
        return [line for part in text.split("\n") for line in self._filled(part.split(), room)] or [""]

    def _filled(self, words: Sequence[str], room: float) -> list[str]:
        """As many words on a line as fit."""
        lines: list[str] = []
        for word in words:
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self._width_of(joined) <= room:
                lines[-1] = joined
            else:
                lines += self._pieces(word, room)
        return lines or [""]

    def _pieces(self, word: str, room: float) -> list[str]:
        """A word that is too wide by itself, broken after a sign like / or -, else anywhere."""
        pieces = []
        while self._width_of(word) > room and len(word) > 1:
            fitting = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or self._width_of(word[:n]) <= room)
            sign = max(word.rfind(each, 0, fitting) for each in _BREAKS) + 1
            end = sign or fitting
            pieces.append(word[:end])
            word = word[end:]
        return [*pieces, word]

    def _width_of(self, text: str) -> float:
        return float(self.pdf.get_string_width(text))

    def _row(self, lines: list[list[str]]) -> None:
        """Draw as many lines as fit, the rest on the pages that follow. A low row is not torn apart."""
        if len(lines) <= 8 and self.pdf.will_page_break(len(lines) * LINE + 2 * PAD):
            self._next_page()
        while lines:
            room = int((self.pdf.page_break_trigger - self.pdf.get_y() - 2 * PAD) // LINE)
            if room < 1:
                self._next_page()
                continue
            self._cells(lines[:room])
            lines = lines[room:]

    def _next_page(self) -> None:
        self.pdf.add_page()
        self._head()

    def _cells(self, lines: list[list[str]]) -> None:
        x, y, height = self.pdf.l_margin, self.pdf.get_y(), len(lines) * LINE + 2 * PAD
        self.pdf.set_font(self.family, "", SIZE)
        for number, (leaf, width) in enumerate(zip(self.leaves, self.widths, strict=True)):
            self.pdf.rect(x, y, width, height)
            for place, line in enumerate(lines):
                self._text(line[number], x, y + PAD + place * LINE, width, leaf.align)
            x += width
        self.pdf.set_xy(self.pdf.l_margin, y + height)

    def _text(self, text: str, x: float, y: float, width: float, align: str) -> None:
        self.pdf.set_xy(x + PAD, y)
        self.pdf.cell(width - 2 * PAD, LINE, text, align=align)

    def _head(self) -> None:
        x, y = self.pdf.l_margin, self.pdf.get_y()
        self.pdf.set_font(self.family, "B", SIZE)
        has_groups = any(column.columns for column in self.columns)
        group_height = LINE + 2 * PAD if has_groups else 0.0
        widths = iter(self.widths)
        for column in self.columns:
            each = [next(widths) for _ in column.leaves]
            if not column.columns:
                self._head_cell(column.title, x, y, each[0], self.head_height)
                x += each[0]
                continue
            self._head_cell(column.title, x, y, sum(each), group_height)
            for leaf, width in zip(column.columns, each, strict=True):
                self._head_cell(leaf.title, x, y + group_height, width, self.head_height - group_height)
                x += width
        self.pdf.set_xy(self.pdf.l_margin, y + self.head_height)

    def _head_cell(self, title: str, x: float, y: float, width: float, height: float) -> None:
        self.pdf.set_fill_color(_HEAD_FILL)
        self.pdf.rect(x, y, width, height, style="DF")
        lines = self._lines(title, width)
        top = y + (height - len(lines) * LINE) / 2
        for place, line in enumerate(lines):
            self._text(line, x, top + place * LINE, width, "C")

    def _measure_head(self) -> float:
        self.pdf.set_font(self.family, "B", SIZE)
        lines = [len(self._lines(leaf.title, width)) for leaf, width in zip(self.leaves, self.widths, strict=True)]
        has_groups = any(column.columns for column in self.columns)
        return max(lines) * LINE + 2 * PAD + (LINE + 2 * PAD if has_groups else 0.0)
