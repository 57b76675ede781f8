"""A step of a running permohonan that waits for its pemohon."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound, StaleForm, TaskClosed
from app.procedures.answers import prefill, visible_sections
from app.procedures.berkas import current_files
from app.procedures.context import FormContext, UploadInfo
from app.procedures.inputs import Uploads, Wanted
from app.procedures.wtforms import build, put_errors, read
from app.services import store
from app.services.flow import form_context, tasks
from app.services.flow.tasks import TaskView
from app.services.portal import portal_views
from app.web import kiriman, unggahan
from app.web.access import current_actor, roles

langkah = Blueprint("langkah", __name__)

SHOWN = "ditampilkan"
MORE_FIELDS = "Sesuai jawaban Anda, ada isian lagi di bawah. Periksa, lalu kirim."


@langkah.get("/permohonan/<case_id>/langkah/<task_id>")
@roles("pemohon")
def buka(case_id: str, task_id: str) -> ResponseReturnValue:
    view = _load(case_id, task_id)
    if not view.mine:
        flash(TaskClosed.pesan if view.task.closed_at is None else "Langkah ini sudah selesai.", "info")
        return redirect(url_for("portal.kasus", case_id=case_id))
    return _page(view, {**_first_values(view), **_answered_by_link(view)}, {})


@langkah.post("/permohonan/<case_id>/langkah/<task_id>")
@roles("pemohon")
def kirim(case_id: str, task_id: str) -> ResponseReturnValue:
    """Every button keeps what was typed; only the last one sends."""
    view = _load(case_id, task_id)
    button = kiriman.press(request.form)
    raw = _typed(view)
    if not view.mine:
        return _finish(view, raw)
    refused = unggahan.take(raw, task_id=view.task.id)
    if button.verb == "lepas":
        unggahan.let_go(raw, button.which)
    if refused or button.verb in ("unggah", "lepas"):
        return _page(view, raw, refused)
    return _finish(view, raw)


def _finish(view: TaskView, raw: Mapping[str, Any]) -> ResponseReturnValue:
    try:
        version = kiriman.version(request.form)
        tasks.complete(current_actor(), view.task.id, version, request.form.get("kunci", ""), raw)
    except InvalidInput as error:
        shown = set(request.form.get(SHOWN, "").split())
        if shown and not {path.split(".")[0] for path in error.errors} & {*shown, ""}:
            return _page(view, raw, {}, notice=MORE_FIELDS)
        return _page(view, raw, error.errors)
    except StaleForm as error:
        return _page(view, raw, {"": [error.pesan]})
    except TaskClosed as error:
        flash(error.pesan, "info")
    else:
        flash("Terkirim. Terima kasih.", "success")
    return redirect(url_for("portal.kasus", case_id=view.case.id))


def _load(case_id: str, task_id: str) -> TaskView:
    view = tasks.load(current_actor(), task_id)
    if view.case.id != case_id or view.case.subject_id != current_actor().id or not view.step.by_applicant:
        raise NotFound
    return view


def _page(
    view: TaskView, raw: Mapping[str, Any], errors: Mapping[str, Sequence[str]], notice: str = ""
) -> ResponseReturnValue:
    if view.form is None:
        raise NotFound
    context = _context(view)
    parts = [
        (section, build(view.form, section, raw, context)) for section in visible_sections(view.form, raw, context)
    ]
    before = _handed_in_before(view)
    for field in (each for _, page in parts for each in page if isinstance(each, Wanted)):
        for wanted in (each for each in field if isinstance(each, Uploads)):
            wanted.before = before.get(wanted.short_name, ())
    page = render_template(
        "portal/langkah.html",
        k=view.case,
        t=view,
        bagian=parts,
        ringkasan=put_errors([page for _, page in parts], errors),
        ditampilkan=" ".join(field.name for _, page in parts for field in page),
        kabar=notice,
        pesan=_last_message(view),
        hasil=portal_views.delivered(view.case),
        nama_hasil=str(view.case.procedure.signing.get("dokumen", "hasil")).upper(),
        batas=_limit(view),
        kunci=request.form.get("kunci") or uuid4().hex,
    )
    return page, 422 if errors or notice else 200


def _answered_by_link(view: TaskView) -> dict[str, str]:
    """Answers that a button on the permohonan's page carried here, e.g. ?hasil=bermasalah; only real options."""
    fields = [field for section in view.form.sections for field in section.fields] if view.form else []
    asked = {field.id: {option.value for option in field.options} for field in fields if field.kind == "pilihan"}
    return {name: value for name, value in request.args.items() if value in asked.get(name, ())}


def _handed_in_before(view: TaskView) -> dict[str, list[tuple[str, UploadInfo]]]:
    """Requirement code -> the pages that stand for it now."""
    seen = {file.id: UploadInfo(file.mime) for file in portal_views.files(view.case)}
    files = current_files(view.case.procedure.forms, view.case.answers)
    return {code: [(one, seen[one]) for one in ids if one in seen] for code, ids in files.items()}


def _context(view: TaskView) -> FormContext:
    return form_context.for_task(store.session(), view.case, view.task, view.case.procedure)


def _typed(view: TaskView) -> dict[str, Any]:
    if view.form is None:
        return {}
    context = _context(view)
    fields = [field for section in view.form.sections for field in section.fields]
    return read(fields, request.form, view.form, prefill(view.form, context), context)


def _first_values(view: TaskView) -> dict[str, Any]:
    """What the form starts with, and the photos already uploaded for it."""
    if view.form is None:
        return {}
    start = prefill(view.form, _context(view))
    for path, ids in portal_views.kept_uploads(current_actor(), view.case, view.task).items():
        name, _, code = path.partition(".")
        start[name] = {**(start.get(name) or {}), code: ids} if code else ids
    return start


def _last_message(view: TaskView) -> str:
    returns = [one for one in portal_views.returns(view.case) if one.answered_at is None]
    return returns[-1].message if returns else ""


def _limit(view: TaskView) -> Any:
    todo = portal_views.todo(view.case)
    return todo.until if todo and todo.task_id == view.task.id else None
