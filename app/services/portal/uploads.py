"""Photographs and PDFs that people hand in: cleaned, kept under their digest, shown only to who may see the case."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.adapters.apart import clean_apart, page_apart
from app.adapters.pictures import preview_of
from app.adapters.storage import is_full, write_whole
from app.domain.actors import Actor, CaseRef, can
from app.domain.errors import DownloadCut, Forbidden, NotFound, UploadRefused
from app.models import DISCUSSION, Answer, Case, Draft, Signature, StoredFile, Task, Upload, new_id
from app.procedures.model.procedure import Procedure
from app.services import clock, signatures, store
from app.services.files import file_store
from app.services.flow import delivered, published
from app.services.portal import places
from app.services.portal.intake import check_room, keep_bytes, of_holder, read_limited
from app.services.portal.places import Place
from app.services.records import trail
from app.services.work import unit_of_work

_PDF = "application/pdf"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", _PDF: "pdf"}


@dataclass(frozen=True)
class OpenFile:
    """Bytes to send and close. `download_name` is ours (`KK-2026-000123-surat_hilang-1.jpg`), never the
    person's: the permohonan, the persyaratan, which of its files.

    `case`: the case it is in; None for a draft of the reader's own.
    """

    stream: BinaryIO
    mime: str
    download_name: str
    size: int
    case: CaseRef | None = None


def receive(
    actor: Actor, *, field: str, stream: BinaryIO, draft_id: str | None = None, task_id: str | None = None
) -> Upload:
    """Take one file for a berkas field of the actor's draft, or of a task in the actor's hands.

    `field`: its path, `f106`, `perubahan.0.bukti`, `berkas.<requirement>`. The file counts once its id is saved among
    the field's answers. Raises UploadRefused (a sentence for the person), NotFound, TaskNotYours.
    """
    place = places.in_draft(actor, draft_id, field) if draft_id else places.in_task(actor, task_id or "", field)
    cleaned = clean_apart(read_limited(stream))
    findings = places.examine(place, cleaned)
    digest = file_store().put(cleaned.data)
    at = clock.now()
    with unit_of_work() as session:
        _check_still_open(session, place)
        check_room(session, place.draft_id, place.case_id)
        keep_bytes(session, digest, cleaned, at)
        upload = Upload(
            id=new_id(),
            owner_id=actor.id,
            draft_id=place.draft_id,
            case_id=place.case_id,
            step=place.step,
            field=field,
            requirement=place.requirement,
            digest=digest,
            findings=findings,
            created_at=at,
        )
        session.add(upload)
        told = signatures.for_trail(findings)
        what = {"berkas": upload.id, "sidik": digest, "kasus": place.case_id or "", **told}
        trail.append(session, trail.account_stream(actor.id), actor.id, "berkas_diterima", what, at)
    return upload


def remove(actor: Actor, upload_id: str) -> None:
    """Take back one's own file, as long as it was not sent. Raises NotFound, Forbidden."""
    at = clock.now()
    with unit_of_work() as session:
        upload = session.get(Upload, upload_id)
        if upload is None or upload.owner_id != actor.id:
            raise NotFound
        # The draft or case first, then its file as it is now: it may be on its way in another tab.
        draft = session.get(Draft, upload.draft_id, with_for_update=True) if upload.draft_id else None
        case = session.get(Case, upload.case_id, with_for_update=True) if upload.case_id else None
        session.refresh(upload)
        if _was_sent(session, upload, draft, case):
            raise Forbidden("Berkas ini sudah terkirim, jadi tidak dapat dihapus.")
        if draft is not None:
            draft.answers = without_upload(draft.answers, upload_id)
        session.delete(upload)
        what = {"berkas": upload_id, "sidik": upload.digest}
        trail.append(session, trail.account_stream(actor.id), actor.id, "berkas_dibuang", what, at)


def open_for(actor: Actor, upload_id: str, *, as_download: bool = False) -> OpenFile:
    """The file, for who may see its case (or whose draft it is in). Anybody else gets NotFound.

    Raises DownloadCut for what was taken back: its pemohon does not see it any more, and nobody downloads it.
    """
    upload, stored, case = _seen_by(actor, upload_id)
    if as_download and upload.cut_at is not None:
        raise DownloadCut
    name = f"{_name(upload)}.{_ENDINGS[stored.mime]}"
    return OpenFile(file_store().open(stored.digest), stored.mime, name, stored.size, case)


def preview_for(actor: Actor, upload_id: str) -> OpenFile:
    """A small JPEG of a picture, made once and kept in the cache. NotFound for PDFs."""
    upload, stored, case = _seen_by(actor, upload_id)
    if not stored.mime.startswith("image/"):
        raise NotFound("Berkas ini PDF; buka berkasnya untuk melihat isinya.")
    data = _cached_preview(stored.digest)
    return OpenFile(io.BytesIO(data), "image/jpeg", f"{_name(upload)}-kecil.jpg", len(data), case)


