"""A compiled procedure: what services and screens know of the three files. Immutable, shared between threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.domain.actors import APPLICANTS
from app.domain.conditions import Condition
from app.domain.durations import Duration
from app.workflow.spec import Spec


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


@dataclass(frozen=True)
class Row:
    """One row of the paper's table, word for word."""

    no: int
    steps: tuple[str, ...]
    uraian: str
    kelengkapan: str
    waktu: Duration
    output: str
    keterangan: str
    lanes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One user task or service task of the diagram, with what the ikmt says of it.

    `norm`: working time for handling, the step's share of its rows; None or zero: no clock.
    `queue_limit`: working time it may wait unclaimed on top of the norm; None: the office's default.
    `helpers`: roles that may do a pemohon's step on their behalf (files that came by WhatsApp or over the counter).
    `status`: the resident's word once this step is COMPLETED (from its row); `open_status`: while it is open
    (steps of langkah_tambahan); "" = unchanged.
    """

    id: str
    name: str
    kind: str  # "user" | "service"
    lane: str
    roles: frozenset[str]
    rows: tuple[int, ...]
    norm: Duration | None = None
    queue_limit: Duration | None = None
    tell_when_late: tuple[str, ...] = ()
    different_from: tuple[str, ...] = ()
    bulk: bool = False
    done_when_opened: bool = False
    clock_stops: bool = False
    helpers: frozenset[str] = frozenset()
    reminders: tuple[Duration, ...] = ()
    status: str = ""
    open_status: str = ""

    @property
    def by_applicant(self) -> bool:
        return bool(self.roles) and self.roles <= APPLICANTS


@dataclass(frozen=True)
class Requirement:
    """A document a resident hands in; `needed` sees the answers of the first step.

    `when`: in plain words, when it is asked for where the kind of permohonan alone does not say. `hint`: where to get
    it.
    """

    code: str
    name: str
    needed: Condition | None
    basis: str = ""
    when: str = ""
    hint: str = ""


@dataclass(frozen=True)
class NoticeRule:
    """`on`: `selesai` | `dibuka` | `ditutup` (the case) | `jawaban` (step = value of its `keputusan`).

    `value`: the answer of `jawaban`; of `ditutup` the result, "" = any. `to`: `pemohon` | `pelaku <step>` | `peran
    <role>`. `speaker`: the step whose message to the pemohon is passed on, "" = the one just done. `digest`: minutes
    of the day at which the roles named are told in one notice, not of each case; () = at once. `once`: at most once
    in a case, however often it comes to that point: what goes round inside the office is no news to the pemohon.
    """

    on: str
    step: str
    value: str
    to: tuple[str, ...]
    template: str
    channels: tuple[str, ...]
    compulsory: bool
    speaker: str = ""
    digest: tuple[int, ...] = ()
    once: bool = False


@dataclass(frozen=True)
class NoticeTemplate:
    """The text of a notice (`templat` of the ikmt). `{placeholders}`: see domain.placeholders."""

    title: str
    body: str
    additions: tuple[tuple[Condition, str], ...] = ()  # paragraphs added where the case's answers meet the condition


@dataclass(frozen=True)
class Automation:
    """What a service task does: a registered action and its arguments."""

    action: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Withdrawal:
    """How the pemohon may take the request back (`penarikan`).

    `message`: what the diagram waits for; `direct_before`: until this step is done it ends at once;
    `closed_since`: from the completion of this step on it is refused.
    """

    message: str
    direct_before: str
    closed_since: str


@dataclass(frozen=True)
class Deadline:
    """How long a drawn timer runs: `length` of working time, or to the end of the day that was answered in `field`
    (step, field) by the step just done."""

    length: Duration
    field: tuple[str, str] | None = None


@dataclass(frozen=True)
class FollowUp:
    """Answers after which a case of the same procedure is opened for the same pemohon (`kasus_lanjutan`)."""

    when: Condition
    priority: bool

    def asked_by(self, step: str, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        """Does the completion of `step` ask for it?"""
        return step in {at for at, _ in self.when.references} and self.when.holds(answers)


@dataclass(frozen=True)
class Reopening:
    """Where a case that ended with one of these results may go on (`buka_kembali`), and who may say so."""

    outcomes: frozenset[str]
    step: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    result: str
    status: str


@dataclass(frozen=True)
class PrintColumn:
    """One column of a printed table. `text`: what stands in it, `{fields}` of the table's rows.

    With `columns` it is a head over them and takes only the rows whose answers `only` allows: field -> values.
    """

    title: str
    text: str = ""
    width: int = 1
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple["PrintColumn", ...] = ()


@dataclass(frozen=True)
class PrintTable:
    """The rows of the table field `source`; with `per`, rows of one value of that column share their lines.

    `least`: lines to draw at least, empty ones to fill in by hand.
    """

    source: str
    columns: tuple[PrintColumn, ...]
    per: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: int = 0


@dataclass(frozen=True)
class PrintBlock:
    """One piece of a printed form. `kind`: judul | sub_judul | paragraf | catatan | rincian | tabel | tanda_tangan.

    `text`: a template, for the first four; `lines`: (label, template) of rincian; `signature`: kota, sebutan, nama
    (a template) and meterai ("ya" | "tidak").
    """

    kind: str
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    table: PrintTable | None = None
    signature: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PrintForm:
    """A paper made from the answers of the first step (`forms/<slug>/cetak/<name>.yaml`), to sign and hand in."""

    name: str
    title: str
    code: str
    landscape: bool
    blocks: tuple[PrintBlock, ...]


@dataclass(frozen=True)
class Service:
    """What residents read in the catalogue (`layanan`)."""

    title: str
    summary: str
    keywords: tuple[str, ...]
    fee: str
    promise: str
    division: str


@dataclass(frozen=True)
class Procedure:
    """One version of one procedure. `hash`: sha256 hex over its bytes, shared blocks included.

    `about`: what its cases are: a `permohonan` of the catalogue, the validation of an `akun`, a `konsultasi`.
    """

    slug: str
    hash: str
    service: Service
    document: Mapping[str, Any]  # front page of the ikmt, word for word, by its keys
    valid_from: date
    lanes: Mapping[str, tuple[str, ...]]  # lane name -> roles
    steps: Mapping[str, Step]
    rows: tuple[Row, ...]
    forms: Mapping[str, Form]
    requirements: tuple[Requirement, ...]
    kinds: Mapping[str, str]  # jenis_permohonan: value -> label
    notices: tuple[NoticeRule, ...]
    automation: Mapping[str, Automation]
    deadlines: Mapping[str, Deadline]  # `batas`, by timer element id
    outcomes: Mapping[str, Outcome]  # element id passed -> outcome; the last one passed wins
    signing: Mapping[str, str]
    delivery: Mapping[str, Any]
    cut_when: Condition | None  # pengiriman.putus_bila: the pemohon loses what was delivered
    withdrawal: Withdrawal | None
    follow_up: FollowUp | None
    reopenings: tuple[Reopening, ...]
    noted: tuple[tuple[Condition, str], ...]  # `jejak`: answers that the trail names by a word of its own
    first_step: str
    bpmn: bytes
    spec: Spec
    about: str = "permohonan"
    templates: Mapping[str, NoticeTemplate] = field(default_factory=dict)  # `templat`: name -> text
    prints: Mapping[str, PrintForm] = field(default_factory=dict)  # what `unduhan` of a field names

    @property
    def noun(self) -> str:
        """What one of its cases is called in a sentence; never a permohonan where it is none."""
        return {"akun": "pengajuan"}.get(self.about, self.about)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for roles in self.lanes.values() for role in roles)
