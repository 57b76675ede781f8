"""Possible duplicates of a permohonan: the same person asking for the same thing, still running or lately ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Row

from app.domain.actors import Actor, CaseRef, can
from app.domain.masking import mask_in_text, mask_nik
from app.models import Case, Permohonan, ProcedureVersion, Task, User
from app.procedures.model import Field, Form
from app.procedures.options import row_title, shown
from app.services import clock, store
from app.services.flow import published
from app.services.flow.cases import CaseView

RECENT = timedelta(days=30)
MOST = 5
_REPRESENTED = "diwakili_nik"
_PERSONAL = ("nik", "nomor_kk")
_UNCOMPARED = ("berkas", "pernyataan", "salin")


@dataclass(frozen=True)
class Twin:
    """`differences`: (label, here, there) of the first form's answers that are not the same; numbers masked.

    `task_id`: where officers see it, its newest task, "" for none.
    """

    case_id: str
    subject_id: str
    number: str
    applicant: str
    status: str
    opened_at: datetime
    ended_at: datetime | None
    task_id: str
    differences: tuple[tuple[str, str, str], ...]


def of_case(actor: Actor, view: CaseView) -> tuple[Twin, ...]:
    """Those the actor may see, the newest first, at most MOST. The caller may see the case."""
    if view.procedure.about != "permohonan":
        return ()
    found = store.session.execute(_twins(view).order_by(Case.opened_at.desc(), Case.id).limit(MOST)).all()
    return tuple(_twin(view, row) for row in found if _may_see(actor, row))


def _twins(view: CaseView) -> Select[Any]:
    """The same kind, of the pemohon or of the person that this one is for, running or ended of late."""
    kind = select(Permohonan.jenis).where(Permohonan.case_id == view.id).scalar_subquery()
    versions = select(ProcedureVersion.id).where(ProcedureVersion.slug == view.procedure.slug)
    newest = (
        select(Task.id)
        .where(Task.case_id == Case.id)
        .order_by(Task.closed_at.is_(None).desc(), Task.opened_at.desc(), Task.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    late = Case.ended_at >= clock.now() - RECENT
    ids = [
        select(Case.id).where(Case.subject_id.in_(_people(view)), Case.about == "permohonan", state)
        for state in (Case.ended_at.is_(None), Case.ended_at.is_not(None) & late)
    ]
    return (
        select(
            *(Case.id, Case.subject_id, Case.number, Case.unit, Case.status, Case.version_id, Case.data),
            *(Case.opened_at, Case.ended_at, User.name, newest.label("task_id")),
        )
        .join(Permohonan, Permohonan.case_id == Case.id)
        .join(User, User.id == Case.subject_id)
        .where(Case.id.in_(ids[0].union_all(ids[1])), Case.id != view.id)
        .where(Case.version_id.in_(versions), Permohonan.jenis == kind)
    )


def _people(view: CaseView) -> list[str]:
    """Ids of accounts: the pemohon, and whoever has the NIK of the person that they act for."""
    nik = view.answers.get(view.procedure.first_step, {}).get(_REPRESENTED)
    represented = store.session.scalar(select(User.id).where(User.nik == str(nik))) if nik else None
    return [view.subject_id, *([represented] if represented else [])]


def _may_see(actor: Actor, row: Row[Any]) -> bool:
    roles = published.compiled(row.version_id).roles
    return row.subject_id != actor.id and can(actor, "view_case", CaseRef(row.id, row.subject_id, row.unit, roles))


def _twin(view: CaseView, row: Row[Any]) -> Twin:
    first = view.procedure.first_step
    there = published.compiled(row.version_id)
    ours = _said(view.procedure.forms[first], view.answers.get(first, {}))
    theirs = _said(there.forms[there.first_step], row.data["answers"].get(there.first_step, {}))
    labels = dict.fromkeys([*ours, *theirs])
    differing = [(one, ours.get(one, ""), theirs.get(one, "")) for one in labels if ours.get(one) != theirs.get(one)]
    return Twin(
        case_id=row.id,
        subject_id=row.subject_id,
        number=row.number,
        applicant=row.name,
        status=row.status,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        task_id=row.task_id or "",
        differences=tuple(differing),
    )


def _said(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Label -> what was answered, in words."""
    fields = [field for section in form.sections for field in section.fields if field.kind not in _UNCOMPARED]
    return {field.label: _in_words(field, answers[field.id]) for field in fields if answers.get(field.id)}


def _in_words(field: Field, value: Any) -> str:
    if field.kind in _PERSONAL:
        return mask_nik(str(value))
    if field.kind == "tabel":
        return mask_in_text("; ".join(_row_in_words(field, row) for row in value))
    return mask_in_text(shown(field, value))


def _row_in_words(table: Field, row: Mapping[str, Any]) -> str:
    changed = [shown(column, row.get(column.id), row) for column in table.columns if column.kind == "menurut_elemen"]
    title = row_title(table, row)
    return f"{title} ({' → '.join(changed)})" if changed else title
