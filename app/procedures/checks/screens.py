"""The forms: one for every step with a screen, and nothing in them that points at something missing."""

from collections.abc import Mapping
from typing import Any

from app.domain.codes import code_list_names
from app.domain.conditions import Condition
from app.domain.tanggal import InvalidDate, parse_date
from app.procedures.actions import GOOD, NOW, PREFILL, RESERVED_BEGINNINGS, RESERVED_FIELDS, TODAY
from app.procedures.berkas import KIND_FIELD
from app.procedures.checks.subject import Subject
from app.procedures.checks.words import check_condition, check_value, find_field
from app.procedures.days import working_days
from app.procedures.model.form import Field, Form, Rule, Unfinished
from app.procedures.options import CODE, FAMILY, FIELDS, RUNNING
from app.procedures.places import Place, nearest

IN_TABLES = frozenset(
    {
        "teks",
        "teks_panjang",
        "angka",
        "tanggal",
        "jam",
        "pilihan",
        "ya_tidak",
        "nik",
        "nomor_kk",
        "nomor_hp",
        "email",
        "berkas",
        "menurut_elemen",
    }
)


def check_screens(subject: Subject) -> None:
    if subject.has_document:
        _check_presence(subject)
    for form in subject.procedure.forms.values():
        if form.step in subject.user_steps:
            _Screen(subject, form).check()
    if subject.has_document:
        _check_requirements(subject)
        _check_kinds(subject)


def _check_presence(subject: Subject) -> None:
    paths = subject.sources.files.form_steps
    for step in subject.procedure.steps.values():
        if step.kind != "user":
            continue
        if step.done_when_opened and step.id in paths:
            message = f"Langkah '{step.id}' selesai saat dibuka, jadi formulir ini tidak pernah tampil."
            subject.findings.add(paths[step.id], 1, message)
        elif not step.done_when_opened and step.id not in paths:
            path = subject.sources.files.form_path(step.id)
            line = subject.spec.elements[step.id].line
            subject.in_diagram(line, f"Langkah '{step.id}' belum punya formulir. Buat {path}.")
    for name, path in paths.items():
        if name not in subject.user_steps and not subject.is_doubtful(name):
            message = f"Langkah '{name}' tidak ada di diagram.{nearest(name, subject.user_steps)}"
            subject.findings.add(path, 1, message)


def _check_requirements(subject: Subject) -> None:
    fields = [field for step in subject.procedure.forms for field in subject.fields(step).values()]
    asked = {each.requirement for field in fields for each in (field, *field.columns)}
    codes: set[str] = set()
    for place, requirement in zip(subject.root.each("persyaratan"), subject.procedure.requirements, strict=True):
        if requirement.code in codes:
            subject.findings.at(place, f"Persyaratan '{requirement.code}' ditulis dua kali.")
        codes.add(requirement.code)
        if requirement.code not in asked and subject.sources.all_forms_read:
            subject.findings.at(place, f"Persyaratan '{requirement.code}' tidak diminta di formulir mana pun.")
        if requirement.needed is not None:
            check_condition(subject, requirement.needed, "", subject.saying(place.at("perlu_jika")))


def _check_kinds(subject: Subject) -> None:
    """jenis_permohonan is what the field `jenis` of the first step offers; of an account there is one kind only."""
    first = subject.procedure.first_step
    field = subject.fields(first).get(KIND_FIELD)
    if first not in subject.procedure.forms or (subject.procedure.about == "akun" and field is None):
        return
    offered = {option.value for option in field.options} if field else set()
    if offered != set(subject.procedure.kinds):
        message = f"Isian '{KIND_FIELD}' di formulir {first} harus menawarkan tepat jenis-jenis ini."
        subject.findings.at(subject.root.at("jenis_permohonan"), message)


