"""The form of a task on the page: what was typed, which fields it shows now, what is wrong with them.

The page names the fields it showed (`ditampilkan`). When an answer brings new ones into view, they are shown before
anything is completed, so the form also works without JavaScript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

from app.domain.actors import Actor
from app.domain.errors import UploadRefused
from app.procedures.answers import prefill, visible_fields, visible_sections
from app.procedures.display import copied
from app.procedures.model import Field, Form
from app.procedures.options import shown as shown_text
from app.services import form_context, store, uploads
from app.services.tasks import TaskView
from app.web.isian import FieldView, Sheet, summary, view
from app.web.kiriman import Press, press, read

SHOWN = "ditampilkan"
AUTOMATIC = "otomatis:"
UPLOAD = "unggah:"

Sent = MultiDict[str, str] | ImmutableMultiDict[str, str]


@dataclass(frozen=True)
class Line:
    """One thing on the page: a field to fill in, or lines to copy (`copies`)."""

    view: FieldView
    copies: tuple[tuple[str, str], ...] = ()
    automatic: str = ""


@dataclass(frozen=True)
class Part:
    """One section of the form with its lines."""

    id: str
    title: str
    help: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sending:
    """What a POST brought: `raw` for the service, the button, the fields that were on the page."""

    raw: dict[str, Any]
    press: Press
    shown: frozenset[str]
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskForm:
    """The form as the template draws it. `typed`: what it was filled with."""

    form: Form
    parts: tuple[Part, ...]
    typed: Mapping[str, Any]
    errors: Mapping[str, Sequence[str]]

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(line.view.field.id for part in self.parts for line in part.lines if not line.copies)

    @property
    def summary(self) -> list[tuple[str, str]]:
        return summary([line.view for part in self.parts for line in part.lines], self.errors)


def show(
    task: TaskView, typed: Mapping[str, Any] | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> TaskForm | None:
    """The form with `typed` in it; None for a task without one."""
    if task.form is None:
        return None
    context = form_context.for_task(
        store.session(), task.case, task.task, task.case.procedure, assisting=task.assisting
    )
    values = prefill(task.form, replace(context, own={**context.own, **(typed or {})}))
    sheet = Sheet(task.form, values, context, errors or {}, masked=False)
    parts = tuple(
        Part(section.id, section.title, section.help, _lines(task.form, visible, sheet, typed or {}))
        for section in visible_sections(task.form, values, context)
        if (visible := visible_fields(task.form, section, values, context))
    )
    return TaskForm(task.form, tuple(part for part in parts if part.lines), values, errors or {})


def receive(actor: Actor, task: TaskView, sent: Sent, files: MultiDict[str, FileStorage]) -> Sending:
    """Read a POST. Files that came with it are kept first, whichever button was pressed."""
    if task.form is None:
        return Sending({}, press(MultiDict(sent)), frozenset())
    shown = frozenset(sent.get(SHOWN, "").split())
    fields = [one for section in task.form.sections for one in section.fields if one.id in shown]
    raw = read(fields, MultiDict(sent), {})
    for one in fields:
        _tidy(one, raw, sent)
    sending = Sending(raw, press(MultiDict(sent)), shown)
    if task.mine:
        for one in fields:
            if one.kind == "berkas":
                _keep_files(actor, task, one.id, files.getlist(f"{UPLOAD}{one.id}"), sending)
            elif one.kind == "berkas_diminta":
                for key in [key for key in files if key.startswith(f"{UPLOAD}{one.id}.")]:
                    _keep_files(actor, task, key.removeprefix(UPLOAD), files.getlist(key), sending)
        if sending.press.verb == "lepas":
            _drop(actor, sending)
    return sending


def _lines(form: Form, fields: Sequence[Field], sheet: Sheet, typed: Mapping[str, Any]) -> tuple[Line, ...]:
    found = []
    for one in fields:
        if "tetap" in one.extra:
            continue
        if one.kind == "salin":
            copies = tuple(copied(one, sheet.context))
            if copies:
                found.append(Line(FieldView(one, one.id), copies))
            continue
        line = Line(view(one, one.id, sheet.own.get(one.id), sheet))
        if "awal_dari" in one.extra and one.id not in typed:
            line = replace(line, automatic=str(sheet.own.get(one.id) or ""))
        found.append(line)
    return tuple(found)


def _tidy(one: Field, raw: dict[str, Any], sent: Sent) -> None:
    """Make raw values whole: a note without a judgement, a proposed text that nobody changed."""
    value = raw.get(one.id)
    if one.kind == "penilaian_berkas" and isinstance(value, dict):
        raw[one.id] = {code: {"nilai": "", "catatan": "", **each} for code, each in value.items()}
    if "awal_dari" in one.extra and isinstance(value, str):
        proposed = sent.get(f"{AUTOMATIC}{one.id}", "")
        if _plain(value) == _plain(proposed):
            del raw[one.id]


def _plain(text: str) -> str:
    return "\n".join(text.strip().splitlines())


def _keep_files(actor: Actor, task: TaskView, path: str, files: Sequence[FileStorage], sending: Sending) -> None:
    """`path`: a berkas field, or one document of a berkas_diminta (`berkas.ktp`)."""
    name, _, code = path.partition(".")
    for file in files:
        if not file.filename:
            continue
        try:
            kept = uploads.receive(actor, field=path, stream=cast(BinaryIO, file.stream), task_id=task.task.id)
        except UploadRefused as refused:
            sending.errors.setdefault(path, []).append(refused.pesan)
        else:
            if code:
                wanted = dict(sending.raw.get(name) or {})
                sending.raw[name] = {**wanted, code: [*wanted.get(code, []), kept.id]}
            else:
                sending.raw[name] = [*sending.raw.get(name, []), kept.id]


def _drop(actor: Actor, sending: Sending) -> None:
    name, which = sending.press.name, sending.press.which
    if which in str(sending.raw.get(name.partition(".")[0], "")):
        uploads.remove(actor, which)
        sending.raw.update(uploads.without_upload(sending.raw, which))


def newly_visible(task_form: TaskForm, sending: Sending) -> frozenset[str]:
    """Fields that apply with these answers and that the page had not shown."""
    return task_form.shown - sending.shown


def completed_raw(task_form: TaskForm, sending: Sending) -> dict[str, Any]:
    """What to hand to tasks.complete: the typed values, and proposed texts that were left as they were."""
    proposed = {
        line.view.field.id: line.automatic
        for part in task_form.parts
        for line in part.lines
        if line.automatic and line.view.field.id in sending.shown
    }
    return {**proposed, **sending.raw}


def typed_texts(task: TaskView, sending: Sending) -> list[tuple[str, str]]:
    """What was typed, to copy it from when it can't be sent any more: (label, text)."""
    found = []
    for name, value in sending.raw.items():
        one = task.form.field(name) if task.form else None
        text = value.strip() if isinstance(value, str) else ""
        if one is not None and text:
            found.append((one.label, shown_text(one, text)))
    return found
