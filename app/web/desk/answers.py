"""What was written in the earlier steps, as an officer reads it: pairs, and tables with the registry beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.masking import mask_in_text, mask_nik
from app.models import Task
from app.procedures import corrections
from app.procedures.actions import ARCHIVE
from app.procedures.answers import form_context, visible_fields
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form
from app.procedures.options import choices, row_title, shown
from app.services import clock
from app.services.desk.comparison import Difference, differences
from app.services.flow.cases import CaseView
from app.services.records import archive

PERSONAL = ("nik", "nomor_kk")
_WITHOUT_TEXT = ("berkas", "berkas_diminta", "salin", "pernyataan")


@dataclass(frozen=True)
class Cell:
    """`registered`: what the registry has instead, "" where it agrees or does not know."""

    text: str
    registered: str = ""


@dataclass(frozen=True)
class Row:
    """`rest`: (label, text) of what stands in no column; only where the table compares."""

    title: str
    cells: tuple[Cell, ...]
    rest: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """`compares`: it tells old and new, side by side; such a table is what officers look for first."""

    label: str
    compares: bool
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Block:
    """One page of a form. `by`: who answered, "" for the pemohon."""

    title: str
    pairs: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class StepAnswers:
    """One step's valid answers, page by page."""

    step: str
    title: str
    by: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class _Reading:
    form: Form
    answers: Mapping[str, Any]
    context: FormContext
    masked: bool
    found: Sequence[Difference]

    def said(self, field: Field, value: Any, row: Mapping[str, Any] | None = None) -> str:
        if value in (None, "", []):
            return ""
        if field.kind in PERSONAL and self.masked:
            return mask_nik(str(value))
        if field.kind == corrections.KIND:
            changes = corrections.told(field, value, self.context.forms)
            said = "; ".join(f"{label}: {before} → {after}" for label, before, after in changes)
            return mask_in_text(said) if self.masked else said
        if field.kind == "penilaian_berkas":
            return _judged(field, value, self.context)
        if field.options_from and isinstance(value, list):
            labels = {option.value: option.label for option in choices(field, self.form, self.answers, self.context)}
            return ", ".join(labels.get(str(one), str(one)) for one in value)
        text = shown(field, value, row)
        return mask_in_text(text) if self.masked else text


def read_steps(view: CaseView, *, masked: bool, except_step: str = "") -> list[StepAnswers]:
    """Every answered step but one, the pemohon's first form first, then by the order in which they were last done.

    `masked`: NIK and nomor KK with their last four digits only.
    """
    context = form_context(view.procedure, clock.now(), answers=view.answers)
    doers = {task.step: task.completed_by for task in view.tasks if task.completed_by}
    found = []
    for step in _in_order(view):
        form = view.procedure.forms.get(step)
        if form is None or step == except_step:
            continue
        officer = not view.procedure.steps[step].by_applicant
        by = view.names.get(doers.get(step) or "", "") if officer else ""
        told = differences(form, view.answers[step])
        reading = _Reading(form, view.answers[step], context, masked, told)
        blocks = tuple(block for block in _blocks(reading) if block.pairs or block.tables)
        if blocks:
            found.append(StepAnswers(step, form.title, by, blocks))
    return [*found, *_archives(view)]


def sent_back(view: CaseView, task: Task, read: Sequence[StepAnswers]) -> StepAnswers | None:
    """Of an open task that came back from a later step: what was answered there; None for any other task."""
    before = [one for one in view.tasks if one.completed_at and one.completed_at <= task.opened_at]
    last = max(before, key=lambda one: one.completed_at or task.opened_at, default=None)
    if last is None or task.closed_at is not None or task.visit <= last.visit:
        return None
    here, there = (view.procedure.steps[one].rows for one in (task.step, last.step))
    if here and there and max(there) < min(here):
        return None
    return next((one for one in read if one.step == last.step and one.by), None)


def _archives(view: CaseView) -> list[StepAnswers]:
    """What the system bundled, kept and read back, for whoever makes the copies."""
    found = []
    for step, automation in view.procedure.automation.items():
        if automation.action == ARCHIVE and view.answers.get(step):
            name = view.procedure.steps[step].name
            block = Block(name, tuple(archive.told(view.answers[step])), ())
            found.append(StepAnswers(step, name, "Sistem", (block,)))
    return found


def _in_order(view: CaseView) -> list[str]:
    done = {task.step: task.completed_at for task in view.tasks if task.completed_at}
    return [step for step in sorted(done, key=lambda step: done[step]) if view.answers.get(step)]


def _blocks(at: _Reading) -> list[Block]:
    found = []
    for section in at.form.sections:
        fields = visible_fields(at.form, section, at.answers, at.context)
        pairs = [(one.label, at.said(one, at.answers.get(one.id))) for one in fields if _is_plain(one)]
        tables = [_table(at, one) for one in fields if one.kind == "tabel" and at.answers.get(one.id)]
        found.append(Block(section.title, tuple(pair for pair in pairs if pair[1]), tuple(tables)))
    return sorted(_joined(found), key=lambda block: not any(table.compares for table in block.tables))


def _joined(blocks: list[Block]) -> list[Block]:
    """One page may be cut in two for phones; here it is whole again."""
    found: list[Block] = []
    for block in blocks:
        if found and found[-1].title == block.title:
            last = found.pop()
            block = Block(block.title, last.pairs + block.pairs, last.tables + block.tables)
        found.append(block)
    return found


def _is_plain(field: Field) -> bool:
    return field.kind not in (*_WITHOUT_TEXT, "tabel") and "tetap" not in field.extra


def _table(at: _Reading, table: Field) -> Table:
    rows = at.answers[table.id]
    columns = [one for one in table.columns if one.kind not in _WITHOUT_TEXT and any(row.get(one.id) for row in rows)]
    told = {(one.row, one.column): one.registered for one in at.found if one.table == table.id}
    compared = [column for column in columns if column.kind == "menurut_elemen"]
    shown_columns = compared or columns
    template = str(table.extra.get("judul_baris", ""))
    rest = [one for one in columns if compared and one not in compared and "{" + one.id + "}" not in template]

    def line(number: int, row: Mapping[str, Any]) -> Row:
        cells = [Cell(at.said(one, row.get(one.id), row), told.get((number, one.id), "")) for one in shown_columns]
        pairs = [(one.label, text) for one in rest if (text := at.said(one, row.get(one.id), row))]
        title = row_title(table, row)
        return Row(mask_in_text(title) if at.masked else title, tuple(cells), tuple(pairs))

    return Table(
        label=table.label,
        compares=bool(compared),
        heads=tuple(column.label for column in shown_columns),
        rows=tuple(line(number, row) for number, row in enumerate(rows)),
    )


def _judged(field: Field, value: Mapping[str, Any], context: FormContext) -> str:
    names = {one.code: one.name for one in context.requirements}
    labels = {option.value: option.label for option in field.options}
    found = []
    for code, each in value.items():
        note = f" ({each['catatan']})" if each.get("catatan") else ""
        found.append(f"{names.get(code, code)}: {labels.get(each['nilai'], each['nilai'])}{note}")
    return "; ".join(found)
