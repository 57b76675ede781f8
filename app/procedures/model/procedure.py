"""One version of one procedure, put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.conditions import Condition
from app.procedures.model.document import (
    Automation,
    Deadline,
    FollowUp,
    Outcome,
    Reopening,
    Requirement,
    Service,
    Withdrawal,
)
from app.procedures.model.form import Form
from app.procedures.model.notices import NoticeRule, NoticeTemplate
from app.procedures.model.prints import PrintForm
from app.procedures.model.steps import Row, Step
from app.workflow.spec import Spec


@dataclass(frozen=True)
class Procedure:
    """One version of one procedure. `hash`: sha256 hex over its bytes, shared blocks included.

    `about`: what its cases are: a `permohonan` of the catalogue, the validation of an `akun`, a `konsultasi`.
    """

    slug: str
    hash: str
    service: Service
    document: Mapping[str, Any]  # front page of the ikmt, word for word, by its keys
    valid_from: date
    lanes: Mapping[str, tuple[str, ...]]  # lane name -> roles
    steps: Mapping[str, Step]
    rows: tuple[Row, ...]
    forms: Mapping[str, Form]
    requirements: tuple[Requirement, ...]
    kinds: Mapping[str, str]  # jenis_permohonan: value -> label
    notices: tuple[NoticeRule, ...]
    automation: Mapping[str, Automation]
    deadlines: Mapping[str, Deadline]  # `batas`, by timer element id
    outcomes: Mapping[str, Outcome]  # element id passed -> outcome; the last one passed wins
    signing: Mapping[str, str]
    delivery: Mapping[str, Any]
    cut_when: Condition | None  # pengiriman.putus_bila: the pemohon loses what was delivered
    withdrawal: Withdrawal | None
    follow_up: FollowUp | None
    reopenings: tuple[Reopening, ...]
    noted: tuple[tuple[Condition, str], ...]  # `jejak`: answers that the trail names by a word of its own
    first_step: str
    bpmn: bytes
    spec: Spec
    about: str = "permohonan"
    templates: Mapping[str, NoticeTemplate] = field(default_factory=dict)  # `templat`: name -> text
    prints: Mapping[str, PrintForm] = field(default_factory=dict)  # what `unduhan` of a field names

    @property
    def noun(self) -> str:
        """What one of its cases is called in a sentence; never a permohonan where it is none."""
        return {"akun": "pengajuan"}.get(self.about, self.about)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for roles in self.lanes.values() for role in roles)
