"""A password that nobody remembers: a link to the account's address, and with it a new one.

Nothing that the asker gets to see tells whether there is such an account. The second factor stays: a link replaces
the password alone.
"""

from datetime import timedelta

from sqlalchemy import select

from app.domain.errors import InvalidInput, TokenSpent, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import User, new_id
from app.services import clock, store
from app.services.accounts import people
from app.services.messages import letters, wording
from app.services.records import trail
from app.services.signin import hashing, passwords, throttle, tokens
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

LIFETIME = timedelta(minutes=45)
DOUBLE_CLICK = timedelta(minutes=1)


def ask(email: str, address: str = "") -> None:
    """Write to the owner, if the account exists. Raises TooManyAttempts, alike for accounts that do and do not."""
    email, at = people.normal_email(email), clock.now()
    limits = [Limit(f"lupa akun {email}", 3), Limit(f"lupa alamat {throttle.place(address)}", 30)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak permintaan. Coba lagi pukul {format_time(until)}.")
    user = store.session.scalars(select(User).where(User.email == email, User.has_account)).one_or_none()
    stream, who = (trail.account_stream(user.id), user.id) if user else (trail.OFFICE, "")
    why = "tidak_dikenal" if user is None else "" if user.active else "tidak_aktif"
    # A link to nobody and a letter without an address, which no worker sends, cost the time of real ones.
    owner, to = (who, email) if not why else ("", "")
    title, body = wording.write("sandi_lupa", batas=format_time(at + LIFETIME))
    with unit_of_work() as session:
        secret = tokens.issue(session, passwords.RESET, user_id=owner, lifetime=LIFETIME, at=at)
        letters.write(
            session,
            key=f"lupa-sandi:{new_id()}",
            address=to,
            title=title,
            body=body,
            path=f"/sandi-baru/{secret}",
            at=at,
            user_id=owner,
        )
        trail.append(session, stream, who, "lupa_kata_sandi", {"sebab": why} if why else {}, at)


def is_open(secret: str) -> bool:
    """May this link still be used? Reads only."""
    return tokens.look(passwords.RESET, secret) is not None


def renew(secret: str, new: str, address: str = "") -> None:
    """The new password; every session ends, and the owner is told. Raises TokenSpent, InvalidInput (`baru`).

    The same once more within DOUBLE_CLICK changes nothing and is no error.
    """
    token, at = tokens.look(passwords.RESET, secret), clock.now()
    if token is None:
        _demand_was_me(secret, new)
        return
    user = store.session.get(User, token.user_id)
    if user is None or not user.active:
        raise TokenSpent
    wrong = passwords.faults_of_new(new, user.email, user.name)
    if wrong:
        raise InvalidInput({"baru": wrong})
    fresh = hashing.digest(new)
    with unit_of_work() as session:
        tokens.use(session, passwords.RESET, secret, at)
        user = session.get_one(User, token.user_id, with_for_update=True)
        people.forgive(session, user.email, address, at)
        passwords.put(session, user, fresh, actor_id=user.id, verb="kata_sandi_dipulihkan", at=at)


def _demand_was_me(secret: str, new: str) -> None:
    used_by = tokens.used_since(passwords.RESET, secret, clock.now() - DOUBLE_CLICK)
    user = store.session.get(User, used_by) if used_by else None
    if user is None or not hashing.fits(user.password_hash, new):
        raise TokenSpent
