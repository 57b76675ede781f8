"""What a compiled condition is made of: plain frozen values, no code, so it can be compared and pickled.

Everything is two-valued. An operand that is *empty* (step not taken, field hidden, "", [] …) makes every
comparison False: also `!=` and `not in`. `not` is plain negation of what it stands before, so
`not (a.b == "x")` holds where a.b is empty, and `a.b != "x"` does not: whoever wants "anything but x, also
nothing" writes the former.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Scalar = str | int | bool
Answers = Mapping[str, Mapping[str, Any]]
Counts = Mapping[str, int]

_WORDS = {"ya": True, "tidak": False}


def is_empty(value: object) -> bool:
    """No answer: None, "" or an empty list or mapping. False and 0 are answers."""
    if type(value) is str:  # nearly every value; the check asks a million times
        return not value
    return value is None or (isinstance(value, str | Sequence | Mapping) and len(value) == 0)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def same(left: object, right: object) -> bool:
    """Equality of answers: types count (3 is not "3", True is not 1), but "ya" is True, "tidak" is False."""
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, Sequence) and isinstance(right, Sequence) and _is_list(left) and _is_list(right):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, bool) and isinstance(right, str):
        return _WORDS.get(right) is left
    if isinstance(right, bool) and isinstance(left, str):
        return _WORDS.get(left) is right
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left == right


def _order(left: object, right: object) -> int | None:
    """-1, 0 or 1; None where the two cannot be put in order (different types, lists, ya/tidak)."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    return None


class Operand(Protocol):
    def value(self, answers: Answers, visits: Counts) -> Any: ...


@dataclass(frozen=True)
class Literal:
    """A value written in the condition; a list is held as a tuple."""

    content: Scalar | tuple[Scalar, ...]

    def value(self, answers: Answers, visits: Counts) -> Any:
        return self.content

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        return self.content if isinstance(self.content, tuple) else (self.content,)


@dataclass(frozen=True)
class Reference:
    """`langkah.isian`: the answer given at the latest visit, None where there is none."""

    step: str
    field: str

    def value(self, answers: Answers, visits: Counts) -> Any:
        given = answers.get(self.step)
        return given.get(self.field) if isinstance(given, Mapping) else None


@dataclass(frozen=True)
class Visits:
    """`kunjungan.langkah`: how often the step was completed; 0 (not empty) where never."""

    step: str

    def value(self, answers: Answers, visits: Counts) -> Any:
        return visits.get(self.step, 0)


class Test(Protocol):
    def holds(self, answers: Answers, visits: Counts) -> bool: ...

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        """The leaves, left to right."""
        ...


@dataclass(frozen=True)
class Compare:
    left: Operand
    operator: str
    right: Operand

    def holds(self, answers: Answers, visits: Counts) -> bool:
        left, right = self.left.value(answers, visits), self.right.value(answers, visits)
        if is_empty(left) or is_empty(right):
            return False
        if self.operator in ("==", "!="):
            return same(left, right) is (self.operator == "==")
        if self.operator in ("in", "not in"):
            return _member(left, right) is (self.operator == "in")
        order = _order(left, right)
        if order is None:
            return False
        return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[self.operator]

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        yield self


def _member(item: object, group: object) -> bool:
    return isinstance(group, Sequence) and _is_list(group) and any(same(item, each) for each in group)


@dataclass(frozen=True)
class Filled:
    """A reference standing alone: answered, and the answer is not tidak or 0."""

    operand: Operand

    def holds(self, answers: Answers, visits: Counts) -> bool:
        value = self.operand.value(answers, visits)
        return not is_empty(value) and value not in (False, 0, "tidak")

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        yield self


@dataclass(frozen=True)
class AnyOfValues:
    """`{isian: [a, b]}` of a form: the answer is one of the values, or (a list) contains one of them.

    The YAML reader keeps numbers as text, so a value in canonical decimal also matches that number.
    """

    reference: Reference
    values: tuple[Scalar, ...]

    def holds(self, answers: Answers, visits: Counts) -> bool:
        answer = self.reference.value(answers, visits)
        if is_empty(answer):
            return False
        given = answer if isinstance(answer, Sequence) and _is_list(answer) else (answer,)
        return any(_written_as(each, value) for each in given for value in self.values)

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        yield self


def _written_as(answer: object, value: Scalar) -> bool:
    if isinstance(answer, int) and not isinstance(answer, bool) and isinstance(value, str):
        return str(answer) == value
    return same(answer, value)


@dataclass(frozen=True)
class All:
    tests: tuple[Test, ...]

    def holds(self, answers: Answers, visits: Counts) -> bool:
        return all(test.holds(answers, visits) for test in self.tests)

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        for test in self.tests:
            yield from test.parts()


@dataclass(frozen=True)
class Any_:
    tests: tuple[Test, ...]

    def holds(self, answers: Answers, visits: Counts) -> bool:
        return any(test.holds(answers, visits) for test in self.tests)

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        for test in self.tests:
            yield from test.parts()


@dataclass(frozen=True)
class Not:
    test: Test

    def holds(self, answers: Answers, visits: Counts) -> bool:
        return not self.test.holds(answers, visits)

    def parts(self) -> "Iterator[Compare | Filled | AnyOfValues]":
        yield from self.test.parts()
