"""A form file as model.Form. A field on its own page becomes its own section, so that every section is one page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from app.domain.conditions import Condition
from app.domain.errors import Fault
from app.procedures.fields import read_condition, read_field
from app.procedures.model.form import Field, Form, MustSee, Pause, Section, Unfinished
from app.procedures.places import Findings, Place, nearest
from app.procedures.rules import read_rules
from app.procedures.yamltext import Document


def read_form(document: Document, step: str, shared: Mapping[str, Document], findings: Findings) -> Form:
    """The form of `step`; `document` and the shared blocks fit their schema. Faults go to `findings`."""
    form, faults = _read(_These(document, dict(shared)), step)
    findings.extend(faults)
    return form


@dataclass(frozen=True, eq=False)
class _These:
    """Documents that are known by being the same objects: nobody changes one, and the same bytes give the same."""

    document: Document
    shared: Mapping[str, Document]

    @property
    def _who(self) -> tuple[object, ...]:
        return id(self.document), *((name, id(each)) for name, each in self.shared.items())

    def __hash__(self) -> int:
        return hash(self._who)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _These) and other._who == self._who


@lru_cache(maxsize=256)
def _read(these: _These, step: str) -> tuple[Form, tuple[Fault, ...]]:
    """Most forms stay the same between two checks of a procedure, so the same ones are read once."""
    shared, findings = these.shared, Findings()
    form = _form(Place(these.document), step, shared, findings)
    return form, tuple(findings.faults)


def _form(root: Place, step: str, shared: Mapping[str, Document], findings: Findings) -> Form:
    sections = [page for part in root.each("bagian") for page in _pages(part, step, shared, findings)]
    return Form(
        step=step,
        title=root.text("judul"),
        sections=tuple(sections),
        rules=read_rules(root, step, findings),
        check_answers=root.yes("periksa_jawaban"),
        invitation=root.text("ajakan"),
        submit_label=root.text("tombol_kirim", "Simpan dan lanjutkan"),
        unfinished=_unfinished(root.at("belum_selesai"), step, findings) if root.has("belum_selesai") else None,
        must_see=tuple(_must_see(root, step, findings)),
        outage=root.text("gangguan"),
    )


def _must_see(root: Place, step: str, findings: Findings) -> Iterator[MustSee]:
    for place in root.each("harus_tampil"):
        when = read_condition(place.at("jika"), step, findings)
        at, _, field = place.text("berkas").partition(".")
        if when is not None:
            yield MustSee(when, at, field)


def _unfinished(place: Place, step: str, findings: Findings) -> Unfinished | None:
    when = read_condition(place.at("jika"), step, findings)
    if when is None:
        return None
    pause = None
    if place.has("jeda"):
        at = place.at("jeda")
        stops = read_condition(at.at("jika"), step, findings)
        pause = Pause(stops, at.text("sebab")) if stops is not None else None
    return Unfinished(when, place.texts("alasan"), pause)


def field_places(document: Document, shared: Mapping[str, Document]) -> dict[str, Place]:
    """Field id (or `table.column`) -> where it is written; for faults that are found later."""
    found: dict[str, Place] = {}
    for part in Place(document).each("bagian"):
        for place in _expand(part, shared, Findings()):
            found.setdefault(place.text("id"), place)
            for column in place.each("kolom"):
                found.setdefault(f"{place.text('id')}.{column.text('id')}", column)
    return found


def _expand(part: Place, shared: Mapping[str, Document], findings: Findings) -> Iterator[Place]:
    """The places of a section's fields, with `pakai` replaced by the fields of the shared block."""
    for place in part.each("isian"):
        if not place.has("pakai"):
            yield place
            continue
        name = place.text("pakai")
        if name in shared:
            yield from Place(shared[name]).each("isian")
        else:
            findings.at(place, f"Blok bersama '{name}' tidak ada di forms/_bersama/.{nearest(name, shared)}")


def _pages(part: Place, step: str, shared: Mapping[str, Document], findings: Findings) -> Iterator[Section]:
    visible = read_condition(part.at("tampil_jika"), step, findings) if part.has("tampil_jika") else None
    fields = [read_field(place, step, findings) for place in _expand(part, shared, findings)]
    for number, run in enumerate(_runs(fields)):
        yield _section(part, run, number, visible)


def _section(part: Place, run: list[Field], number: int, visible: Condition | None) -> Section:
    section = Section(part.text("id"), part.text("judul"), tuple(run), part.text("bantuan"), visible)
    return section if number == 0 else replace(section, id=f"{section.id}_{run[0].id}", help="")


def _runs(fields: list[Field]) -> list[list[Field]]:
    runs: list[list[Field]] = []
    for field in fields:
        alone = field.own_page or (runs and runs[-1][0].own_page)
        if alone or not runs:
            runs.append([field])
        else:
            runs[-1].append(field)
    return runs
