"""What changed for the person between two versions of a procedure, in sentences."""

from collections.abc import Iterator

from app.procedures.model.form import Field, Form
from app.procedures.model.procedure import Procedure


def changes_for_applicant(old: Procedure, new: Procedure) -> list[str]:
    """Differences of the first form and of the documents asked for; empty where nothing concerns the pemohon."""
    before, after = _fields(old.forms[old.first_step]), _fields(new.forms[new.first_step])
    return [
        *(f"Isian baru: {after[key].label}." for key in after if key not in before),
        *(f"Tidak ditanyakan lagi: {before[key].label}." for key in before if key not in after),
        *(text for key in after if key in before for text in _changed(before[key], after[key])),
        *_documents(old, new),
    ]


def _fields(form: Form) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for field in (field for section in form.sections for field in section.fields):
        found[field.id] = field
        found |= {f"{field.id}.{column.id}": column for column in field.columns}
    return found


def _changed(before: Field, after: Field) -> Iterator[str]:
    if before.kind != after.kind:
        yield f"Cara mengisi berubah: {after.label}."
    elif {option.value for option in before.options} != {option.value for option in after.options}:
        yield f"Pilihan berubah: {after.label}."
    if after.required and not before.required:
        yield f"Sekarang wajib diisi: {after.label}."
    if before.label != after.label:
        yield f"Kalimat berubah: {before.label} menjadi {after.label}."


def _documents(old: Procedure, new: Procedure) -> Iterator[str]:
    before = {each.code: each.name for each in old.requirements}
    after = {each.code: each.name for each in new.requirements}
    yield from (f"Berkas baru: {after[code]}." for code in after if code not in before)
    yield from (f"Berkas ini tidak diminta lagi: {before[code]}." for code in before if code not in after)
