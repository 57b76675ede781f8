"""What a form page sent: typed values as the raw dict of answers.clean, and the button that was pressed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.procedures.model import Field

Form = MultiDict[str, str]


@dataclass(frozen=True)
class Press:
    """The pressed button: `verb` (lanjut, simpan, unggah, lepas, baris, buang) and what it is about."""

    verb: str
    name: str = ""
    which: str = ""


def press(form: Form) -> Press:
    """`aksi` is `verb`, `verb:name` or `verb:name:which`; no button = lanjut."""
    verb, _, rest = form.get("aksi", "").partition(":")
    name, _, which = rest.partition(":")
    return Press(verb or "lanjut", name, which)


def read(fields: Iterable[Field], form: Form, saved: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Raw values of these fields. Tables and locked fields are not typed on the page: they stay as saved."""
    raw = {}
    for one in fields:
        path = f"{prefix}{one.id}"
        reader = _READERS.get(one.kind, _text)
        raw[one.id] = saved.get(one.id) if one.locked or one.kind == "tabel" else reader(path, form)
    return {name: value for name, value in raw.items() if value is not None}


def _text(path: str, form: Form) -> Any:
    return form.get(path)


def _many(path: str, form: Form) -> Any:
    return form.getlist(path)


def _yes_no(path: str, form: Form) -> Any:
    return {"ya": True, "tidak": False}.get(form.get(path, ""))


def _statement(path: str, form: Form) -> Any:
    return True if form.get(path) else None


def _region(path: str, form: Form) -> Any:
    """One select of kalurahan, grouped by kapanewon: the code begins with the kapanewon's."""
    code = form.get(path, "")
    return {"kapanewon": code[:6], "kalurahan": code} if code else None


def _judgement(path: str, form: Form) -> Any:
    found: dict[str, dict[str, str]] = {}
    for key, value in form.items():
        code, _, part = key.removeprefix(f"{path}.").partition(".")
        if key.startswith(f"{path}.") and part in ("nilai", "catatan"):
            found.setdefault(code, {})[part] = value
    return found


def _wanted(path: str, form: Form) -> Any:
    codes = dict.fromkeys(key.removeprefix(f"{path}.") for key in form if key.startswith(f"{path}."))
    return {code: form.getlist(f"{path}.{code}") for code in codes}


_READERS = {
    "pilihan_banyak": _many,
    "berkas": _many,
    "ya_tidak": _yes_no,
    "pernyataan": _statement,
    "wilayah": _region,
    "penilaian_berkas": _judgement,
    "berkas_diminta": _wanted,
}
