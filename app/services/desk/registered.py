"""A person who is stated in a form beside what the population registry has of them.

Read off the forms alone: a form with a `nik` field outside its tables states a person, and every other plain field that
is named as an element of the registry is compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.adapters.registry import TableRegistry, Warga
from app.domain.masking import mask_nik
from app.domain.tanggal import format_date
from app.procedures.model import Field, Form
from app.services import store
from app.services.flow.cases import CaseView
from app.services.joining import blocks, standing

_TEXTS = ("nik", "nomor_kk", "nama", "tanggal_lahir", "alamat", "rt", "rw")


@dataclass(frozen=True)
class Compared:
    """One line. `agrees`: None where one side knows nothing."""

    label: str
    written: str
    registered: str
    agrees: bool | None


@dataclass(frozen=True)
class Beside:
    """`is_known`: is there such a NIK in the registry; `family`: names on the card that was stated.

    `taken`: another valid account has this NIK; `failed`: accounts blocked after stating it.
    """

    lines: tuple[Compared, ...]
    is_known: bool
    family: tuple[str, ...]
    taken: bool = False
    failed: int = 0


def beside(view: CaseView, *, masked: bool) -> Beside | None:
    """The person stated last in this case; None where no form asks for one. The caller may see the case."""
    stated = [form for step, form in view.procedure.forms.items() if _nik(form) and view.answers.get(step)]
    forms = [form for form in stated if view.procedure.steps[form.step].by_applicant]
    if not forms:
        return None
    form = next((each for each in forms if each.step != view.procedure.first_step), forms[0])
    answers = view.answers[form.step]
    registry = TableRegistry(store.session())
    nik = str(answers.get(_nik(form), ""))
    person = registry.find(nik)
    family = registry.family(str(answers.get("nomor_kk", ""))) if answers.get("nomor_kk") else []
    is_account = view.procedure.about == "akun"
    return Beside(
        lines=tuple(_lines(form, answers, person, masked)),
        is_known=person is not None,
        family=tuple(each.nama for each in family),
        taken=is_account and standing.nik_is_taken(store.session(), nik, view.subject_id),
        failed=blocks.times_failed(nik) if is_account else 0,
    )


def _lines(form: Form, answers: Mapping[str, Any], person: Warga | None, masked: bool) -> list[Compared]:
    fields = [field for section in form.sections for field in section.fields if field.id in _TEXTS]
    return [_compared(field, str(answers[field.id]), person, masked) for field in fields if answers.get(field.id)]


def _compared(field: Field, written: str, person: Warga | None, masked: bool) -> Compared:
    known = _registered(field.id, person)
    agrees = None if not known else _plain(known) == _plain(written)
    shown = format_date(person.tanggal_lahir) if person and field.id == "tanggal_lahir" else known
    if masked and field.kind in ("nik", "nomor_kk"):
        return Compared(field.label, mask_nik(written), mask_nik(shown) if shown else "", agrees)
    return Compared(field.label, written, shown, agrees)


def _registered(name: str, person: Warga | None) -> str:
    if person is None:
        return ""
    own = {"nik": person.nik, "nomor_kk": person.nomor_kk, "alamat": person.alamat, "rt": person.rt, "rw": person.rw}
    return own.get(name) or person.element(name) or ""


def _plain(text: str) -> str:
    """RT 3 and 003 are the same, and so are names that differ in spacing."""
    return " ".join(text.casefold().split()).lstrip("0")


def _nik(form: Form) -> str:
    return next((field.id for section in form.sections for field in section.fields if field.kind == "nik"), "")
