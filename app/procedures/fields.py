"""Fields of a form file as model.Field: one reader for every kind, and what each kind alone knows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.conditions import Condition, compile_visibility
from app.domain.errors import ConditionError
from app.procedures.model.form import Field, Option
from app.procedures.places import Findings, Place, nearest
from app.procedures.rules import read_rules

# One class or letter and its count, no groups, so that a pattern cannot be made to run for ever.
_PATTERN = re.compile(
    r"(?:(?:\[[^\[\]]+\]|\\[dws]|\\[^A-Za-z0-9]|[^\\\[\](){}|*+?^$])(?:\{[0-9]{1,3}(?:,[0-9]{0,3})?\}|[*+?])?)+"
)
_MAX_OPEN_ENDED = 2
WAIVED = "bila_sendiri"


def read_condition(place: Place, step: str, findings: Findings) -> Condition | None:
    """The condition written at `place`; a fault and None where it is outside the language."""
    try:
        return compile_visibility(place.data, step)
    except ConditionError as error:
        findings.at(place, error.pesan)
        return None


def read_field(place: Place, step: str, findings: Findings) -> Field:
    """One `isian` or `kolom`. `step` is the step the form belongs to."""
    kind = place.text("jenis")
    extra = _EXTRA[kind](place, step, findings) if kind in _EXTRA else {}
    columns = tuple(read_field(column, step, findings) for column in place.each("kolom"))
    return Field(
        id=place.text("id"),
        kind=kind,
        label=place.text("label"),
        help=place.text("bantuan"),
        required=place.text("wajib", "ya") != "tidak" and kind != "salin",
        waived_at_counter=place.text("wajib") == WAIVED,
        locked=place.yes("terkunci"),
        visible=read_condition(place.at("tampil_jika"), step, findings) if place.has("tampil_jika") else None,
        options=_options(place, step, findings),
        options_from=place.text("pilihan_dari"),
        filled_from=place.text("diisi_dari"),
        requirement=place.text("persyaratan"),
        own_page=place.yes("halaman_sendiri"),
        columns=_join_elements(place, columns, findings),
        rules=read_rules(place, step, findings) if kind == "tabel" else (),
        extra=extra,
    )


def _options(place: Place, step: str, findings: Findings) -> tuple[Option, ...]:
    found: list[Option] = []
    for value, at in place.items("pilihan"):
        label = at.text("label") if isinstance(at.data, dict) else str(at.data).strip()
        is_detailed = isinstance(at.data, dict) and at.has("tampil_jika")
        visible = read_condition(at.at("tampil_jika"), step, findings) if is_detailed else None
        key = at.text("tombol")
        if key and key in {option.key for option in found}:
            findings.at(at.at("tombol"), f"Huruf '{key}' sudah menjadi tombol pilihan lain.")
        found.append(Option(value, label, at.text("bantuan"), visible, key, at.text("catatan")))
    return tuple(found)


def _join_elements(place: Place, columns: tuple[Field, ...], findings: Findings) -> tuple[Field, ...]:
    """Tell each menurut_elemen column how every element is filled in: kode/<list>, tanggal or teks."""
    choices = {at.text("id"): at for at in place.each("kolom") if at.text("jenis") == "pilihan"}
    joined = []
    for column, at in zip(columns, place.each("kolom"), strict=True):
        if column.kind == "menurut_elemen":
            of = column.extra["of"]
            if of not in choices:
                known = nearest(of, choices)
                findings.at(at.at("elemen_dari"), f"Kolom '{of}' (jenis pilihan) tidak ada di tabel ini.{known}")
            ways = {value: _way(option) for value, option in choices[of].items("pilihan")} if of in choices else {}
            column = replace(column, extra={**column.extra, "elements": ways})
        joined.append(column)
    return tuple(joined)


def _way(option: Place) -> str:
    return option.text("isian", "teks") if isinstance(option.data, dict) else "teks"


def _text(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    extra: dict[str, Any] = {"maks": place.number("maks", 200)}
    if place.has("pola"):
        extra["pola"] = place.data["pola"]
        if not _is_tame(extra["pola"]):
            findings.at(place.at("pola"), "Pola hanya boleh seperti [0-9]{1,3}: huruf, kelas dan jumlah, tanpa kurung.")
    if place.has("tetap"):
        extra["tetap"] = place.text("tetap")
    return extra


def _is_tame(pattern: str) -> bool:
    open_ended = len(re.findall(r"[*+]|,\}", pattern))
    if _PATTERN.fullmatch(pattern) is None or open_ended > _MAX_OPEN_ENDED:
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return True


def _long_text(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"maks": place.number("maks", 1000), **_some(place, "awal_dari")}


def _number(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"min": place.number("min", 0), "maks": place.number("maks", 99_999)}


def _date(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return _some(place, "awal", "paling_awal", "paling_akhir")


def _choice(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    extra: dict[str, Any] = _some(place, "perlu_isian")
    if place.has("bukan_layanan_ini"):
        extra["bukan_layanan_ini"] = {label: str(at.data) for label, at in place.items("bukan_layanan_ini")}
    if place.has("awal"):
        extra["awal"] = place.texts("awal")
    if place.has("semua"):
        at = place.at("semua")
        extra["semua"] = True if at.data == "ya" else read_condition(at, step, findings)
    if not place.has("pilihan") and not place.has("pilihan_dari"):
        findings.at(place, f"Isian '{place.text('id')}' belum punya pilihan. Tulis pilihan atau pilihan_dari.")
    return extra


def _yes_no(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    if not place.has("awal_ya_bila"):
        return {}
    at = place.at("awal_ya_bila")
    return {
        "awal_ya_bila": {
            "tabel": at.text("tabel"),
            "kolom": at.text("kolom"),
            "salah_satu": at.texts("salah_satu"),
        }
    }


def _upload(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {
        "maks_halaman": place.number("maks_halaman", 10),
        "format": place.texts("format"),
        "cocok_dengan": place.texts("cocok_dengan"),
        "bertanda_tangan": place.has("bertanda_tangan"),
        **_some(place, "unduhan"),
    }


def _wanted(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"maks_halaman": place.number("maks_halaman", 10), "dari": place.texts("dari")}


def _reopened(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"dari": place.text("dari")}


def _judgement(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    extra = {"maks": place.number("maks", 200), **_some(place, "jenis_dari")}
    if place.has("boleh_kosong"):
        extra["boleh_kosong"] = read_condition(place.at("boleh_kosong"), step, findings)
    return extra


def _table(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    least, most = place.number("min_baris", 0), place.number("maks_baris", 50)
    if least > most or most > 200:
        findings.at(place, "maks_baris paling banyak 200 dan tidak kurang dari min_baris.")
    extra: dict[str, Any] = {"min_baris": least, "maks_baris": most, **_some(place, "judul_baris")}
    if place.has("diisi_jika"):
        extra["diisi_jika"] = read_condition(place.at("diisi_jika"), step, findings)
    return extra


def _by_element(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"of": place.text("elemen_dari"), "maks": place.number("maks", 200), "elements": {}}


def _statement(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return _some(place, "teks", "bila_tak_terbaca")


def _copy(place: Place, step: str, findings: Findings) -> dict[str, Any]:
    return {"dari": place.text("dari")}


def _some(place: Place, *keys: str) -> dict[str, Any]:
    return {key: place.text(key) for key in keys if place.has(key)}


_EXTRA: Mapping[str, Callable[[Place, str, Findings], dict[str, Any]]] = {
    "teks": _text,
    "teks_panjang": _long_text,
    "angka": _number,
    "tanggal": _date,
    "jam": _date,
    "pilihan": _choice,
    "pilihan_banyak": _choice,
    "ya_tidak": _yes_no,
    "berkas": _upload,
    "berkas_diminta": _wanted,
    "isian_diminta": _reopened,
    "penilaian_berkas": _judgement,
    "tabel": _table,
    "menurut_elemen": _by_element,
    "pernyataan": _statement,
    "salin": _copy,
}
