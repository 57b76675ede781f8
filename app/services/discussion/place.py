"""The discussion of one case: who may read it, who may write, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.actors import Actor, CaseRef, can
from app.domain.errors import DiscussionClosed, Forbidden, NotFound
from app.domain.tanggal import format_day, local_date
from app.models import Case
from app.procedures.model.procedure import Procedure
from app.services.flow import published

AFTER_END = timedelta(days=30)
"""Questions come when the paper is in one's hands; after that a new permohonan or the office itself answers better."""


@dataclass(frozen=True)
class Place:
    case: Case
    procedure: Procedure
    ref: CaseRef

    @property
    def closes_at(self) -> datetime | None:
        """When nobody writes here any more; None while the case runs."""
        return closing(self.case.ended_at)

    @property
    def path(self) -> str:
        """Where either side reads and answers."""
        return f"/diskusi/{self.case.id}"

    @property
    def facts(self) -> dict[str, str]:
        """Words for notices and ready answers."""
        return {"nomor": self.case.number, "layanan": self.procedure.service.title, "status": self.case.status}

    def is_office(self, actor: Actor) -> bool:
        """An officer is a resident too: in their own case they write as its pemohon."""
        return actor.id != self.ref.subject_id


def closing(ended_at: datetime | None) -> datetime | None:
    return None if ended_at is None else ended_at + AFTER_END


def enter(session: Session, actor: Actor, case_id: str, *, lock: bool = False) -> Place:
    """Raises NotFound where the case does not exist or the actor may not see it: nobody learns which."""
    case = session.get(Case, case_id, with_for_update=lock or None)
    if case is None:
        raise NotFound
    procedure = published.compiled(case.version_id)
    ref = CaseRef(case.id, case.subject_id, case.unit, procedure.roles)
    if not can(actor, "view_case", ref):
        raise NotFound
    return Place(case, procedure, ref)


def demand_writing(place: Place, actor: Actor, now: datetime) -> None:
    """Raises Forbidden, DiscussionClosed."""
    if not can(actor, "discuss", place.ref):
        raise Forbidden("Anda hanya dapat membaca diskusi ini.")
    if place.closes_at is not None and place.closes_at <= now:
        raise DiscussionClosed(
            f"Diskusi ini ditutup sejak {format_day(local_date(place.closes_at))}. Untuk bertanya lagi, hubungi kantor "
            "lewat halaman Kontak."
        )
