"""Codes of six digits that change every half minute (RFC 6238), and the secrets behind them, encrypted at rest."""

import base64
import hmac
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from pyotp import TOTP, random_base32

from app.services.signin import keyring

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""So many steps may a phone's clock be fast or slow."""


def new_secret() -> str:
    """160 bits as the apps take them: base32."""
    return random_base32()


def address(secret: str, account: str, office: str) -> str:
    """What the QR code says: otpauth://…"""
    return TOTP(secret).provisioning_uri(name=account, issuer_name=office)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, of those that count at `at`; None for a wrong one."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    clock, here = TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    steps = range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(clock.generate_otp(step), typed)), None)


def locked(secret: str) -> str:
    """As it is kept in the database."""
    return _box().encrypt(secret.encode()).decode()


def unlocked(kept: str) -> str:
    """The secret again; "" where it was locked with another SECRET_KEY."""
    try:
        return _box().decrypt(kept.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keyring.key("dua langkah")))
