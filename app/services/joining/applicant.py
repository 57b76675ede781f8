"""What somebody who registers says of themselves: the impossible is refused, the unusual only asked about."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.errors import InvalidInput
from app.domain.identity import Caution, InvalidIdentity, Nik, nik_cautions, parse_nik, parse_nomor_kk, parse_phone
from app.domain.names import fault_in_name
from app.domain.regions import kapanewon
from app.domain.texts import visible
from app.procedures.values import Refused, plain_email, plain_text
from app.services.accounts.people import normal_email

LONGEST_NAME = 120
GROWN_UP = 17
"""From this age people have a KTP, and accounts of their own."""

_YOUNG = Caution(
    "UMUR",
    f"Menurut NIK ini Anda belum {GROWN_UP} tahun. Anak diurus lewat akun orang tuanya. Bila Anda lahir seratus tahun "
    "lebih yang lalu, atau memang mendaftar sendiri, lanjutkan.",
)
_EMPTY = {
    "nama": "Isi nama lengkap Anda, seperti di KTP.",
    "nik": "Isi NIK Anda, 16 angka.",
    "nomor_kk": "Isi nomor KK Anda, 16 angka.",
    "ponsel": "Isi nomor WhatsApp Anda, contoh 0812 3456 7890.",
    "email": "Isi alamat email Anda, contoh nama@contoh.id.",
}


@dataclass(frozen=True)
class Applicant:
    """`nik`, `nomor_kk`: sixteen digits; `phone`: "628…"; `email`: as accounts keep it. A repr tells the name only."""

    name: str
    nik: str = field(repr=False)
    nomor_kk: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Doubt:
    """A caution about one field; `mark` comes back when the person has said that it is right all the same."""

    field: str
    sentence: str
    mark: str


def read(raw: Mapping[str, str], today: date) -> Applicant:
    """The fields nama, nik, nomor_kk, email, ponsel as typed. Raises InvalidInput with every fault at once."""
    readers: dict[str, Callable[[str], str]] = {
        "nama": _name,
        "nik": lambda text: parse_nik(text, today).number,
        "nomor_kk": lambda text: parse_nomor_kk(text, today).number,
        "email": lambda text: normal_email(plain_email(text) or ""),
        "ponsel": parse_phone,
    }
    said, faults = {}, {}
    for name, reader in readers.items():
        text = visible(raw.get(name, ""))
        if not text.strip():
            faults[name] = [_EMPTY[name]]
            continue
        try:
            said[name] = reader(text)
        except (InvalidIdentity, Refused) as fault:
            faults[name] = [str(fault)]
    if faults:
        raise InvalidInput(faults)
    return Applicant(said["nama"], said["nik"], said["nomor_kk"], said["email"], said["ponsel"])


def doubts(who: Applicant, today: date, confirmed: Collection[str] = ()) -> list[Doubt]:
    """What to ask about before going on; `confirmed`: marks of what the person has already said is right."""
    nik = parse_nik(who.nik, today)
    cautions = [*nik_cautions(nik, known_regions={each.kode for each in kapanewon()})]
    if _years(nik, today) < GROWN_UP:
        cautions.append(_YOUNG)
    found = (Doubt("nik", each.pesan, _mark(each, who.nik)) for each in cautions)
    return [each for each in found if each.mark not in confirmed]


def _name(text: str) -> str:
    name = plain_text(text, LONGEST_NAME) or ""
    fault = fault_in_name(name)
    if fault:
        raise Refused(fault)
    return name


def _years(nik: Nik, today: date) -> int:
    born = nik.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _mark(caution: Caution, number: str) -> str:
    """Another number, another question."""
    return f"{caution.code}-{hashlib.sha256(f'{caution.code} {number}'.encode()).hexdigest()[:12]}"
