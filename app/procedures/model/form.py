"""The screen of a step: its fields and what makes its answers acceptable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.conditions import Condition


@dataclass(frozen=True)
class Option:
    """`visible`: offered only where this holds; None = always.

    `key`: the letter that presses it on an officer's screen, where a choice with letters is drawn as buttons;
    `note`: of a judgement, what the pemohon is told when nothing else is written.
    """

    value: str
    label: str
    help: str = ""
    visible: Condition | None = None
    key: str = ""
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule over one form or one table row. Exactly one of `refuse` and `remind` is set.

    `kind`: `sama` (fields equal), `kembar` (fields together unique among the rows), `kondisi` (a condition).
    """

    kind: str
    fields: tuple[str, ...]
    condition: Condition | None
    refuse: str = ""
    remind: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a form. `kind` is a word of the vocabulary (teks, pilihan, tabel, berkas, …).

    `extra` holds the keys that only this kind knows, already checked (min_baris, maks_halaman, pola, tetap, awal, …).
    `waived_at_counter`: asked of the pemohon, but not of an officer who files for somebody who may have no such thing.
    """

    id: str
    kind: str
    label: str
    help: str = ""
    required: bool = True
    waived_at_counter: bool = False
    locked: bool = False
    visible: Condition | None = None
    options: tuple[Option, ...] = ()
    options_from: str = ""
    filled_from: str = ""
    requirement: str = ""
    own_page: bool = False
    columns: tuple["Field", ...] = ()
    rules: tuple[Rule, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """One `bagian`: a page on a phone."""

    id: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""
    visible: Condition | None = None


@dataclass(frozen=True)
class Pause:
    """Its officer may stop the task's clock for `cause`; answers that meet `when` (None: none do) stop it too."""

    when: Condition | None
    cause: str

    def asked_by(self, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        return self.when is not None and self.when.holds(answers)


@dataclass(frozen=True)
class Unfinished:
    """Answers that are kept but leave the step open (`belum_selesai`). `reasons`: the fields that say why."""

    when: Condition
    reasons: tuple[str, ...]
    pause: Pause | None = None


@dataclass(frozen=True)
class MustSee:
    """With answers that meet `when`, the files handed in under `step`, `field` must have been on the screen."""

    when: Condition
    step: str
    field: str


@dataclass(frozen=True)
class Form:
    """The screen of one step. Answers are a dict: field id -> JSON value.

    Value shapes: teks/pilihan/nik/… str; angka int; tanggal "YYYY-MM-DD"; jam "HH:MM"; pilihan_banyak list[str];
    ya_tidak bool; pernyataan True; berkas list[upload id]; tabel list[dict];
    wilayah {"kapanewon": kode, "kalurahan": kode};
    penilaian_berkas {requirement code: {"nilai": str, "catatan": str}}; menurut_elemen str (code, date or text);
    berkas_diminta {requirement code: list[upload id]}, everything replaced so far; salin shows something, no answer.
    A hidden or empty field is absent.
    """

    step: str
    title: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    check_answers: bool = False
    invitation: str = ""  # what leads a person to this screen: "Lengkapi berkas"; empty = the step's name
    submit_label: str = "Simpan dan lanjutkan"
    unfinished: Unfinished | None = None
    must_see: tuple[MustSee, ...] = ()
    outage: str = ""  # what may be down, so that nothing can be done here for now

    @property
    def pause(self) -> Pause | None:
        asked = self.unfinished.pause if self.unfinished else None
        return asked or (Pause(None, self.outage) if self.outage else None)

    def leaves_open(self, answers: Mapping[str, Any]) -> bool:
        """Do these answers of the step say that it is not done yet?"""
        return self.unfinished is not None and self.unfinished.when.holds({self.step: answers})

    def field(self, field_id: str) -> Field | None:
        return next((f for s in self.sections for f in s.fields if f.id == field_id), None)

    def at_counter(self) -> "Form":
        """The same for an officer who fills it in for somebody: what is waived then is not required."""
        sections = (replace(s, fields=tuple(_waived(f) for f in s.fields)) for s in self.sections)
        return replace(self, sections=tuple(sections))


def _waived(field: Field) -> Field:
    return replace(field, required=False) if field.waived_at_counter else field
