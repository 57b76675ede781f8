"""The captcha on a page. A view poses it, gives it to makro/tantangan.html, and demands the answer from what was sent.

    page = render_template(…, tantangan=tantangan.pose("daftar"))           # GET
    try:                                                                    # POST, after the other fields are right
        tantangan.demand("daftar")
    except CaptchaRefused as error:
        page = render_template(…, tantangan=tantangan.pose("daftar", error))
    page = render_template(…, tantangan=tantangan.keep("daftar"))           # other fields are wrong: the same question

    page = render_template(…, tantangan=tantangan.give_back("daftar"))      # wrong fields found only after demand()

A double click sends the same right answer twice: the second is refused with `error.repeated`, and whoever can tell that
the first one did its work shows what came of it.

In the template: {% from "makro/tantangan.html" import tanya %} and {{ tanya(tantangan) }} above the button.
"""

import secrets
from dataclasses import dataclass

from flask import request, session

from app.domain.errors import CaptchaRefused
from app.services import clock
from app.services.signin import captcha

_BROWSER = "peramban"
TOKEN, ANSWER, TRAP = "tantangan", "jawaban", "catatan_lain"


@dataclass(frozen=True)
class Shown:
    """What the template needs. `typed`: the answer given so far; `problem`: a sentence, "" for none."""

    token: str
    question: str
    typed: str = ""
    problem: str = ""


def pose(form: str, refused: CaptchaRefused | None = None) -> Shown:
    """A question for this form; after a refusal a new one, unless the same answer may be sent again."""
    if refused is not None and refused.may_repeat:
        return keep(form, refused.pesan)
    challenge = captcha.pose(form, _browser(), clock.now())
    return Shown(challenge.token, challenge.question, problem=refused.pesan if refused else "")


def keep(form: str, problem: str = "") -> Shown:
    """The question that was sent, with what was typed; a new one when it may not be answered any more."""
    challenge = captcha.again(form, _browser(), request.form.get(TOKEN, ""), clock.now())
    if challenge is None:
        return pose(form)
    return Shown(challenge.token, challenge.question, request.form.get(ANSWER, "")[:40], problem)


def give_back(form: str) -> Shown:
    """After demand(), when another field is to be mended and nothing was done: the same question, still answered."""
    captcha.give_back(form, _browser(), request.form.get(TOKEN, ""), clock.now())
    return keep(form)


def demand(form: str) -> None:
    """Is the answer that was sent right? Spends the challenge. Raises CaptchaRefused."""
    token, answer, trap = (request.form.get(name, "") for name in (TOKEN, ANSWER, TRAP))
    captcha.check(form, str(session.get(_BROWSER, "")), token, answer, trap, clock.now())


def _browser() -> str:
    """An unguessable word that only this browser's session holds."""
    return str(session.setdefault(_BROWSER, secrets.token_hex(16)))
