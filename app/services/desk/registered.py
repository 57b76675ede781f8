"""People who are stated in a form beside what the population registry has of them.

Read off the forms alone: a `nik` field outside the tables states a person, and every other plain field that is named as
an element of the registry is compared. Its name may begin with a word (`diwakili_nik`, `diwakili_nama`): then it states
somebody else, e.g. whom the pemohon stands for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.adapters.registry import TableRegistry, Warga
from app.domain.masking import mask_nik
from app.domain.tanggal import format_date
from app.procedures.model.form import Field, Form
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

    `taken`: another valid account has this NIK; `failed`: accounts blocked after stating it. `title`: of the page on
    which somebody else than the pemohon is stated, "" = the pemohon.
    """

    lines: tuple[Compared, ...]
    is_known: bool
    family: tuple[str, ...]
    taken: bool = False
    failed: int = 0
    title: str = ""


def beside(view: CaseView, *, masked: bool) -> tuple[Beside, ...]:
    """The people stated last in this case, the pemohon first; none where no form asks for one. The caller may see the
    case."""
    stated = [form for step, form in view.procedure.forms.items() if _stated(form) and view.answers.get(step)]
    forms = [form for form in stated if view.procedure.steps[form.step].by_applicant]
    if not forms:
        return ()
    form = next((each for each in forms if each.step != view.procedure.first_step), forms[0])
    answers = view.answers[form.step]
    here = [(prefix, title) for prefix, title in _stated(form) if answers.get(f"{prefix}nik")]
    return tuple(_beside(view, form, prefix, title if prefix else "", masked) for prefix, title in here)


def _beside(view: CaseView, form: Form, prefix: str, title: str, masked: bool) -> Beside:
    answers, registry = view.answers[form.step], TableRegistry(store.session())
    nik, card = str(answers[f"{prefix}nik"]), str(answers.get(f"{prefix}nomor_kk", ""))
    person = registry.find(nik)
    is_account = view.procedure.about == "akun"
    return Beside(
        lines=tuple(_lines(form, answers, prefix, person, masked)),
        is_known=person is not None,
        family=tuple(each.nama for each in registry.family(card)) if card else (),
        taken=is_account and standing.nik_is_taken(store.session(), nik, view.subject_id),
        failed=blocks.times_failed(nik) if is_account else 0,
        title=title,
    )


def _lines(
    form: Form, answers: Mapping[str, Any], prefix: str, person: Warga | None, masked: bool
) -> Iterator[Compared]:
    for field in (field for section in form.sections for field in section.fields):
        name = field.id.removeprefix(prefix)
        if field.id == f"{prefix}{name}" and name in _TEXTS and answers.get(field.id):
            yield _compared(field, name, str(answers[field.id]), person, masked)


def _compared(field: Field, name: str, written: str, person: Warga | None, masked: bool) -> Compared:
    known = _registered(name, person)
    agrees = None if not known else _plain(known) == _plain(written)
    shown = format_date(person.tanggal_lahir) if person and name == "tanggal_lahir" else known
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


def _stated(form: Form) -> list[tuple[str, str]]:
    """How the names begin that state a person ("" = the pemohon), and the title of that page; the pemohon first."""
    found = [
        (field.id.removesuffix("nik"), section.title)
        for section in form.sections
        for field in section.fields
        if field.kind == "nik" and (field.id == "nik" or field.id.endswith("_nik"))
    ]
    return sorted(found, key=lambda each: each[0] != "")
