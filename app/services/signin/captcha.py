"""A question that a person answers without seeing a picture, and without any service but ours.

What it is worth: it slows scripts that were not written for this site, and stops those that fill in whatever they
find. Somebody who writes one for us reads the question as a browser does and answers it. The real limits are those
of `throttle`, which count every attempt whether it was a person's or not; this only keeps them from being used up.

A challenge belongs to one form, one browser and half an hour, and is spent by its first answer, right or wrong; a
right one is given back when nothing came of the form because something else in it was to be mended. The page carries a
token without the answer: which question it stands for, only our key says. Posing writes nothing.
"""

import hashlib
import hmac
import random
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.errors import CaptchaRefused
from app.domain.questions import Question, question
from app.models import Counter
from app.services import store
from app.services.records.counters import add_one
from app.services.signin import keyring
from app.services.work import unit_of_work

LIFETIME = timedelta(minutes=30)
FASTEST = timedelta(seconds=1)
"""Nobody reads a question, answers it and sends the form sooner, whatever the browser fills in for them. Counted from
the whole second in which it was posed, so in a person's favour."""

_TOKEN = re.compile(r"(\d{10})\.([0-9a-f]{32})\.([0-9a-f]{64})")
_PREFIX = "captcha:"

TOO_FAST = "Terlalu cepat. Tunggu sebentar, lalu kirim lagi; isian Anda masih ada."
WRONG = "Jawaban pertanyaan belum cocok. Jawab pertanyaan yang baru."
STALE = "Pertanyaannya sudah dipakai atau terlalu lama terbuka. Jawab pertanyaan yang baru."


@dataclass(frozen=True)
class Challenge:
    """`token` goes into the form and comes back with the answer; it tells nothing."""

    token: str
    question: str


def pose(form: str, browser: str, at: datetime) -> Challenge:
    """A new challenge for one form (`masuk`, `lupa-sandi`, …) in one browser (an unguessable word of its session)."""
    issued, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    return Challenge(f"{issued}.{nonce}.{_mark(form, browser, issued, nonce)}", _question(nonce).text)


def again(form: str, browser: str, token: str, at: datetime) -> Challenge | None:
    """The challenge that was sent, while it may still be answered: for a form whose other fields are to be mended."""
    nonce = _opened(form, browser, token, at)
    if nonce is None or store.session.get(Counter, _name(token, nonce)) is not None:
        return None
    return Challenge(token, _question(nonce).text)


def check(form: str, browser: str, token: str, answer: str, trap: str, at: datetime) -> None:
    """Spend the challenge. `trap`: what came in the field that people do not see. Raises CaptchaRefused.

    Of two answers at once one is looked at. Whoever was too fast may send the same again.
    """
    nonce = _opened(form, browser, token, at)
    if nonce is None:
        raise CaptchaRefused(STALE)
    if at - _issued_at(token) < FASTEST:
        raise CaptchaRefused(TOO_FAST, may_repeat=True)
    with unit_of_work() as session:
        first = _spend(session, _name(token, nonce), at)
    is_right = not trap and _question(nonce).is_right(answer)
    if not first:
        raise CaptchaRefused(STALE, repeated=is_right)
    if not is_right:
        raise CaptchaRefused(WRONG)


def give_back(form: str, browser: str, token: str, at: datetime) -> None:
    """The same answer counts once more: for whoever's check() was passed and whose form was then refused for another
    field. What was done with it must never be more than nothing."""
    nonce = _opened(form, browser, token, at)
    if nonce is not None:
        spent = delete(Counter).where(Counter.name == _name(token, nonce))
        with unit_of_work() as session:
            session.execute(spent, execution_options={"synchronize_session": False})


def _opened(form: str, browser: str, token: str, at: datetime) -> str | None:
    """The nonce of a token that we made for this form and browser, not too long ago."""
    found = _TOKEN.fullmatch(token)
    if found is None or not browser:
        return None
    issued, nonce, mark = found.groups()
    if not hmac.compare_digest(mark, _mark(form, browser, issued, nonce)):
        return None
    return nonce if at - _issued_at(token) <= LIFETIME else None


def _issued_at(token: str) -> datetime:
    return datetime.fromtimestamp(int(token[:10]), UTC)


def _mark(form: str, browser: str, issued: str, nonce: str) -> str:
    said = "\n".join((form, browser, issued, nonce))
    return hmac.new(keyring.key("captcha"), said.encode(), hashlib.sha256).hexdigest()


def _question(nonce: str) -> Question:
    seed = hmac.new(keyring.key("captcha: pertanyaan"), nonce.encode(), hashlib.sha256).digest()
    return question(random.Random(seed))


def _spend(session: Session, name: str, at: datetime) -> bool:
    """False: somebody answered it before. What was spent long before goes."""
    oldest = _series(at - 2 * LIFETIME)
    is_old = (Counter.name.startswith(_PREFIX, autoescape=True), Counter.name < oldest)
    session.execute(delete(Counter).where(*is_old), execution_options={"synchronize_session": False})
    return add_one(session, name) == 1


def _name(token: str, nonce: str) -> str:
    return f"{_series(_issued_at(token))}:{nonce}"


def _series(at: datetime) -> str:
    """Names of one half hour, rising with it."""
    return f"{_PREFIX}{int(at.timestamp() // LIFETIME.total_seconds()):08d}"
