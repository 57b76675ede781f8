"""Service tasks: the registered actions that the ikmt's `otomatis` names, and the job that runs one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.models import Case, Task, User
from app.procedures.berkas import looked_up
from app.procedures.model.notices import NoticeRule
from app.procedures.model.procedure import Procedure
from app.services import store
from app.services.background import job_rows
from app.services.background.job_rows import Effects, Lease
from app.services.files import lock_file
from app.services.flow import published, steps
from app.services.joining import blocks, standing, validation
from app.services.joining.claims import claim_of
from app.services.messages import notices
from app.services.records import archive
from app.services.signing import letters


@dataclass(frozen=True)
class Work:
    """What an action is given. `arguments`: its own words of the ikmt; `key`: unique to this visit of the step."""

    case: Case
    procedure: Procedure
    step: str
    arguments: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Done:
    """`answers`: what becomes the step's answers (None: it has none); `effects`: rows to write after its end."""

    answers: Mapping[str, Any] | None
    effects: Effects


Action = Callable[[Work], Done]


def run(job: Lease) -> None:
    """`otomatis`: do the action outside any transaction, then its effects and the step's end in one."""
    case_id, token, step = _demand(job.case_id), job.payload["token"], job.payload["step"]
    case = store.session.get(Case, case_id)
    if case is None:
        raise NotFound
    procedure = published.compiled(case.version_id)
    automation = procedure.automation[step]
    done = ACTIONS[automation.action](Work(case, procedure, step, automation.arguments, job.id))

    def effects(session: Session, at: datetime) -> None:
        steps.complete_job(session, case_id, token, step, done.answers, at)
        done.effects(session, at)

    job_rows.finish(job, effects)


def send_notice(work: Work) -> Done:
    """`kirim_pemberitahuan`: templat to kepada, in the application (and over `kanal` where the ikmt names it)."""
    to = work.arguments["kepada"]
    channels = tuple(work.arguments.get("kanal", (notices.IN_APP,)))
    people = (to,) if isinstance(to, str) else tuple(to)
    rule = NoticeRule("selesai", work.step, "", people, work.arguments["templat"], channels, False)
    case, case_id = work.case, work.case.id
    situation = notices.Situation(
        store.session(), case.id, case.number, work.procedure, case.subject_id, case.status, case.data, case.opened_at
    )

    def effects(session: Session, at: datetime) -> None:
        situation.session, situation.now, situation.tasks = session, at, _open_tasks(session, case_id)
        notices.write(situation, rule, key=work.key)

    return Done(None, effects)


def make_archive(work: Work) -> Done:
    """`susun_arsip`: the bundle of `isi`, kept and read back; its digest becomes the step's answers."""
    kept = archive.keep(work.case, work.procedure, work.arguments)

    def effects(session: Session, at: datetime) -> None:
        lock_file(session, kept.digest, at, mime=archive.MIME, size=kept.size)

    return Done(kept.answers, effects)


def draw_letter(work: Work) -> Done:
    """`buat_surat`: the letter `cetak`, numbered after `nomor`, as a draft among the case's files."""
    drawn = letters.draw(work.case, work.procedure, work.arguments, work.key)
    case_id, step = work.case.id, work.step
    return Done(drawn.answers, lambda session, at: letters.keep(session, drawn, case_id, step, at))


def validate_account(work: Work) -> Done:
    """`sahkan_akun`: the account of the case's resident is what they state. Raises NotFound where nothing is stated."""
    claim = claim_of(work.procedure, work.case.data["answers"])
    if claim is None:
        raise NotFound
    user_id, case_id = work.case.subject_id, work.case.id
    return Done(None, lambda session, at: standing.validate(session, user_id, claim, case_id=case_id, at=at))


def block_account(work: Work) -> Done:
    """`blokir_akun`, on the ground `sebab`: one of blocks.GROUNDS, or the field (langkah.isian) that says which."""
    answers = work.case.data["answers"]
    ground = str(looked_up(work.arguments["sebab"], answers) or work.arguments["sebab"])
    claim = claim_of(work.procedure, answers)
    user_id, where = work.case.subject_id, {"case_id": work.case.id, "number": work.case.number}
    return Done(None, lambda session, at: standing.block(session, user_id, claim, ground=ground, **where, at=at))


def unblock_account(work: Work) -> Done:
    """`buka_blokir`: of the account whose block has the number that `nomor_blokir` of the first step names.

    An account that never was valid is looked at anew. A block that was lifted meanwhile stays lifted.
    """
    number = str(looked_up(f"{work.procedure.first_step}.nomor_blokir", work.case.data["answers"]))
    user_id, case_id = blocks.by_number(number), work.case.id
    if user_id is None:
        return Done(None, lambda session, at: None)

    def effects(session: Session, at: datetime) -> None:
        if not standing.unblock(session, user_id, case_id=case_id, at=at):
            validation.open_again(session, session.get_one(User, user_id), at)

    return Done(None, effects)


def close_account(work: Work) -> Done:
    """`tutup_akun`: of somebody who never put right what did not fit."""
    user_id, case_id = work.case.subject_id, work.case.id
    return Done(None, lambda session, at: standing.close(session, user_id, case_id=case_id, at=at))


ACTIONS: dict[str, Action] = {
    "kirim_pemberitahuan": send_notice,
    "susun_arsip": make_archive,
    "sahkan_akun": validate_account,
    "blokir_akun": block_account,
    "buka_blokir": unblock_account,
    "tutup_akun": close_account,
    "buat_surat": draw_letter,
}


MAY_BE_SKIPPED = frozenset({"kirim_pemberitahuan"})
"""Actions that a case can go on without: nobody is told. All others decide about an account, or keep a record."""


def _open_tasks(session: Session, case_id: str) -> dict[str, dict[str, Any]]:
    query = select(Task.token, Task.id, Task.step).where(Task.case_id == case_id, Task.closed_at.is_(None))
    rows = session.execute(query.order_by(Task.opened_at, Task.id))
    return {row.token: {"id": row.id, "step": row.step} for row in rows}


def _demand(case_id: str | None) -> str:
    if case_id is None:
        raise NotFound
    return case_id
