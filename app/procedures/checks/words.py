"""Conditions and references: do the steps, fields and values they name exist, and do they come before?"""

from collections.abc import Callable

from app.domain.conditions import Condition
from app.procedures.actions import APPLICANT, CASE, CLOSED_BY, FILLED_BY, NIK_KNOWN, NIK_TAKEN, OFFICER
from app.procedures.checks.subject import Subject
from app.procedures.model.form import Field, Option
from app.procedures.options import code_options
from app.procedures.places import nearest

Say = Callable[[str, bool], None]


def check_condition(
    subject: Subject, condition: Condition, at: str, say: Say, own: dict[str, Field] | None = None
) -> None:
    """`at`: the element where the condition is looked at ("" = anywhere); `own`: fields known besides the forms'."""
    for step in sorted(condition.visits - subject.procedure.steps.keys()):
        if subject.is_doubtful(step):
            continue
        say(f"Kondisi menyebut kunjungan langkah '{step}' yang tidak ada.{nearest(step, subject.user_steps)}", False)
    for step, name in sorted(condition.references):
        if step == CASE:
            _case_fact(subject, name, say)
        elif find_field(subject, step, name, say, own) is not None:
            _check_order(subject, step, at, say)
    for step, name, value in sorted(condition.values, key=str):
        if step == CASE:
            fact = case_facts(subject).get(name)
            if fact is not None:
                check_value(fact, value, say)
            continue
        field = (own or {}).get(name) if step == at else None
        field = field or subject.fields(step).get(name)
        if field is not None:
            check_value(field, value, say)


def case_facts(subject: Subject) -> dict[str, Field]:
    """What `kasus.<name>` can be, as if each were a field with options."""
    known = {
        CLOSED_BY: sorted(subject.procedure.outcomes),
        FILLED_BY: [APPLICANT, OFFICER],
        NIK_TAKEN: ["ya", "tidak"],
        NIK_KNOWN: ["ya", "tidak"],
    }
    return {
        name: Field(name, "pilihan", name, options=tuple(Option(value, value) for value in values))
        for name, values in known.items()
    }


def _case_fact(subject: Subject, name: str, say: Say) -> None:
    known = case_facts(subject)
    if name not in known:
        say(f"'{CASE}.{name}' tidak ada.{nearest(name, known)} Yang ada: {', '.join(known)}.", False)


def find_field(subject: Subject, step: str, name: str, say: Say, own: dict[str, Field] | None = None) -> Field | None:
    """The field `step.name`; says what is wrong where there is none."""
    if own and name in own:
        return own[name]
    if subject.is_doubtful(step):
        return None
    if step not in subject.user_steps:
        say(f"Langkah '{step}' tidak ada di diagram.{nearest(step, subject.user_steps)}", False)
        return None
    if step not in subject.procedure.forms:
        if step not in subject.sources.files.form_steps:
            say(f"Langkah '{step}' tidak punya formulir, jadi tidak punya isian '{name}'.", False)
        return None
    fields = subject.fields(step)
    if name not in fields:
        say(f"Isian '{name}' tidak ada di formulir {step}.{nearest(name, fields)}", False)
    return fields.get(name)


def check_value(field: Field, value: object, say: Say) -> None:
    """Can an answer to `field` ever be `value`?"""
    known = possible_values(field)
    if known is not None and not (value in known or (isinstance(value, bool) and field.kind == "ya_tidak")):
        word = str(value)
        say(f"Isian '{field.id}' tidak punya pilihan '{word[:60]}'.{nearest(word, known)}", False)


def possible_values(field: Field) -> list[str] | None:
    """Every value the field can have; None where there is no such list."""
    if "tetap" in field.extra:
        return [field.extra["tetap"]]
    if field.kind == "ya_tidak":
        return ["ya", "tidak"]
    if field.options:
        return [option.value for option in field.options]
    if field.options_from.startswith("kode/"):
        return [option.value for option in code_options(field.options_from)]
    return None


def _check_order(subject: Subject, step: str, at: str, say: Say) -> None:
    if not at or step == at:
        return
    if not subject.precedes(step, at):
        say(f"Langkah '{step}' tidak pernah dikerjakan sebelum '{at}', jadi isiannya selalu kosong di sini.", False)
    elif subject.may_be_skipped(step, at):
        say(f"Langkah '{step}' bisa terlewati sebelum '{at}'; isiannya lalu dianggap kosong.", True)
