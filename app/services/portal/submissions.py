"""Sending a draft: it becomes a case, exactly once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.adapters.registry import TableRegistry
from app.domain.actors import Actor, Office, can
from app.domain.errors import DraftOutdated, Forbidden, InvalidInput, PossibleDuplicate, StaleForm
from app.models import Case, Permohonan, ProcedureVersion, Upload, new_id
from app.procedures.answers import clean
from app.procedures.berkas import KIND_FIELD
from app.procedures.model.form import Form
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.counter import assistance
from app.services.flow import cases, published
from app.services.messages import notices, preferences
from app.services.portal import drafts, pins
from app.services.portal.drafts import DraftView, own_draft
from app.services.records.counters import case_number
from app.services.records.revisions import changes_for_applicant
from app.services.signin import hashing
from app.services.work import unit_of_work

CHANNELS = "kanal"
"""The field of a first form in which WhatsApp can be ticked."""


@dataclass(frozen=True)
class Submitted:
    """`pin`: for the public status page; shown now and told in the notice, afterwards only its hash is known."""

    case_id: str
    number: str
    pin: str


def submit(
    actor: Actor, draft_id: str, version: int, *, confirmed: bool = False, is_present: bool = False
) -> Submitted:
    """Check everything against the version in force and open the case.

    `is_present`: of a draft for somebody else, its officer says that the person stands there and agrees.

    Raises InvalidInput, StaleForm (another tab saved), AlreadySubmitted (it is a case already), DraftOutdated (once,
    when the procedure changed what it asks), PossibleDuplicate (until `confirmed`).
    """
    if not (can(actor, "file", Office()) or can(actor, "file_for", Office())):
        raise Forbidden
    seen = _in_force(actor, drafts.load(actor, draft_id))
    if seen.version != version:
        raise StaleForm(drafts.STALE)
    context = replace(seen.context, own={})
    answers = clean(seen.form, seen.kept.to_submit(), context)
    if seen.for_another and not is_present:
        raise InvalidInput({"": [f"Centang dulu bahwa {seen.for_name} hadir dan menyetujui."]})
    if not confirmed:
        _refuse_duplicate(seen, _kind(seen.procedure, answers))
    pin = pins.fresh()
    return _open(actor, seen, answers, pin, hashing.digest(pin))


def _in_force(actor: Actor, seen: DraftView) -> DraftView:
    """The draft under the version that applies today. Raises DraftOutdated after moving it, when that matters."""
    current = published.in_force(seen.slug, clock.today())
    current_id = current.id
    draft = own_draft(store.session(), actor, seen.id)
    if draft.version_id == current_id:
        return seen
    changes = changes_for_applicant(seen.procedure, published.compiled(current_id))
    with unit_of_work() as session:
        draft = own_draft(session, actor, seen.id, lock=True)
        draft.version_id = current_id
        draft.version += 1 if changes else 0
    if changes:
        raise DraftOutdated(
            changes, "Layanan ini berubah sejak Anda mulai mengisi. Isian Anda tetap ada; periksa yang berubah."
        )
    return drafts.load(actor, seen.id)


def _refuse_duplicate(seen: DraftView, kind: str) -> None:
    """Of the same kind, as officers are told of doubles."""
    earlier = store.session.execute(
        select(Case.id, Case.number, Case.status)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .join(Permohonan, Permohonan.case_id == Case.id)
        .where(Case.subject_id == seen.subject_id, ProcedureVersion.slug == seen.slug, Case.ended_at.is_(None))
        .where(Permohonan.jenis == kind)
        .order_by(Case.opened_at.desc())
        .limit(1)
    ).one_or_none()
    if earlier is not None:
        is_short = earlier.status[:2].isupper()  # "KK siap diunduh" keeps its capitals
        status = earlier.status if is_short else earlier.status[:1].lower() + earlier.status[1:]
        who = seen.for_name if seen.for_another else "Anda"
        pesan = f"{who} sudah mengajukan hal yang sama ({earlier.number}, {status})."
        raise PossibleDuplicate(earlier.id, earlier.number, pesan)


def _open(actor: Actor, seen: DraftView, answers: Mapping[str, Any], pin: str, pin_hash: str) -> Submitted:
    at = clock.now()
    case_id = new_id()
    with unit_of_work() as session:
        draft = own_draft(session, actor, seen.id, lock=True)
        if draft.version != seen.version:
            raise StaleForm(drafts.STALE)
        subject = draft.subject_id or actor.id
        if preferences.WHATSAPP in (answers.get(CHANNELS) or ()):
            preferences.agree_to_whatsapp(session, subject, actor.id, at)
        number = case_number(session, seen.slug, at)
        cases.open_case(
            session,
            actor,
            case_id=case_id,
            version_id=draft.version_id,
            subject_id=subject,
            unit=_unit(session, seen.form, answers),
            number=number,
            answers=answers,
            at=at,
            facts={"pin": pin, **({notices.HANDED: "ya"} if draft.subject_id else {})},
        )
        kind = _kind(seen.procedure, answers)
        request = Permohonan(case_id=case_id, jenis=kind, draft_id=draft.id, pin_hash=pin_hash)
        if draft.subject_id:
            assistance.note(session, request, actor, draft.counter, at)
        session.add(request)
        _take_uploads(session, draft.id, case_id, answers)
        draft.submitted_at, draft.case_id = at, case_id
    return Submitted(case_id, number, pin)


def _unit(session: Session, form: Form, answers: Mapping[str, Any]) -> str:
    """The kapanewon of the card that is asked for somebody else, where the registry knows that card; else of the first
    region asked for; "" = the whole office."""
    cards = (one.id for section in form.sections for one in section.fields if one.kind == "nomor_kk")
    others = [str(answers[name]) for name in cards if name.endswith("_nomor_kk") and answers.get(name)]
    family = TableRegistry(session).family(others[0]) if others else []
    if family:
        return family[0].kapanewon
    fields = (field for section in form.sections for field in section.fields if field.kind == "wilayah")
    regions = (answers[field.id] for field in fields if field.id in answers)
    return next((str(region["kapanewon"]) for region in regions), "")


def _kind(procedure: Procedure, answers: Mapping[str, Any]) -> str:
    kind = answers.get(KIND_FIELD)
    return kind if isinstance(kind, str) and kind in procedure.kinds else ""


def _take_uploads(session: Session, draft_id: str, case_id: str, answers: Mapping[str, Any]) -> None:
    """What the answers name goes with the case; what was left behind on the way is forgotten."""
    written = json.dumps(answers)
    mine = session.scalars(select(Upload.id).where(Upload.draft_id == draft_id)).all()
    named = [upload_id for upload_id in mine if upload_id in written]
    session.execute(update(Upload).where(Upload.id.in_(named)).values(case_id=case_id))
    session.execute(delete(Upload).where(Upload.draft_id == draft_id, Upload.id.not_in(named)))
