"""Requests of people about their data: put right, hold, withdraw a consent, erase; answered within 72 hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.chain import salted_digest
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.domain.tanggal import format_moment, local
from app.models import DataRequest, User
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.messages import deliveries, notices
from app.services.paging import at_most
from app.services.records import trail
from app.services.records.counters import add_one
from app.services.signin import passwords
from app.services.work import unit_of_work

WITHIN = timedelta(hours=72)
"""UU 27/2022: 3 x 24 hours, by the clock on the wall, weekends too."""
CORRECT, ERASE, WITHDRAW, HOLD = "koreksi", "hapus", "tarik_persetujuan", "batasi"
KINDS: Mapping[str, str] = {
    CORRECT: "Perbaikan data",
    HOLD: "Penghentian sementara",
    WITHDRAW: "Penarikan persetujuan",
    ERASE: "Penghapusan akun dan data",
}
CANCELLED = "dibatalkan"
ANSWERERS = ("admin", "sekretaris")
"""Who answers in the office."""
LONGEST = 2000
SHOWN = 20
MOST_A_DAY = 10
"""New requests of one person: each is told to everybody who answers them."""

_ASKED = NoticeTemplate(
    "Permintaan data pribadi {nomor}",
    "Ada permintaan warga atas data pribadinya: {layanan}. Harus dijawab paling lambat {batas}.\n\n{tautan}",
)


@dataclass(frozen=True)
class Asked:
    """One request, as its owner sees it."""

    id: str
    number: str
    kind: str
    text: str
    at: datetime
    due_at: datetime
    decision: str
    answer: str
    answered_at: datetime | None


def ask(actor: Actor, kind: str, text: str, password: str = "") -> str:
    """The number of the request; of the open one of this kind, if there is one already. Erasing asks for the password.

    Raises NotFound: no such kind; InvalidInput (`permintaan`, `sandi`), TooManyAttempts.
    """
    if kind not in KINDS:
        raise NotFound
    text = text.strip()
    if (not text and kind != ERASE) or len(text) > LONGEST:
        raise InvalidInput({"permintaan": [f"Tulis permintaan Anda, paling banyak {LONGEST} huruf."]})
    if kind == ERASE:
        _demand_password(actor, password)
    at = clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True, populate_existing=True)
        before = session.scalars(_open_of(user.id).where(DataRequest.kind == kind)).first()
        if before is not None:
            return before.number
        _demand_few(session, user.id, at)
        made = _add(session, user.id, kind, text, at)
        what = {"permintaan": made.number, "jenis": kind, "isi": salted_digest(made.salt, text)}
        trail.append(session, trail.account_stream(user.id), actor.id, "data_diminta", what, at)
        _tell_office(session, made)
        return made.number


def cancel(actor: Actor, request_id: str) -> None:
    """Not after all. Raises NotFound: not one's own, or answered."""
    at = clock.now()
    with unit_of_work() as session:
        found = session.scalars(_open_of(actor.id).where(DataRequest.id == request_id).with_for_update()).one_or_none()
        if found is None:
            raise NotFound("Permintaan ini sudah dijawab atau sudah dibatalkan. Muat ulang halamannya.")
        found.decision, found.answered_at = CANCELLED, at
        what = {"permintaan": found.number}
        trail.append(session, trail.account_stream(actor.id), actor.id, "permintaan_dibatalkan", what, at)


def mine(actor: Actor) -> Sequence[Asked]:
    """One's own, the newest first."""
    return [_asked(row) for row in store.session.scalars(_newest_of(actor.id))]


def overdue(now: datetime) -> int:
    """How many open requests are past their 72 hours."""
    late = select(DataRequest.id).where(DataRequest.answered_at.is_(None), DataRequest.due_at < now)
    return store.session.scalar(select(func.count()).select_from(late.subquery())) or 0


def _newest_of(user_id: str) -> Select[DataRequest]:
    query = select(DataRequest).where(DataRequest.user_id == user_id)
    return query.order_by(DataRequest.at.desc()).limit(at_most(SHOWN))


def _demand_few(session: Session, user_id: str, at: datetime) -> None:
    since = at - timedelta(days=1)
    lately = [row for row in session.scalars(_newest_of(user_id)) if row.at > since]
    if len(lately) >= MOST_A_DAY:
        raise TooManyAttempts(at + timedelta(days=1), "Sudah terlalu banyak permintaan hari ini. Coba lagi besok.")


def _open_of(user_id: str) -> Select[DataRequest]:
    return select(DataRequest).where(DataRequest.user_id == user_id, DataRequest.answered_at.is_(None))


def _add(session: Session, user_id: str, kind: str, text: str, at: datetime) -> DataRequest:
    series = f"DP-{local(at).year}"
    made = DataRequest(
        number=f"{series}-{add_one(session, series):06d}",
        user_id=user_id,
        kind=kind,
        text=text,
        at=at,
        due_at=at + WITHIN,
        salt=trail.new_salt(),
    )
    session.add(made)
    session.flush()
    return made


def _tell_office(session: Session, made: DataRequest) -> None:
    people = sorted({person for role in ANSWERERS for person in deliveries.people_of(role, "")})
    facts = {"nomor": made.number, "layanan": KINDS[made.kind].lower(), "batas": format_moment(made.due_at)}
    channels, path = (notices.IN_APP, notices.MAIL), f"/data-warga/{made.id}"
    key = f"data:{made.id}:baru"
    notices.tell(session, people, _ASKED, facts, channels, key=key, case_id=None, path=path, at=made.at)


def _demand_password(actor: Actor, typed: str) -> None:
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    try:
        passwords.demand_own(actor, user.password_hash, typed)
    except InvalidInput as fault:
        raise InvalidInput({"sandi": next(iter(fault.errors.values()))}) from fault


def _asked(row: DataRequest) -> Asked:
    given = (row.decision, row.answer, row.answered_at)
    return Asked(row.id, row.number, row.kind, row.text, row.at, row.due_at, *given)
