"""Code lists of the national forms.

The same number means different things in different versions of a list, so a code is stored with its list and
version, and what is printed is always the name.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "kode"
CURRENT = "permendagri-6-2026"
LEGACY = "legacy-siak"


class UnknownCode(LookupError):
    """A list, version or code that does not exist; the text is Indonesian."""


@dataclass(frozen=True)
class Code:
    """`catatan`: what the form says beside it (a group, whom it is for), often empty."""

    kode: str
    nama: str
    catatan: str = ""


@cache
def code_list_names() -> tuple[str, ...]:
    """Every list there is: agama, pekerjaan, shdk, …"""
    return tuple(sorted(path.stem for path in DATA.glob("*.csv")))


@cache
def code_list(name: str, version: str = CURRENT) -> tuple[Code, ...]:
    """A list in the order of the form. A list without versions is the same in all. Raises UnknownCode."""
    if name not in code_list_names():
        raise UnknownCode(f"Daftar kode '{name}' tidak ada. Yang ada: {', '.join(code_list_names())}.")
    codes = tuple(_read(DATA / f"{name}.csv", version))
    if not codes:
        raise UnknownCode(f"Daftar kode '{name}' tidak punya versi '{version}'.")
    return codes


def code(name: str, kode: str, version: str = CURRENT) -> Code:
    """One code of a list. Raises UnknownCode."""
    found = next((each for each in code_list(name, version) if each.kode == kode), None)
    if found is None:
        raise UnknownCode(f"Kode '{kode}' tidak ada di daftar {name} ({version}).")
    return found


def _read(path: Path, version: str) -> Iterator[Code]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("versi", version) == version:
                yield Code(row["kode"], row["nama"], row.get("catatan") or "")
