"""A file of cetak/ as model.PrintForm, and the language of its texts.

A text holds `{field}` for an answer. What stands in `[...]` is left out where a field inside has no answer:
`{alamat}[ RT {rt}]`. `{nomor}` in a table is the number of the line.
"""

import re
from collections.abc import Iterator, Mapping

from app.procedures.model.prints import PrintBlock, PrintColumn, PrintForm, PrintTable
from app.procedures.places import Place
from app.procedures.yamltext import Document

NUMBER = "nomor"
SLOT = re.compile(r"\{(\w+)\}")
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
TEXTS = ("judul", "sub_judul", "paragraf", "catatan")
LETTER_BLOCKS = (*TEXTS, "rincian")
"""What a letter of the office is made of; the room to sign is added by whoever draws it."""


def read_print(document: Document, name: str) -> PrintForm:
    """`document` fits its schema; whether it fits the procedure is for checks.prints."""
    root = Place(document)
    return PrintForm(
        name=name,
        title=root.text("judul"),
        code=root.text("kode"),
        landscape=root.text("arah") == "mendatar",
        blocks=tuple(_block(place) for place in root.each("isi")),
    )


def put(text: str, values: Mapping[str, str]) -> str:
    """`text` with the values in its slots; a slot without value is empty, and takes its [...] with it."""

    def part(found: re.Match[str]) -> str:
        inside = found[1]
        return inside if all(values.get(name) for name in SLOT.findall(inside)) else ""

    # Split first: a value is never read as a template, whatever signs it holds.
    return SLOT.sub(lambda found: values.get(found[1], ""), OPTIONAL.sub(part, text)).strip()


def slots(text: str) -> list[str]:
    return SLOT.findall(text)


def leaves(columns: tuple[PrintColumn, ...]) -> Iterator[PrintColumn]:
    for column in columns:
        yield from column.columns or (column,)


def _block(place: Place) -> PrintBlock:
    (kind,) = place.data
    if kind in TEXTS:
        return PrintBlock(kind, place.text(kind))
    if kind == "rincian":
        return PrintBlock(kind, lines=tuple((line.text("label"), line.text("isi")) for line in place.each(kind)))
    if kind == "tabel":
        return PrintBlock(kind, table=_table(place.at(kind)))
    at = place.at(kind)
    usual = {"sebutan": "Yang menyatakan,", "meterai": "tidak"}
    return PrintBlock(kind, signature={key: at.text(key, usual.get(key, "")) for key in ("kota", "nama", *usual)})


def _table(place: Place) -> PrintTable:
    return PrintTable(
        source=place.text("dari"),
        columns=tuple(_column(column) for column in place.each("kolom")),
        per=place.text("per"),
        only=_only(place),
        least=place.number("baris_paling_sedikit", 0),
    )


def _column(place: Place) -> PrintColumn:
    return PrintColumn(
        title=place.text("judul"),
        text=place.text("isi"),
        width=place.number("lebar", 3),
        only=_only(place),
        columns=tuple(_column(column) for column in place.each("kolom")),
    )


def _only(place: Place) -> dict[str, tuple[str, ...]]:
    return {name: place.at("saring").texts(name) for name, _ in place.items("saring")}
