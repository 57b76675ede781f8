"""As what somebody signs: in their own right, or in somebody's stead (Plh., Plt.)."""

from app.domain.actors import APPLICANTS, ROLES, Actor
from app.procedures.model.steps import Step


def of(actor: Actor, step: Step, unit: str) -> str:
    """E.g. "Kepala Dinas" or "Plh. Kepala Dinas"."""
    roles = step.roles - APPLICANTS
    mine = sorted(actor.roles & roles)
    return actor.acting_as(roles, unit) or (ROLES[mine[0]] if mine else "")
