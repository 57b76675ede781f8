"""The mark of priority: given and taken away with a reason. The order stays that of due dates."""

from sqlalchemy import update

from app.domain.actors import Actor
from app.models import Case
from app.services.desk import desk_case
from app.services.flow.remarks import remark
from app.services.work import unit_of_work

REASON = "alasan"
GIVEN, TAKEN = "prioritas_diberikan", "prioritas_dicabut"


def turn(actor: Actor, case_id: str, *, on: bool, reason: str) -> None:
    """As it is already: nothing changes. Raises InvalidInput (no reason), NotFound, Forbidden."""
    said = remark(reason, REASON, missing="Tulis alasannya.")
    with unit_of_work() as session:
        run = desk_case.lock(session, actor, case_id, "prioritize")
        case = session.get_one(Case, case_id)
        if case.priority == on:
            return
        session.execute(update(Case).where(Case.id == case_id).values(priority=on))
        run.chain.add(actor.id, GIVEN if on else TAKEN, {"alasan": said}, run.now)
        run.save(last=True)
