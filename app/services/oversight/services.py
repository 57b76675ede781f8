"""What figures are called: services, steps, papers and rulings of every published version, the newest word last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select

from app.domain.errors import NotFound
from app.models import ProcedureVersion
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import store
from app.services.flow import published


@dataclass
class Services:
    """`titles`: slug -> title, by title; `steps`: (slug, step) -> step; `order`: the same -> where it stands."""

    titles: Mapping[str, str]
    newest: Mapping[str, str]  # slug -> version id
    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    order: dict[tuple[str, str], int] = field(default_factory=dict)
    papers: dict[tuple[str, str], str] = field(default_factory=dict)
    rulings: dict[tuple[str, str, str], str] = field(default_factory=dict)  # (slug, step, value)

    def step_name(self, slug: str, step: str) -> str:
        known = self.steps.get((slug, step))
        return known.name if known else step

    def cause(self, slug: str, step: str, cause: str) -> tuple[str, str]:
        """(paper, reason) of a cause as it is counted."""
        paper, _, ruling = cause.partition(":")
        if not paper:
            return "Tanpa menunjuk berkas", f"Kembali ke {self.step_name(slug, ruling)}"
        return self.papers.get((slug, paper), paper), self.rulings.get((slug, step, ruling), ruling)


def known() -> Services:
    query = select(ProcedureVersion.id, ProcedureVersion.slug, ProcedureVersion.title)
    rows = store.session.execute(query.order_by(ProcedureVersion.slug, ProcedureVersion.number))
    return _known(tuple((row.id, row.slug, row.title) for row in rows))


def newest(slug: str) -> Procedure:
    """The procedure as it was published last. Raises NotFound."""
    version = known().newest.get(slug)
    if version is None:
        raise NotFound
    return published.compiled(version)


@lru_cache(maxsize=16)
def _known(versions: tuple[tuple[str, str, str], ...]) -> Services:
    titles = {slug: title for _, slug, title in versions}
    by_title = dict(sorted(titles.items(), key=lambda item: item[1]))
    found = Services(by_title, {slug: version for version, slug, _ in versions})
    for version, slug, _ in versions:
        _learn(found, slug, published.compiled(version))
    return found


def _learn(found: Services, slug: str, procedure: Procedure) -> None:
    for place, step in enumerate(procedure.steps.values()):
        found.steps[slug, step.id] = step
        found.order[slug, step.id] = (min(step.rows) if step.rows else 1_000) * 1_000 + place
    found.papers |= {(slug, each.code): each.name for each in procedure.requirements}
    for form in procedure.forms.values():
        for each in (f for section in form.sections for f in section.fields if f.kind == "penilaian_berkas"):
            found.rulings |= {(slug, form.step, option.value): option.label for option in each.options}
