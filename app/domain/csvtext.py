"""Tables as CSV that a spreadsheet opens with a double click, and that can make it do nothing."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """With a mark of its encoding and semicolons, as spreadsheets set to Indonesian expect.

    A text that a spreadsheet would take for a formula begins with an apostrophe; numbers stay numbers.
    """
    return "".join(csv_parts(columns, [rows]))


def csv_parts(columns: Sequence[str], parts: Iterable[Iterable[Sequence[object]]]) -> Iterator[str]:
    """The same, as long as it may be: the text of one part of the rows after the other."""
    yield "\ufeff" + _written([columns])
    for rows in parts:
        yield _written([_safe(cell) for cell in row] for row in rows)


def _written(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
