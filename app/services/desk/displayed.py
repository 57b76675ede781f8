"""No paper is approved that whoever approves it never had on the screen.

Every page of a file that an officer gets is a line in the log of readings (records.reads), written before it leaves. So
the log says what was on the screen (records.pages_seen), and nothing else needs keeping. A file never changes: what
this officer saw of it in this case stays seen.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.actors import Actor
from app.domain.errors import InvalidInput
from app.procedures.actions import GOOD
from app.procedures.berkas import current_files, looked_up
from app.procedures.model.form import Field
from app.services.flow import tasks
from app.services.flow.tasks import Completed, TaskView
from app.services.records import pages_seen


def complete(actor: Actor, view: TaskView, version: int, key: str, raw: Mapping[str, Any]) -> Completed:
    """tasks.complete, for a screen: what is approved here has been looked at. Raises InvalidInput and as that does."""

    def unseen(answers: Mapping[str, Any]) -> dict[str, list[str]]:
        return unseen_approvals(actor, view, answers)

    try:
        return tasks.complete(actor, view.task.id, version, key, raw, faults_of=unseen)
    except InvalidInput as problem:
        # What was typed was not even readable: said together with what else will be asked.
        raise InvalidInput({**problem.errors, **(unseen(raw) if view.mine else {})}) from problem


def unseen_approvals(actor: Actor, view: TaskView, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Path in the form -> "Buka dulu ...", for every paper that `answers` approve and the actor did not see whole.

    It stands on cleaned answers only: of raw ones "sesuai " is not yet "sesuai".
    """
    approved = {**_judged_good(view, answers), **_decided_on(view, answers)}
    asked = sorted({upload for _, uploads in approved.values() for upload in uploads})
    shown = pages_seen.of(actor, view.case.id, asked)
    said = {
        path: pages_seen.missing(name, [shown[one] for one in uploads]) for path, (name, uploads) in approved.items()
    }
    return {path: [sentence] for path, sentence in said.items() if sentence}


def rests_on(view: TaskView, answers: Mapping[str, Any]) -> list[str]:
    """The files that whoever gives these answers must have seen, papers that they judge one by one aside."""
    return [upload for _, uploads in _decided_on(view, answers).values() for upload in uploads]


def first_sheets(view: TaskView, answers: Mapping[str, Any]) -> dict[str, str]:
    """The name of every paper that `answers` approve -> its first file."""
    approved = [*_judged_good(view, answers).values(), *_decided_on(view, answers).values()]
    return {name: uploads[0] for name, uploads in approved if uploads}


def _judged_good(view: TaskView, answers: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Path -> (the document's name, the files that stand for it now)."""
    names = {each.code: each.name for each in view.case.procedure.requirements}
    files = current_files(view.case.procedure.forms, view.case.answers)
    found = {}
    for field in _fields(view):
        judged = answers.get(field.id) if field.kind == "penilaian_berkas" else None
        for code, each in judged.items() if isinstance(judged, Mapping) else ():
            if isinstance(each, Mapping) and each.get("nilai") == GOOD and code in names:
                found[f"{field.id}.{code}"] = (names[code], files.get(code, []))
    return found


def _decided_on(view: TaskView, answers: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """The same for files that a decision rests on (`harus_tampil`)."""
    found = {}
    for rule in view.form.must_see if view.form else ():
        uploads = looked_up(f"{rule.step}.{rule.field}", view.case.answers)
        form = view.case.procedure.forms.get(rule.step)
        field = form.field(rule.field) if form else None
        own = sorted(name for step, name in rule.when.references if step == view.step.id)
        if (
            field is not None
            and isinstance(uploads, list)
            and rule.when.holds({**view.case.answers, view.step.id: answers})
        ):
            found[own[0] if own else ""] = (field.label, [str(upload) for upload in uploads])
    return found


def _fields(view: TaskView) -> list[Field]:
    return [field for section in view.form.sections for field in section.fields] if view.form else []
