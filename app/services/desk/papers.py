"""The papers of a case as an officer leafs through them: by document, the valid ones first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.models import StoredFile, Upload
from app.procedures.actions import GOOD, LETTER
from app.procedures.model.form import Field, Form
from app.procedures.options import row_title
from app.services import store
from app.services.flow.cases import CaseView


@dataclass(frozen=True)
class Sheet:
    """One upload. `replaced`: a newer one was handed in for the same document; `about`: the table row it proves.

    `on_behalf`: an officer entered it for the pemohon, as it came by WhatsApp or over the counter.
    """

    id: str
    mime: str
    pages: int
    at: datetime
    replaced: bool
    about: str = ""
    on_behalf: bool = False


@dataclass(frozen=True)
class Paper:
    """One document. `requirement`: its code in the ikmt, "" for what the office added.

    `accepted`: judged right before, and the same since; `complaint`: what was wrong with the sheets that were replaced.
    """

    label: str
    requirement: str
    sheets: tuple[Sheet, ...]
    accepted: bool = False
    complaint: str = ""

    @property
    def current(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.replaced)

    @property
    def former(self) -> tuple[Sheet, ...]:
        """The newest first: what the pemohon was asked to replace last."""
        return tuple(sorted((one for one in self.sheets if one.replaced), key=lambda one: one.at, reverse=True))


def papers(view: CaseView) -> tuple[Paper, ...]:
    """What the office made first (newest first), then what the pemohon handed in. The caller may see the case."""
    steps = _last_done(view)
    rows = store.session.execute(
        select(Upload, StoredFile.mime, StoredFile.pages)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(Upload.case_id == view.id, Upload.step.in_(steps))
        .order_by(Upload.created_at, Upload.id)
    ).all()
    used = {upload.id: _latest(steps, upload.id, view.answers) for upload, _, _ in rows}
    groups: dict[tuple[str, str], list[tuple[Upload, str, int]]] = {}
    for upload, mime, pages in rows:
        groups.setdefault(_key(upload), []).append((upload, mime, pages))
    found = [(_order(view, steps, members), _paper(view, used, members)) for members in groups.values()]
    return tuple(paper for _, paper in sorted(found, key=lambda pair: pair[0]))


def _last_done(view: CaseView) -> dict[str, int]:
    """Step -> its place in the order of last completions; letters that the office drew come last."""
    done = {task.step: task.completed_at for task in view.tasks if task.completed_at}
    letters = [
        step for step, what in view.procedure.automation.items() if what.action == LETTER and step in view.visits
    ]
    ordered = [*sorted(done, key=lambda step: done[step]), *letters]
    return {step: number for number, step in enumerate(ordered)}


def _key(upload: Upload) -> tuple[str, str]:
    return (upload.requirement, "") if upload.requirement else (upload.step, upload.field)


def _latest(steps: Mapping[str, int], upload_id: str, answers: Mapping[str, Any]) -> int:
    """The place of the last step whose valid answers name this upload; -1: none does any more."""
    return max((steps.get(step, -1) for step, given in answers.items() if upload_id in set(_texts(given))), default=-1)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _paper(view: CaseView, used: Mapping[str, int], members: list[tuple[Upload, str, int]]) -> Paper:
    newest = max(used[upload.id] for upload, _, _ in members)
    sheets = [
        Sheet(
            upload.id,
            mime,
            pages,
            upload.created_at,
            used[upload.id] < max(newest, 0),
            _about(view, upload),
            view.procedure.steps[upload.step].by_applicant and upload.owner_id != view.subject_id,
        )
        for upload, mime, pages in members
    ]
    first = members[0][0]
    accepted, complaint = _verdict(view, first.requirement, max(sheet.at for sheet in sheets))
    ordered = tuple(sorted(sheets, key=lambda sheet: sheet.replaced))
    return Paper(_label(view, first), first.requirement, ordered, accepted, complaint)


def _verdict(view: CaseView, requirement: str, handed_in: datetime) -> tuple[bool, str]:
    """What was last said of a document: is it right as it stands, and what was wrong with it."""
    done = sorted((task.completed_at, task.step) for task in view.tasks if task.completed_at)
    for at, step in reversed(done):
        form = view.procedure.forms.get(step)
        for field in (field for section in (form.sections if form else ()) for field in section.fields):
            judged = view.answers.get(step, {}).get(field.id) if field.kind == "penilaian_berkas" else None
            if isinstance(judged, Mapping) and requirement in judged:
                said = judged[requirement]
                if said["nilai"] == GOOD:
                    return handed_in <= at, ""
                label = next((one.label for one in field.options if one.value == said["nilai"]), "")
                return False, f"{label}. {said.get('catatan', '')}".strip()
    return False, ""


def _order(view: CaseView, steps: Mapping[str, int], members: list[tuple[Upload, str, int]]) -> tuple[int, int]:
    upload = members[0][0]
    step = view.procedure.steps[upload.step]
    codes = [requirement.code for requirement in view.procedure.requirements]
    if not step.by_applicant:
        return (0, -steps[step.id])
    return (1, codes.index(upload.requirement) if upload.requirement in codes else len(codes))


def _label(view: CaseView, upload: Upload) -> str:
    names = {requirement.code: requirement.name for requirement in view.procedure.requirements}
    if upload.requirement in names:
        return names[upload.requirement]
    if upload.step in view.procedure.automation:
        return f"Draf {view.procedure.signing.get('dokumen', 'surat')}"
    form = view.procedure.forms.get(upload.step)
    field = _field(form, upload.field) if form else None
    return field.label if field else "Berkas"


def _about(view: CaseView, upload: Upload) -> str:
    """The title of the row that holds it now: its place may have moved since it was handed in."""
    form = view.procedure.forms.get(upload.step)
    table = form.field(upload.field.split(".")[0]) if form else None
    if table is None or table.kind != "tabel":
        return ""
    rows = view.answers.get(upload.step, {}).get(table.id) or []
    return next((row_title(table, row) for row in rows if upload.id in set(_texts(row))), "")


def _field(form: Form, path: str) -> Field | None:
    """The field of `f106` or of `perubahan.0.bukti`."""
    first, *rest = path.split(".")
    field = form.field(first)
    if field is None or not rest:
        return field
    return next((column for column in field.columns if column.id == rest[-1]), field)
