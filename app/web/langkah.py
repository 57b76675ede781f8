"""A step of a running permohonan that waits for its pemohon."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound, StaleForm, TaskClosed
from app.procedures.answers import prefill, visible_fields
from app.procedures.berkas import current_files
from app.procedures.model import Field
from app.services import form_context, portal_views, store, tasks
from app.services.tasks import TaskView
from app.web import isian, kiriman, unggahan
from app.web.access import current_actor, roles
from app.web.isian import Errors, Sheet
from app.web.isian_view import PageView

langkah = Blueprint("langkah", __name__)

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
    raw = kiriman.read(_fields(view), request.form, {})
    if not view.mine:
        return _finish(view, raw)
    refused = unggahan.take(raw, task_id=view.task.id)
    if button.verb == "lepas":
        unggahan.let_go(raw, button.which)
    if refused or button.verb in ("unggah", "lepas"):
        return _page(view, raw, refused)
    return _finish(view, raw)


def _finish(view: TaskView, raw: Mapping[str, Any]) -> ResponseReturnValue:
    version = int(text) if (text := request.form.get("versi", "")).isdigit() else 0
    try:
        tasks.complete(current_actor(), view.task.id, version, request.form.get("kunci", ""), raw)
    except InvalidInput as error:
        shown = set(request.form.get("ditampilkan", "").split())
        new = {path for path in error.errors if path and path.split(".")[0] not in shown}
        if new and new == set(error.errors):
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


def _page(view: TaskView, raw: Mapping[str, Any], errors: Errors, notice: str = "") -> ResponseReturnValue:
    if view.form is None:
        raise NotFound
    context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    sheet = Sheet(view.form, raw, context, errors, before=_handed_in_before(view))
    parts = [
        (section, isian.views(visible_fields(view.form, section, raw, context), sheet))
        for section in view.form.sections
    ]
    shown = [one for _, fields in parts for one in fields]
    page = render_template(
        "portal/langkah.html",
        k=view.case,
        t=view,
        bagian=[(section, fields) for section, fields in parts if fields],
        ringkasan=isian.summary(shown, errors),
        ditampilkan=" ".join(sorted(one.field.id for one in shown)),
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
    asked = {one.id: {option.value for option in one.options} for one in _fields(view) if one.kind == "pilihan"}
    return {name: value for name, value in request.args.items() if value in asked.get(name, ())}


def _handed_in_before(view: TaskView) -> dict[str, list[PageView]]:
    """Requirement code -> the pages that stand for it now."""
    seen = {file.id: file.mime for file in portal_views.files(view.case)}
    files = current_files(view.case.procedure, view.case.answers)
    return {code: [isian.page_view(one, seen[one]) for one in ids if one in seen] for code, ids in files.items()}


def _fields(view: TaskView) -> list[Field]:
    return [field for section in view.form.sections for field in section.fields] if view.form else []


def _first_values(view: TaskView) -> dict[str, Any]:
    """What the form starts with, and the photos already uploaded for it."""
    if view.form is None:
        return {}
    context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    start = prefill(view.form, context)
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
