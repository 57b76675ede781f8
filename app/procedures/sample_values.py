"""One invented value for a field of any kind; mostly valid, since rules over several fields are tried elsewhere."""

import random
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.domain.regions import kalurahan
from app.procedures.actions import GOOD
from app.procedures.berkas import current_files, marked
from app.procedures.context import FormContext, UploadInfo
from app.procedures.days import written_day
from app.procedures.model.form import Field, Form
from app.procedures.options import CODE, choices, code_options, element_way, is_typed
from app.procedures.values import LONGEST_NAME, judged_requirements

DEMO_REGION = "340299"  # exists nowhere, so no number made here can be anybody's

NewUpload = Callable[[str, Field], tuple[str, UploadInfo]]
"""Make an upload for the field at a path (`f106`, `perubahan.0.bukti`, `berkas.<code>`): its id and what it is."""

_WORDS = ("melati", "kenanga", "sawah", "pasar", "timur", "barat", "lama", "baru", "surat", "contoh", "wetan", "kidul")
_ATOM = re.compile(r"(\[[^\[\]]+\]|\\.|[^\\])(?:\{(\d+)(?:,(\d*))?\}|([*+?]))?")
_SIGNS = string.ascii_letters + string.digits + string.punctuation + " "
_ALL_GOOD = 0.7


@dataclass
class Pen:
    """What invents: chance, the form and its context, the answers so far, and the files made at each path."""

    rng: random.Random
    form: Form
    context: FormContext
    new_upload: NewUpload
    own: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)

    def value(self, at: Field, path: str, row: Mapping[str, Any]) -> Any:
        """A value of the field's kind; None where nothing can be chosen."""
        return _MAKERS[at.kind](self, at, path, row)

    def upload(self, at: Field, path: str) -> list[str]:
        """The files at a path: made once, however often the form is tried."""
        if path not in self.files:
            upload, info = self.new_upload(path, at)
            self.context = _with_upload(self.context, upload, info)
            self.files[path] = [upload]
        return self.files[path]

    def words(self, most: int) -> str:
        return " ".join(self.rng.choices(_WORDS, k=self.rng.randint(2, 4)))[:most].strip()

    def day(self, earliest: date, latest: date) -> date:
        return earliest + timedelta(days=self.rng.randint(0, max(0, (latest - earliest).days)))


def _with_upload(context: FormContext, upload: str, info: UploadInfo) -> FormContext:
    return FormContext(**{**vars(context), "uploads": {**context.uploads, upload: info}})


def invented_nik(rng: random.Random) -> str:
    born = date(1950, 1, 1) + timedelta(days=rng.randint(0, 20_000))
    day = born.day + rng.choice((0, 40))
    return f"{DEMO_REGION}{day:02d}{born:%m%y}{rng.randint(1, 9999):04d}"


def invented_nomor_kk(rng: random.Random) -> str:
    recorded = date(2005, 1, 1) + timedelta(days=rng.randint(0, 5_000))
    return f"{DEMO_REGION}{recorded:%d%m%y}{rng.randint(1, 9999):04d}"


def invented_phone(rng: random.Random) -> str:
    return f"628{rng.randint(1, 9)}{rng.randint(0, 99_999_999):08d}"


