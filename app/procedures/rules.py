"""`aturan`: rules over a form or a table row, written as short sentences the process owner can read."""

import re

from app.domain.conditions import Condition, compile_visibility
from app.domain.errors import ConditionError
from app.procedures.model.form import Rule
from app.procedures.places import Findings, Place

_SAME = re.compile(r"(\w+) sama dengan (\w+)")
_TWIN = re.compile(r"(\w+(?: dan \w+)*) kembar")
_IS = re.compile(r"(\w+) = (\w+)")
_SOME_BAD = re.compile(r"(\w+) ada yang kurang")
_ALL_GOOD = re.compile(r"(\w+) sesuai semua")


def read_rules(place: Place, step: str, findings: Findings) -> tuple[Rule, ...]:
    """The rules under `aturan` of a form or a table; what cannot be read becomes a fault."""
    found = (_read(rule, step, findings) for rule in place.each("aturan"))
    return tuple(rule for rule in found if rule is not None)


def _read(place: Place, step: str, findings: Findings) -> Rule | None:
    given = place.data["jika"]
    words = given.strip() if isinstance(given, str) else ""
    texts = {"refuse": place.text("tolak"), "remind": place.text("ingatkan")}
    try:
        if same := _SAME.fullmatch(words):
            return Rule("sama", same.groups(), None, **texts)
        if twin := _TWIN.fullmatch(words):
            return Rule("kembar", tuple(twin[1].split(" dan ")), None, **texts)
        if equals := _IS.fullmatch(words):
            return Rule("kondisi", (equals[1],), compile_visibility({equals[1]: equals[2]}, step), **texts)
        condition = compile_visibility(given, step)
    except ConditionError as error:
        findings.at(place.at("jika"), f"Aturan tidak dapat dibaca: {error.pesan}")
        return None
    if place.has("dan"):
        return _judgement(place, condition, texts, findings)
    return Rule("kondisi", _fields(condition, step), condition, **texts)


def _judgement(place: Place, condition: Condition, texts: dict[str, str], findings: Findings) -> Rule | None:
    words = place.text("dan")
    if bad := _SOME_BAD.fullmatch(words):
        return Rule("ada_kurang", bad.groups(), condition, **texts)
    if good := _ALL_GOOD.fullmatch(words):
        return Rule("semua_sesuai", good.groups(), condition, **texts)
    findings.at(place.at("dan"), "Tulis '<isian> ada yang kurang' atau '<isian> sesuai semua'.")
    return None


def _fields(condition: Condition, step: str) -> tuple[str, ...]:
    return tuple(sorted(field for at, field in condition.references if at == step))
