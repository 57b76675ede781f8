"""Documents of a case: which are needed, which were marked as wanting, which files stand for each now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.procedures.actions import GOOD
from app.procedures.model.document import Requirement
from app.procedures.model.form import Field, Form

KIND_FIELD = "jenis"  # the field of the first step that holds jenis_permohonan

Answers = Mapping[str, Mapping[str, Any]]


def needed(
    requirements: Iterable[Requirement], first_step: str, answers: Answers, kind: str | None = None
) -> tuple[Requirement, ...]:
    """The documents this case needs; `kind` replaces the jenis_permohonan the pemohon chose."""
    first = dict(answers.get(first_step, {}))
    if kind is not None:
        first[KIND_FIELD] = kind
    seen = {**answers, first_step: first}
    return tuple(each for each in requirements if each.needed is None or each.needed.holds(seen))


def looked_up(path: str, answers: Answers) -> Any:
    """The value at `langkah.isian`, or None."""
    step, _, field = path.partition(".")
    return answers.get(step, {}).get(field)


def marked(sources: Sequence[str], answers: Answers) -> dict[str, dict[str, str]]:
    """Requirement code -> {nilai, catatan} of what is wanting, from the first source that marks anything."""
    for source in sources:
        judged = looked_up(source, answers)
        if isinstance(judged, Mapping):
            wanting = {code: dict(each) for code, each in judged.items() if each.get("nilai") != GOOD}
            if wanting:
                return wanting
    return {}


def current_files(forms: Mapping[str, Form], answers: Answers) -> dict[str, list[str]]:
    """Requirement code -> upload ids that stand for it now: those of the first step, or what replaced them."""
    files: dict[str, list[str]] = {}
    for step, form in forms.items():
        given = answers.get(step, {})
        for field in _fields(form):
            for code, uploads in _handed_in(field, given.get(field.id)):
                files.setdefault(code, []).extend(uploads)
    for replaced in _replacements(forms, answers):
        files.update({code: list(uploads) for code, uploads in replaced.items()})
    return files


def with_replacements(forms: Mapping[str, Form], first_step: str, answers: Answers) -> dict[str, Any]:
    """The answers of the first step as they would be, had the files that stand now been handed in at once.

    Where several rows of a table hold one document, what replaced it stands in the first of them.
    """
    form, own = forms[first_step], dict(answers.get(first_step, {}))
    now: dict[str, list[str]] = {}
    for replaced in _replacements(forms, answers):
        now.update({code: list(uploads) for code, uploads in replaced.items()})
    for field in _fields(form):
        if field.kind == "berkas" and field.requirement in now and own.get(field.id):
            own[field.id] = now.pop(field.requirement)
        if field.kind == "tabel" and own.get(field.id):
            own[field.id] = [_row_with(row, field.columns, now) for row in own[field.id]]
    return own


def paths(form: Form, own: Mapping[str, Any]) -> dict[str, str]:
    """Upload id -> where it stands in the answers: `f106`, `perubahan.0.bukti`."""
    found = {}
    for field in _fields(form):
        value = own.get(field.id)
        if field.kind == "berkas" and isinstance(value, list):
            found.update(dict.fromkeys(value, field.id))
        if field.kind == "tabel" and isinstance(value, list):
            for number, row in enumerate(value):
                for column in (each for each in field.columns if each.kind == "berkas"):
                    found.update(dict.fromkeys(row.get(column.id) or (), f"{field.id}.{number}.{column.id}"))
    return found


def _row_with(row: Mapping[str, Any], columns: Iterable[Field], now: dict[str, list[str]]) -> dict[str, Any]:
    codes = {column.id: column.requirement for column in columns if column.kind == "berkas"}
    return {key: now.pop(codes[key]) if codes.get(key) in now else value for key, value in row.items()}


def _fields(form: Form) -> list[Field]:
    return [field for section in form.sections for field in section.fields]


def _handed_in(field: Field, value: Any) -> list[tuple[str, list[str]]]:
    if field.kind == "berkas" and field.requirement and isinstance(value, list):
        return [(field.requirement, value)]
    if field.kind == "tabel" and isinstance(value, list):
        return [found for row in value for column in field.columns for found in _handed_in(column, row.get(column.id))]
    return []


def _replacements(forms: Mapping[str, Form], answers: Answers) -> list[Mapping[str, list[str]]]:
    found = []
    for step, form in forms.items():
        for field in _fields(form):
            value = answers.get(step, {}).get(field.id)
            if field.kind == "berkas_diminta" and isinstance(value, Mapping):
                found.append(value)
    return found
