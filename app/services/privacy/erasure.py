"""Erasing an account: what the law lets go goes, what it keeps loses its name. See docs/adr on erasing accounts.

Gone: name, NIK, nomor KK, e-mail, phone, password, sessions, notices, choices, letters on their way, unsent drafts and
their files. Kept: the permohonan that ended, their answers and papers, as archive and for as long as archive is kept;
and the trail, which never held more than salted digests.
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS
from app.domain.errors import InvalidInput
from app.models import (
    Case,
    CaseKk,
    CaseNik,
    CaseNote,
    DataRequest,
    DiscussionMark,
    Draft,
    HalfLogin,
    Job,
    MailToken,
    Notice,
    NoticePreference,
    RecoveryCode,
    SecondFactor,
    Upload,
    User,
    UserSession,
)
from app.services.messages import deliveries, outcomes
from app.services.records import trail

NAME = "Akun dihapus"
OFFICER = "Akun ini milik orang kantor. Cabut dulu perannya lewat admin, baru akunnya dapat dihapus."
_OWN = (
    Notice,
    NoticePreference,
    DiscussionMark,
    MailToken,
    UserSession,
    HalfLogin,
    RecoveryCode,
    SecondFactor,
)
RUNNING = "Masih ada permohonan yang berjalan{numbers}. Tunggu sampai selesai, atau pemohon menariknya dulu."


def erase(session: Session, user_id: str, actor_id: str, number: str, at: datetime) -> str:
    """Inside the caller's unit of work; returns the address that may be told a last time. `number`: of the request.

    Raises InvalidInput: somebody of the office, or a case still runs.
    """
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if {role.role for role in user.roles} - APPLICANTS:
        raise InvalidInput({"keputusan": [OFFICER]})
    # Before looking for cases: a draft that is being sent is locked, and becomes one.
    _drop_drafts(session, user_id)
    theirs = select(Case.number, Case.confidential).where(Case.subject_id == user_id, Case.ended_at.is_(None))
    running = session.execute(theirs.order_by(Case.number)).all()
    if running:
        named = ", ".join(row.number for row in running if not row.confidential)
        raise InvalidInput({"keputusan": [RUNNING.format(numbers=f" ({named})" if named else "")]})
    address = user.email
    for table in _OWN:
        session.execute(delete(table).where(table.user_id == user_id))
    _drop_failed_letters(session, user_id, address, at)
    others = (DataRequest.user_id == user_id, DataRequest.number != number)
    session.execute(update(DataRequest).where(*others).values(text="", answer=""))
    cases = select(Case.id).where(Case.subject_id == user_id)
    session.execute(update(CaseNote).where(CaseNote.case_id.in_(cases)).values(text=""))
    if user.nik:
        session.execute(delete(CaseNik).where(CaseNik.nik == user.nik))
    session.execute(delete(CaseKk).where(CaseKk.case_id.in_(cases)))
    _blank(user)
    trail.append(session, trail.account_stream(user_id), actor_id, "akun_dihapus", {"permintaan": number}, at)
    return address


def _blank(user: User) -> None:
    user.name, user.email = NAME, f"{user.id}@dihapus.invalid"
    user.nik = user.nomor_kk = user.phone = user.contact = None
    user.password_hash = ""
    user.active = user.has_account = user.whatsapp_consent = False


def _drop_failed_letters(session: Session, user_id: str, address: str, at: datetime) -> None:
    """What could not be delivered keeps its words and address for an officer; of who is gone nobody sends it again.
    What still waits, the worker drops by itself."""
    failed = select(Job).where(Job.failed_at.is_not(None)).order_by(Job.failed_at).with_for_update()
    for job in session.scalars(failed):
        told = job.payload
        if job.kind in (outcomes.LETTER, outcomes.WHATSAPP) and (told["user"] == user_id or told.get("to") == address):
            outcomes.note_ended(session, job.id, outcomes.CANCELLED, deliveries.NO_ACCOUNT, at, outcomes.round_of(told))
            job.done_at, job.failed_at, job.error = at, None, ""
            job.payload = {"user": user_id, "title": told["title"]}


def _drop_drafts(session: Session, user_id: str) -> None:
    """Unsent drafts and whatever was uploaded outside any case; the bytes go with the next tidying."""
    unsent = select(Draft.id).where(Draft.owner_id == user_id, Draft.submitted_at.is_(None)).with_for_update()
    ids = list(session.scalars(unsent))
    for draft in session.scalars(select(Draft).where(Draft.subject_id == user_id).with_for_update()):
        ids += [draft.id] if draft.submitted_at is None else []
    session.execute(delete(Upload).where(Upload.draft_id.in_(ids), Upload.case_id.is_(None)))
    session.execute(delete(Draft).where(Draft.id.in_(ids)))