def _text(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    if "tetap" in at.extra:
        return str(at.extra["tetap"])
    if "pola" in at.extra:
        return _matching(pen.rng, at.extra["pola"])
    return pen.words(at.extra["maks"])


def _matching(rng: random.Random, pattern: str) -> str:
    """A text for the tame patterns that fields.py lets through: signs and classes with counts, no groups."""
    return "".join(_atom(rng, match) for match in _ATOM.finditer(pattern))


def _atom(rng: random.Random, match: re.Match[str]) -> str:
    atom, low, high, sign = match.groups()
    allowed = [each for each in _SIGNS if re.fullmatch(atom, each)]
    least = int(low) if low else {"*": 0, "?": 0}.get(sign, 1)
    most = int(high) if high else least + (2 if high == "" or sign in ("*", "+") else 1 if sign == "?" else 0)
    return "".join(rng.choices(allowed, k=rng.randint(least, most))) if allowed else ""


def _long_text(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return pen.words(at.extra["maks"])


def _number(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> int:
    return pen.rng.randint(at.extra["min"], at.extra["maks"])


def _date(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    latest = _limit(pen, at, "paling_akhir") or pen.context.today
    earliest = _limit(pen, at, "paling_awal") or latest - timedelta(days=60)
    return pen.day(earliest, max(earliest, latest)).isoformat()


def _limit(pen: Pen, at: Field, key: str) -> date | None:
    written = at.extra.get(key)
    if not written:
        return None
    return written_day(written, pen.context)


def _time(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return f"{pen.rng.randint(8, 15):02d}:{pen.rng.randint(0, 59):02d}"


def _choice(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str | None:
    options = choices(at, pen.form, pen.own, pen.context)
    if is_typed(at, options):
        return pen.words(LONGEST_NAME)
    return pen.rng.choice(options).value if options else None


def _choices(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> list[str] | None:
    allowed = [option.value for option in choices(at, pen.form, pen.own, pen.context)]
    if at.extra.get("semua") or not allowed:
        return allowed or None
    return pen.rng.sample(allowed, pen.rng.randint(1, len(allowed)))


def _yes_no(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> bool:
    return pen.rng.random() < 0.5


def _statement(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> bool:
    return True


def _nik(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return invented_nik(pen.rng)


def _nomor_kk(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return invented_nomor_kk(pen.rng)


def _phone(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return invented_phone(pen.rng)


def _email(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    return f"{pen.rng.choice(_WORDS)}{pen.rng.randint(1, 9999)}@contoh.id"


def _region(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> dict[str, str]:
    place = pen.rng.choice(kalurahan(DEMO_REGION))
    return {"kapanewon": place.kapanewon, "kalurahan": place.kode}


def _by_element(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> str:
    way = element_way(at, row)
    if way == "tanggal":
        return pen.day(date(1960, 1, 1), pen.context.today).isoformat()
    if way.startswith(CODE):
        return pen.rng.choice(code_options(way, pen.context.codes_day)).value
    return pen.words(at.extra["maks"])


def _uploads(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> list[str]:
    return pen.upload(at, path)


def _wanted(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> dict[str, list[str]]:
    return {code: pen.upload(at, f"{path}.{code}") for code in marked(at.extra["dari"], pen.context.answers)}


def _judgement(pen: Pen, at: Field, path: str, row: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    asked = [each.code for each in judged_requirements(at, pen.own, pen.context)]
    bad = [option.value for option in at.options if option.value != GOOD]
    struck = set() if pen.rng.random() < _ALL_GOOD or not bad else set(pen.rng.sample(asked, min(1, len(asked))))
    handed_in = current_files(pen.context.forms, pen.context.answers)
    struck |= {code for code in asked if bad and not handed_in.get(code)}
    judged = {code: {"nilai": GOOD, "catatan": ""} for code in asked}
    judged |= {code: {"nilai": pen.rng.choice(bad), "catatan": pen.words(at.extra["maks"])} for code in sorted(struck)}
    return judged


_MAKERS: Mapping[str, Callable[[Pen, Field, str, Mapping[str, Any]], Any]] = {
    "teks": _text,
    "teks_panjang": _long_text,
    "angka": _number,
    "tanggal": _date,
    "jam": _time,
    "pilihan": _choice,
    "pilihan_banyak": _choices,
    "ya_tidak": _yes_no,
    "pernyataan": _statement,
    "nik": _nik,
    "nomor_kk": _nomor_kk,
    "nomor_hp": _phone,
    "email": _email,
    "wilayah": _region,
    "menurut_elemen": _by_element,
    "berkas": _uploads,
    "berkas_diminta": _wanted,
    "penilaian_berkas": _judgement,
}
