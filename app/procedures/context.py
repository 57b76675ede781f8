"""What a form is filled in against: earlier answers, known data, uploads, the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from app.domain.calendar import WorkingCalendar, load_calendar
from app.domain.conditions import Condition
from app.domain.tanggal import local
from app.procedures.model.document import Requirement
from app.procedures.model.form import Form
from app.procedures.model.procedure import Procedure


@lru_cache(maxsize=1)
def _shipped() -> WorkingCalendar:
    return load_calendar()


@dataclass(frozen=True)
class UploadInfo:
    """A stored upload the person may use. `pages`: 1 for a picture.

    `unread`: it was to be compared with the case, and nothing in it could be read. `told`: what was found about its
    signature, in words; `warns`: that should be looked at.
    """

    mime: str
    pages: int = 1
    name: str = ""
    unread: bool = False
    told: str = ""
    warns: bool = False

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")


@dataclass(frozen=True)
class FormContext:
    """`answers`: {step: {field: value}} of the case, latest visit; `own`: this step's answers so far (pages before).

    `prefill`: {"akun": {nama, nik, nomor_kk, nomor_hp, email}, "penduduk": {alamat, rt, rw, wilayah,
    anggota_kk: [{nama, nik, shdk, …}]}}; both may be missing. `uploads`: upload id -> info, only those that
    this person may attach here. `now` is aware.
    """

    now: datetime
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, UploadInfo] = field(default_factory=dict)
    prefill: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    first_step: str = ""
    calendar: WorkingCalendar = field(default_factory=_shipped)
    codes_on: date | None = None

    @property
    def codes_day(self) -> date:
        """The day whose code lists this form offers: of a draft the day it was begun, else today."""
        return self.codes_on or self.today

    @property
    def today(self) -> date:
        return local(self.now).date()

    def meets(self, condition: Condition | None, step: str, own: Mapping[str, Any]) -> bool:
        """Does the condition hold, with `own` as the answers of `step`? No condition always holds."""
        return condition is None or condition.holds({**self.answers, step: own})


def form_context(
    procedure: Procedure,
    now: datetime,
    *,
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    own: Mapping[str, Any] | None = None,
    uploads: Mapping[str, UploadInfo] | None = None,
    prefill: Mapping[str, Mapping[str, Any]] | None = None,
    calendar: WorkingCalendar | None = None,
) -> FormContext:
    """A context with what the procedure itself knows already filled in."""
    return FormContext(
        now=now,
        answers=answers or {},
        own=own or {},
        uploads=uploads or {},
        prefill=prefill or {},
        requirements=procedure.requirements,
        forms=procedure.forms,
        first_step=procedure.first_step,
        calendar=calendar or _shipped(),
    )
