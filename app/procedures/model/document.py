"""What the ikmt says of the whole case: the service, its papers, how it ends and what may follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.conditions import Condition
from app.domain.durations import Duration


@dataclass(frozen=True)
class Service:
    """What residents read in the catalogue (`layanan`)."""

    title: str
    summary: str
    keywords: tuple[str, ...]
    fee: str
    promise: str
    division: str


@dataclass(frozen=True)
class Requirement:
    """A document a resident hands in; `needed` sees the answers of the first step.

    `when`: in plain words, when it is asked for where the kind of permohonan alone does not say. `hint`: where to get
    it.
    """

    code: str
    name: str
    needed: Condition | None
    basis: str = ""
    when: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Automation:
    """What a service task does: a registered action and its arguments."""

    action: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Withdrawal:
    """How the pemohon may take the request back (`penarikan`).

    `message`: what the diagram waits for; `direct_before`: until this step is done it ends at once;
    `closed_since`: from the completion of this step on it is refused.
    """

    message: str
    direct_before: str
    closed_since: str


@dataclass(frozen=True)
class Deadline:
    """How long a drawn timer runs: `length` of working time, or to the end of the day that was answered in `field`
    (step, field) by the step just done."""

    length: Duration
    field: tuple[str, str] | None = None


@dataclass(frozen=True)
class FollowUp:
    """Answers after which a case of the same procedure is opened for the same pemohon (`kasus_lanjutan`)."""

    when: Condition
    priority: bool

    def asked_by(self, step: str, answers: Mapping[str, Mapping[str, Any]]) -> bool:
        """Does the completion of `step` ask for it?"""
        return step in {at for at, _ in self.when.references} and self.when.holds(answers)


@dataclass(frozen=True)
class Reopening:
    """Where a case that ended with one of these results may go on (`buka_kembali`), and who may say so."""

    outcomes: frozenset[str]
    step: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Outcome:
    result: str
    status: str
