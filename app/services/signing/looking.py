"""A signatory has seen a paper once every page of its draft was on their screen; only then is it noted."""

from collections.abc import Sequence

from app.domain.actors import Actor
from app.domain.errors import AlurError
from app.services.desk import papers
from app.services.desk.papers import Paper
from app.services.flow import tasks
from app.services.flow.cases import CaseView
from app.services.records import pages_seen
from app.services.records.pages_seen import Shown
from app.services.signing import sightings


class NotDisplayed(AlurError):
    """`pesan` names the document and the pages that are left."""


def draft(sheets: Sequence[Paper]) -> Paper | None:
    """What the signature is about: the newest paper that the office made."""
    return next((paper for paper in sheets if not paper.requirement), None)


def shown(actor: Actor, case: CaseView, paper: Paper | None) -> dict[str, Shown]:
    """Upload -> what of it this person has had on the screen."""
    return pages_seen.of(actor, case.id, [sheet.id for sheet in paper.current] if paper else [])


def note(actor: Actor, step: str, task_id: str, digest: str) -> None:
    """sightings.note, for a screen: raises NotDisplayed too."""
    case = tasks.load(actor, task_id).case
    paper = draft(papers.papers(case))
    said = pages_seen.missing(paper.label, list(shown(actor, case, paper).values())) if paper else ""
    if said:
        raise NotDisplayed(said)
    sightings.note(actor, step, task_id, digest)
