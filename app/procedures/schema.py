"""Holds a YAML document against its JSON Schema and says in Indonesian, with the line, what does not fit."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from app.procedures.places import Findings, nearest
from app.procedures.yamltext import Document

MAX_ERRORS = 200  # of one file; whoever mends these sees the rest

FOLDER = Path(__file__).parent / "skema"

_TYPES = {"object": "beberapa kunci (isi menjorok ke dalam)", "array": "daftar", "string": "teks"}


@cache
def _validator(name: str) -> Draft202012Validator:
    file, _, part = name.partition("#")
    schema = json.loads((FOLDER / f"{file}.json").read_text("utf-8"))
    if part:
        schema = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check_schema(document: Document, name: str, findings: Findings) -> bool:
    """Hold `document` against the schema called `name` (ikmt, formulir, formulir#bersama, cetak).

    True when all that is read of it has the right shape. A key that nobody knows is a fault, but nobody reads it: the
    rest can still be looked at.
    """
    errors = list(islice(_validator(name).iter_errors(document.data), MAX_ERRORS))
    for error in errors:
        for path, message in _sentences(error):
            findings.add(document.file, document.line(path), message)
    return all(_is_unknown_key(error) for error in errors)


def _is_unknown_key(error: ValidationError) -> bool:
    return error.validator == "additionalProperties" and error.validator_value is False


def _sentences(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    path = tuple(error.absolute_path)
    say = _SAY.get(str(error.validator), _plain)
    return [((*path, *extra), message) for extra, message in say(error)]


Said = list[tuple[tuple[str | int, ...], str]]


def _required(error: ValidationError) -> Said:
    missing = [key for key in _list(error.validator_value) if key not in _mapping(error.instance)]
    return [((), f"Kunci '{key}' belum ada di sini.") for key in missing]


def _unknown(error: ValidationError) -> Said:
    known = set(_mapping(_mapping(error.schema).get("properties")))
    return [_unknown_key(key, known) for key in _mapping(error.instance) if key not in known]


def _not_for_kind(error: ValidationError) -> Said:
    key = str(error.instance)
    known = _list(_mapping(error.schema).get("enum"))
    return [((key,), f"Kunci '{key[:60]}' tidak dipakai di sini.{nearest(key, known)}")] if known else _plain(error)


def _unknown_key(key: str, known: set[str]) -> tuple[tuple[str | int, ...], str]:
    return (key,), f"Kunci '{key[:60]}' tidak dikenal.{nearest(key, known)}"


def _enum(error: ValidationError) -> Said:
    if error.validator_value and "propertyNames" in error.absolute_schema_path:
        return _not_for_kind(error)
    known = [str(each) for each in _list(error.validator_value)]
    if not isinstance(error.instance, str):
        return [((), f"Isi di sini harus salah satu dari: {', '.join(known)}.")]
    word = error.instance
    return [((), f"'{word[:60]}' tidak dikenal di sini.{nearest(word, known)} Yang ada: {', '.join(known)}.")]


def _type(error: ValidationError) -> Said:
    wanted = error.validator_value
    words = [_TYPES.get(each, each) for each in ([wanted] if isinstance(wanted, str) else _list(wanted))]
    return [((), f"Isi di sini harus {' atau '.join(words)}.")]


def _plain(error: ValidationError) -> Said:
    hint = _mapping(error.schema).get("description")
    return [((), str(hint) if hint else "Isi di sini tidak sesuai bentuk yang diminta.")]


def _empty(error: ValidationError) -> Said:
    return [((), "Bagian ini tidak boleh kosong.")]


def _too_much(error: ValidationError) -> Said:
    return [((), f"Isi di sini terlalu panjang; paling banyak {error.validator_value}.")]


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_SAY: Mapping[str, Callable[[ValidationError], Said]] = {
    "required": _required,
    "additionalProperties": _unknown,
    "enum": _enum,
    "type": _type,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "maxLength": _too_much,
    "maxItems": _too_much,
    "maxProperties": _too_much,
}