def page_for(actor: Actor, upload_id: str, number: int) -> OpenFile:
    """A page of a PDF as a picture, from 1, large enough to read. NotFound where it cannot be drawn."""
    upload, stored, case = _seen_by(actor, upload_id)
    if stored.mime != _PDF or not 1 <= number <= stored.pages:
        raise NotFound("Halaman ini tidak ada di berkas itu.")
    with file_store().open(stored.digest) as stream:
        try:
            data = page_apart(stream.read(), number)
        except UploadRefused as problem:
            raise NotFound(problem.pesan) from problem
    return OpenFile(io.BytesIO(data), "image/jpeg", f"{_name(upload)}-halaman-{number}.jpg", len(data), case)


def without_upload(answers: Mapping[str, Any], upload_id: str) -> dict[str, Any]:
    """The same answers with this id taken out of every list, at any depth."""
    kept: dict[str, Any] = _without(answers, upload_id)
    return kept


def _without(value: Any, upload_id: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(each, upload_id) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, upload_id) for each in value if each != upload_id]
    return value


def _check_still_open(session: Session, place: Place) -> None:
    """The draft may have been sent or thrown away while the file was on its way."""
    if place.draft_id is None:
        return
    draft = session.get(Draft, place.draft_id, with_for_update=True)
    if draft is None or draft.submitted_at is not None:
        raise NotFound("Draf ini sudah terkirim atau dihapus, jadi berkasnya tidak disimpan. Buka Permohonan saya.")


def _was_sent(session: Session, upload: Upload, draft: Draft | None, case: Case | None) -> bool:
    """Also where a later answer took its place: what was judged, signed or wrongly delivered stays."""
    if draft is not None:
        return draft.submitted_at is not None
    if upload.step == DISCUSSION:
        return upload.field != ""
    if case is None:
        return False
    signed = select(Signature.task_id).join(Task, Task.id == Signature.task_id)
    if session.scalar(signed.where(Task.case_id == case.id, Signature.upload_id == upload.id).limit(1)) is not None:
        return True  # signed; its task may be a moment from done
    given = session.scalars(select(Answer.data).where(Answer.case_id == case.id).order_by(Answer.at.desc()))
    return upload.cut_at is not None or any(upload.id in json.dumps(data) for data in (case.data["answers"], *given))


def _seen_by(actor: Actor, upload_id: str) -> tuple[Upload, StoredFile, CaseRef | None]:
    """The file and the case it is in. Raises NotFound where the actor may not see it."""
    row = store.session.execute(
        select(Upload, StoredFile).join(StoredFile, StoredFile.digest == Upload.digest).where(Upload.id == upload_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.Upload.case_id is None:
        if row.Upload.owner_id != actor.id:
            raise NotFound
        return row.Upload, row.StoredFile, None
    case = store.session.get_one(Case, row.Upload.case_id)
    procedure = published.compiled(case.version_id)
    ref = CaseRef(case.id, case.subject_id, case.unit, procedure.roles)
    if not can(actor, "view_case", ref):
        raise NotFound
    if row.Upload.step == DISCUSSION and not row.Upload.field and row.Upload.owner_id != actor.id:
        raise NotFound  # not sent yet: its owner's alone
    if actor.id == case.subject_id:
        _refuse_to_its_pemohon(row.Upload, procedure)
    return row.Upload, row.StoredFile, ref


def _refuse_to_its_pemohon(upload: Upload, procedure: Procedure) -> None:
    """A pemohon, officer or not, gets what they handed in and what was delivered; never the office's working papers."""
    is_offices = upload.step != DISCUSSION and not procedure.steps[upload.step].by_applicant
    if is_offices and upload.id not in delivered.ever(store.session(), str(upload.case_id), procedure):
        raise NotFound
    if upload.cut_at is not None:
        raise DownloadCut


def _name(upload: Upload) -> str:
    """What a download is called, without its ending; letters, digits, hyphens and underscores only."""
    number = store.session.scalar(select(Case.number).where(Case.id == upload.case_id)) if upload.case_id else None
    what = upload.requirement or ("diskusi" if upload.step == DISCUSSION else upload.field.split(".")[-1])
    return _UNSAFE.sub("-", f"{number or 'draf'}-{what or 'berkas'}-{_number(upload)}")


def _number(upload: Upload) -> int:
    """Its place among the files of its case or draft for the same document, from 1."""
    earlier = or_(
        Upload.created_at < upload.created_at,
        and_(Upload.created_at == upload.created_at, Upload.id <= upload.id),
    )
    same = Upload.requirement == upload.requirement
    if not upload.requirement:
        same = and_(same, Upload.step == upload.step)
        same = same if upload.step == DISCUSSION else and_(same, Upload.field == upload.field)
    holder = of_holder(upload.draft_id, upload.case_id)
    return store.session.scalar(select(func.count()).select_from(Upload).where(holder, same, earlier)) or 1


def _cached_preview(digest: str) -> bytes:
    path = store.data_dir / "cache" / "pratinjau" / f"{digest}.jpg"
    if not path.is_file():
        with file_store().open(digest) as stream:
            small = preview_of(stream.read())
        _keep_preview(path, small)
        return small
    return path.read_bytes()


def _keep_preview(path: Path, small: bytes) -> None:
    """On a full disk it is made again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, small)
    except OSError as problem:
        if not is_full(problem):
            raise
