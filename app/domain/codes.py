"""Code lists of the national forms.

The same number means different things in different versions of a list, so a code is stored with its list and
version, and what is printed is always the name.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "kode"
TITLES = {
    "ada_tidak_ada": "Ada atau tidak ada",
    "agama": "Agama",
    "alasan_pindah": "Alasan pindah",
    "disabilitas": "Penyandang disabilitas",
    "golongan_darah": "Golongan darah",
    "jenis_kelahiran": "Jenis kelahiran",
    "jenis_kelamin": "Jenis kelamin",
    "jenis_kepindahan": "Jenis kepindahan",
    "klasifikasi_pindah": "Klasifikasi kepindahan",
    "pekerjaan": "Pekerjaan",
    "pendidikan": "Pendidikan terakhir",
    "penolong_kelahiran": "Penolong kelahiran",
    "sebab_kematian": "Sebab kematian",
    "shdk": "Status hubungan dalam keluarga (SHDK)",
    "status_kk_pindah": "Status KK bagi yang pindah dan yang tidak",
    "status_perkawinan": "Status perkawinan",
    "tempat_dilahirkan": "Tempat dilahirkan",
    "tipe_sponsor": "Tipe sponsor",
    "yang_menerangkan_kematian": "Yang menerangkan kematian",
}
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


@dataclass(frozen=True)
class Term:
    """A code and the days on which forms offer it, both included; None = no bound. `own`: added by the office."""

    code: Code
    since: date | None = None
    until: date | None = None
    own: bool = False

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class OwnList:
    """What the office did to one list: codes it added, and the last days it set for others (kode -> day)."""

    added: tuple[Term, ...] = ()
    ended: Mapping[str, date] = field(default_factory=dict)


_own: Mapping[str, OwnList] = {}


def follow(own: Mapping[str, OwnList]) -> None:
    """From now on this process knows these changes of the office. No code is ever forgotten."""
    global _own
    _own = own


def terms(name: str) -> tuple[Term, ...]:
    """Every code there ever was, in the order of the form, the office's own last. Raises UnknownCode."""
    mine = _own.get(name, OwnList())
    shipped = tuple(Term(each, until=mine.ended.get(each.kode)) for each in code_list(name))
    return shipped + mine.added


def ever(name: str) -> tuple[Code, ...]:
    """For reading what was answered, whenever that was. Raises UnknownCode."""
    return tuple(term.code for term in terms(name))


def offered(name: str, on: date) -> tuple[Code, ...]:
    """What a form of that day offers. Raises UnknownCode."""
    return tuple(term.code for term in terms(name) if term.holds(on))


def _read(path: Path, version: str) -> Iterator[Code]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("versi", version) == version:
                yield Code(row["kode"], row["nama"], row.get("catatan") or "")
