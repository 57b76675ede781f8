"""The whole trail verified or exported: asked for by an auditor, done by a worker, kept so that others can see it."""

import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, literal, select, update
from sqlalchemy.orm import Session

from app.adapters import private
from app.adapters.storage import is_full
from app.domain.actors import SYSTEM, Actor, demand
from app.domain.errors import AlurError, NotFound
from app.models import AuditRun, Job, Stream
from app.services import clock, store
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.paging import at_most
from app.services.records import audit, export, trail
from app.services.work import unit_of_work

KIND = "audit"
VERIFY, EXPORT = "periksa", "ekspor"
KEPT = timedelta(days=7)
"""An export can be made anew at any time; what lies about is not kept longer."""

EVERY = 1.0
"""Seconds between two words about how far a run has come."""

SHOWN = 10
_FINDINGS = 100
NO_ROOM = "Tempat penyimpanan kantor penuh, jadi ekspor belum jadi. Minta operator memberi ruang."
_WRITING = timedelta(hours=1)  # an export that wrote nothing for so long is dead


def ask(actor: Actor, kind: str) -> str:
    """Have it done; the run's id, of the one that is under way where there is one. Raises Forbidden."""
    demand(actor, "audit")
    at = clock.now()
    with unit_of_work() as session:
        chain = trail.lock_chain(session, trail.OFFICE)  # two that ask at once get one
        under_way = select(AuditRun.id).where(AuditRun.kind == kind, AuditRun.done_at.is_(None), ~_given_up())
        waiting = session.scalar(under_way.order_by(AuditRun.asked_at.desc()).limit(1))
        if waiting is not None:
            return waiting
        run = AuditRun(kind=kind, asked_by=actor.id, asked_at=at)
        session.add(run)
        session.flush()
        job_rows.add(session, f"{KIND}:{run.id}", KIND, {"run": run.id}, at, at=at)
        chain.add(actor.id, f"riwayat_{kind}_diminta", {"id": run.id}, at)
        chain.save(session)
        return run.id


def latest(actor: Actor) -> Sequence[AuditRun]:
    """The newest few, whoever asked. Raises Forbidden."""
    demand(actor, "audit")
    newest = select(AuditRun).order_by(AuditRun.asked_at.desc(), AuditRun.id.desc()).limit(at_most(SHOWN))
    return store.session.scalars(newest).all()


def look(actor: Actor, run_id: str) -> AuditRun:
    """Raises Forbidden, NotFound."""
    demand(actor, "audit")
    found = store.session.get(AuditRun, run_id)
    if found is None:
        raise NotFound
    return found


def take(actor: Actor, run_id: str) -> Path:
    """The file of an export, and the trail says who took it. Raises Forbidden; NotFound: none, or not kept any more."""
    run = look(actor, run_id)
    path = _path(run.id)
    if run.kind != EXPORT or run.done_at is None or not path.is_file():
        raise NotFound("Ekspor ini sudah tidak disimpan. Buat ekspor baru.")
    with unit_of_work() as session:
        trail.append(session, trail.OFFICE, actor.id, "ekspor_diunduh", {"id": run_id}, clock.now())
    return path


def is_kept(run: AuditRun) -> bool:
    return run.kind == EXPORT and run.done_at is not None and _path(run.id).is_file()


def given_up(some: Sequence[AuditRun]) -> AbstractSet[str]:
    """Ids of those that every attempt failed at: they stand among the incidents, and may be asked for anew."""
    ids = [run.id for run in some if run.done_at is None]
    failed = select(AuditRun.id).where(AuditRun.id.in_(ids), _given_up())
    return set(store.session.scalars(failed)) if ids else set()


def trouble(run: AuditRun) -> str:
    """Why the last attempt at it failed, "" where none did."""
    said = store.session.scalar(select(Job.error).where(Job.key == f"{KIND}:{run.id}")) or ""
    fault, colon, reason = said.partition(": ")
    return reason if colon and fault.isidentifier() else said


def _given_up() -> ColumnElement[bool]:
    """Of a row of audit_runs."""
    its = select(Job.id).where(Job.key == literal(f"{KIND}:") + AuditRun.id, Job.failed_at.is_not(None))
    return and_(AuditRun.done_at.is_(None), its.correlate(AuditRun).exists())


def run(job: Lease) -> None:
    """What the worker does. May be done twice: the second attempt begins anew."""
    known = store.session.get_one(AuditRun, job.payload["run"])
    run_id, kind, asked_by = known.id, known.kind, known.asked_by
    store.session.rollback()
    said = _telling(job, run_id)
    result = _verified(said) if kind == VERIFY else _exported(run_id, asked_by, said)

    def keep(session: Session, at: datetime) -> None:
        found = session.get_one(AuditRun, run_id)
        for name, value in result.items():
            setattr(found, name, value)
        found.done_at = at

    job_rows.finish(job, keep)


def forget_exports(now: datetime) -> int:
    """Delete files that have lain long enough, and at once what killed exports left behind; how many files."""
    gone = 0
    for folder in (_folder(), store.data_dir / "ekspor"):  # the second: where they lay before machines shared them
        old = [path for path in folder.glob("*.zip") if path.stat().st_mtime < (now - KEPT).timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        export.forget_drafts(folder, (now - _WRITING).timestamp())
        gone += len(old)
    return gone


def _telling(job: Lease, run_id: str) -> Callable[[int], None]:
    """Keeps how far a run came, and its lease (a long trail takes longer than one); at most once in EVERY seconds."""
    total = store.session.scalar(select(func.sum(Stream.seq))) or 0
    store.session.rollback()
    told = -EVERY

    def tell(entries: int) -> None:
        nonlocal told
        if time.monotonic() - told < EVERY:
            return
        told = time.monotonic()
        with unit_of_work() as session:
            session.execute(update(AuditRun).where(AuditRun.id == run_id).values(entries=entries, total=total))
        job_rows.renew(job)

    tell(0)
    return tell


def _verified(tell: Callable[[int], None]) -> dict[str, object]:
    report = audit.verify(SYSTEM)
    report.progress = tell
    broken = 0
    first: list[list[str]] = []
    for finding in report.findings:
        broken += 1
        if len(first) < _FINDINGS:
            first.append([finding.place, finding.why])
    last = f"{report.last.number}:{report.last.hash}" if report.last else ""
    said = {"entries": report.entries, "streams": report.streams, "seals": report.seals, "last_seal": last}
    return {**said, "broken": broken, "findings": first, "problem": report.key_problem[:500]}


def _exported(run_id: str, asked_by: str, tell: Callable[[int], None]) -> dict[str, object]:
    path = _path(run_id)
    path.unlink(missing_ok=True)  # of an attempt that died
    try:
        made = export.as_asked(asked_by, path, clock.now(), tell)
    except OSError as problem:
        if is_full(problem):
            raise AlurError(NO_ROOM) from problem
        raise
    return {"entries": made.entries, "streams": made.streams, "seals": made.last_seal}


def _path(run_id: str) -> Path:
    return _folder() / f"{run_id}.zip"


def _folder() -> Path:
    """Where every machine reads it: the one that made an export need not be the one that is asked for it."""
    folder = store.files_dir / "ekspor"
    private.folder(folder)
    return folder
