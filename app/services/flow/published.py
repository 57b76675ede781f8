"""Published procedures: which version is in force, and its compiled form. The folder is read only to publish."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.models import ProcedureVersion, new_id
from app.procedures.check import ensure_valid
from app.procedures.compile import compile_procedure
from app.procedures.files import ProcedureFiles
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.records import trail
from app.services.work import unit_of_work

_NEWEST_FIRST = (ProcedureVersion.valid_from.desc(), ProcedureVersion.number.desc())


def in_force(slug: str, on: date) -> ProcedureVersion:
    """The version that applies to a permohonan submitted on that date (in the office's zone)."""
    version = store.session.scalars(
        select(ProcedureVersion)
        .where(ProcedureVersion.slug == slug, ProcedureVersion.valid_from <= on)
        .order_by(*_NEWEST_FIRST)
        .limit(1)
    ).one_or_none()
    if version is None:
        raise NotFound("Layanan ini tidak ada atau belum berlaku. Lihat daftar layanan.")
    return version


def compiled(version_id: str) -> Procedure:
    """The compiled procedure of a version; kept per process, since a version never changes."""
    return _compile(version_id)


@lru_cache(maxsize=128)
def _compile(version_id: str) -> Procedure:
    version = store.session.get(ProcedureVersion, version_id)
    if version is None:
        raise NotFound
    return compile_procedure(ProcedureFiles.from_bundle(version.bundle))


def in_force_on(on: date) -> list[tuple[ProcedureVersion, Procedure]]:
    """Every procedure in force, whatever it is about, by title."""
    slugs = store.session.scalars(select(ProcedureVersion.slug).where(ProcedureVersion.valid_from <= on).distinct())
    versions = sorted((in_force(slug, on) for slug in slugs), key=lambda version: version.title)
    return [(version, compiled(version.id)) for version in versions]


def catalogue(on: date) -> list[tuple[ProcedureVersion, Procedure]]:
    """Every procedure in force that residents can ask for, by title."""
    return [(version, procedure) for version, procedure in in_force_on(on) if procedure.about == "permohonan"]


def all_versions() -> Sequence[ProcedureVersion]:
    return store.session.scalars(
        select(ProcedureVersion).order_by(ProcedureVersion.slug, ProcedureVersion.number)
    ).all()


def page_of_versions(after: int, size: int = 20) -> tuple[Sequence[ProcedureVersion], int]:
    """The last published first, `after` of them passed over; where the following page begins, 0 = nowhere."""
    query = select(ProcedureVersion).options(defer(ProcedureVersion.bundle))
    query = query.order_by(ProcedureVersion.published_at.desc(), ProcedureVersion.id)
    rows = store.session.scalars(query.offset(after).limit(size + 1)).all()
    return rows[:size], after + size if len(rows) > size else 0


def publish(actor: Actor, files: ProcedureFiles) -> ProcedureVersion:
    """Check, compile and keep these bytes for good. The same bytes again are the same version.

    Raises ProcedureInvalid with every fault; nothing is written then.
    """
    demand(actor, "publish")
    procedure = ensure_valid(files)
    at = clock.now()
    with unit_of_work() as session:
        known = session.scalars(select(ProcedureVersion).where(ProcedureVersion.hash == procedure.hash)).one_or_none()
        if known is not None:
            return known
        chain = trail.lock_chain(session, trail.OFFICE)
        count = session.scalar(
            select(func.count()).select_from(ProcedureVersion).where(ProcedureVersion.slug == procedure.slug)
        )
        version = ProcedureVersion(
            id=new_id(),
            slug=procedure.slug,
            number=(count or 0) + 1,
            hash=procedure.hash,
            title=procedure.service.title,
            bundle=files.to_bundle(),
            valid_from=procedure.valid_from,
            published_at=at,
            published_by=actor.id,
        )
        session.add(version)
        what = {"slug": version.slug, "versi": version.number, "sidik": version.hash}
        chain.add(actor.id, "prosedur_diterbitkan", what, at)
        chain.save(session)
    return version
