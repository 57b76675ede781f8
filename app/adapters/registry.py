"""The population registry: who is in which family card. Embedded: the table `penduduk`, filled from CSV.

Column names are those of F-1.01; what is not a column of the table is an element of the person (`elemen`): codes of
the national lists, dates as YYYY-MM-DD, or text, under the names the forms use.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import JSON, Date, Integer, RowMapping, String, column, delete, insert, select, table
from sqlalchemy.orm import Session

from app.domain.identity import InvalidIdentity, parse_nik, parse_nomor_kk

DEMO_CSV = Path(__file__).parent / "data" / "penduduk-peragaan.csv"

# The table by name: adapters do not know the models.
_PENDUDUK = table(
    "penduduk",
    column("nik", String),
    column("nomor_kk", String),
    column("nama", String),
    column("shdk", String),
    column("urutan", Integer),
    column("tanggal_lahir", Date),
    column("alamat", String),
    column("rt", String),
    column("rw", String),
    column("kapanewon", String),
    column("kalurahan", String),
    column("elemen", JSON),
)
_COLUMNS = tuple(each.name for each in _PENDUDUK.columns)
_IN_CSV = tuple(name for name in _COLUMNS if name != "elemen")


@dataclass(frozen=True)
class Warga:
    """One resident. `shdk`: code of the list shdk; `urutan`: line in the family card, from 1."""

    nik: str = field(repr=False)
    nomor_kk: str = field(repr=False)
    nama: str
    shdk: str
    urutan: int
    tanggal_lahir: date = field(repr=False)
    alamat: str = field(repr=False)
    rt: str
    rw: str
    kapanewon: str
    kalurahan: str
    elemen: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def element(self, name: str) -> str | None:
        """One element as the KK shows it (a code, a date, a text); None where the registry has none."""
        own = {"nama": self.nama, "shdk": self.shdk, "tanggal_lahir": self.tanggal_lahir.isoformat()}
        value = own.get(name) or self.elemen.get(name)
        return str(value) if value else None


class Registry(Protocol):
    def family(self, nomor_kk: str) -> list[Warga]:
        """Everybody on the card, in its order; empty where there is no such card."""

    def find(self, nik: str) -> Warga | None: ...


class RegistryFileInvalid(ValueError):
    """A line of the CSV makes no sense; the text is Indonesian and names the line, never a number of a person."""


class TableRegistry:
    """The registry in our own database. It reads, and writes into the session it was given; the caller commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def family(self, nomor_kk: str) -> list[Warga]:
        rows = self._session.execute(
            select(_PENDUDUK).where(_PENDUDUK.c.nomor_kk == nomor_kk).order_by(_PENDUDUK.c.urutan, _PENDUDUK.c.nik)
        )
        return [_warga(row) for row in rows.mappings()]

    def find(self, nik: str) -> Warga | None:
        row = self._session.execute(select(_PENDUDUK).where(_PENDUDUK.c.nik == nik)).mappings().one_or_none()
        return _warga(row) if row else None

    def put(self, people: Iterable[Warga]) -> int:
        """Write these people, in place of what was known of them; how many."""
        rows = [asdict(each) for each in people]
        if not rows:
            return 0
        self._session.execute(delete(_PENDUDUK).where(_PENDUDUK.c.nik.in_([row["nik"] for row in rows])))
        self._session.execute(insert(_PENDUDUK), rows)
        return len(rows)


def read_csv(path: Path, today: date) -> list[Warga]:
    """Raises RegistryFileInvalid. Columns beyond the table's become elements; empty ones are left out."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in _IN_CSV if name not in (reader.fieldnames or ())]
        if missing:
            raise RegistryFileInvalid(f"{path.name}:1: kolom {', '.join(missing)} tidak ada.")
        return list(_checked(reader, path.name, today))


def _checked(reader: "csv.DictReader[str]", name: str, today: date) -> Iterator[Warga]:
    seen: set[str] = set()
    for row in reader:
        try:
            warga = _from_csv({key: (value or "").strip() for key, value in row.items() if key}, today)
        except InvalidIdentity as problem:
            raise RegistryFileInvalid(f"{name}:{reader.line_num}: {problem.pesan}") from problem
        except ValueError as problem:
            raise RegistryFileInvalid(f"{name}:{reader.line_num}: urutan atau tanggal_lahir salah tulis.") from problem
        if warga.nik in seen:
            raise RegistryFileInvalid(f"{name}:{reader.line_num}: NIK ini sudah ada di baris lain.")
        seen.add(warga.nik)
        yield warga


def _from_csv(row: Mapping[str, str], today: date) -> Warga:
    return Warga(
        nik=parse_nik(row["nik"], today).number,
        nomor_kk=parse_nomor_kk(row["nomor_kk"], today).number,
        nama=row["nama"],
        shdk=row["shdk"],
        urutan=int(row["urutan"]),
        tanggal_lahir=date.fromisoformat(row["tanggal_lahir"]),
        alamat=row["alamat"],
        rt=row["rt"],
        rw=row["rw"],
        kapanewon=row["kapanewon"],
        kalurahan=row["kalurahan"],
        elemen={key: value for key, value in row.items() if key not in _IN_CSV and value},
    )


def _warga(row: RowMapping) -> Warga:
    return Warga(**{name: row[name] for name in _COLUMNS})
