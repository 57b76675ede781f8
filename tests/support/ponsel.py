"""A phone with an authenticator app: what it shows at a moment of the test's clock."""

import re
from datetime import datetime

import pyotp

from app.domain.actors import Actor
from app.services import clock
from app.services.signin import enrolment
from tests import factories


def code(secret: str, at: datetime | None = None) -> str:
    return pyotp.TOTP(secret).at(at or clock.now())


def another(right: str) -> str:
    """Six digits that are not these."""
    return f"{(int(right) + 500_000) % 1_000_000:06d}"


def put_on(actor: Actor, password: str = factories.PASSWORD) -> tuple[str, list[str]]:
    """The secret and the ten recovery codes of somebody who has just put on a second factor."""
    enrolment.begin(actor, password)
    secret = enrolment.state(actor, "Kantor Uji").secret
    return secret, enrolment.confirm(actor, code(secret), "")


def secret_on(page: str) -> str:
    """What the page of the second factor shows to be typed into the app."""
    found = re.search(r'<code class="kode-besar">([A-Z2-7 ]+)</code>', page)
    assert found is not None, "no secret on this page"
    return found[1].replace(" ", "")


def recovery_codes_on(page: str) -> list[str]:
    return re.findall(r'<code class="kode-besar">([0-9a-z-]{19})</code>', page)
