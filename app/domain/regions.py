"""Kapanewon and kalurahan of Kabupaten Bantul, by Kemendagri code (never BPS's): 6 and 10 digits, no dots.

Names repeat (Bantul, Imogiri, Pleret … are both), so everything is keyed by code. 340299 "Contoh" does not
exist: it is the home of demonstration and test people.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.domain.codes import UnknownCode

DATA = Path(__file__).parent / "data" / "wilayah"


@dataclass(frozen=True)
class Kapanewon:
    """`kode`: six digits, the beginning of a NIK first registered there."""

    kode: str
    nama: str
    is_demo: bool = False


@dataclass(frozen=True)
class Kalurahan:
    """`kode`: ten digits; `kapanewon`: the six of the kapanewon it lies in."""

    kode: str
    nama: str
    kapanewon: str
    kode_pos: str
    is_demo: bool = False


@cache
def kapanewon(demo: bool = True) -> tuple[Kapanewon, ...]:
    """The seventeen, in code order; with `demo` the invented one last."""
    real = tuple(Kapanewon(row["kode6_nik"], row["nama_kapanewon"]) for row in _rows("kapanewon.csv"))
    invented = tuple(
        Kapanewon(row["kode"], row["nama"], is_demo=True) for row in _demo_rows() if row["tingkat"] == "kapanewon"
    )
    return real + (invented if demo else ())


@cache
def kalurahan(kapanewon_kode: str) -> tuple[Kalurahan, ...]:
    """The kalurahan of one kapanewon. Raises UnknownCode where there is no such kapanewon."""
    kapanewon_by_code(kapanewon_kode)
    return tuple(each for each in _all_kalurahan() if each.kapanewon == kapanewon_kode)


def kapanewon_by_code(kode: str) -> Kapanewon:
    """Raises UnknownCode."""
    found = next((each for each in kapanewon() if each.kode == kode), None)
    if found is None:
        raise UnknownCode(f"Kode kapanewon '{kode[:20]}' tidak ada.")
    return found


def kalurahan_by_code(kode: str) -> Kalurahan:
    """Raises UnknownCode."""
    found = next((each for each in _all_kalurahan() if each.kode == kode), None)
    if found is None:
        raise UnknownCode(f"Kode kalurahan '{kode[:20]}' tidak ada.")
    return found


@cache
def _all_kalurahan() -> tuple[Kalurahan, ...]:
    real = tuple(
        Kalurahan(row["kode10"], row["nama_kalurahan"], row["kode6_nik"], row["kode_pos"])
        for row in _rows("kalurahan.csv")
    )
    invented = tuple(
        Kalurahan(row["kode"], row["nama"], row["kode_kapanewon"], row["kode_pos"], is_demo=True)
        for row in _demo_rows()
        if row["tingkat"] == "kalurahan"
    )
    return real + invented


def _demo_rows() -> list[dict[str, str]]:
    return _rows("wilayah-peragaan.csv")


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
