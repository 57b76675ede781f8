"""What a form is filled in against, gathered from the tables: earlier answers, uploads, account and registry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.registry import Registry, TableRegistry, Warga
from app.domain.tanggal import local_date
from app.models import Case, Draft, ProcedureVersion, StoredFile, Task, Upload, User
from app.procedures.actions import APPLICANT, CASE, FILLED_BY, NIK_KNOWN, NIK_TAKEN, OFFICER
from app.procedures.context import FormContext, UploadInfo, form_context
from app.procedures.model.form import Field, Form
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.procedures.options import RUNNING
from app.services import clock, signatures
from app.services.flow.cases import CaseView
from app.services.joining import standing
from app.services.joining.claims import claim_of
from app.services.portal.draft_answers import DraftAnswers

_WITH_FILES = {"berkas", "berkas_diminta"}
_KNOWN_SOURCES = ("akun.", "penduduk.")
_MOST_RUNNING = 50

Prefill = dict[str, Mapping[str, Any]]


@dataclass(frozen=True)
class FilledCase:
    """What a form needs of its case. `answers`: {step: {field: value}}."""

    id: str
    subject_id: str
    answers: Mapping[str, Mapping[str, Any]]


def for_draft(session: Session, draft: Draft, procedure: Procedure) -> FormContext:
    """For the first step, before there is a case. `own`: the accepted answers that count now."""
    subject = draft.subject_id or draft.owner_id
    context = form_context(
        procedure,
        clock.now(),
        answers={CASE: {FILLED_BY: OFFICER if draft.subject_id else APPLICANT}},
        uploads=_uploads(session, Upload.draft_id == draft.id),
        prefill=_prefill(session, subject) | _running(session, subject, procedure),
        calendar=clock.calendar(),
    )
    context = replace(context, codes_on=local_date(draft.created_at))
    own = DraftAnswers.of(draft).shown(procedure.forms[procedure.first_step], context)
    return replace(context, own=own)


def for_task(
    session: Session, case: CaseView, task: Task, procedure: Procedure, *, assisting: bool = False
) -> FormContext:
    """For a step of a running case. Only files handed in for this very step may be attached to it.

    `assisting`: an officer fills it in for the pemohon.
    """
    by = filler(procedure.steps[task.step], assisting=assisting)
    return for_step(session, FilledCase(case.id, case.subject_id, case.answers), task.step, procedure, by=by)


def filler(step: Step, *, assisting: bool) -> str:
    """Who fills the form in, as its conditions know it (`kasus.pengisi`)."""
    return OFFICER if assisting or not step.by_applicant else APPLICANT


def for_step(session: Session, case: FilledCase, step: str, procedure: Procedure, *, by: str = OFFICER) -> FormContext:
    """The same, from what little it takes of the case."""
    form = procedure.forms.get(step)
    fields = _fields(form) if form else []
    takes_files = any(field.kind in _WITH_FILES for field in fields)
    is_prefilled = any(field.filled_from.startswith(_KNOWN_SOURCES) for field in fields)
    mine = (Upload.case_id == case.id, Upload.step == step, Upload.cut_at.is_(None))
    facts = {**case.answers.get(CASE, {}), FILLED_BY: by, **_account_facts(session, case, procedure)}
    return form_context(
        procedure,
        clock.now(),
        answers={**case.answers, CASE: facts},
        uploads=_uploads(session, *mine) if takes_files else None,
        prefill=_prefill(session, case.subject_id) if is_prefilled else None,
        calendar=clock.calendar(),
    )


def _account_facts(session: Session, case: FilledCase, procedure: Procedure) -> dict[str, str]:
    claim = claim_of(procedure, case.answers) if procedure.about == "akun" else None
    if claim is None:
        return {}
    taken = standing.nik_is_taken(session, claim.nik, case.subject_id)
    known = TableRegistry(session).find(claim.nik) is not None
    return {NIK_TAKEN: "ya" if taken else "tidak", NIK_KNOWN: "ya" if known else "tidak"}


def _fields(form: Form) -> list[Field]:
    tables = [field for section in form.sections for field in section.fields]
    return tables + [column for field in tables for column in field.columns]


def _uploads(session: Session, *which: Any) -> dict[str, UploadInfo]:
    rows = session.execute(
        select(Upload.id, Upload.findings, StoredFile.mime, StoredFile.pages)
        .join(StoredFile, StoredFile.digest == Upload.digest)
        .where(*which)
        .order_by(Upload.created_at, Upload.id)
    )
    return {
        row.id: UploadInfo(
            row.mime,
            row.pages,
            f"berkas-{n}",
            unread=is_unread(row.findings),
            told=signatures.told(row.findings),
            warns=signatures.warns(row.findings),
        )
        for n, row in enumerate(rows, 1)
    }


def is_unread(findings: Mapping[str, Any] | None) -> bool:
    """Was the file to fit the case, and nothing could be read in it?"""
    return findings is not None and findings["cocok"] is None


def _prefill(session: Session, user_id: str) -> Prefill:
    user = session.get(User, user_id)
    if user is None:
        return {}
    account = {
        "nama": user.name,
        "nik": user.nik,
        "nomor_kk": user.nomor_kk,
        "nomor_hp": user.phone,
        "email": user.email if user.has_account else user.contact,
    }
    known = {"akun": {key: value for key, value in account.items() if value}}
    return {**known, **_from_registry(TableRegistry(session), user.nik, user.nomor_kk)}


def _running(session: Session, user_id: str, procedure: Procedure) -> Prefill:
    """The person's running permohonan of other services, where the first form lets choose one of them."""
    form = procedure.forms[procedure.first_step]
    if not any(field.options_from == RUNNING for field in _fields(form)):
        return {}
    rows = session.execute(
        select(Case.number, ProcedureVersion.title)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .where(Case.subject_id == user_id, Case.about == "permohonan", Case.ended_at.is_(None))
        .where(ProcedureVersion.slug != procedure.slug)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(_MOST_RUNNING)
    )
    return {"permohonan": {"berjalan": [{"nomor": row.number, "layanan": row.title} for row in rows]}}


def _from_registry(registry: Registry, nik: str | None, nomor_kk: str | None) -> Prefill:
    """The family of the person's own card, and only when the person is on it."""
    family = registry.family(nomor_kk) if nomor_kk else []
    person = next((each for each in family if each.nik == nik), None)
    if person is None:
        return {}
    return {"penduduk": {**_address(person), "anggota_kk": [_member(each) for each in family]}}


def _address(person: Warga) -> dict[str, Any]:
    values = {"alamat": person.alamat, "rt": person.rt, "rw": person.rw}
    region = {"kapanewon": person.kapanewon, "kalurahan": person.kalurahan}
    return {**{key: value for key, value in values.items() if value}, "wilayah": region}


def _member(person: Warga) -> dict[str, Any]:
    """One line of the table of family members: every element the registry knows, under the forms' names."""
    born = person.tanggal_lahir.isoformat()
    return {**person.elemen, "nama": person.nama, "nik": person.nik, "shdk": person.shdk, "tanggal_lahir": born}
