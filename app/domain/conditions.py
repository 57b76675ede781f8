"""Conditions of gateways, `tampil_jika` and `perlu_jika`: one small language, compiled once, never eval.

`langkah.isian` is the answer of the latest visit, `kunjungan.langkah` how often a step was completed (so no
step may be called "kunjungan"). Comparison with something empty is False, also `!=`; see `condition_nodes`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.condition_nodes import (
    All,
    Answers,
    Any_,
    AnyOfValues,
    Compare,
    Counts,
    Filled,
    Literal,
    Reference,
    Scalar,
    Test,
    Visits,
)
from app.domain.condition_parser import MAX_LENGTH, is_name, parse_test, refuse
from app.domain.errors import ConditionError

__all__ = ["Condition", "ConditionError", "compile_condition", "compile_visibility"]

MAX_VALUES = 100


@dataclass(frozen=True)
class Condition:
    """A compiled condition. Equal when written the same; safe to share between threads.

    `values`: every literal a reference is compared with, so that a check can ask whether an option has it.
    """

    text: str
    test: Test
    references: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str, Scalar]]
    visits: frozenset[str]

    def holds(self, answers: Answers, visits: Counts | None = None) -> bool:
        """`answers` is {step: {field: value}}, `visits` {step: times completed}. Never raises."""
        return self.test.holds(answers, visits or {})


def compile_condition(text: str) -> Condition:
    """Compile the text of a gateway's condition. Raises ConditionError (Indonesian, says what is allowed)."""
    return _condition(text.strip(), parse_test(text))


def compile_visibility(rule: object, step: str) -> Condition:
    """Compile `tampil_jika` / `perlu_jika`: a mapping is and, a list is or, its keys are fields of `step`.

    A key `langkah.isian` looks at another step. A value is one value or a list of values; with an answer that
    is itself a list (pilihan_banyak) the condition holds when any of the values is in it. A text is read as a
    condition. Raises ConditionError.
    """
    if isinstance(rule, str):
        return compile_condition(rule)
    if isinstance(rule, Mapping):
        test: Test = _every(rule, step)
    elif isinstance(rule, Sequence) and rule and all(isinstance(each, Mapping) for each in rule):
        test = Any_(tuple(_every(each, step) for each in rule))
    else:
        raise ConditionError("Syarat tampil ditulis {isian: nilai}, atau daftar beberapa {isian: nilai}.")
    return _condition(_written(test), test)


def _every(mapping: Mapping[Any, Any], step: str) -> Test:
    if not mapping:
        raise ConditionError("Syarat tampil masih kosong. Tulis {isian: nilai}.")
    return All(tuple(_one(str(key), value, step) for key, value in mapping.items()))


def _one(key: str, value: object, step: str) -> AnyOfValues:
    at, dot, name = key.partition(".")
    reference = Reference(at, name) if dot else Reference(step, key)
    if not (is_name(reference.field) and (not dot or is_name(reference.step))):
        raise refuse(f"Nama isian '{key[:60]}' tidak dapat dipakai di syarat.")
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not values or len(values) > MAX_VALUES:
        raise ConditionError(f"Syarat pada isian '{key}' perlu 1 sampai {MAX_VALUES} nilai.")
    return AnyOfValues(reference, tuple(_value(key, each) for each in values))


def _value(key: str, value: object) -> Scalar:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str) and 0 < len(value) <= MAX_LENGTH:
        # A YAML reader may hand a str that also knows its line; only the letters belong in the condition.
        return str(value)
    raise ConditionError(f"Nilai syarat pada isian '{key}' harus teks, bilangan bulat, ya atau tidak.")


def _condition(text: str, test: Test) -> Condition:
    parts = list(test.parts())
    operands = [side for part in parts for side in _sides(part)]
    return Condition(
        text=text,
        test=test,
        references=frozenset((each.step, each.field) for each in operands if isinstance(each, Reference)),
        values=frozenset(found for part in parts for found in _values(part)),
        visits=frozenset(each.step for each in operands if isinstance(each, Visits)),
    )


def _sides(part: Compare | Filled | AnyOfValues) -> tuple[object, ...]:
    if isinstance(part, Compare):
        return (part.left, part.right)
    return (part.operand,) if isinstance(part, Filled) else (part.reference,)


def _values(part: Compare | Filled | AnyOfValues) -> Iterable[tuple[str, str, Scalar]]:
    if isinstance(part, AnyOfValues):
        return [(part.reference.step, part.reference.field, value) for value in part.values]
    if not isinstance(part, Compare):
        return []
    reference = next((side for side in (part.left, part.right) if isinstance(side, Reference)), None)
    literal = next((side for side in (part.left, part.right) if isinstance(side, Literal)), None)
    if reference is None or literal is None:
        return []
    return [(reference.step, reference.field, value) for value in literal.scalars]


def _written(test: Test) -> str:
    """The mapping as a sentence of the language, for faults and screens."""
    if isinstance(test, Any_):
        return " or ".join(f"({_written(each)})" for each in test.tests)
    if isinstance(test, All):
        return " and ".join(_written(each) for each in test.tests)
    assert isinstance(test, AnyOfValues)
    name = f"{test.reference.step}.{test.reference.field}"
    words = [{True: "ya", False: "tidak"}[each] if isinstance(each, bool) else each for each in test.values]
    shown = [json.dumps(word, ensure_ascii=False) for word in words]
    return f"{name} == {shown[0]}" if len(shown) == 1 else f"{name} in [{', '.join(shown)}]"