class _Screen:
    """Checks one form; `seen` grows in the order a person fills it in."""

    def __init__(self, subject: Subject, form: Form) -> None:
        self.subject, self.form = subject, form
        self.places = subject.places[form.step]
        self.fields = subject.fields(form.step)
        self.root = Place(subject.sources.forms[form.step])

    def check(self) -> None:
        self._check_names()
        earlier: dict[str, Field] = {}
        for section in self.form.sections:
            if section.visible is not None:
                self._check_visible(section.visible, self._section_place(section.id), earlier)
            for field in section.fields:
                self._check_field(field, earlier)
            earlier |= {field.id: field for field in section.fields}
        for rule, place in zip(self.form.rules, self.root.each("aturan"), strict=False):
            self._check_rule(rule, place, self.fields)
        if self.form.unfinished is not None:
            self._check_unfinished(self.form.unfinished, self.root.at("belum_selesai"))
        if self.form.outage and self.subject.procedure.steps[self.form.step].by_applicant:
            self.say(
                self.root.at("gangguan"), "gangguan hanya untuk langkah petugas; jam pemohon tidak dihentikan begini."
            )
        for each, place in zip(self.form.must_see, self.root.each("harus_tampil"), strict=False):
            self._check_words(each.when, place.at("jika"), self.fields)
            self._check_reference(f"{each.step}.{each.field}", place.at("berkas"), ("berkas",))

    def _check_unfinished(self, unfinished: Unfinished, place: Place) -> None:
        """Its conditions look at this form alone, whose answers they are asked about."""
        pause = unfinished.pause.when if unfinished.pause else None
        pauses = [(pause, place.at("jeda").at("jika"))] if pause is not None else []
        for condition, at in [(unfinished.when, place.at("jika")), *pauses]:
            if any(step != self.form.step for step, _ in condition.references) or condition.visits:
                self.say(at, "belum_selesai hanya boleh melihat isian formulir ini.")
            else:
                self._check_words(condition, at, self.fields)
        for index, name in enumerate(unfinished.reasons):
            if name not in self.fields:
                message = f"Isian '{name}' tidak ada di formulir ini.{nearest(name, self.fields)}"
                self.say(place.at("alasan").at(index), message)
        if self.subject.procedure.steps[self.form.step].by_applicant:
            self.say(place, "belum_selesai hanya untuk langkah petugas.")

    def say(self, place: Place, message: str, warning: bool = False) -> None:
        self.subject.findings.at(place, message, warning)

    def _check_names(self) -> None:
        written = [field.id for section in self.form.sections for field in section.fields]
        for name in sorted({name for name in written if written.count(name) > 1}):
            self.say(self.places[name], f"Isian '{name}' ditulis dua kali di formulir ini.")
        for name, place in self.places.items():
            last = name.rpartition(".")[2]
            if last in RESERVED_FIELDS or last.startswith(RESERVED_BEGINNINGS):
                self.say(place, f"Nama isian '{last}' dipakai sistem. Pilih nama lain.")
        ids = [part.text("id") for part in self.root.each("bagian")]
        for part in self.root.each("bagian"):
            if ids.count(part.text("id")) > 1:
                self.say(part, f"Bagian '{part.text('id')}' ditulis dua kali di formulir ini.")

    def _section_place(self, section: str) -> Place:
        found = next((part for part in self.root.each("bagian") if section.startswith(part.text("id"))), self.root)
        return found.at("tampil_jika")

    def _check_visible(self, condition: Condition, place: Place, earlier: Mapping[str, Field]) -> None:
        """tampil_jika may only look back, so that a page can be drawn without JavaScript."""
        forward = {name for step, name in condition.references if step == self.form.step} - earlier.keys()
        for name in sorted(forward & self.fields.keys()):
            message = f"tampil_jika melihat isian '{name}' yang belum diisi di sini. Pindahkan ke bagian sesudahnya."
            self.say(place, message)
        if not forward & self.fields.keys():
            self._check_words(condition, place, dict(earlier))

    def _check_words(self, condition: Condition, place: Place, own: dict[str, Field]) -> None:
        mine = {each for each in own if (self.form.step, each) in condition.references}
        known = {name: own[name] for name in mine}
        check_condition(self.subject, condition, self.form.step, lambda text, soft: self.say(place, text, soft), known)

    def _check_field(self, field: Field, earlier: Mapping[str, Field]) -> None:
        place = self.places[field.id]
        if field.visible is not None:
            self._check_visible(field.visible, place.at("tampil_jika"), earlier)
        if isinstance(field.extra.get("diisi_jika"), Condition):
            self._check_visible(field.extra["diisi_jika"], place.at("diisi_jika"), earlier)
        for option in field.options:
            if option.visible is not None:
                self._check_visible(option.visible, place.at("pilihan").at(option.value).at("tampil_jika"), earlier)
        if field.extra.get("perlu_isian", "") not in {"", *earlier}:
            message = f"Isian '{field.extra['perlu_isian']}' harus ada di bagian sebelumnya."
            self.say(place.at("perlu_isian"), message + nearest(field.extra["perlu_isian"], earlier))
        self._check_sources(field, place, earlier)
        left: dict[str, Field] = {}
        for column in field.columns:
            at = self.places[f"{field.id}.{column.id}"]
            if column.kind not in IN_TABLES:
                self.say(at, f"Jenis '{column.kind}' tidak dapat dipakai di dalam tabel.")
            if column.visible is not None:
                self._check_visible(column.visible, at.at("tampil_jika"), {**earlier, **left})
            self._check_sources(column, at, earlier)
            left[column.id] = column
        for rule, at in zip(field.rules, place.each("aturan"), strict=False):
            self._check_rule(rule, at, {**self.fields, **left})

    def _check_sources(self, field: Field, place: Place, earlier: Mapping[str, Field]) -> None:
        if field.filled_from:
            self._check_filled(field.filled_from, place.at("diisi_dari"))
        if field.locked and not field.filled_from:
            self.say(place, f"Isian '{field.id}' terkunci tetapi tidak punya diisi_dari.")
        if field.options_from:
            self._check_options_from(field.options_from, place.at("pilihan_dari"), earlier)
        codes = {each.code for each in self.subject.procedure.requirements}
        if field.requirement and field.requirement not in codes and self.subject.has_document:
            message = f"Persyaratan '{field.requirement}' tidak ada di ikmt.{nearest(field.requirement, codes)}"
            self.say(place.at("persyaratan"), message)
        if field.kind == "penilaian_berkas" and GOOD not in {option.value for option in field.options}:
            self.say(place, f"Penilaian berkas harus punya pilihan '{GOOD}'.")
        self._check_extra(field, place)

    def _check_filled(self, source: str, place: Place) -> None:
        first, _, name = source.partition(".")
        if first in PREFILL:
            if name not in PREFILL[first]:
                self.say(place, f"'{source}' tidak ada.{nearest(name, PREFILL[first])}")
            return
        self._check_reference(source, place)

    def _check_reference(self, source: str, place: Place, kinds: tuple[str, ...] = ()) -> Field | None:
        step, _, name = source.partition(".")
        field = find_field(self.subject, step, name, lambda text, soft: self.say(place, text, soft))
        if field is not None and step != self.form.step and not self.subject.precedes(step, self.form.step):
            self.say(place, f"Langkah '{step}' tidak pernah dikerjakan sebelum '{self.form.step}'.")
        if field is not None and kinds and field.kind not in kinds:
            self.say(place, f"'{source}' harus berjenis {' atau '.join(kinds)}.")
        return field

    def _check_options_from(self, source: str, place: Place, earlier: Mapping[str, Field]) -> None:
        if source.startswith(CODE):
            name = source.removeprefix(CODE)
            if name not in code_list_names():
                self.say(place, f"Daftar kode '{name}' tidak ada.{nearest(name, code_list_names())}")
            return
        if source.startswith(FIELDS):
            step, forms = source.removeprefix(FIELDS), self.subject.procedure.forms
            if step not in forms:
                self.say(place, f"Langkah '{step}' tidak punya formulir.{nearest(step, forms)}")
            return
        if source in (FAMILY, RUNNING):
            return
        first, _, second = source.partition(".")
        table = self.fields.get(first)
        if table is None or table.kind != "tabel":
            self._check_reference(source, place, ("tabel",))
        elif first not in earlier:
            self.say(place, f"Tabel '{first}' harus ada di bagian sebelumnya.")
        elif second not in {column.id for column in table.columns}:
            columns = [column.id for column in table.columns]
            self.say(place, f"Tabel '{first}' tidak punya kolom '{second}'.{nearest(second, columns)}")

    def _check_extra(self, field: Field, place: Place) -> None:
        extra: Mapping[str, Any] = field.extra
        for key in ("paling_awal", "paling_akhir"):
            if key in extra and extra[key] != TODAY:
                self._check_date(extra[key], place.at(key))
        if "awal" in extra and field.kind in ("pilihan", "pilihan_banyak"):
            for value in extra["awal"]:
                check_value(field, value, lambda text, soft: self.say(place.at("awal"), text, soft))
        elif field.kind == "tanggal" and extra.get("awal", TODAY) != TODAY:
            self._check_date(extra["awal"], place.at("awal"))
        elif field.kind == "jam" and extra.get("awal", NOW) != NOW:
            self.say(place.at("awal"), f"Tulis {NOW}.")
        for index, source in enumerate(extra["dari"] if isinstance(extra.get("dari"), tuple) else ()):
            at = place.at("dari")
            self._check_reference(source, at.at(index) if isinstance(at.data, list) else at, ("penilaian_berkas",))
        if field.kind == "isian_diminta":
            opened = self._check_reference(extra["dari"], place.at("dari"))
            if opened is not None and not opened.options_from.startswith(FIELDS):
                self.say(place.at("dari"), f"'{extra['dari']}' harus punya pilihan_dari: {FIELDS}<langkah>.")
        if field.kind == "salin":
            self._check_reference(extra["dari"], place.at("dari"))
        for index, source in enumerate(extra.get("cocok_dengan", ())):
            at = place.at("cocok_dengan")
            self._check_reference(source, at.at(index) if isinstance(at.data, list) else at, ("nomor_kk", "nik"))
        if "bila_tak_terbaca" in extra:
            self._check_compared(extra["bila_tak_terbaca"], place.at("bila_tak_terbaca"))
        if "jenis_dari" in extra:
            source = extra["jenis_dari"]
            self._check_reference(source if "." in source else f"{self.form.step}.{source}", place.at("jenis_dari"))
        if "awal_dari" in extra:
            source = f"{self.form.step}.{extra['awal_dari']}"
            self._check_reference(source, place.at("awal_dari"), ("penilaian_berkas", "pilihan_banyak"))
        if "awal_ya_bila" in extra:
            self._check_reference(extra["awal_ya_bila"]["tabel"], place.at("awal_ya_bila"), ("tabel",))
        for name in ("semua", "boleh_kosong"):
            if isinstance(extra.get(name), Condition):
                self._check_words(extra[name], place.at(name), self.fields)

    def _check_compared(self, name: str, place: Place) -> None:
        field = self.fields.get(name)
        if field is None or not field.extra.get("cocok_dengan"):
            self.say(place, f"'{name}' bukan isian berkas dengan cocok_dengan di formulir ini.")

    def _check_date(self, text: str, place: Place) -> None:
        if working_days(text) is not None:
            return
        try:
            parse_date(text)
        except InvalidDate as error:
            self.say(place, f"{error} Boleh juga {TODAY}, atau misalnya 10 hari kerja.")

    def _check_rule(self, rule: Rule, place: Place, known: Mapping[str, Field]) -> None:
        for name in rule.fields:
            if name not in known:
                self.say(place.at("jika"), f"Aturan menyebut isian '{name}' yang tidak ada.{nearest(name, known)}")
        if rule.kind in ("ada_kurang", "semua_sesuai"):
            judged = known.get(rule.fields[0])
            if judged is not None and judged.kind != "penilaian_berkas":
                self.say(place.at("dan"), f"'{rule.fields[0]}' bukan penilaian_berkas.")
        if rule.condition is not None and all(name in known for name in rule.fields):
            self._check_words(rule.condition, place.at("jika"), dict(known))
