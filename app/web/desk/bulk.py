"""Many cases with one form: choose them, say it once, see what became of each."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlurError, Forbidden, FourEyes, InvalidInput, NotFound
from app.services.desk import bulk
from app.services.desk.bulk import BulkPage
from app.services.flow import tasks
from app.services.records import reads
from app.services.signing import waiting
from app.web import pilihan, reading
from app.web.access import current_actor, roles
from app.web.desk import form as desk_form
from app.web.desk.form import TaskForm
from app.web.desk.inbox import OFFICERS, new_key
from app.web.errors import status_of

desk_bulk = Blueprint("desk_bulk", __name__)

NOTHING_CHOSEN = "Pilih sedikitnya satu permohonan dari daftar."


@dataclass(frozen=True)
class Result:
    """One case: `problem` is "" where it went through."""

    number: str
    task_id: str
    problem: str


@desk_bulk.get("/inbox/massal/<step>")
@roles(*OFFICERS)
def choose(step: str) -> ResponseReturnValue:
    if step in dict(waiting.steps(current_actor())):
        return redirect(url_for("tanda_tangan.daftar", step=step))
    found = bulk.load(current_actor(), step)
    return _page(found, _form(found))


@desk_bulk.post("/inbox/massal/<step>")
@roles(*OFFICERS)
def complete(step: str) -> ResponseReturnValue:
    actor = current_actor()
    found = bulk.load(actor, step)
    if refused := pilihan.too_many(bulk.LISTED):
        return _page(found, _form(found), problem=refused, status=422)
    chosen = _chosen()
    if not found.rows or not chosen:
        return _page(found, _form(found), problem=NOTHING_CHOSEN, status=422)
    example = tasks.load(actor, found.rows[0].row.task_id)
    sending = desk_form.receive(example, request.form)
    try:
        outcome = bulk.complete(actor, chosen, request.form.get("kunci", ""), sending.raw)
    except InvalidInput as problem:
        form = desk_form.show(example, sending.raw, problem.errors)
        return _page(found, form, chosen=frozenset(task_id for task_id, _ in chosen), status=422)
    return _page(bulk.load(actor, step), _form(found), results=[_result(found, *one) for one in outcome])


def _form(found: BulkPage) -> TaskForm | None:
    """The form of the first task stands for all: a step in bulk asks nothing that differs by case."""
    return desk_form.show(tasks.load(current_actor(), found.rows[0].row.task_id)) if found.rows else None


def _chosen() -> list[tuple[str, int]]:
    """(task id, version) of every ticked row; a value that is not ours is left out."""
    found = []
    for value in pilihan.ticked():
        task_id, _, version = value.partition(":")
        if version.isascii() and version.isdigit() and len(version) < 10:
            found.append((task_id, int(version)))
    return found


def _result(found: BulkPage, task_id: str, outcome: Any) -> Result:
    if isinstance(outcome, Forbidden | FourEyes | NotFound):
        reading.turned_away(task_id, status_of(outcome)[0])
    number = next((one.row.number for one in found.rows if one.row.task_id == task_id), "Permohonan")
    return Result(number, task_id, outcome.pesan if isinstance(outcome, AlurError) else "")


def _page(
    found: BulkPage,
    form: TaskForm | None,
    *,
    results: list[Result] | None = None,
    chosen: frozenset[str] = frozenset(),
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    reading.showing([(one.row.case_id, one.row.subject_id) for one in found.rows], reads.BULK)
    html = render_template(
        "desk/massal.html",
        halaman=found,
        batas_lihat=pilihan.LOOKED,
        formulir=form,
        hasil=results or [],
        terpilih=chosen,
        masalah=problem,
        kunci=new_key(),
    )
    return html, status
