"""The form of a task on the page: what was typed, which fields it shows now, what is wrong with them.

The page names the fields it showed (`ditampilkan`). When an answer brings new ones into view, they are shown before
anything is completed, so the form also works without JavaScript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from app.procedures import decisions
from app.procedures.answers import prefill, visible_sections
from app.procedures.context import FormContext
from app.procedures.inputs import Asked, Copied, Judgement
from app.procedures.model.form import Field, Form, Section
from app.procedures.options import shown as shown_text
from app.procedures.wtforms import build, put_errors, read
from app.services import store
from app.services.desk import displayed, papers
from app.services.flow import form_context
from app.services.flow.tasks import TaskView
from app.web.portal import unggahan
from app.web.portal.kiriman import Press, press

SHOWN = "ditampilkan"
AUTOMATIC = "otomatis:"
DECIDE = "putus"

Sent = MultiDict[str, str] | ImmutableMultiDict[str, str]


@dataclass(frozen=True)
class Sending:
    """What a POST brought: `raw` for the service, the button, the fields that were on the page."""

    raw: dict[str, Any]
    press: Press
    shown: frozenset[str]
    errors: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TaskForm:
    """The form as the template draws it: its pages one below the other.

    `proposed`: field -> the text put there from other answers, while nobody typed another; `summary`: what is wrong,
    (HTML id, sentence); `rests_on`: option of the decision -> the files it waits for to be seen.
    """

    form: Form
    parts: tuple[tuple[Section, tuple[Asked, ...]], ...]
    proposed: Mapping[str, str]
    summary: Sequence[tuple[str, str]]
    rests_on: Mapping[str, Sequence[str]]

    @property
    def decision(self) -> Asked | None:
        """The choice that is drawn as buttons below the form, while it is shown."""
        drawn = decisions.decision(self.form)
        return next((one for _, fields in self.parts for one in fields if drawn and one.name == drawn.id), None)

    @property
    def choices(self) -> tuple[decisions.Choice, ...]:
        return decisions.choices(self.form)

    @property
    def judged(self) -> list[tuple[str, str]]:
        """(code, name) of the papers that are decided on, as they stand on the page."""
        groups = [one for _, fields in self.parts for one in fields if isinstance(one, Judgement)]
        return [(part.short_name, part.spec.label) for group in groups for part in group]

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(one.name for _, fields in self.parts for one in fields if not isinstance(one, Copied))

    @property
    def judges(self) -> bool:
        """Whether papers are decided on here; a narrow screen then opens with the papers."""
        return bool(self.form.must_see) or any(
            field.kind == "penilaian_berkas" for section, _ in self.parts for field in section.fields
        )


def show(
    task: TaskView, typed: Mapping[str, Any] | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> TaskForm | None:
    """The form with `typed` in it; None for a task without one."""
    if task.form is None:
        return None
    form, context, typed = task.form, _context(task), typed or {}
    values = prefill(form, replace(context, own={**context.own, **_accepted(task), **typed}))
    sections = visible_sections(form, values, context)
    pages = [build(form, section, values, context, masked=False) for section in sections]
    summary = put_errors(pages, errors or {})
    parts = [(section, tuple(filter(_is_drawn, page))) for section, page in zip(sections, pages, strict=True)]
    proposed = {
        one.id: str(values[one.id])
        for one in _fields(form)
        if "awal_dari" in one.extra and one.id not in typed and values.get(one.id)
    }
    summary = [(_sheet(task, typed, said) or place, said) for place, said in summary]
    return TaskForm(form, tuple(part for part in parts if part[1]), proposed, summary, _rests_on(task, form))


def _sheet(task: TaskView, typed: Mapping[str, Any], said: str) -> str:
    """The HTML id of the sheet that this sentence asks to open, "" for any other sentence."""
    asked = (one for name, one in displayed.first_sheets(task, typed).items() if f"Buka dulu {name}" in said)
    return next((f"lembar-{one}" for one in asked), "")


def _rests_on(task: TaskView, form: Form) -> dict[str, list[str]]:
    drawn = decisions.decision(form)
    options = drawn.options if drawn and form.must_see else ()
    return {one.value: displayed.rests_on(task, {drawn.id: one.value}) for one in options if drawn}


def receive(task: TaskView, sent: Sent) -> Sending:
    """Read a POST. Files that came with it are kept first, whichever button was pressed."""
    button, shown = press(sent), frozenset(sent.get(SHOWN, "").split())
    if task.form is None:
        return Sending({}, button, frozenset(), {})
    if button.verb == DECIDE:
        sent = MultiDict(
            [*((name, one) for name, one in sent.items(multi=True) if name != button.name), (button.name, button.which)]
        )
    context = _context(task)
    fields = [one for one in _fields(task.form) if one.id in shown]
    raw = read(fields, sent, task.form, prefill(task.form, context), context)
    for one in fields:
        proposed = sent.get(f"{AUTOMATIC}{one.id}", "")
        if "awal_dari" in one.extra and _plain(raw.get(one.id, "")) == _plain(proposed):
            raw.pop(one.id, None)
    refused = unggahan.take(raw, task_id=task.task.id) if task.mine else {}
    if task.mine and button.verb == "lepas":
        unggahan.let_go(raw, button.which)
    return Sending(raw, button, shown, refused)


def _context(task: TaskView) -> FormContext:
    return form_context.for_task(store.session(), task.case, task.task, task.case.procedure, assisting=task.assisting)


def _accepted(task: TaskView) -> dict[str, Any]:
    """The papers that this very step found right before, and that are the same since, stand so already."""
    before = task.case.answers.get(task.step.id, {})
    codes = {paper.requirement for paper in papers.papers(task.case) if paper.accepted} if before else set()
    judged = [one.id for one in _fields(task.form) if one.kind == "penilaian_berkas"] if task.form and codes else []
    return {
        name: {code: each for code, each in before[name].items() if code in codes}
        for name in judged
        if isinstance(before.get(name), Mapping)
    }


def _fields(form: Form) -> list[Field]:
    return [one for section in form.sections for one in section.fields]


def _is_drawn(one: Asked) -> bool:
    """What has one fixed value, or nothing to copy, takes no room."""
    return "tetap" not in one.spec.extra and (not isinstance(one, Copied) or bool(one.lines))


def _plain(text: str) -> str:
    return "\n".join(text.strip().splitlines())


def newly_visible(task_form: TaskForm, sending: Sending) -> frozenset[str]:
    """Fields that apply with these answers and that the page had not shown."""
    return task_form.shown - sending.shown


def completed_raw(task_form: TaskForm, sending: Sending) -> dict[str, Any]:
    """What to hand to tasks.complete: the typed values, and proposed texts that were left as they were."""
    return {**{name: text for name, text in task_form.proposed.items() if name in sending.shown}, **sending.raw}


def typed_texts(task: TaskView, sending: Sending) -> list[tuple[str, str]]:
    """What was typed, to copy it from when it can't be sent any more: (label, text)."""
    found = []
    for name, value in sending.raw.items():
        one = task.form.field(name) if task.form else None
        text = value.strip() if isinstance(value, str) else ""
        if one is not None and not one.locked and text:
            found.append((one.label, shown_text(one, text)))
    return found
