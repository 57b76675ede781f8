"""What can be done for many cases at once: the free and held tasks of one step that allows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import AlurError, NotFound
from app.models import Case, Task, User
from app.procedures.answers import clean
from app.procedures.model.form import Form
from app.procedures.model.procedure import Procedure
from app.procedures.options import row_title, shown
from app.services import store
from app.services.desk import inbox
from app.services.desk.duties import duties_of
from app.services.desk.inbox import InboxRow
from app.services.desk.inbox_views import ANTREAN, TUGAS_SAYA, Filters
from app.services.flow import form_context, published, tasks
from app.services.flow.opening import APPLICANT_QUEUES
from app.services.flow.tasks import Completed

LISTED = 200
CHANGES = 2
MORE, UNSEEN = "lagi", "belum-dilihat"
"""What a list leaves out: less urgent ones; or what stands in a long queue after the LOOKED_AT tasks looked at."""


@dataclass(frozen=True)
class BulkRow:
    """One case to choose. `changes`: what it is about, in at most CHANGES + 1 lines; `reference`: what it is
    looked up by where it is signed (ikmt: tanda_tangan.rujukan).

    `before`: who did the step before this one, and when.
    """

    row: InboxRow
    changes: tuple[str, ...]
    reference: str
    before: str
    before_at: datetime | None


@dataclass(frozen=True)
class BulkPage:
    """`rest`: what is not among `rows`: "" = nothing, or one of MORE, UNSEEN."""

    step: str
    title: str
    rows: tuple[BulkRow, ...]
    rest: str


def load(actor: Actor, step: str) -> BulkPage:
    """The most urgent LISTED tasks of the step, held ones first. Raises Forbidden; NotFound: not done in bulk."""
    title = dict(duties_of(actor).bulk).get(step)
    if title is None:
        raise NotFound
    return BulkPage(step, title, *rows(actor, step))


def rows(actor: Actor, step: str) -> tuple[tuple[BulkRow, ...], str]:
    """The most urgent LISTED tasks of the step in the actor's queue and hands, held ones first; and what is left out.

    Raises Forbidden.
    """
    pages = [inbox.page(actor, view, Filters(step=step), size=LISTED) for view in (TUGAS_SAYA, ANTREAN)]
    every = [row for page in pages for row in page.rows]
    found = every[:LISTED]
    is_more = len(every) > LISTED or any(page.next and not page.cut for page in pages)
    rest = MORE if is_more else UNSEEN if any(page.cut for page in pages) else ""
    case_ids = [row.case_id for row in found]
    data, before = _data(case_ids), _before(case_ids)
    return tuple(_row(row, *data[row.case_id], before.get(row.case_id)) for row in found), rest


def complete(
    actor: Actor, chosen: Sequence[tuple[str, int]], key: str, raw: Mapping[str, Any]
) -> list[tuple[str, Completed | AlurError]]:
    """tasks.complete_many, after holding what was typed against the first task's form.

    Raises InvalidInput before anything is claimed: what is wrong for one is wrong for all.
    """
    check(actor, chosen[0][0], raw)
    return tasks.complete_many(actor, chosen, key, raw)


def check(actor: Actor, task_id: str, raw: Mapping[str, Any]) -> None:
    """Would these answers do for this task? Raises InvalidInput, NotFound."""
    view = tasks.load(actor, task_id)
    if view.form is not None:
        clean(view.form, raw, form_context.for_task(store.session(), view.case, view.task, view.case.procedure))


def _data(case_ids: Sequence[str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    rows = store.session.execute(select(Case.id, Case.version_id, Case.data).where(Case.id.in_(case_ids)))
    return {row.id: (row.version_id, row.data["answers"]) for row in rows}


def _before(case_ids: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """Case -> the officer who last completed something there, and when."""
    rows = store.session.execute(
        select(Task.case_id, User.name, Task.completed_at)
        .join(User, User.id == Task.completed_by)
        .where(Task.case_id.in_(case_ids), Task.queue.not_in(APPLICANT_QUEUES))
        .order_by(Task.completed_at)
    )
    return {row.case_id: (row.name, row.completed_at) for row in rows}


def _row(
    row: InboxRow, version_id: str, answers: Mapping[str, Mapping[str, Any]], before: tuple[str, datetime] | None
) -> BulkRow:
    procedure = published.compiled(version_id)
    step, _, field = procedure.signing.get("rujukan", "").partition(".")
    who, at = before or ("", None)
    return BulkRow(
        row=row,
        changes=_changes(procedure, answers),
        reference=str(answers.get(step, {}).get(field, "")),
        before=who,
        before_at=at,
    )


def _changes(procedure: Procedure, answers: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    form = procedure.forms.get(procedure.first_step)
    lines = _element_lines(form, answers.get(procedure.first_step, {})) if form else []
    if len(lines) > CHANGES:
        return (*lines[:CHANGES], f"dan {len(lines) - CHANGES} lagi")
    return tuple(lines)


def _element_lines(form: Form, given: Mapping[str, Any]) -> list[str]:
    """ "Budi: Pekerjaan, Pelajar/Mahasiswa → Karyawan Swasta" for each row of a table that tells old and new."""
    found = []
    for table in (field for section in form.sections for field in section.fields if field.kind == "tabel"):
        columns = [column for column in table.columns if column.kind == "menurut_elemen"]
        for row in given.get(table.id) or [] if columns else []:
            found.append(f"{row_title(table, row)}, {' → '.join(shown(one, row.get(one.id), row) for one in columns)}")
    return found
