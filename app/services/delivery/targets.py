"""Which step of a procedure hands a signed PDF to its resident, and in which field it is put."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from app.domain.actors import APPLICANTS, Actor
from app.models import ProcedureVersion
from app.procedures.model.form import Field
from app.procedures.model.procedure import Procedure
from app.services import store
from app.services.flow import published
from app.services.flow.opening import queue_name


@dataclass(frozen=True)
class Target:
    """`sources`: where the number that must stand in the PDF is found, the first filled one counts (langkah.isian).

    `versions`: the procedure versions that agree in all of this.
    """

    step: str
    field: str
    queue: str
    sources: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]


def of(actor: Actor) -> tuple[Target, ...]:
    """Those whose step one of the actor's roles does, in every published version."""
    rows = store.session.scalars(select(ProcedureVersion.id).order_by(ProcedureVersion.slug, ProcedureVersion.number))
    return _targets(tuple(rows), actor.roles - APPLICANTS)


def field_of(procedure: Procedure, step: str) -> Field | None:
    """The one field of the step that must fit the case by number."""
    form = procedure.forms.get(step)
    fields = [field for section in form.sections for field in section.fields] if form else []
    return next((one for one in fields if one.kind == "berkas" and one.extra.get("cocok_dengan")), None)


@lru_cache(maxsize=64)
def _targets(versions: tuple[str, ...], roles: frozenset[str]) -> tuple[Target, ...]:
    found: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for version in versions:
        procedure = published.compiled(version)
        step = procedure.steps.get(str(procedure.delivery.get("langkah", "")))
        field = field_of(procedure, step.id) if step else None
        if step is not None and field is not None and step.roles & roles:
            sources = tuple(_parts(source) for source in field.extra["cocok_dengan"])
            found.setdefault((step.id, field.id, queue_name(step.roles), sources), []).append(version)
    return tuple(Target(*same, tuple(its)) for same, its in found.items())


def _parts(source: str) -> tuple[str, str]:
    step, _, field = source.partition(".")
    return step, field


def field_names(targets: Iterable[Target]) -> Mapping[str, str]:
    """Step -> field."""
    return {target.step: target.field for target in targets}
