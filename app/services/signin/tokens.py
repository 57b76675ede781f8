"""Secrets sent to an address: whoever brings one back reads that mail. Each works once, and only for a while.

Looking reads only: mail scanners open every link, so a link leads to a page with a button, and the button uses it.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.errors import TokenSpent
from app.models import MailToken
from app.services import clock, store
from app.services.work import unit_of_work

KEPT = timedelta(days=30)

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Token:
    """What a secret stands for. `user_id`: "" where there is no account yet; `data`: as it was given to `issue`."""

    kind: str
    user_id: str
    data: Mapping[str, Any]
    expires_at: datetime


def issue(
    session: Session,
    kind: str,
    *,
    user_id: str = "",
    data: Mapping[str, Any] | None = None,
    lifetime: timedelta,
    at: datetime,
) -> str:
    """A new secret (43 signs, fit for an address), inside the caller's unit of work.

    Earlier ones of the same kind for the same account stop working.
    """
    if user_id:
        cancel(session, kind, user_id, at)
    secret = secrets.token_urlsafe(32)
    session.add(
        MailToken(
            secret_hash=_hashed(secret),
            kind=kind,
            user_id=user_id,
            data=dict(data or {}),
            created_at=at,
            expires_at=at + lifetime,
        )
    )
    return secret


def look(kind: str, secret: str) -> Token | None:
    """What it stands for while it still works; None when it is spent, too old, or was never one. Reads only."""
    if not _SECRET.fullmatch(secret):
        return None
    row = store.session.scalars(
        select(MailToken).where(
            MailToken.secret_hash == _hashed(secret),
            MailToken.kind == kind,
            MailToken.used_at.is_(None),
            MailToken.expires_at > clock.now(),
        )
    ).one_or_none()
    return None if row is None else Token(row.kind, row.user_id, row.data, row.expires_at)


def use(session: Session, kind: str, secret: str, at: datetime) -> Token:
    """Spend it, inside the caller's unit of work: of two at once exactly one succeeds. Raises TokenSpent."""
    row = session.execute(
        update(MailToken)
        .where(
            MailToken.secret_hash == _hashed(secret),
            MailToken.kind == kind,
            MailToken.used_at.is_(None),
            MailToken.expires_at > at,
        )
        .values(used_at=at)
        .returning(MailToken.kind, MailToken.user_id, MailToken.data, MailToken.expires_at)
    ).one_or_none()
    if row is None:
        raise TokenSpent
    return Token(row.kind, row.user_id, row.data, row.expires_at)


def used_since(kind: str, secret: str, since: datetime) -> str:
    """Whose account a secret was for that was used after `since`, "" for none: a double click brings it twice."""
    row = store.session.get(MailToken, _hashed(secret))
    is_it = row is not None and row.kind == kind and row.used_at is not None and row.used_at > since
    return row.user_id if row is not None and is_it else ""


def cancel(session: Session, kind: str, user_id: str, at: datetime) -> None:
    """Whatever was sent out of this kind for this account stops working."""
    session.execute(
        update(MailToken)
        .where(MailToken.user_id == user_id, MailToken.kind == kind, MailToken.used_at.is_(None))
        .values(used_at=at)
    )


def cancel_all(session: Session, user_id: str, at: datetime) -> None:
    """Whatever was sent for this account, of every kind, stops working."""
    session.execute(
        update(MailToken).where(MailToken.user_id == user_id, MailToken.used_at.is_(None)).values(used_at=at)
    )


def forget_older_than(at: datetime) -> None:
    """Delete what stopped working a while ago."""
    old = MailToken.expires_at < at - KEPT
    if store.session.scalar(select(MailToken.secret_hash).where(old).limit(1)) is not None:
        with unit_of_work() as session:
            session.execute(delete(MailToken).where(old))
    store.session.rollback()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
