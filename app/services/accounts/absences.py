"""Leave: the days on which an officer is away, and who stands in for them. Nothing is taken from anybody's roles: the
substitute's rights are worked out when they are needed (services.accounts.acting), and so end by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.domain.actors import HEADS, ROLES, Actor, demand, title_of
from app.domain.errors import DealtWith, InvalidInput, NotFound
from app.domain.tanggal import WIB, format_days, local_date
from app.models import Absence, StandIn, User
from app.services import clock, store
from app.services.accounts import telling
from app.services.flow import handing_back
from app.services.flow.remarks import remark
from app.services.records import trail
from app.services.work import unit_of_work

KINDS = {"cuti": "Cuti", "dinas_luar": "Dinas luar", "sakit": "Sakit", "kosong": "Jabatan kosong"}
FORMS = ("Plh.", "Plt.")
NOT_STOOD_IN_FOR = frozenset({"admin", "auditor", "pemohon", "pendaftar"})
"""Roles that nobody holds in another's stead."""
LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=731)
"""From today to the last day."""
LONGEST_REASON = 500
DOUBLE_CLICK = timedelta(minutes=1)

_TOLD = (
    "Anda menggantikan {siapa} sebagai {peran} pada {hari}. Pada hari-hari itu tugasnya ada di inbox Anda; sesudahnya "
    "berhenti sendiri."
)
_AWAY = "{jenis}, {hari}. Sejak hari pertama tugas yang Anda pegang kembali ke antrean{pengganti}."
_OVER = "Yang dicatat untuk {siapa} pada {hari} tidak berlaku lagi."


@dataclass(frozen=True)
class Post:
    """Who is to stand in for one role. `form`: one of FORMS for heads, "" for other roles."""

    role: str
    substitute_id: str
    form: str = ""


def record(actor: Actor, user_id: str, first: date, last: date, kind: str, reason: str, posts: Sequence[Post]) -> str:
    """Write down that somebody is away `first` to `last`; the id. Both they and their substitutes are told.

    The same again within DOUBLE_CLICK writes no second one and is no error.

    Raises Forbidden, NotFound, InvalidInput (`petugas`, `mulai`, `sampai`, `jenis`, `alasan`, `pengganti`).
    """
    demand(actor, "administer")
    at = clock.now()
    with unit_of_work() as session:
        _lock(session, {user_id, *(one.substitute_id for one in posts)})
        user = session.get(User, user_id)
        if user is None or not _officer_roles(user):
            raise NotFound
        if made := _just_made(session, user_id, first, last, at, (kind, " ".join(reason.split()), set(posts))):
            return made
        errors = _day_faults(first, last, local_date(at)) | _word_faults(kind, reason)
        errors = errors or _clashes(session, user, first, last)
        wrong = _post_faults(session, actor, user, posts, first, last)
        if errors or wrong:
            raise InvalidInput(errors | ({"pengganti": wrong} if wrong else {}))
        absence = Absence(
            user_id=user.id,
            from_day=first,
            until_day=last,
            kind=kind,
            reason=" ".join(reason.split()),
            made_by=actor.id,
            made_at=at,
            stand_ins=[StandIn(role=one.role, substitute_id=one.substitute_id, form=one.form) for one in posts],
        )
        session.add(absence)
        session.flush()
        _remember(session, actor, absence, "ketidakhadiran_dicatat", at)
        _tell(session, absence, user.name, at)
        handing_back.ask(session, user.id, at, due=_midnight(first))
        for person in sorted({one.substitute_id for one in posts}):
            handing_back.ask(session, person, at, due=_midnight(last + timedelta(days=1)))
        return absence.id


