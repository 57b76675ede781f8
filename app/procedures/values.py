"""One value at a time: what a person typed becomes a JSON value of the field's kind, or a sentence saying why not."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from app.domain.codes import UnknownCode
from app.domain.identity import InvalidIdentity, parse_nik, parse_nomor_kk, parse_phone
from app.domain.regions import kalurahan_by_code, kapanewon_by_code
from app.domain.tanggal import InvalidDate, format_date, parse_date
from app.domain.texts import visible
from app.procedures.actions import GOOD
from app.procedures.berkas import current_files, looked_up, marked, needed
from app.procedures.context import FormContext
from app.procedures.days import written_day
from app.procedures.model.document import Requirement
from app.procedures.model.form import Field, Form
from app.procedures.options import CODE, choices, code_options, element_way, is_typed

FORMATS = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
MAX_RAW = 20_000
MAX_INT = 10**18
LONGEST_NAME = 100

Value = TypeVar("Value")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62})\.){1,8}[A-Za-z]{2,24}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.][0-5][0-9])?")


class Refused(Exception):
    """Why a value is not accepted. `messages`: path inside the field ("" or "f106.catatan") -> sentence."""

    def __init__(self, message: str | Mapping[str, str], path: str = "") -> None:
        self.messages = {path: message} if isinstance(message, str) else dict(message)
        super().__init__("; ".join(self.messages.values()))


@dataclass(frozen=True)
class Setting:
    """Where a value stands: its field and form, this step's answers so far, the row of its table, the context."""

    field: Field
    form: Form
    own: Mapping[str, Any]
    row: Mapping[str, Any]
    context: FormContext


def read_value(raw: Any, at: Setting) -> Any:
    """The clean value; None when nothing was given. Raises Refused."""
    return _READERS[at.field.kind](raw, at)


def is_blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | dict) and not raw)


