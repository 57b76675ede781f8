"""Papers made from the answers of the first step, to sign and hand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PrintColumn:
    """One column of a printed table. `text`: what stands in it, `{fields}` of the table's rows.

    With `columns` it is a head over them and takes only the rows whose answers `only` allows: field -> values.
    """

    title: str
    text: str = ""
    width: int = 1
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple["PrintColumn", ...] = ()


@dataclass(frozen=True)
class PrintTable:
    """The rows of the table field `source`; with `per`, rows of one value of that column share their lines.

    `least`: lines to draw at least, empty ones to fill in by hand.
    """

    source: str
    columns: tuple[PrintColumn, ...]
    per: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int = 0


@dataclass(frozen=True)
class PrintBlock:
    """One piece of a printed form. `kind`: judul | sub_judul | paragraf | catatan | rincian | tabel | tanda_tangan.

    `text`: a template, for the first four; `lines`: (label, template) of rincian; `signature`: kota, sebutan, nama
    (a template) and meterai ("ya" | "tidak").
    """

    kind: str
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    table: PrintTable | None = None
    signature: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PrintForm:
    """A paper made from the answers of the first step (`forms/<slug>/cetak/<name>.yaml`), to sign and hand in."""

    name: str
    title: str
    code: str
    landscape: bool
    blocks: tuple[PrintBlock, ...]