def end(actor: Actor, absence_id: str, reason: str) -> None:
    """Called off, or back early: it counts no more from this moment. Raises Forbidden, InvalidInput, NotFound,
    DealtWith."""
    demand(actor, "administer")
    said = remark(reason, "alasan", missing="Tulis alasannya, supaya tercatat mengapa.")
    at = clock.now()
    with unit_of_work() as session:
        absence = session.get(Absence, absence_id, with_for_update=True, populate_existing=True)
        if absence is None:
            raise NotFound
        if absence.ended_at is not None or absence.until_day < local_date(at):
            raise DealtWith("Ketidakhadiran ini sudah berakhir.")
        absence.ended_at, absence.ended_by = at, actor.id
        _remember(session, actor, absence, "ketidakhadiran_dihentikan", at, alasan=said)
        _tell_it_is_over(session, absence, at)
        for person in sorted({one.substitute_id for one in absence.stand_ins}):
            handing_back.ask(session, person, at)


def hand_back_now(actor: Actor, absence_id: str) -> int:
    """What the absent officer still holds goes back to the queues at once; how many. Raises Forbidden, NotFound."""
    demand(actor, "administer")
    absence = store.session.get(Absence, absence_id)
    today = local_date(clock.now())
    if absence is None or absence.ended_at is not None or not absence.from_day <= today <= absence.until_day:
        raise NotFound
    return handing_back.all_of(absence.user_id)


def _lock(session: Session, user_ids: set[str]) -> None:
    """Everybody concerned, in one order: of two who stand in for each other, the second waits for the first."""
    session.execute(select(User.id).where(User.id.in_(user_ids)).order_by(User.id).with_for_update()).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)


def _just_made(
    session: Session, user_id: str, first: date, last: date, at: datetime, said: tuple[str, str, set[Post]]
) -> str:
    """What the first of two clicks wrote, "" for nothing. `said`: kind, reason and posts, for who says something else
    means to correct it and is told how."""
    same = (Absence.user_id == user_id, Absence.from_day == first, Absence.until_day == last)
    recent = (Absence.ended_at.is_(None), Absence.made_at > at - DOUBLE_CLICK)
    for one in session.scalars(select(Absence).where(*same, *recent)):
        if (one.kind, one.reason, {Post(each.role, each.substitute_id, each.form) for each in one.stand_ins}) == said:
            return one.id
    return ""


def _officer_roles(user: User) -> set[str]:
    return {one.role for one in user.roles} - {"pemohon", "pendaftar"}


def _day_faults(first: date, last: date, today: date) -> dict[str, list[str]]:
    if last < first:
        return {"sampai": ["Hari terakhir harus sama dengan atau sesudah hari pertama."]}
    if last < today:
        return {"sampai": ["Hari terakhir sudah lewat. Catat yang masih berlaku saja."]}
    if last - today > FURTHEST:
        return {"sampai": ["Paling jauh dua tahun dari hari ini. Periksa tahunnya."]}
    if last - first > LONGEST:
        return {"sampai": ["Paling lama setahun. Catat lagi bila sudah dekat habis."]}
    return {}


def _word_faults(kind: str, reason: str) -> dict[str, list[str]]:
    wrong = {} if kind in KINDS else {"jenis": ["Pilih salah satu."]}
    if len(reason) > LONGEST_REASON:
        wrong["alasan"] = [f"Paling banyak {LONGEST_REASON} huruf."]
    return wrong


def _clashes(session: Session, user: User, first: date, last: date) -> dict[str, list[str]]:
    """Away already in those days, or standing in for somebody."""
    other = session.scalars(select(Absence).where(Absence.user_id == user.id, _meets(first, last))).first()
    if other is not None:
        days = format_days(other.from_day, other.until_day)
        return {"mulai": [f"{user.name} sudah dicatat tidak hadir {days}. Hentikan yang itu dulu."]}
    standing = select(Absence, User.name).join(StandIn, StandIn.absence_id == Absence.id)
    standing = standing.join(User, User.id == Absence.user_id)
    found = session.execute(standing.where(StandIn.substitute_id == user.id, _meets(first, last))).first()
    if found is not None:
        days = format_days(found.Absence.from_day, found.Absence.until_day)
        return {"mulai": [f"{user.name} menggantikan {found.name} {days}. Tunjuk pengganti lain untuk itu dulu."]}
    return {}


