"""A step of a running case that waits for its resident."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request
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
from app.services.messages.notice_facts import case_path
from app.services.portal import portal_views
from app.web import kata
from app.web.access import current_actor, roles
from app.web.portal import kiriman, unggahan

langkah = Blueprint("langkah", __name__)

SHOWN = "ditampilkan"
MORE_FIELDS = "Sesuai jawaban Anda, ada isian lagi di bawah. Periksa, lalu kirim."


@langkah.get("/permohonan/<case_id>/langkah/<task_id>")
@roles("pemohon")
def buka(case_id: str, task_id: str) -> ResponseReturnValue:
    return _show(_load(case_id, task_id))


@langkah.post("/permohonan/<case_id>/langkah/<task_id>")
@roles("pemohon")
def kirim(case_id: str, task_id: str) -> ResponseReturnValue:
    return _take(_load(case_id, task_id))


@langkah.get("/konsultasi/<case_id>/langkah/<task_id>")
@roles("pemohon", "pendaftar")
def buka_konsultasi(case_id: str, task_id: str) -> ResponseReturnValue:
    return _show(_load(case_id, task_id))


@langkah.post("/konsultasi/<case_id>/langkah/<task_id>")
@roles("pemohon", "pendaftar")
def kirim_konsultasi(case_id: str, task_id: str) -> ResponseReturnValue:
    return _take(_load(case_id, task_id))


@langkah.get("/akun/langkah/<task_id>")
@roles("pendaftar")
def buka_akun(task_id: str) -> ResponseReturnValue:
    """What an account that is not valid has to put right."""
    return _show(_load(None, task_id))


@langkah.post("/akun/langkah/<task_id>")
@roles("pendaftar")
def kirim_akun(task_id: str) -> ResponseReturnValue:
    return _take(_load(None, task_id))


def _show(view: TaskView) -> ResponseReturnValue:
    if not view.mine:
        flash(TaskClosed.pesan if view.task.closed_at is None else "Langkah ini sudah selesai.", "info")
        return redirect(_back(view))
    return _page(view, {**_first_values(view), **_answered_by_link(view)}, {})


def _take(view: TaskView) -> ResponseReturnValue:
    """Every button keeps what was typed; only the last one sends."""
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
    return redirect(_back(view))


def _back(view: TaskView) -> str:
    return case_path(view.case.id, view.case.procedure.about)


def _load(case_id: str | None, task_id: str) -> TaskView:
    """`case_id`: the case in the address; None: the one about the account. Raises NotFound."""
    view = tasks.load(current_actor(), task_id)
    if view.case.id != case_id and (case_id is not None or view.case.procedure.about != "akun"):
        raise NotFound
    if view.case.subject_id != current_actor().id or not view.step.by_applicant:
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
        kembali=_back(view),
        t=view,
        bagian=parts,
        ringkasan=put_errors([page for _, page in parts], errors),
        ditampilkan=" ".join(field.name for _, page in parts for field in page),
        kabar=notice,
        pesan=_last_message(view),
        hasil=portal_views.delivered(view.case),
        nama_hasil=kata.document_name(str(view.case.procedure.signing.get("dokumen", "hasil"))),
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
