"""NIK, nomor KK and phone numbers: what is impossible (an error) and what is only unusual (a warning).

NIK: six digits of the region of *first registration*, DDMMYY of birth (women: day + 40), four of sequence; it
never changes (PP 37/2007 Ps 37, PP 40/2019 Ps 30). Nomor KK: region, day of recording, sequence.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from app.domain.texts import visible

OFFICE_REGION = "3402"

SEPARATORS = r"\s.\-\u2010-\u2015"
"""What people write between the digits of a number, as a class of a regex."""
_SEPARATORS = re.compile(f"[{SEPARATORS}]")
_SIXTEEN = re.compile(r"[0-9]{16}")
_MOBILE = re.compile(r"628[1-9][0-9]{7,10}")


class InvalidIdentity(ValueError):
    """An impossible number. `code`: FORMAT, TANGGAL, URUT or MASA_DEPAN; `pesan`: Indonesian."""

    def __init__(self, code: str, pesan: str) -> None:
        super().__init__(pesan)
        self.code, self.pesan = code, pesan


@dataclass(frozen=True)
class Caution:
    """Something to look at that may well be right; never a reason to refuse."""

    code: str
    pesan: str


@dataclass(frozen=True)
class Nik:
    """`sex`: "L" or "P". `birth_date`: as the number tells it; the person's real one may have been corrected.

    Only the sequence shows in a repr, so that a NIK cannot slip into a log.
    """

    number: str = field(repr=False)
    region: str = field(repr=False)
    sex: str = field(repr=False)
    birth_date: date = field(repr=False)
    sequence: str


@dataclass(frozen=True)
class NomorKk:
    """`recorded_on`: the day the family card was first recorded."""

    number: str = field(repr=False)
    region: str = field(repr=False)
    recorded_on: date = field(repr=False)
    sequence: str


def parse_nik(text: str, today: date) -> Nik:
    """Spaces, dots and hyphens are dropped. Raises InvalidIdentity.

    The year is 20YY unless that is after `today`, else 19YY; for people over 99 it is a century too late.
    """
    number = _sixteen_digits(text, "NIK")
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    female = day > 40
    born = _date(2000 + year, month, day - 40 * female)
    if born is not None and born > today:
        born = _date(1900 + year, month, day - 40 * female)
    if born is None:
        raise InvalidIdentity(
            "TANGGAL",
            "NIK ini tidak mungkin benar: angka ke-7 sampai ke-12 bukan tanggal. Periksa di KTP atau KK.",
        )
    _check_sequence(number, "NIK")
    return Nik(number, number[:6], "P" if female else "L", born, number[12:])


def parse_nomor_kk(text: str, today: date) -> NomorKk:
    """Spaces, dots and hyphens are dropped; the day has no + 40, the year is 20YY. Raises InvalidIdentity."""
    number = _sixteen_digits(text, "Nomor KK")
    recorded = _date(2000 + int(number[10:12]), int(number[8:10]), int(number[6:8]))
    if recorded is None:
        raise InvalidIdentity(
            "TANGGAL",
            "Nomor KK ini tidak mungkin benar: angka ke-7 sampai ke-12 bukan tanggal. Periksa di KK.",
        )
    if recorded > today:
        raise InvalidIdentity(
            "MASA_DEPAN", "Nomor KK ini tidak mungkin benar: tanggal di dalamnya belum tiba. Periksa di KK."
        )
    _check_sequence(number, "Nomor KK")
    return NomorKk(number, number[:6], recorded, number[12:])


def nik_cautions(
    nik: Nik,
    birth_date: date | None = None,
    sex: str | None = None,
    known_regions: Collection[str] | None = None,
) -> tuple[Caution, ...]:
    """What to ask about: entered birth date or sex ("L", "P") differ, region elsewhere or unknown."""
    return tuple(_nik_cautions(nik, birth_date, sex, known_regions))


def assumed_birth_date(year: int, month: int | None = None, day: int | None = None) -> date:
    """Guide of F-1.01: an unknown day is the 15th; unknown day and month are 1 July. Raises ValueError."""
    if month is None:
        return date(year, 7, 1)
    return date(year, month, 15 if day is None else day)


def parse_phone(text: str) -> str:
    """An Indonesian mobile number as "628…"; +62, 62, 0062, 620, 0 and 8 may stand in front.

    Landlines are refused: they get no WhatsApp. Raises InvalidIdentity.
    """
    digits = re.sub(r"[^0-9]", "", text[:60])
    for prefix in ("0062", "62", "0"):
        if digits.startswith(prefix):
            digits = digits[len(prefix) :]
            break
    number = "62" + digits.removeprefix("0")
    if _MOBILE.fullmatch(number) is None:
        raise InvalidIdentity("FORMAT", "Tulis nomor WhatsApp, contoh 0812 3456 7890.")
    return number


def _sixteen_digits(text: str, name: str) -> str:
    number = _SEPARATORS.sub("", visible(text[:100]))
    if _SIXTEEN.fullmatch(number):
        return number
    count = len(re.findall(r"[0-9]", number))
    if count == 16:
        raise InvalidIdentity("FORMAT", f"{name} hanya berisi angka. Hapus huruf dan tanda lain.")
    raise InvalidIdentity("FORMAT", f"{name} harus 16 angka. Anda menulis {count}.")


def _check_sequence(number: str, name: str) -> None:
    if number.endswith("0000"):
        raise InvalidIdentity(
            "URUT", f"{name} ini tidak mungkin benar: empat angka terakhir 0000. Periksa di KTP atau KK."
        )


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nik_cautions(
    nik: Nik, birth_date: date | None, sex: str | None, known_regions: Collection[str] | None
) -> list[Caution]:
    found = []
    if birth_date is not None and not _born_alike(nik.birth_date, birth_date):
        found.append(
            Caution(
                "TANGGAL_LAHIR_BEDA",
                "Tanggal lahir berbeda dengan yang ada di NIK. Kadang memang begitu. Sudah benar?",
            )
        )
    if sex is not None and sex != nik.sex:
        found.append(
            Caution(
                "JENIS_KELAMIN_BEDA",
                "Jenis kelamin berbeda dengan yang ada di NIK. Kadang memang begitu. Sudah benar?",
            )
        )
    if not nik.region.startswith(OFFICE_REGION):
        found.append(Caution("LUAR_WILAYAH", "NIK ini pertama kali didaftar di luar Kabupaten Bantul."))
    elif known_regions is not None and nik.region not in known_regions:
        found.append(Caution("WILAYAH_TAK_DIKENAL", "Enam angka pertama NIK tidak ada di daftar kapanewon."))
    return found


def _born_alike(told: date, entered: date) -> bool:
    """Two digits cannot tell 1925 from 2025, so the century is the person's to say."""
    return (told.day, told.month, told.year % 100) == (entered.day, entered.month, entered.year % 100)
