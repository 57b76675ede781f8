"""What an admin changes of somebody's account: roles, and whether it may be used at all. Open sessions end at once,
and tasks that are theirs no more go back to their queues. The owner is told; an admin is always left."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS, ROLES, SYSTEM_ID, Actor, demand
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.domain.regions import kapanewon_by_code
from app.domain.tanggal import format_moment
from app.models import User, UserRole
from app.services import clock
from app.services.accounts import marks, telling
from app.services.flow import handing_back
from app.services.flow.remarks import remark
from app.services.messages import letters
from app.services.records import trail
from app.services.signin import sessions
from app.services.work import unit_of_work

OWN_ACCOUNT = "Akun Anda sendiri diubah admin lain, bukan oleh Anda."
LAST_ADMIN = "Ini admin terakhir yang aktif. Beri peran admin kepada orang lain dulu."

_OFF = "Akun Anda di kantor kami dimatikan pada {waktu}.{sebab}\n\nBila Anda merasa ini keliru, hubungi admin kantor."
_ON = "Akun Anda dapat dipakai lagi sejak {waktu}. Masuk dengan kata sandi Anda yang lama."


def set_roles(actor: Actor, user_id: str, roles: Iterable[tuple[str, str]], seen: str = "") -> None:
    """`roles`: (role, kapanewon code or "" for the whole office), all of them. `seen`: the mark of those that the form
    showed. Raises Forbidden, InvalidInput, StaleForm."""
    wanted = sorted(set(roles))
    if not wanted or any(role not in ROLES for role, _ in wanted):
        raise InvalidInput({"peran": ["Pilih sedikitnya satu peran dari daftar."]})
    at = clock.now()
    with unit_of_work() as session:
        admins = _admins(session)
        user = _account(session, actor, user_id)
        before = sorted((role.role, role.unit) for role in user.roles)
        if before == wanted:
            return
        marks.compare(seen, marks.of_roles(one for one in before if one[0] not in APPLICANTS), in_words(before))
        if "admin" not in {role for role, _ in wanted}:
            _demand_another(session, actor, admins, user.id)
        user.roles = [role for role in user.roles if (role.role, role.unit) in wanted] + [
            UserRole(role=role, unit=unit) for role, unit in wanted if (role, unit) not in before
        ]
        sessions.end_all(session, user.id, "peran", at)
        handing_back.ask_with_substitutes(session, user.id, at)
        what = {"sebelum": [list(one) for one in before], "sesudah": [list(one) for one in wanted]}
        number = trail.append(session, trail.account_stream(user.id), actor.id, "peran_diubah", what, at)
        body = f"Peran Anda sekarang: {in_words(wanted)}. Masuk lagi untuk memakainya."
        telling.tell(session, [user.id], "Peran Anda diubah", body, key=f"peran:{user.id}:{number}", at=at, mail=True)


def switch_off(actor: Actor, user_id: str, reason: str = "") -> None:
    """Nobody signs in with this account from now on, and whoever is signed in with it is out. Raises Forbidden,
    InvalidInput (`alasan`)."""
    _switch(actor, user_id, remark(reason, "alasan"), active=False)


def switch_on(actor: Actor, user_id: str) -> None:
    """The account may be used again; sessions that ended stay ended. Raises Forbidden."""
    _switch(actor, user_id, "", active=True)


def end_sessions(actor: Actor, user_id: str) -> int:
    """Somebody else is signed out everywhere; of how many sessions. Raises Forbidden, NotFound."""
    at = clock.now()
    with unit_of_work() as session:
        user = _account(session, actor, user_id)
        ended = sessions.end_all(session, user.id, "diakhiri", at)
        if ended:
            what = {"banyak": ended}
            number = trail.append(session, trail.account_stream(user.id), actor.id, "sesi_diakhiri_admin", what, at)
            body = (
                f"Admin mengeluarkan akun Anda dari {ended} perangkat pada {format_moment(at)}. Masuk lagi bila perlu."
            )
            key = f"sesi:{user.id}:{number}"
            telling.tell(session, [user.id], "Anda dikeluarkan dari semua perangkat", body, key=key, at=at, mail=True)
        return ended


def in_words(roles: Iterable[tuple[str, str]]) -> str:
    """ "Kepala Seksi; Petugas Cetak (Kasihan, Sewon)"."""
    units: dict[str, list[str]] = {}
    for role, unit in roles:
        units.setdefault(role, []).extend([kapanewon_by_code(unit).nama] if unit else [])
    return "; ".join(ROLES[role] + (f" ({', '.join(where)})" if where else "") for role, where in units.items())


def _switch(actor: Actor, user_id: str, reason: str, *, active: bool) -> None:
    at = clock.now()
    with unit_of_work() as session:
        admins = _admins(session)
        user = _account(session, actor, user_id)
        if user.active == active:
            return
        if not active:
            _demand_another(session, actor, admins, user.id)
        user.active = active
        sessions.end_all(session, user.id, "nonaktif", at)
        if not active:
            handing_back.ask_with_substitutes(session, user.id, at)
        verb = "akun_diaktifkan" if active else "akun_dinonaktifkan"
        what = {"alasan": reason} if reason else {}
        number = trail.append(session, trail.account_stream(user.id), actor.id, verb, what, at)
        _write(session, user, reason, number, at)


def _write(session: Session, user: User, reason: str, number: int, at: datetime) -> None:
    """To the address itself: whoever is switched off reads nothing on the site."""
    if not user.has_account:
        return
    because = f" Alasan: {reason}" if reason else ""
    title = "Akun Anda dapat dipakai lagi" if user.active else "Akun Anda dimatikan"
    body = (_ON if user.active else _OFF).format(waktu=format_moment(at), sebab=because)
    path, key = "/masuk" if user.active else "/kontak", f"akun:{user.id}:{number}"
    letters.write(session, key=key, address=user.email, title=title, body=body, path=path, at=at)


def _admins(session: Session) -> list[str]:
    """Whoever is an admin, locked in one order: two who take each other's office wait for each other."""
    query = select(User.id).join(UserRole).where(UserRole.role == "admin").order_by(User.id)
    return list(session.scalars(query.with_for_update(of=User)))


def _demand_another(session: Session, actor: Actor, admins: list[str], user_id: str) -> None:
    """Is there an active admin beside this person, now that the rows are locked? Raises InvalidInput.

    Whoever sits at the machine itself can make another, so commands are not held to it.
    """
    if user_id not in admins or actor.id == SYSTEM_ID:
        return
    query = select(User.id).join(UserRole).where(UserRole.role == "admin", User.active, User.id != user_id)
    if session.scalar(query.limit(1)) is None:
        raise InvalidInput({"peran": [LAST_ADMIN]}, LAST_ADMIN)


def _account(session: Session, actor: Actor, user_id: str) -> User:
    """Somebody else's account, locked. Raises Forbidden, NotFound."""
    demand(actor, "administer")
    if actor.id == user_id:
        raise Forbidden(OWN_ACCOUNT)
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user
