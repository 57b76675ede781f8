"""Invented people, documents and answers that go through the services like real ones. For scratch databases only."""

import io
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.adapters.apart import signed_sample
from app.adapters.blanks import blank_pdf, blank_picture
from app.domain.actors import APPLICANTS, Actor
from app.models import StoredFile
from app.procedures.context import UploadInfo
from app.procedures.model.form import Field
from app.procedures.model.procedure import Procedure
from app.procedures.sample import sample_answers
from app.procedures.sample_values import NewUpload, invented_nik, invented_nomor_kk, invented_phone
from app.services import store
from app.services.accounts import people
from app.services.flow import form_context, tasks
from app.services.portal import drafts, submissions, uploads
from app.services.signing import batches, shown, sightings, signers
from app.services.work import unit_of_work

_PASSPHRASE = "frasa-simulasi"
_NO_LOGIN = "!"  # is no argon2 hash, so no password fits


@dataclass(frozen=True)
class Cast:
    """`officers`: several of every role with a lane; `applicants`: residents of the invented kapanewon."""

    officers: tuple[Actor, ...]
    applicants: tuple[Actor, ...]

    def who(self, person_id: str) -> Actor:
        return next(person for person in self.officers + self.applicants if person.id == person_id)


def invent_people(rng: random.Random, procedure: Procedure, per_role: int = 3, applicants: int = 6) -> Cast:
    """Write the accounts. Nobody can log in with them."""
    roles = sorted(procedure.roles - APPLICANTS)
    with unit_of_work():
        officers = tuple(
            _account(f"{role.replace('_', '-')}-{n}", f"{role.replace('_', ' ').title()} {n}", role)
            for role in roles
            for n in range(1, per_role + 1)
        )
        residents = tuple(
            _account(
                f"pemohon-{n}",
                f"Pemohon {n}",
                "pemohon",
                nik=invented_nik(rng),
                nomor_kk=invented_nomor_kk(rng),
                phone=invented_phone(rng),
            )
            for n in range(1, applicants + 1)
        )
    return Cast(officers, residents)


def _account(mailbox: str, name: str, role: str, **numbers: str) -> Actor:
    user = people.add(
        store.session(),
        email=f"{mailbox}@contoh.id",
        name=name,
        password_hash=_NO_LOGIN,
        roles=[(role, "")],
        **numbers,  # type: ignore[arg-type]
    )
    return Actor(user.id, name, frozenset({role}))


def file_case(actor: Actor, slug: str, rng: random.Random, preferred: Mapping[str, Any] | None = None) -> str:
    """A whole permohonan, page by page as its pemohon would. Returns the case's id."""
    return send_draft(actor, drafts.start(actor, slug), rng, preferred)


def send_draft(actor: Actor, draft_id: str, rng: random.Random, preferred: Mapping[str, Any] | None = None) -> str:
    """Fill in what was begun, and send it. Returns the case's id."""
    seen = drafts.load(actor, draft_id)
    raw = sample_answers(seen.form, seen.context, rng, _uploader(actor, draft_id=draft_id), preferred)
    while (section := seen.next_section) is not None:
        page = {field.id: raw[field.id] for field in section.fields if field.id in raw}
        drafts.save_section(actor, draft_id, seen.version, section.id, page)
        seen = drafts.load(actor, draft_id)
    return submissions.submit(actor, draft_id, seen.version, confirmed=True, is_present=seen.for_another).case_id


def answers_for(
    actor: Actor, task_id: str, rng: random.Random, preferred: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What an officer (or pemohon) who holds this task could type; files are handed in on the way."""
    view = tasks.load(actor, task_id)
    if view.form is None:
        return {}
    context = form_context.for_task(
        store.session(), view.case, view.task, view.case.procedure, assisting=view.assisting
    )
    return sample_answers(view.form, context, rng, _uploader(actor, task_id=task_id), preferred)


def _blank(field: Field, path: str) -> bytes:
    if field.extra.get("bertanda_tangan"):
        return signed_sample()
    return blank_pdf() if "pdf" in field.extra.get("format", ()) else blank_picture(len(path))


def sign(actor: Actor, task_id: str, key: str) -> None:
    """See a letter and sign it, with a certificate of this scratch office whatever the ikmt says."""
    view = tasks.load(actor, task_id)
    signers.local().create(signers.signatory(actor.id), _PASSPHRASE, "Simulasi")
    sightings.note(actor, view.step.id, task_id, shown.digests([view.case.id], view.step.id)[view.case.id])
    with signers.rehearsing():
        batch = batches.begin(actor, view.step.id, [(task_id, view.task.version)], key)
        batches.proceed(actor, batch, _PASSPHRASE)


def _uploader(actor: Actor, *, draft_id: str | None = None, task_id: str | None = None) -> NewUpload:
    def hand_in(path: str, field: Field) -> tuple[str, UploadInfo]:
        data = _blank(field, path)
        upload = uploads.receive(actor, field=path, stream=io.BytesIO(data), draft_id=draft_id, task_id=task_id)
        stored = store.session.get_one(StoredFile, upload.digest)
        unread = form_context.is_unread(upload.findings)
        return upload.id, UploadInfo(stored.mime, stored.pages, unread=unread)

    return hand_in
