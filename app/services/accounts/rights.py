"""What an admin changes of somebody's account: roles, and whether it may be used at all. Open sessions end at once,
and tasks that are theirs no more go back to their queues."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.domain.actors import ROLES, Actor, Office, can
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.models import User, UserRole
from app.services import clock
from app.services.flow import handing_back
from app.services.records import trail
from app.services.signin import sessions
from app.services.work import unit_of_work

OWN_ACCOUNT = "Akun Anda sendiri diubah admin lain, bukan oleh Anda."


def set_roles(actor: Actor, user_id: str, roles: Iterable[tuple[str, str]]) -> None:
    """`roles`: (role, kapanewon code or "" for the whole office), all of them. Raises Forbidden, InvalidInput."""
    wanted = sorted(set(roles))
    if not wanted or any(role not in ROLES for role, _ in wanted):
        raise InvalidInput({"peran": ["Pilih sedikitnya satu peran dari daftar."]})
    at = clock.now()
    with unit_of_work() as session:
        user = _account(session, actor, user_id)
        before = sorted((role.role, role.unit) for role in user.roles)
        if before == wanted:
            return
        user.roles = [role for role in user.roles if (role.role, role.unit) in wanted] + [
            UserRole(role=role, unit=unit) for role, unit in wanted if (role, unit) not in before
        ]
        sessions.end_all(session, user.id, "peran", at)
        handing_back.ask(session, user.id, at)
        what = {"sebelum": [list(one) for one in before], "sesudah": [list(one) for one in wanted]}
        trail.append(session, trail.account_stream(user.id), actor.id, "peran_diubah", what, at)


def switch_off(actor: Actor, user_id: str) -> None:
    """Nobody signs in with this account from now on, and whoever is signed in with it is out. Raises Forbidden."""
    _switch(actor, user_id, active=False)


def switch_on(actor: Actor, user_id: str) -> None:
    """The account may be used again; sessions that ended stay ended. Raises Forbidden."""
    _switch(actor, user_id, active=True)


def _switch(actor: Actor, user_id: str, *, active: bool) -> None:
    at = clock.now()
    with unit_of_work() as session:
        user = _account(session, actor, user_id)
        if user.active == active:
            return
        user.active = active
        sessions.end_all(session, user.id, "nonaktif", at)
        if not active:
            handing_back.ask(session, user.id, at)
        verb = "akun_diaktifkan" if active else "akun_dinonaktifkan"
        trail.append(session, trail.account_stream(user.id), actor.id, verb, {}, at)


def _account(session: Session, actor: Actor, user_id: str) -> User:
    """Somebody else's account, locked. Raises Forbidden, NotFound."""
    if not can(actor, "administer", Office()):
        raise Forbidden
    if actor.id == user_id:
        raise Forbidden(OWN_ACCOUNT)
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user
