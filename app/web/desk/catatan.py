"""What officers put beside a task for themselves and each other: notes, tags, priority, and a day until it rests."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import Actor, can
from app.domain.errors import Forbidden, InvalidInput
from app.domain.tanggal import format_moment
from app.services import clock
from app.services.desk import asides, notes, priority, tags
from app.services.flow import tasks
from app.services.flow.tasks import TaskView
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS, new_key

catatan = Blueprint("catatan", __name__)


@catatan.post("/tugas/<task_id>/catatan")
@roles(*OFFICERS)
def write(task_id: str) -> ResponseReturnValue:
    view, form = _load(task_id), request.form
    text, key = form.get(notes.TEXT, ""), form.get("kunci", "")
    return _do(task_id, lambda who: notes.write(who, view.case.id, text, key), "Catatan disimpan.")


@catatan.post("/tugas/<task_id>/tanda")
@roles(*OFFICERS)
def tag(task_id: str) -> ResponseReturnValue:
    """`lepas`: the tag to take off; else `tanda` is put on."""
    view, form = _load(task_id), request.form
    if form.get("lepas"):
        return _do(task_id, lambda who: tags.take_off(who, view.case.id, form["lepas"]), "Tanda dilepas.")
    return _do(task_id, lambda who: tags.put_on(who, view.case.id, form.get(tags.WORD, "")), "Tanda dipasang.")


@catatan.post("/tugas/<task_id>/prioritas")
@roles(*OFFICERS)
def prioritize(task_id: str) -> ResponseReturnValue:
    view, form = _load(task_id), request.form
    is_on, reason = form.get("prioritas") == "ya", form.get(priority.REASON, "")
    said = "Permohonan ini sekarang prioritas." if is_on else "Prioritas dicabut."
    return _do(task_id, lambda who: priority.turn(who, view.case.id, on=is_on, reason=reason), said)


@catatan.post("/tugas/<task_id>/tahan")
@roles(*OFFICERS)
def put_aside(task_id: str) -> ResponseReturnValue:
    view, form = _theirs(task_id), request.form
    try:
        until = asides.put(current_actor(), task_id, form.get(asides.DAY, ""), form.get(asides.REASON, ""))
    except InvalidInput as problem:
        return _refused(task_id, problem)
    said, due = f"{view.case.number} ditahan sampai {format_moment(until)}. Jamnya tetap berjalan.", view.task.due_at
    if due is not None and due < until:
        flash(
            f"{said} Jatuh temponya lebih dulu, {format_moment(due)}: tugas ini akan lewat batas selagi ditahan.",
            "warning",
        )
    else:
        flash(said, "success")
    return redirect(url_for("desk.show_inbox", tampil="tugas-saya"))


@catatan.post("/tugas/<task_id>/tahan/akhiri")
@roles(*OFFICERS)
def bring_back(task_id: str) -> ResponseReturnValue:
    _theirs(task_id)
    return _do(task_id, lambda who: asides.bring_back(who, task_id), "Tugas ini kembali ke Tugas saya.")


@catatan.app_template_global("meja_tugas")
def beside(view: TaskView) -> dict[str, object]:
    """Everything `desk/_catatan.html` shows of this task."""
    actor, today = current_actor(), clock.today()
    return {
        "boleh": can(actor, "annotate", view.case.ref),
        "boleh_prioritas": can(actor, "prioritize", view.case.ref) and view.case.ended_at is None,
        "catatan": notes.of_case(view.case.id),
        "tanda": tags.of_cases([view.case.id]).get(view.case.id, []),
        "kata": tags.words(),
        "tahan": asides.of_tasks([view.task.id]).get(view.task.id) if view.mine else None,
        "besok": today + timedelta(days=1),
        "terakhir": today + asides.LONGEST,
        "kunci": new_key(),
    }


def _load(task_id: str) -> TaskView:
    """Raises NotFound, Forbidden: an officer's own case, or one that they may only look at."""
    actor = current_actor()
    view = tasks.load(actor, task_id)
    if not can(actor, "annotate", view.case.ref):
        raise Forbidden
    return view


def _theirs(task_id: str) -> TaskView:
    """Raises NotFound; Forbidden for an officer's own case. Whose hands it is in the service asks."""
    view = tasks.load(current_actor(), task_id)
    if view.case.subject_id == current_actor().id:
        raise Forbidden
    return view


def _do(task_id: str, act: Callable[[Actor], object], said: str) -> ResponseReturnValue:
    try:
        act(current_actor())
    except InvalidInput as problem:
        return _refused(task_id, problem)
    flash(said, "success")
    return redirect(url_for("desk_task.show", task_id=task_id))


def _refused(task_id: str, problem: InvalidInput) -> ResponseReturnValue:
    flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
    return redirect(url_for("desk_task.show", task_id=task_id))