def plain_text(raw: Any, limit: int, lines: bool = False) -> str | None:
    """Text without control characters, spaces tidied; None when empty. Raises Refused."""
    if is_blank(raw):
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise Refused("Isian ini tidak dapat dibaca. Tulis ulang sebagai teks.")
    if isinstance(raw, int) and abs(raw) > MAX_INT:
        raise Refused("Angka ini terlalu besar.")
    text = str(raw)
    if len(text) > max(limit * 4, MAX_RAW):
        raise Refused(f"Terlalu panjang: paling banyak {limit} huruf.")
    text = visible(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    if _CONTROL.search(text):
        raise Refused("Ada tanda yang tidak dapat disimpan. Hapus isian ini, lalu tulis ulang tanpa menempel.")
    text = text.strip() if lines else " ".join(text.split())
    if len(text) > limit:
        raise Refused(f"Terlalu panjang: paling banyak {limit} huruf, sekarang {len(text)}.")
    return text or None


def _text(raw: Any, at: Setting) -> str | None:
    if "tetap" in at.field.extra:
        return str(at.field.extra["tetap"])
    text = plain_text(raw, at.field.extra["maks"])
    pattern = at.field.extra.get("pola")
    if text is not None and pattern and re.fullmatch(pattern, text) is None:
        raise Refused(f"Isi {at.field.label} tidak sesuai bentuknya. {at.field.help}".strip())
    return text


def _long_text(raw: Any, at: Setting) -> str | None:
    return plain_text(raw, at.field.extra["maks"], lines=True)


def _number(raw: Any, at: Setting) -> int | None:
    text = plain_text(raw, 20)
    if text is None:
        return None
    least, most = at.field.extra["min"], at.field.extra["maks"]
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise Refused(f"Tulis angka dari {least} sampai {most}.")
    return int(text)


def _date(raw: Any, at: Setting) -> str | None:
    day = _read_date(raw)
    if day is None:
        return None
    earliest, latest = (_limit(at, key) for key in ("paling_awal", "paling_akhir"))
    if earliest is not None and day < earliest:
        raise Refused(f"Tanggal paling awal {format_date(earliest)}.")
    if latest is not None and day > latest:
        raise Refused(f"Tanggal paling akhir {format_date(latest)}.")
    return day.isoformat()


def _read_date(raw: Any) -> date | None:
    text = plain_text(raw, 40)
    if text is None:
        return None
    try:
        day = parse_date(text)
    except InvalidDate as error:
        raise Refused(str(error)) from error
    if not 1850 <= day.year <= 2150:
        raise Refused("Tahun ini tidak mungkin. Periksa tanggalnya.")
    return day


def _limit(at: Setting, key: str) -> date | None:
    written = at.field.extra.get(key)
    if not written:
        return None
    return written_day(written, at.context)


def _time(raw: Any, at: Setting) -> str | None:
    text = plain_text(raw, 10)
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise Refused("Tulis jam seperti 09.30.")
    return f"{time(int(found[1]), int(found[2])):%H:%M}"


def _choice(raw: Any, at: Setting) -> str | None:
    options = choices(at.field, at.form, at.own, at.context)
    if is_typed(at.field, options):
        return plain_text(raw, LONGEST_NAME)
    text = plain_text(raw, 300)
    if text is not None and text not in {option.value for option in options}:
        raise Refused("Pilihan ini tidak ada dalam daftar. Pilih lagi.")
    return text


def _choices(raw: Any, at: Setting) -> list[str] | None:
    if is_blank(raw):
        return None
    allowed = _allowed(at)
    given = {plain_text(each, 300) for each in (raw if isinstance(raw, list) else [raw])[: len(allowed) + 100]}
    if given - set(allowed) - {None}:
        raise Refused("Ada pilihan yang tidak ada dalam daftar. Pilih lagi.")
    return [value for value in allowed if value in given] or None


def _allowed(at: Setting) -> list[str]:
    return [option.value for option in choices(at.field, at.form, at.own, at.context)]


def _yes_no(raw: Any, at: Setting) -> bool | None:
    if is_blank(raw):
        return None
    if raw in (True, "ya"):
        return True
    if raw in (False, "tidak"):
        return False
    raise Refused("Pilih ya atau tidak.")


def _statement(raw: Any, at: Setting) -> bool | None:
    return True if raw in (True, "ya", "on", "y") else None


def _nik(raw: Any, at: Setting) -> str | None:
    return _identity(raw, lambda text: parse_nik(text, at.context.today).number)


def _nomor_kk(raw: Any, at: Setting) -> str | None:
    return _identity(raw, lambda text: parse_nomor_kk(text, at.context.today).number)


def _phone(raw: Any, at: Setting) -> str | None:
    return _identity(raw, parse_phone)


def _identity(raw: Any, parse: Callable[[str], str]) -> str | None:
    text = plain_text(raw, 60)
    if text is None:
        return None
    try:
        return parse(text)
    except InvalidIdentity as error:
        raise Refused(error.pesan) from error


def _email(raw: Any, at: Setting) -> str | None:
    return plain_email(raw)


def plain_email(raw: Any) -> str | None:
    """An address, or None when empty. Raises Refused."""
    text = plain_text(raw, 200)
    if text is not None and (_EMAIL.fullmatch(text) is None or ".." in text):
        raise Refused("Alamat email belum lengkap. Tulis seperti nama@contoh.id.")
    return text


def _region(raw: Any, at: Setting) -> dict[str, str] | None:
    given = raw if isinstance(raw, Mapping) else {}
    parts = {key: plain_text(given.get(key), 20) for key in ("kapanewon", "kalurahan")}
    if not any(parts.values()):
        return None
    kapanewon, kalurahan = parts["kapanewon"], parts["kalurahan"]
    try:
        if kalurahan is None or kapanewon is None:
            raise Refused("Pilih kapanewon, lalu kalurahannya.")
        if kalurahan_by_code(kalurahan).kapanewon != kapanewon_by_code(kapanewon).kode:
            raise Refused("Kalurahan ini tidak berada di kapanewon itu. Pilih lagi.")
    except UnknownCode as error:
        raise Refused("Kapanewon atau kalurahan ini tidak ada dalam daftar. Pilih lagi.") from error
    return {"kapanewon": kapanewon, "kalurahan": kalurahan}


def _by_element(raw: Any, at: Setting) -> str | None:
    way = element_way(at.field, at.row)
    if way == "tanggal":
        day = _read_date(raw)
        return day.isoformat() if day else None
    text = plain_text(raw, at.field.extra["maks"])
    if text is None or not way.startswith(CODE):
        return text
    for option in code_options(way, at.context.codes_day):
        # Without JavaScript the field is plain text, so the name is as good as the code.
        if text == option.value or text.casefold() == option.label.casefold():
            return option.value
    raise Refused("Pilihan ini tidak ada dalam daftar. Pilih lagi, atau tulis seperti di daftar.")


def _uploads(raw: Any, at: Setting) -> list[str] | None:
    return upload_ids(raw, at, at.field.extra["format"])


def upload_ids(raw: Any, at: Setting, formats: tuple[str, ...] = ()) -> list[str] | None:
    """Known upload ids in the given order, each once, within the field's number of pages. Raises Refused."""
    given = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
    ids = list(dict.fromkeys(str(each) for each in given[:200] if isinstance(each, str) and each.strip()))
    if not ids:
        return None
    allowed = {FORMATS[each] for each in formats}
    for upload in ids:
        info = at.context.uploads.get(upload)
        if info is None:
            raise Refused("Berkas yang diunggah tidak ditemukan lagi. Unggah ulang.")
        if allowed and info.mime not in allowed:
            raise Refused(f"Unggah berkas {' atau '.join(each.upper() for each in formats)}.")
    pages = sum(at.context.uploads[upload].pages for upload in ids)
    if pages > at.field.extra["maks_halaman"]:
        raise Refused(f"Paling banyak {at.field.extra['maks_halaman']} halaman; sekarang {pages}.")
    return ids


def judged_requirements(field: Field, own: Mapping[str, Any], context: FormContext) -> tuple[Requirement, ...]:
    """The documents a penilaian_berkas asks about, given this step's answers so far."""
    source = field.extra.get("jenis_dari", "")
    kind = looked_up(source, context.answers) if "." in source else own.get(source)
    return needed(context.requirements, context.first_step, context.answers, kind)


def _judgement(raw: Any, at: Setting) -> dict[str, dict[str, str]] | None:
    asked = {each.code: each for each in judged_requirements(at.field, at.own, at.context)}
    return _each(asked, raw, lambda code, given: _judge(asked[code], given, at)) or None


def _judge(requirement: Requirement, raw: Any, at: Setting) -> dict[str, str]:
    given = raw if isinstance(raw, Mapping) else {}
    value = plain_text(given.get("nilai"), 60)
    if value is None or value not in {option.value for option in at.field.options}:
        raise Refused(f"Pilih penilaian untuk {requirement.name}.", "nilai")
    if value == GOOD:
        if not current_files(at.context.forms, at.context.answers).get(requirement.code):
            said = f"{requirement.name} belum diserahkan, jadi tidak dapat dinilai sesuai. Pilih penilaian yang lain."
            raise Refused(said, "nilai")
        return {"nilai": value, "catatan": ""}
    try:
        note = plain_text(given.get("catatan"), at.field.extra["maks"])
    except Refused as error:
        raise Refused(str(error), "catatan") from error
    note = note or next(option.note for option in at.field.options if option.value == value)
    if not note:
        raise Refused(f"Tulis apa yang kurang pada {requirement.name}, supaya pemohon tahu.", "catatan")
    return {"nilai": value, "catatan": note}


def _wanted(raw: Any, at: Setting) -> dict[str, list[str]] | None:
    before = looked_up(f"{at.form.step}.{at.field.id}", at.context.answers)
    names = {each.code: each.name for each in at.context.requirements}

    def read(code: str, given: Any) -> list[str]:
        uploads = upload_ids(given, at)
        if uploads is None:
            raise Refused(f"Unggah foto baru untuk {names.get(code, code)}.")
        return uploads

    replaced = _each(marked(at.field.extra["dari"], at.context.answers), raw, read)
    return {**(before if isinstance(before, Mapping) else {}), **replaced} or None


def _each(codes: Iterable[str], raw: Any, read: Callable[[str, Any], Value]) -> dict[str, Value]:
    """Read the entry of every code; raises Refused with all that is wrong, not only the first."""
    given = raw if isinstance(raw, Mapping) else {}
    found: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for code in codes:
        try:
            found[code] = read(code, given.get(code))
        except Refused as error:
            wrong |= {f"{code}.{path}".rstrip("."): message for path, message in error.messages.items()}
    if wrong:
        raise Refused(wrong)
    return found


_READERS: Mapping[str, Callable[[Any, Setting], Any]] = {
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
