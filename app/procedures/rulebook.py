"""Applies `aturan` to clean answers: what refuses, and what only reminds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.procedures.actions import GOOD
from app.procedures.model.form import Form, Rule

Meets = Callable[[Rule, Mapping[str, Any]], bool]
Row = tuple[int, Mapping[str, Any]]


def broken_in_rows(rule: Rule, rows: Sequence[Row], meets: Meets) -> Iterator[tuple[int, str]]:
    """(row number, column) where the rule strikes; rows are (number, answers of the row)."""
    if rule.kind == "kembar":
        seen: set[tuple[Any, ...]] = set()
        for number, row in rows:
            key = tuple(_folded(row.get(field)) for field in rule.fields)
            if any(part is not None for part in key) and key in seen:
                yield number, rule.fields[0]
            seen.add(key)
        return
    for number, row in rows:
        if strikes(rule, row, meets):
            yield number, _where(rule)


def strikes(rule: Rule, answers: Mapping[str, Any], meets: Meets) -> bool:
    """Does a rule other than `kembar` strike these answers (a form's, or one row's)?"""
    if rule.kind == "sama":
        left, right = (_folded(answers.get(field)) for field in rule.fields)
        return left is not None and left == right
    if rule.condition is not None and not meets(rule, answers):
        return False
    if rule.kind == "kondisi":
        return True
    judged = answers.get(rule.fields[0])
    if not isinstance(judged, Mapping):
        return False
    wanting = any(each.get("nilai") != GOOD for each in judged.values())
    return wanting if rule.kind == "ada_kurang" else not wanting


def form_path(rule: Rule, form: Form) -> str:
    """The field a form's rule speaks of: the decision it is about, else its first field."""
    if rule.condition is not None:
        own = sorted(field for step, field in rule.condition.references if step == form.step)
        if own:
            return own[0]
    return rule.fields[0] if rule.fields else ""


def rule_fields(rule: Rule, form: Form) -> set[str]:
    """Every field of this form that the rule looks at."""
    references = rule.condition.references if rule.condition else frozenset()
    return set(rule.fields) | {field for step, field in references if step == form.step}


def _where(rule: Rule) -> str:
    return rule.fields[0] if rule.fields else ""


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