def _meets(first: date, last: date) -> ColumnElement[bool]:
    return Absence.ended_at.is_(None) & (Absence.from_day <= last) & (Absence.until_day >= first)


def _post_faults(
    session: Session, actor: Actor, user: User, posts: Sequence[Post], first: date, last: date
) -> list[str]:
    wrong, held = [], _officer_roles(user) - NOT_STOOD_IN_FOR
    if len({one.role for one in posts}) != len(posts):
        wrong.append("Satu pengganti untuk satu peran.")
    for one in posts:
        if one.role not in held:
            wrong.append(f"{user.name} tidak punya peran {ROLES.get(one.role, one.role[:40])} yang dapat digantikan.")
        elif (one.form in FORMS) != (one.role in HEADS) or one.form not in ("", *FORMS):
            wrong.append(f"Pilih Plh. atau Plt. untuk {ROLES[one.role]}; peran lain tanpa keduanya.")
        wrong += _substitute_faults(session, actor, user, one.substitute_id, first, last)
    return list(dict.fromkeys(wrong))


def _substitute_faults(
    session: Session, actor: Actor, user: User, substitute_id: str, first: date, last: date
) -> Iterable[str]:
    if substitute_id == actor.id:
        yield "Anda tidak dapat menunjuk diri sendiri. Minta admin lain."
    substitute = session.get(User, substitute_id)
    if substitute is None or not substitute.active or not _officer_roles(substitute) or substitute.id == user.id:
        yield "Pilih pengganti dari petugas lain yang akunnya aktif."
        return
    if "auditor" in _officer_roles(substitute):
        yield f"{substitute.name} auditor, dan auditor hanya membaca. Pilih orang lain."
    away = session.scalar(select(Absence.id).where(Absence.user_id == substitute_id, _meets(first, last)).limit(1))
    if away is not None:
        yield f"{substitute.name} sendiri tidak hadir pada hari-hari itu. Pilih orang lain."


def _remember(session: Session, actor: Actor, absence: Absence, verb: str, at: datetime, **more: str) -> None:
    """In the accounts of everybody concerned; why somebody is away is nobody's business there."""
    what = {
        "catatan": absence.id,
        "mulai": absence.from_day.isoformat(),
        "sampai": absence.until_day.isoformat(),
        "pengganti": sorted([one.role, one.substitute_id, one.form] for one in absence.stand_ins),
    }
    for person in sorted({absence.user_id, *(one.substitute_id for one in absence.stand_ins)}):
        trail.append(
            session, trail.account_stream(person), actor.id, verb, {**what, **more, "petugas": absence.user_id}, at
        )


def _tell(session: Session, absence: Absence, name: str, at: datetime) -> None:
    days, key = format_days(absence.from_day, absence.until_day), f"cuti:{absence.id}"
    for one in absence.stand_ins:
        title, body = title_of(one.role, one.form), _TOLD.format(siapa=name, peran=ROLES[one.role], hari=days)
        _say(session, [one.substitute_id], f"Anda menjadi {title}", body, f"{key}:{one.role}", at)
    offered = " dan ditawarkan dulu kepada pengganti Anda" if absence.stand_ins else ""
    body = _AWAY.format(jenis=KINDS[absence.kind], hari=days, pengganti=offered)
    _say(session, [absence.user_id], "Ketidakhadiran Anda dicatat", body, key, at)


def _tell_it_is_over(session: Session, absence: Absence, at: datetime) -> None:
    days = format_days(absence.from_day, absence.until_day)
    body = _OVER.format(siapa=_name(session, absence.user_id), hari=days)
    people = [absence.user_id, *sorted({one.substitute_id for one in absence.stand_ins})]
    _say(session, people, "Ketidakhadiran dihentikan", body, f"cuti-selesai:{absence.id}", at)


def _say(session: Session, people: Sequence[str], title: str, body: str, key: str, at: datetime) -> None:
    telling.tell(session, people, title, body, key=key, at=at, path="/inbox", mail=True)


def _name(session: Session, user_id: str) -> str:
    return session.scalar(select(User.name).where(User.id == user_id)) or ""
