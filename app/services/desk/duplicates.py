"""Possible duplicates of a permohonan: the same thing asked for the same person, still running or lately ended,
whichever account filed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.engine import Row

from app.domain.actors import Actor, CaseRef, can
from app.domain.masking import mask_in_text, mask_nik
from app.models import Case, CaseNik, Permohonan, Task, User
from app.procedures.model.form import Field, Form
from app.procedures.options import row_title, shown
from app.services import clock, store
from app.services.flow import published
from app.services.flow.cases import CaseView

RECENT = timedelta(days=30)
MOST = 5
LOOKED_AT = 20
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
    people, niks = _people(view), _niks(view)
    found_near = store.session.execute(_of_these_people(view, people, niks))
    near = [row for row in found_near if _same_service(view, row) and _is_for(row, people, niks)]
    seen = [row for row in near if _may_see(actor, row)]
    kinds = _kinds([view.id, *(row.id for row in seen)]) if seen else {}
    found = [row for row in seen if kinds.get(row.id) == kinds.get(view.id)][:MOST]
    tasks = _newest_tasks([row.id for row in found])
    return tuple(_twin(view, row, tasks.get(row.id, "")) for row in found)


def _of_these_people(view: CaseView, people: list[str], niks: list[str]) -> Select[*tuple[Any, ...]]:
    """Other cases of the pemohon or of the person that this one is for, or that name them, running or ended of late."""
    late = Case.ended_at >= clock.now() - RECENT
    ids = [
        select(Case.id).where(Case.subject_id.in_(people), Case.about == "permohonan", state)
        for state in (Case.ended_at.is_(None), Case.ended_at.is_not(None) & late)
    ]
    named = select(CaseNik.case_id).join(Case, Case.id == CaseNik.case_id)
    ids.append(named.where(CaseNik.nik.in_(niks), Case.about == "permohonan", or_(Case.ended_at.is_(None), late)))
    return (
        select(
            *(Case.id, Case.subject_id, Case.number, Case.unit, Case.status, Case.version_id, Case.data),
            *(Case.opened_at, Case.ended_at, User.name),
        )
        .join(User, User.id == Case.subject_id)
        .where(Case.id.in_(ids[0].union_all(*ids[1:])), Case.id != view.id)
        .order_by(Case.opened_at.desc(), Case.id)
        .limit(LOOKED_AT)
    )


def _is_for(row: Row[Any], people: list[str], niks: list[str]) -> bool:
    """Filed by one of them, or for one of them by another account; to be named among the family is not enough."""
    return row.subject_id in people or _represented(row.data["answers"], row.version_id) in niks


def _represented(answers: Mapping[str, Any], version_id: str) -> str:
    """The NIK of whom a case was filed for by somebody else, "" for nobody."""
    return str(answers.get(published.compiled(version_id).first_step, {}).get(_REPRESENTED) or "")


def _same_service(view: CaseView, row: Row[Any]) -> bool:
    return published.compiled(row.version_id).slug == view.procedure.slug


def _kinds(case_ids: list[str]) -> dict[str, str]:
    query = select(Permohonan.case_id, Permohonan.jenis).where(Permohonan.case_id.in_(case_ids))
    return {row.case_id: row.jenis for row in store.session.execute(query)}


def _newest_tasks(case_ids: list[str]) -> dict[str, str]:
    """Case -> where officers see it: its open task, else the one that came last."""
    if not case_ids:
        return {}
    query = select(Task.case_id, Task.id).where(Task.case_id.in_(case_ids))
    ordered = query.order_by(Task.closed_at.is_not(None).desc(), Task.opened_at, Task.id)
    return {row.case_id: row.id for row in store.session.execute(ordered)}


def _people(view: CaseView) -> list[str]:
    """Ids of accounts: the pemohon, and whoever has the NIK of the person that they act for."""
    nik = view.answers.get(view.procedure.first_step, {}).get(_REPRESENTED)
    represented = store.session.scalar(select(User.id).where(User.nik == str(nik))) if nik else None
    return [view.subject_id, *([represented] if represented else [])]


def _niks(view: CaseView) -> list[str]:
    """The same people by their numbers, whether they have an account or not."""
    first = view.answers.get(view.procedure.first_step, {})
    own = store.session.scalar(select(User.nik).where(User.id == view.subject_id))
    return [str(nik) for nik in (own, first.get(_REPRESENTED)) if nik]


def _may_see(actor: Actor, row: Row[Any]) -> bool:
    roles = published.compiled(row.version_id).roles
    return row.subject_id != actor.id and can(actor, "view_case", CaseRef(row.id, row.subject_id, row.unit, roles))


def _twin(view: CaseView, row: Row[Any], task_id: str) -> Twin:
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
        task_id=task_id,
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
