"""What a case delivered, as the officers see it: each PDF with its signature, dead ones, incidents, the old card."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.models import Upload
from app.services import signatures, store
from app.services.delivery import data_incidents, old_cards
from app.services.delivery.data_incidents import Incident
from app.services.delivery.old_cards import Card
from app.services.flow import delivered
from app.services.flow.cases import CaseView


@dataclass(frozen=True)
class Paper:
    """One delivered PDF. `told`: what its signature said when it came; `cut_at`: since when nobody downloads it."""

    id: str
    at: datetime
    told: str
    warns: bool
    cut_at: datetime | None


@dataclass(frozen=True)
class Results:
    """`may_report`: this officer may say that it is another person's; `card`: the old paper KK."""

    papers: tuple[Paper, ...]
    incidents: tuple[Incident, ...]
    may_report: bool
    card: Card
    may_record: bool


def of(actor: Actor, view: CaseView) -> Results | None:
    """None while nothing was delivered. The caller may see the case."""
    ids = delivered.ever(store.session(), view.id, view.procedure)
    if not ids:
        return None
    rows = store.session.scalars(select(Upload).where(Upload.id.in_(ids)).order_by(Upload.created_at)).all()
    papers = tuple(
        Paper(row.id, row.created_at, signatures.told(row.findings), signatures.warns(row.findings), row.cut_at)
        for row in rows
    )
    alive = any(paper.cut_at is None for paper in papers)
    return Results(
        papers=papers,
        incidents=data_incidents.of_case(actor, view.id),
        may_report=alive and data_incidents.may_report(actor, view.ref),
        card=old_cards.of_case(view.id),
        may_record=old_cards.may_record(actor, view.ref),
    )
