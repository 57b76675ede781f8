"""Who may enter a route. Each view says it with one decorator; tests/arsitektur holds that none forgets.

This is the door only: what a person may do to a case or task is asked of `can()` by the services.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from app.domain.actors import ROLES, Actor
from app.domain.errors import AccountNotValid, Forbidden
from app.extensions import login_manager
from app.services.joining import validation
from app.services.signin import half_logins, sessions
from app.web import sesi

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
SIGNED_IN = "signed_in"
_HALF = "menunggu_kode"


class SignedIn(UserMixin):
    """The person of this session, as Flask-Login keeps it; everything about them is in `actor`.

    The cookie holds a ticket, which the service stops honouring when the session has ended.
    """

    def __init__(self, actor: Actor, ticket: str, *, must_enrol: bool = False) -> None:
        """`must_enrol`: may do nothing before a second factor is on the account."""
        self.actor = actor
        self.ticket = ticket
        self.must_enrol = must_enrol

    def get_id(self) -> str:
        return self.ticket


def init_app(app: Flask) -> None:
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(to_login)
    app.context_processor(lambda: {"pelaku": actor_or_none()})
    app.after_request(_note_use)


def _load(ticket: str) -> SignedIn | None:
    entered = sessions.look(ticket)
    if entered is None or (entered.is_demo and not current_app.config["ALUR"].is_demo):
        return None  # nobody of a demonstration works in an office, be it in the database of one
    return SignedIn(entered.actor, ticket, must_enrol=_must_enrol(entered))


def _must_enrol(entered: sessions.Entered) -> bool:
    is_wanted = current_app.config["ALUR"].demands_second_factor and entered.actor.is_officer
    return is_wanted and not entered.second_step and not entered.is_demo


def _note_use(response: Response) -> Response:
    """A GET never writes: a session is seen when something was done in it."""
    if request.method == "POST" and response.status_code < 400 and current_user.is_authenticated:
        sessions.note_use(current_user.ticket)
    return response


def begin_session(actor: Actor, *, remember: bool = False, second_step: bool = False) -> None:
    """This browser is signed in from now on, with nothing left of whoever was before.

    `remember`: also after it was closed, where the person may be remembered. `second_step`: a code was shown too.
    """
    # First: without its session the form can't come again.
    ticket = sessions.begin(actor, request.user_agent.string, remember=remember, second_step=second_step)
    end_session()
    login_user(SignedIn(actor, ticket))
    session.permanent = remember and sessions.may_be_remembered(actor)


def current_ticket() -> str:
    """What tells this browser's session from the person's others. Only in views that are not @public."""
    if not current_user.is_authenticated:
        abort(401)
    return str(current_user.ticket)


def begin_half(actor: Actor) -> None:
    """The password was right, and a code is asked for: nobody is signed in here until it is shown."""
    ticket = half_logins.begin(actor)
    end_session()
    session[_HALF] = ticket


def half_ticket() -> str:
    """Of whoever has shown the password and owes the code; "" for nobody."""
    return str(session.get(_HALF, ""))


def end_session() -> None:
    """This browser is signed out, and a copy of its cookie with it."""
    if current_user.is_authenticated:
        sessions.end(current_user.ticket)
    session.clear()
    logout_user()  # after clearing: it leaves a mark in the session that takes the remember cookie away


def home_of(actor: Actor) -> str:
    """Where this person's own work is."""
    if "pemohon" in actor.roles:
        return "/permohonan"
    if "admin" in actor.roles:
        return "/admin"
    if actor.roles == {"auditor"}:
        return "/audit"
    if "supervisor" in actor.roles:
        return "/pantau"
    return "/inbox" if actor.is_officer else "/akun"


def current_actor() -> Actor:
    """The signed-in person. Only in views that are not @public."""
    if not current_user.is_authenticated:
        abort(401)
    actor: Actor = current_user.actor
    return actor


def actor_or_none() -> Actor | None:
    return current_user.actor if current_user.is_authenticated else None


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anyone may enter."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def without_code(view: Callable[P, R]) -> Callable[P, R]:
    """Below @signed_in or @roles: also open to people of the office who must first put on a second factor."""
    view.without_code = True  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[P, Any]) -> Callable[P, Any]:
    """Anyone who is signed in; others are sent to /masuk and come back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_user.is_authenticated:
            return to_login()
        if current_user.must_enrol and not hasattr(view, "without_code"):
            return to_enrolment()
        return view(*args, **kwargs)

    guarded.access = SIGNED_IN  # type: ignore[attr-defined]
    return guarded


def roles(*names: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Signed-in people with at least one of these roles (names of domain.actors.ROLES)."""
    unknown = set(names) - set(ROLES)
    if unknown or not names:
        raise ValueError(f"unknown roles: {sorted(unknown)}")

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not current_user.is_authenticated:
                return to_login()
            if current_user.must_enrol and not hasattr(view, "without_code"):
                return to_enrolment()
            if not current_actor().roles & set(names):
                raise _refusal(current_actor(), names)
            return view(*args, **kwargs)

        guarded.access = frozenset(names)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refusal(actor: Actor, names: tuple[str, ...]) -> Forbidden:
    """Whoever will be let in once the account is valid reads that, and not that they have no right."""
    awaited = "pemohon" in names and "pendaftar" in actor.roles
    return AccountNotValid(validation.explanation(validation.mine(actor))) if awaited else Forbidden()


def to_login() -> ResponseReturnValue:
    """Send to /masuk, to return to this page; what a form sent stays on a page of its own until then."""
    here = request.full_path.rstrip("?") if request.method == "GET" else _referring_page()
    target = url_for("auth.masuk", lanjut=here)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": target}
    if request.form:
        return sesi.keep_typed(401)
    flash("Masuk dulu untuk membuka halaman itu.", "info")
    return redirect(target)


def to_enrolment() -> ResponseReturnValue:
    """Send to where the second factor is put on; nothing that was sent has been done."""
    target = url_for("dua_langkah.halaman")
    if request.headers.get("HX-Request"):
        return "", 403, {"HX-Redirect": target}
    return redirect(target)


def _referring_page() -> str:
    return safe_next(sesi.path_on_this_site(request.referrer or ""))


def safe_next(target: str | None, default: str = "/") -> str:
    """`target` when it is a path of this site, else `default`; never an address elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    # Browsers drop control characters and read a backslash as a slash.
    if "\\" in target or any(ord(sign) < 32 for sign in target):
        return default
    return target
