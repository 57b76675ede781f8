"""A new draft with the answers of an earlier permohonan, to be gone over page by page before it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.models import Draft, StoredFile, Upload, User, new_id
from app.procedures.berkas import paths, with_replacements
from app.procedures.model.form import Field, Form
from app.services import clock
from app.services.files import file_store
from app.services.flow import published
from app.services.portal import drafts, portal_views
from app.services.portal.draft_answers import DraftAnswers
from app.services.records import trail
from app.services.work import unit_of_work

# To be given anew each time, or never given by the person.
_NOT_COPIED = frozenset({"pernyataan", "salin"})


@dataclass(frozen=True)
class Copied:
    """`is_new`: no draft of this service was in the way; otherwise `draft_id` is that draft, as it was."""

    draft_id: str
    is_new: bool


def copy(actor: Actor, case_id: str) -> Copied:
    """What the form in force still asks for is taken over as typed, so that every page is confirmed once more.

    Files come along as long as their bytes are kept. Raises NotFound, Forbidden.
    """
    demand(actor, "file")
    view = portal_views.own_case(actor, case_id)
    if view.procedure.about != portal_views.PERMOHONAN:
        raise NotFound
    version_id = published.in_force(view.procedure.slug, clock.today()).id
    procedure = published.compiled(version_id)
    form = procedure.forms[procedure.first_step]
    given = with_replacements(view.procedure.forms, view.procedure.first_step, view.answers)
    typed = still_asked(form, view.procedure.forms[view.procedure.first_step], given)
    slug, draft_id, at = view.procedure.slug, new_id(), clock.now()
    with unit_of_work() as session:
        session.get_one(User, actor.id, with_for_update=True)  # a second click waits here, and then finds the draft
        known = session.scalars(drafts.open_of(actor).where(Draft.slug == slug).limit(1)).one_or_none()
        if known is not None:
            return Copied(known.id, is_new=False)
        ids = _copy_files(session, actor, case_id, draft_id, form, typed)
        answers = DraftAnswers(typed={page.id: _renamed(page.fields, typed, ids) for page in form.sections})
        session.add(
            Draft(
                id=draft_id,
                owner_id=actor.id,
                slug=slug,
                version_id=version_id,
                answers=answers.as_json(),
                created_at=at,
                updated_at=at,
            )
        )
        what = {"kasus": case_id, "draf": draft_id}
        trail.append(session, trail.account_stream(actor.id), actor.id, "permohonan_disalin", what, at)
    return Copied(draft_id, is_new=True)


def still_asked(form: Form, before: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that `form` takes in the shape in which `before` kept them; locked fields are filled anew."""
    found = {}
    for field in (field for section in form.sections for field in section.fields):
        old = before.field(field.id)
        is_fixed = field.locked or "tetap" in field.extra or field.kind in _NOT_COPIED
        if old is None or old.kind != field.kind or is_fixed or field.id not in given:
            continue
        found[field.id] = _rows(field, old, given[field.id]) if field.kind == "tabel" else given[field.id]
    return found


def _rows(table: Field, before: Field, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kinds = {column.id: column.kind for column in before.columns}
    asked = {column.id for column in table.columns if kinds.get(column.id) == column.kind}
    return [{key: value for key, value in row.items() if key in asked} for row in rows]


def _copy_files(
    session: Session, actor: Actor, case_id: str, draft_id: str, form: Form, typed: Mapping[str, Any]
) -> dict[str, str]:
    """New rows for the same bytes, where these are still kept: old upload id -> new one."""
    where = paths(form, typed)
    named = select(Upload).where(Upload.case_id == case_id, Upload.id.in_(sorted(where)), Upload.cut_at.is_(None))
    uploads = session.scalars(named.order_by(Upload.created_at, Upload.id)).all()
    digests = sorted({upload.digest for upload in uploads})
    # Locked, so that the tidying cannot delete the bytes in between.
    rows = session.scalars(select(StoredFile).where(StoredFile.digest.in_(digests)).with_for_update())
    kept = {row.digest for row in rows if file_store().exists(row.digest)}
    ids = {upload.id: new_id() for upload in uploads if upload.digest in kept}
    for upload in uploads:
        if upload.id in ids:
            session.add(
                Upload(
                    id=ids[upload.id],
                    owner_id=actor.id,
                    draft_id=draft_id,
                    step=form.step,
                    field=where[upload.id],
                    requirement=upload.requirement,
                    digest=upload.digest,
                    created_at=upload.created_at,
                )
            )
    return ids


def _renamed(fields: Iterable[Field], given: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The answers of these fields with the new names of their files; a file that is kept no more is left out."""
    found = {}
    for field in (each for each in fields if each.id in given):
        value = given[field.id]
        if field.kind == "berkas":
            value = [ids[upload] for upload in value if upload in ids]
        if field.kind == "tabel":
            value = [{**row, **_renamed(field.columns, row, ids)} for row in value]
        found[field.id] = value
    return found
