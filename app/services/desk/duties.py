"""What an officer's roles let them do, in every published version: queues, steps, and who may not follow whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from app.domain.actors import APPLICANTS, Actor
from app.models import ProcedureVersion
from app.procedures.actions import SIGNS_HERE
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import store
from app.services.flow import published
from app.services.flow.opening import queue_name

PAPERS = ("berkas", "berkas_diminta", "penilaian_berkas")

Choices = tuple[tuple[str, str], ...]  # (value, label)


@dataclass(frozen=True)
class Duties:
    """`queues`: values of tasks.queue. `four_eyes`: step id -> steps whose doer may not do it.

    `signing`: step where papers are signed -> (title, way, what is signed); such a step is in no `bulk`.
    `stopping`: steps of the pemohon during which the office's clock stands still.
    `silent`: steps done by opening them, which nobody looks for in a list of finished work.
    `services`, `steps`, `kinds`: what the inbox can be filtered by; `versions`: slug -> version ids.
    """

    queues: tuple[str, ...]
    four_eyes: Mapping[str, frozenset[str]]
    bulk: Choices
    signing: Mapping[str, tuple[str, str, str]]
    stopping: frozenset[str]
    silent: frozenset[str]
    services: Choices
    steps: Choices
    kinds: Choices
    versions: Mapping[str, tuple[str, ...]]


def duties_of(actor: Actor) -> Duties:
    """Of every published version, not only the one in force: cases end on the version they began with."""
    rows = store.session.execute(
        select(ProcedureVersion.id, ProcedureVersion.slug).order_by(ProcedureVersion.slug, ProcedureVersion.number)
    )
    return _duties(tuple((row.id, row.slug) for row in rows), actor.roles - APPLICANTS)


def queues_of(actor: Actor) -> tuple[str, ...]:
    return duties_of(actor).queues


@lru_cache(maxsize=64)
def _duties(versions: tuple[tuple[str, str], ...], roles: frozenset[str]) -> Duties:
    procedures = [published.compiled(version_id) for version_id, _ in versions]
    everyones = [step for p in procedures for step in p.steps.values() if step.kind == "user"]
    mine = [step for step in everyones if step.roles & roles]
    return Duties(
        queues=tuple(sorted({queue_name(step.roles) for step in mine})),
        four_eyes=_four_eyes(mine),
        bulk=_once((s.id, s.name) for p in procedures for s in p.steps.values() if s in mine and _suits_many(p, s)),
        signing=_signing(procedures, mine),
        stopping=frozenset(s.id for s in everyones if s.by_applicant and s.clock_stops),
        silent=frozenset(s.id for s in everyones if s.done_when_opened),
        services=_once((p.slug, p.service.title) for p in procedures if _concerns(p, roles)),
        steps=_once((s.id, s.name) for s in mine if not s.done_when_opened),
        kinds=_once(kind for p in procedures if _concerns(p, roles) for kind in p.kinds.items()),
        versions={slug: tuple(version for version, its_slug in versions if its_slug == slug) for _, slug in versions},
    )


def _suits_many(procedure: Procedure, step: Step) -> bool:
    """The ikmt allows it, and the form asks for no paper: one paper never belongs to many cases."""
    if step.id == procedure.signing.get("langkah"):
        return False
    form = procedure.forms.get(step.id)
    fields = [field for section in form.sections for field in section.fields] if form else []
    return step.bulk and form is not None and not any(field.kind in PAPERS for field in fields)


def _signing(procedures: Iterable[Procedure], mine: list[Step]) -> dict[str, tuple[str, str, str]]:
    """The newest version's title and way hold."""
    found = {}
    for procedure in procedures:
        step = procedure.steps.get(str(procedure.signing.get("langkah", "")))
        way = str(procedure.signing.get("cara", ""))
        if step is not None and step in mine and (step.bulk or way in SIGNS_HERE):
            found[step.id] = (step.name, way, str(procedure.signing.get("dokumen", "dokumen")))
    return found


def _concerns(procedure: Procedure, roles: frozenset[str]) -> bool:
    return bool(procedure.roles & roles)


def _four_eyes(steps: Iterable[Step]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for step in steps:
        if step.different_from:
            found[step.id] = found.get(step.id, frozenset()) | frozenset(step.different_from)
    return found


def _once(pairs: Iterable[tuple[str, str]]) -> Choices:
    """Each value once; the newest version's label holds."""
    return tuple(dict(pairs).items())
