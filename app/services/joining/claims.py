"""What a resident states of themselves in the case about their account: as registered, or as corrected last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.procedures.model.procedure import Procedure

PHOTO = "swafoto"
Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Claim:
    """`step`: where it was stated. Numbers are never shown by repr."""

    step: str
    name: str
    nik: str = field(repr=False)
    nomor_kk: str = field(repr=False)
    phone: str = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False, default_factory=dict)


def claim_of(procedure: Procedure, answers: Answers) -> Claim | None:
    """The last step of the resident's that states a NIK and was answered; None where there is none.

    A correction replaces the whole of what was stated before, and comes later in the diagram; only the photograph of
    the first step stands where no other was asked for.
    """
    stating = [
        step.id
        for step in procedure.steps.values()
        if step.by_applicant and step.id in answers and answers[step.id].get("nik")
    ]
    if not stating:
        return None
    latest = next((step for step in stating if step != procedure.first_step), stating[0])
    first = answers.get(procedure.first_step, {})
    said = photo_of(first) | dict(answers[latest])
    name, nik, nomor_kk, phone = (str(said.get(key, "")) for key in ("nama", "nik", "nomor_kk", "nomor_hp"))
    return Claim(latest, name, nik, nomor_kk, phone, said)


def photo_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The photograph among the answers of one step, to stand on where a later form does not ask for another."""
    return {PHOTO: answers[PHOTO]} if answers.get(PHOTO) else {}
