"""One form field as templates/makro/isian.html draws it: its HTML name and ids, value, choices, sentences."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.procedures.model import Field, Option

MOBILE = r"62[0-9]{8,13}"
_INPUT_TYPES = {"tanggal": "date", "jam": "time", "email": "email", "nomor_hp": "tel"}
_INPUT_MODES = {"nik": "numeric", "nomor_kk": "numeric", "angka": "numeric"}
_AUTOCOMPLETE = {"email": "email", "nomor_hp": "tel", "nama": "name"}
_WIDTHS = {"angka": "pendek", "jam": "pendek"} | dict.fromkeys(("tanggal", "nik", "nomor_kk", "nomor_hp"), "sedang")


@dataclass(frozen=True)
class PageView:
    """One uploaded page. `preview`: address of a small picture, "" for a PDF."""

    id: str
    url: str
    preview: str
    kind: str


@dataclass(frozen=True)
class RowView:
    """One row of a table as a card."""

    id: str
    title: str
    lines: tuple[tuple[str, str], ...]
    errors: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemView:
    """One document of a penilaian_berkas."""

    code: str
    name: str
    path: str
    value: str
    note: str
    errors: tuple[str, ...]

    @property
    def id(self) -> str:
        return html_id(self.path)


@dataclass(frozen=True)
class FieldView:
    """One field on a page. `raw`: what was typed or answered; `errors`, `reminders`: sentences."""

    field: Field
    name: str
    raw: Any = None
    errors: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    pages: tuple[PageView, ...] = ()
    before: tuple[PageView, ...] = ()
    rows: tuple[RowView, ...] = ()
    items: tuple[ItemView, ...] = ()
    children: tuple["FieldView", ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    shown: str = ""
    note: str = ""
    way: str = ""

    @property
    def id(self) -> str:
        return html_id(self.name)

    @property
    def kind(self) -> str:
        return self.field.kind

    @property
    def label(self) -> str:
        return self.field.label

    @property
    def help(self) -> str:
        return self.field.help

    @property
    def required(self) -> bool:
        return self.field.required

    @property
    def locked(self) -> bool:
        return self.field.locked or "tetap" in self.field.extra

    @property
    def value(self) -> Any:
        if self.kind == "nomor_hp" and re.fullmatch(MOBILE, str(self.raw)):
            return domestic_phone(str(self.raw))
        return "" if self.raw is None else self.raw

    @property
    def text(self) -> str:
        return str(self.field.extra.get("teks", ""))

    @property
    def max_length(self) -> int | None:
        return self.field.extra.get("maks") if self.kind in ("teks", "teks_panjang", "menurut_elemen") else None

    @property
    def max_pages(self) -> int:
        return int(self.field.extra.get("maks_halaman", 10))

    @property
    def max_rows(self) -> int:
        return int(self.field.extra.get("maks_baris", 50))

    @property
    def add_label(self) -> str:
        return f"Tambah {self.label[:1].lower()}{self.label[1:]}"

    @property
    def input_type(self) -> str:
        return _INPUT_TYPES.get("tanggal" if self.way == "tanggal" else self.kind, "text")

    @property
    def input_mode(self) -> str:
        return _INPUT_MODES.get(self.kind, "")

    @property
    def autocomplete(self) -> str:
        return "" if "." in self.name else _AUTOCOMPLETE.get(self.kind, "")

    @property
    def min(self) -> Any:
        return self.field.extra.get("min") if self.kind == "angka" else None

    @property
    def max(self) -> Any:
        return self.field.extra.get("maks") if self.kind == "angka" else None

    @property
    def width(self) -> str:
        return _WIDTHS.get(self.kind, "penuh")

    @property
    def described_by(self) -> str:
        parts = {"bantuan": self.help, "galat": self.errors, "ingat": self.reminders}
        return " ".join(f"{self.id}-{name}" for name, there in parts.items() if there)

    def chosen(self, value: str) -> bool:
        if self.kind == "ya_tidak":
            return self.raw in ((True, "ya") if value == "ya" else (False, "tidak")) and self.raw is not None
        if self.kind == "wilayah":
            return isinstance(self.raw, Mapping) and self.raw.get("kalurahan") == value
        if isinstance(self.raw, list | tuple):
            return value in self.raw
        return self.raw is not None and str(self.raw) == value


def domestic_phone(number: str) -> str:
    """ "6281234567890" as people write it: "0812 3456 7890"."""
    return " ".join(re.findall(".{1,4}", "0" + number[2:]))


def html_id(path: str) -> str:
    return "i-" + path.replace(".", "-").replace("_", "-")
