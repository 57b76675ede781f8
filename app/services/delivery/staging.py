"""Many signed PDFs at once: each is looked at, and what fits a task waits here until its officer confirms.

What fits nothing is kept nowhere. Nothing belongs to a case before it is confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.adapters.apart import clean_apart, read_pdf_apart
from app.adapters.cleaning import Cleaned
from app.domain.actors import Actor
from app.domain.errors import Forbidden, UploadRefused
from app.domain.masking import mask_in_text
from app.models import Case, StagedResult, Task, TaskDraft, User, new_id
from app.services import clock, signatures, store
from app.services.delivery import matching, targets
from app.services.delivery.matching import Waiting
from app.services.delivery.targets import Target
from app.services.files import file_store
from app.services.flow import tasks
from app.services.portal import places
from app.services.portal.intake import keep_bytes, read_limited
from app.services.work import unit_of_work

MOST = 200
"""Waiting for one officer's confirmation."""

KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Finding:
    """What became of one file. `name`: as the officer knows it, without anybody's number; `problem`: "" where it fits.

    `number`, `task_id`: of the case it fits.
    """

    name: str
    problem: str = ""
    number: str = ""
    task_id: str = ""
    applicant: str = ""

    @property
    def fits(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class Staged:
    """One PDF that waits for confirmation. `told`: what its signature says; `warns`: look at that."""

    id: str
    task_id: str
    case_id: str
    subject_id: str
    number: str
    applicant: str
    told: str
    warns: bool


def take(actor: Actor, name: str, stream: BinaryIO) -> Finding:
    """Look at one file and keep it if it fits exactly one task. Raises Forbidden for whoever sends no results."""
    found = _demand(actor)
    name = mask_in_text(" ".join(name.split()))[:80] or "berkas"
    try:
        cleaned = clean_apart(read_limited(stream))
        one = _whose(actor, found, cleaned)
        return _keep(actor, name, one, targets.field_names(found), cleaned)
    except UploadRefused as refused:
        return Finding(name, refused.pesan)


def listed(actor: Actor) -> tuple[Staged, ...]:
    """The actor's own, the oldest first."""
    rows = store.session.execute(
        select(StagedResult, Case.number, Case.subject_id, User.name)
        .join(Case, Case.id == StagedResult.case_id)
        .join(User, User.id == Case.subject_id)
        .where(StagedResult.owner_id == actor.id)
        .order_by(StagedResult.created_at, StagedResult.id)
        .limit(MOST)
    ).all()
    return tuple(
        Staged(
            id=one.id,
            task_id=one.task_id,
            case_id=one.case_id,
            subject_id=subject_id,
            number=number,
            applicant=name,
            told=signatures.told(one.findings),
            warns=signatures.warns(one.findings),
        )
        for one, number, subject_id, name in rows
    )


def discard(actor: Actor, ids: Sequence[str]) -> int:
    """Of the actor's own; how many went. Their bytes go with the next tidying."""
    with unit_of_work() as session:
        gone = session.execute(
            delete(StagedResult)
            .where(StagedResult.owner_id == actor.id, StagedResult.id.in_(ids))
            .returning(StagedResult.id)
        )
        return len(gone.all())


def forget_old(now: datetime) -> int:
    """What nobody confirmed in KEPT; how many went."""
    with unit_of_work() as session:
        gone = session.execute(
            delete(StagedResult).where(StagedResult.created_at <= now - KEPT).returning(StagedResult.id)
        )
        return len(gone.all())


def _demand(actor: Actor) -> tuple[Target, ...]:
    found = targets.of(actor)
    if not found:
        raise Forbidden
    return found


def _whose(actor: Actor, found: Sequence[Target], cleaned: Cleaned) -> Waiting:
    """The one task it fits. Raises UploadRefused, saying which number it has and why nothing was kept."""
    if cleaned.mime != "application/pdf":
        raise UploadRefused("Ini foto, bukan PDF. Unduh PDF-nya dari SIAK, lalu unggah apa adanya.")
    reading = read_pdf_apart(cleaned.data)
    if not reading.numbers:
        raise UploadRefused("Nomor KK tidak terbaca di PDF ini. Lampirkan dari layar tugasnya dan cocokkan sendiri.")
    waiting = matching.find(actor, found, reading)
    own = reading.title or reading.numbers[0]
    if not waiting:
        raise UploadRefused(
            f"Tidak ada permohonan yang menunggu dikirim dengan nomor KK …{own[-4:]}. PDF tidak disimpan."
        )
    if len(waiting) > 1:
        numbers = ", ".join(sorted(one.number for one in waiting))
        raise UploadRefused(
            f"Ada {len(waiting)} permohonan dengan nomor KK …{own[-4:]}: {numbers}. Lampirkan dari layar tugasnya."
        )
    return waiting[0]


def _keep(actor: Actor, name: str, one: Waiting, fields: Mapping[str, str], cleaned: Cleaned) -> Finding:
    view = tasks.load(actor, one.task_id)
    field = fields[view.step.id]
    if one.subject_id == actor.id:
        raise UploadRefused("Ini permohonan Anda sendiri; petugas lain yang mengirim hasilnya. PDF tidak disimpan.")
    if one.holder_id not in ("", actor.id):
        holder = view.case.names.get(one.holder_id, "petugas lain")
        raise UploadRefused(f"{one.number} sedang dikerjakan {holder}. PDF tidak disimpan.")
    if not (view.mine or view.claimable):
        raise UploadRefused(f"{one.number} tidak dapat Anda ambil sekarang. PDF tidak disimpan.")
    if _has_paper(actor, one.task_id, field):
        raise UploadRefused(f"{one.number} sudah punya PDF. Bila salah, hapus dulu dari layar tugasnya.")
    findings = places.examine(places.of_view(view, field), cleaned) or {}
    digest, at = file_store().put(cleaned.data), clock.now()
    with unit_of_work() as session:
        _check_room(session, actor, one)
        keep_bytes(session, digest, cleaned, at)
        session.add(
            StagedResult(
                id=new_id(),
                owner_id=actor.id,
                task_id=one.task_id,
                case_id=one.case_id,
                digest=digest,
                findings=findings,
                created_at=at,
            )
        )
    return Finding(name, number=one.number, task_id=one.task_id, applicant=one.applicant)


def _has_paper(actor: Actor, task_id: str, field: str) -> bool:
    draft = store.session.get(TaskDraft, (task_id, actor.id))
    return bool(draft and draft.raw.get(field))


def _check_room(session: Session, actor: Actor, one: Waiting) -> None:
    """Under the task's lock, so that a file sent twice is kept once. Raises UploadRefused."""
    session.execute(select(Task.id).where(Task.id == one.task_id).with_for_update())
    mine = StagedResult.owner_id == actor.id
    if session.scalar(select(StagedResult.id).where(mine, StagedResult.task_id == one.task_id)):
        raise UploadRefused(f"PDF untuk {one.number} sudah ada di daftar di bawah.")
    if (session.scalar(select(func.count()).select_from(StagedResult).where(mine)) or 0) >= MOST:
        raise UploadRefused(f"Sudah {MOST} PDF menunggu. Lampirkan dulu yang sudah cocok.")
