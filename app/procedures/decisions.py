"""A choice that ends the work on a step, drawn as buttons: which other answers each of its options waits for."""

from dataclasses import dataclass

from app.procedures.model.form import Field, Form, Option


@dataclass(frozen=True)
class Choice:
    """`all_good`, `some_wanting`: judgements (field ids) it waits for; `all_ticked`: checklists."""

    option: Option
    all_good: tuple[str, ...]
    some_wanting: tuple[str, ...]
    all_ticked: tuple[str, ...]


def decision(form: Form) -> Field | None:
    """The form's choice whose options have letters; None where it has none."""
    fields = (field for section in form.sections for field in section.fields if field.kind == "pilihan")
    return next((field for field in fields if any(option.key for option in field.options)), None)


def choices(form: Form) -> tuple[Choice, ...]:
    """What the rules of the form say of each option alone; () without a decision.

    A rule that looks at more than the decision is left to the server.
    """
    field = decision(form)
    return tuple(_choice(form, field, option) for option in field.options) if field else ()


def _choice(form: Form, decided: Field, option: Option) -> Choice:
    own = {form.step: {decided.id: option.value}}
    alone = frozenset({(form.step, decided.id)})
    struck = [
        rule
        for rule in form.rules
        if rule.refuse and rule.condition and rule.condition.references == alone and rule.condition.holds(own)
    ]
    ticked = [
        field.id
        for section in form.sections
        for field in section.fields
        if (every := field.extra.get("semua")) is True or (every and every.holds(own))
    ]
    return Choice(
        option=option,
        all_good=tuple(rule.fields[0] for rule in struck if rule.kind == "ada_kurang"),
        some_wanting=tuple(rule.fields[0] for rule in struck if rule.kind == "semua_sesuai"),
        all_ticked=tuple(ticked),
    )
