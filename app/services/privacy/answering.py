"""The office's side of requests about personal data: what waits, and answering it with a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import consents
from app.domain.actors import Actor, demand
from app.domain.chain import salted_digest
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.domain.identity import InvalidIdentity, parse_nik, parse_nomor_kk
from app.domain.masking import mask_email, mask_nik, mask_phone
from app.domain.names import fault_in_name
from app.models import Case, DataRequest, User
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.accounts import walkins
from app.services.joining import standing
from app.services.messages import letters, notices, preferences, wording
from app.services.paging import Cursor, at_most, earlier, later
from app.services.privacy import erasure
from app.services.privacy.requests import CORRECT, ERASE, KINDS, LONGEST, WITHDRAW
from app.services.records import trail
from app.services.work import unit_of_work

DECISIONS: Mapping[str, str] = {"dikabulkan": "Dikabulkan", "sebagian": "Dikabulkan sebagian", "ditolak": "Ditolak"}
PAGE = 30
OWN = "Permintaan Anda sendiri dijawab orang lain."
ANSWERED = "Permintaan ini sudah dijawab atau dibatalkan. Muat ulang daftarnya."

_TOLD = NoticeTemplate(
    "Permintaan {nomor} dijawab: {status}",
    "Permintaan Anda ({layanan}) sudah dijawab.\n\nKeputusan: {status}\nPenjelasan: {pesan}\n\n{tautan}",
)


@dataclass(frozen=True)
class Waiting:
    """One line of the list."""

    id: str
    number: str
    kind: str
    name: str
    at: datetime
    due_at: datetime
    is_late: bool
    decision: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Page:
    lines: Sequence[Waiting]
    next: Cursor | None


@dataclass(frozen=True)
class Whole:
    """One request with what the officer needs of its person: masked numbers, and what still runs."""

    line: Waiting
    user_id: str
    text: str
    answer: str
    person: Sequence[tuple[str, str]]
    running: Sequence[str]


@dataclass(frozen=True)
class Corrected:
    """What the officer puts right; "" = stays as it is."""

    name: str = ""
    nik: str = ""
    nomor_kk: str = ""


def waiting(actor: Actor, after: Cursor | None = None) -> Page:
    """Open requests, the one that is due first at the top. Raises Forbidden."""
    demand(actor, "answer_data")
    query = select(DataRequest, User.name).join(User).where(DataRequest.answered_at.is_(None))
    if after is not None:
        query = query.where(later(DataRequest.due_at, DataRequest.id, after))
    rows = store.session.execute(query.order_by(DataRequest.due_at, DataRequest.id).limit(at_most(PAGE + 1))).all()
    return _page(rows, lambda row: row.due_at)


def answered(actor: Actor, after: Cursor | None = None) -> Page:
    """Answered and cancelled ones, the newest first. Raises Forbidden."""
    demand(actor, "answer_data")
    query = select(DataRequest, User.name).join(User).where(DataRequest.answered_at.is_not(None))
    if after is not None:
        query = query.where(earlier(DataRequest.answered_at, DataRequest.id, after))
    newest = query.order_by(DataRequest.answered_at.desc(), DataRequest.id.desc())
    rows = store.session.execute(newest.limit(at_most(PAGE + 1))).all()
    return _page(rows, lambda row: row.answered_at)


def look(actor: Actor, request_id: str) -> Whole:
    """Raises Forbidden, NotFound."""
    demand(actor, "answer_data")
    row = store.session.get(DataRequest, request_id)
    if row is None:
        raise NotFound
    user = store.session.get_one(User, row.user_id)
    known = [
        ("Nama", user.name),
        ("NIK", mask_nik(user.nik) if user.nik else ""),
        ("Nomor KK", mask_nik(user.nomor_kk) if user.nomor_kk else ""),
        ("Email", mask_email(user.email) if user.has_account else ""),
        ("Nomor WhatsApp", mask_phone(user.phone) if user.phone else ""),
    ]
    # Not those sent with discretion: whoever answers is not who works on them.
    theirs = select(Case.number).where(Case.subject_id == user.id, Case.ended_at.is_(None))
    running = store.session.scalars(theirs.where(Case.confidential.is_(False)))
    told = [(label, value) for label, value in known if value]
    return Whole(_line(row, user.name), user.id, row.text, row.answer, told, sorted(running))


def answer(actor: Actor, request_id: str, decision: str, reason: str, corrected: Corrected | None = None) -> str:
    """Decide with a reason; what was granted is done in the same transaction. Returns the number of the request.

    Raises Forbidden, NotFound, InvalidInput (`keputusan`, `jawaban`, `nama`, `nik`, `nomor_kk`).
    """
    demand(actor, "answer_data")
    reason = reason.strip()
    _demand_sense(decision, reason)
    values = _checked(corrected or Corrected())
    at = clock.now()
    try:
        with unit_of_work() as session:
            row = _locked(session, actor, request_id)
            row.decision, row.answer = decision, reason
            row.answered_by, row.answered_at = actor.id, at
            what = {"permintaan": row.number, "keputusan": decision, "jawaban": salted_digest(row.salt, reason)}
            trail.append(session, trail.account_stream(row.user_id), actor.id, "data_dijawab", what, at)
            _carry_out(session, row, actor, values, at)
            return row.number
    except IntegrityError as taken:
        raise InvalidInput({"nik": ["NIK ini sudah dipakai akun lain."]}) from taken


def _carry_out(session: Session, row: DataRequest, actor: Actor, values: dict[str, str], at: datetime) -> None:
    is_granted = row.decision != "ditolak"
    if row.kind == ERASE and row.decision == "dikabulkan":
        address = erasure.erase(session, row.user_id, actor.id, row.number, at)
        title, body = wording.write("akun_dihapus", nomor=row.number, jawaban=row.answer)
        key = f"data:{row.id}:dihapus"
        letters.write(session, key=key, address=address, title=title, body=body, path="/", at=at)
        return
    if row.kind == CORRECT and is_granted and values:
        _correct(session, row, actor, values, at)
    if row.kind == WITHDRAW and is_granted:
        _withdraw(session, row, actor, at)
    facts = {
        "nomor": row.number,
        "layanan": KINDS[row.kind].lower(),
        "status": DECISIONS[row.decision].lower(),
        "pesan": row.answer,
    }
    channels, key = (notices.IN_APP, notices.MAIL), f"data:{row.id}:dijawab"
    path = "/pengaturan/data/minta"
    notices.tell(session, [row.user_id], _TOLD, facts, channels, key=key, case_id=None, path=path, at=at)


def _correct(session: Session, row: DataRequest, actor: Actor, values: dict[str, str], at: datetime) -> None:
    user = session.get_one(User, row.user_id, with_for_update=True, populate_existing=True)
    if "nik" in values and not standing.nik_is_taken(session, values["nik"], user.id):
        walkins.hand_over(session, values["nik"], user.id, at)
    for name, value in values.items():
        setattr(user, name, value)
    session.flush()
    what = {"permintaan": row.number, "yang": sorted(values)}
    trail.append(session, trail.account_stream(user.id), actor.id, "data_akun_diperbaiki", what, at)


def _withdraw(session: Session, row: DataRequest, actor: Actor, at: datetime) -> None:
    user = session.get_one(User, row.user_id, with_for_update=True, populate_existing=True)
    if user.whatsapp_consent:
        user.whatsapp_consent = False
        what = {preferences.WHATSAPP: False, "teks": consents.WHATSAPP.version}
        trail.append(session, trail.account_stream(user.id), actor.id, preferences.CHOSEN, what, at)


def _demand_sense(decision: str, reason: str) -> None:
    errors = {}
    if decision not in DECISIONS:
        errors["keputusan"] = ["Pilih salah satu."]
    if not reason or len(reason) > LONGEST:
        errors["jawaban"] = [f"Tulis penjelasan untuk warga, paling banyak {LONGEST} huruf."]
    if errors:
        raise InvalidInput(errors)


def _checked(given: Corrected) -> dict[str, str]:
    """Column -> new value, of what is to change. Raises InvalidInput."""
    found, errors = {}, {}
    name = " ".join(given.name.split())
    if len(name) > 120:
        errors["nama"] = ["Nama paling banyak 120 huruf."]
    elif fault_in_name(name):
        errors["nama"] = [fault_in_name(name)]
    if name:
        found["name"] = name
    for column, text, parse in (("nik", given.nik, parse_nik), ("nomor_kk", given.nomor_kk, parse_nomor_kk)):
        try:
            if text.strip():
                found[column] = parse(text, clock.today()).number
        except InvalidIdentity as fault:
            errors[column] = [fault.pesan]
    if errors:
        raise InvalidInput(errors)
    return found


def _locked(session: Session, actor: Actor, request_id: str) -> DataRequest:
    row = session.get(DataRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.answered_at is not None:
        raise NotFound(ANSWERED)
    if row.user_id == actor.id:
        raise Forbidden(OWN)
    return row


def _page(rows: Sequence[Row[DataRequest, str]], moment: Callable[[DataRequest], datetime | None]) -> Page:
    found = [_line(row, name) for row, name in rows[:PAGE]]
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    at = moment(last) if last else None
    return Page(found, Cursor("p", at, last.id) if last and at else None)


def _line(row: DataRequest, name: str) -> Waiting:
    is_late = (row.answered_at or clock.now()) > row.due_at
    return Waiting(row.id, row.number, row.kind, name, row.at, row.due_at, is_late, row.decision, row.answered_at)
