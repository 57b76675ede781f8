"""Dealing out tasks, and passing one's own on to a colleague."""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlurError, Forbidden, FourEyes, InvalidInput, NotFound, ReceiverRefused, TaskNotYours
from app.domain.regions import kapanewon_by_code
from app.services.desk import asides, colleagues, nobody, sharing
from app.services.desk.sharing import SharePage
from app.services.flow import handing_over, tasks
from app.services.flow.tasks import TaskView
from app.services.records import reads
from app.web import pilihan, reading
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS
from app.web.errors import status_of
from app.web.portal import kiriman

bagi = Blueprint("bagi", __name__)

NOTHING_CHOSEN = "Pilih sedikitnya satu tugas dari daftar."
NOBODY_CHOSEN = "Pilih petugas yang menerima."
MOST = sharing.LISTED * 2


@dataclass(frozen=True)
class Result:
    """One task: `problem` is "" where it went through."""

    number: str
    task_id: str
    problem: str


@bagi.get("/inbox/bagi")
@roles("supervisor", "kasi")
def show() -> ResponseReturnValue:
    return _page(_asked_for())


@bagi.post("/inbox/bagi")
@roles("supervisor", "kasi")
def share() -> ResponseReturnValue:
    if refused := pilihan.too_many(MOST):
        return _page(_asked_for(), problem=refused, status=422)
    found, chosen, to = _asked_for(), _chosen(), request.form.get("kepada", "")
    if not chosen or not to:
        return _page(found, problem=NOBODY_CHOSEN if chosen else NOTHING_CHOSEN, status=422)
    outcome = handing_over.assign_many(current_actor(), chosen, to, request.form.get("alasan", ""))
    name = next((one.name for one in found.people if one.id == to), "petugas itu")
    results = [_result(found, *one) for one in outcome]
    left = frozenset(one.task_id for one in results if one.problem)
    return _page(_asked_for(), results=results, receiver=name, left=left)


@bagi.get("/tugas/<task_id>/serahkan")
@roles(*OFFICERS)
def offer(task_id: str) -> ResponseReturnValue:
    return _hand_page(_mine(task_id))


@bagi.post("/tugas/<task_id>/serahkan")
@roles(*OFFICERS)
def pass_on(task_id: str) -> ResponseReturnValue:
    view, form = _visible(task_id), request.form
    to = form.get("kepada", "")
    try:
        if not to:
            raise InvalidInput({"kepada": [NOBODY_CHOSEN]})
        handing_over.pass_on(current_actor(), task_id, kiriman.version(form), to, form.get("alasan", ""))
    except InvalidInput as problem:
        return _hand_page(_mine(task_id), problem.errors, 422)
    except ReceiverRefused as problem:
        return _hand_page(_mine(task_id), {"kepada": [problem.pesan]}, 422)
    flash(f"{view.case.number} diserahkan. Penerimanya diberi tahu.", "success")
    return redirect(url_for("desk.show_inbox", tampil="tugas-saya"))


def _asked_for() -> SharePage:
    which = _which()
    holder = "" if which in (sharing.FREE, sharing.HELD, sharing.LATE) else which
    return sharing.load(current_actor(), request.values.get("langkah", ""), request.values.get("unit", ""), holder)


def _which() -> str:
    """Which tasks the person came for, from a list of what the office counts."""
    return request.values.get("pilihan", "")[:22]


def _chosen() -> list[tuple[str, int]]:
    """(task id, version) of every ticked row; a value that is not ours is left out."""
    pairs = (value.partition(":") for value in pilihan.ticked())
    return [(task_id, kiriman.version({"versi": version})) for task_id, _, version in pairs if task_id]


def _result(found: SharePage, task_id: str, outcome: object) -> Result:
    if isinstance(outcome, Forbidden | FourEyes | NotFound):
        reading.turned_away(task_id, status_of(outcome)[0])
    number = next((one.number for one in found.tasks if one.task_id == task_id), "Tugas")
    if isinstance(outcome, InvalidInput):
        return Result(number, task_id, " ".join(line for lines in outcome.errors.values() for line in lines))
    return Result(number, task_id, outcome.pesan if isinstance(outcome, AlurError) else "")


def _page(
    found: SharePage,
    *,
    results: list[Result] | None = None,
    receiver: str = "",
    left: frozenset[str] = frozenset(),
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """`left`: tasks that did not go through; they stay ticked, for the same receiver."""
    stuck = nobody.waiting_for(current_actor())
    shown = [(one.case_id, one.subject_id) for one in found.tasks]
    reading.showing(shown + [(one.case_id, one.subject_id) for one in stuck], reads.INBOX)
    html = render_template(
        "desk/bagi.html",
        halaman=found,
        buntu=stuck,
        nama_unit=dict(found.units),
        pilihan_unit=[(code, name) for code, name in found.units if _is_real(code) or code == found.unit],
        hasil=results or [],
        penerima=receiver,
        masalah=problem,
        terpilih=_ticked(found, left) if results else frozenset(pilihan.ticked() or _meant(found)),
        ditahan=asides.of_tasks([one.task_id for one in found.tasks if one.holder_id]),
        datang=_which(),
        diketik=request.form if left or not results else {},
    )
    return html, status


def _meant(found: SharePage) -> list[str]:
    """The boxes that are ticked on arrival."""
    if request.method != "GET":
        return []
    return [f"{one.task_id}:{one.version}" for one in found.tasks if sharing.meant(one, _which())]


def _ticked(found: SharePage, left: frozenset[str]) -> frozenset[str]:
    """With the version the page now shows: what was passed on meanwhile is looked at anew."""
    return frozenset(f"{one.task_id}:{one.version}" for one in found.tasks if one.task_id in left)


def _is_real(unit: str) -> bool:
    """The invented kapanewon is offered in a demonstration only."""
    return bool(current_app.config["ALUR"].is_demo) or not kapanewon_by_code(unit).is_demo


def _visible(task_id: str) -> TaskView:
    """The task, for an officer; one's own case is not among one's tasks. Raises NotFound, Forbidden."""
    view = tasks.load(current_actor(), task_id)
    if view.case.subject_id == current_actor().id:
        raise Forbidden("Ini permohonan Anda sendiri. Buka dari Permohonan saya.")
    return view


def _mine(task_id: str) -> TaskView:
    """Raises TaskNotYours too."""
    view = _visible(task_id)
    if not view.mine or view.assisting:
        raise TaskNotYours
    return view


def _hand_page(view: TaskView, errors: dict[str, list[str]] | None = None, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    reading.showing([(view.case.id, view.case.subject_id)], reads.TASK)
    barred = {actor.id, view.case.subject_id, *view.case.barred(view.step), *view.case.kin}
    people = colleagues.of_step(view.step.roles, view.case.ref.unit, but=barred)
    return render_template("desk/serahkan.html", tugas=view, orang=people, galat_isian=errors or {}), status
