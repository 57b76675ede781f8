"""Log in, log out, and the choice of light or dark."""

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLES
from app.domain.errors import CaptchaRefused, HalfLoginOver, LoginRefused, TooManyAttempts
from app.services.accounts import people
from app.services.rehearsal import demo
from app.services.signin import factors, half_logins
from app.web.access import (
    actor_or_none,
    begin_half,
    begin_session,
    end_session,
    half_ticket,
    home_of,
    public,
    safe_next,
    signed_in,
    without_code,
)
from app.web.accounts import tantangan
from app.web.templating import THEME_COOKIE, THEMES

auth = Blueprint("auth", __name__)
A_YEAR = 365 * 24 * 3600
FORM = "masuk"
WRONG_RECOVERY = "Kode pemulihan tidak cocok atau sudah dipakai. Periksa, atau pakai kode lain dari daftar Anda."
ASKED = "Sudah beberapa kali gagal masuk. Ketik lagi kata sandi Anda, lalu jawab pertanyaan di bawahnya."


@auth.get("/masuk")
@public
def masuk() -> ResponseReturnValue:
    if actor_or_none() is not None:
        return redirect(safe_next(request.args.get("lanjut")))
    return _page("", "", 200, question=_question(""))


@auth.post("/masuk")
@public
def log_in() -> ResponseReturnValue:
    """E-mail and password; the people of a demonstration may be filled in by a button (`isi`)."""
    email = request.form.get("email", "")
    if request.form.get("aksi") == "isi":
        return _page(email, "", 200, request.form.get("password", ""))
    try:
        if _is_doubtful(email):
            tantangan.demand(FORM)
        is_demo = current_app.config["ALUR"].is_demo
        password, address = request.form.get("password", ""), request.remote_addr or ""
        actor = people.authenticate(email, password, address, is_demo=is_demo)
    except CaptchaRefused as error:
        if tantangan.TOKEN not in request.form:
            return _page(email, ASKED, 422, question=tantangan.pose(FORM))
        return _page(email, "", 422, question=tantangan.pose(FORM, error))
    except TooManyAttempts as error:
        return _page(email, error.pesan, 429, question=_question(email))
    except LoginRefused as error:
        return _page(email, error.pesan, 401, question=_question(email))
    if factors.is_on(actor.id):
        begin_half(actor)
        return redirect(url_for("auth.kode", lanjut=request.args.get("lanjut")))
    begin_session(actor, remember="ingat" in request.form)
    return redirect(safe_next(request.args.get("lanjut"), home_of(actor)))


@auth.get("/masuk/kode")
@public
def kode() -> ResponseReturnValue:
    """The second step, for whoever has just shown their password in this browser."""
    if not half_logins.is_open(half_ticket()):
        return _from_the_start(None)
    return render_template("auth/kode.html", galat={})


@auth.post("/masuk/kode")
@public
def periksa_kode() -> ResponseReturnValue:
    code, recovery = request.form.get("kode", "").strip(), request.form.get("pemulihan", "").strip()
    try:
        actor = half_logins.finish(half_ticket(), code=code, recovery_code=recovery)
    except HalfLoginOver as error:
        return _from_the_start(error)
    except LoginRefused as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        field = "pemulihan" if recovery and not code else "kode"
        said = WRONG_RECOVERY if field == "pemulihan" and status == 401 else error.pesan
        return render_template("auth/kode.html", galat={field: said}), status
    begin_session(actor, second_step=True)
    if recovery and not code:
        flash(f"Kode pemulihan itu tidak berlaku lagi. Sisa {factors.recovery_codes_left(actor.id)} kode.", "warning")
    return redirect(safe_next(request.args.get("lanjut"), home_of(actor)))


def _from_the_start(error: HalfLoginOver | None) -> ResponseReturnValue:
    if actor_or_none() is not None:
        return redirect(safe_next(request.args.get("lanjut")))
    if error is not None:
        flash(error.pesan, "info")
    return redirect(url_for("auth.masuk", lanjut=request.args.get("lanjut")))


def _is_doubtful(email: str) -> bool:
    """Must whoever signs in answer a question first? Never the people of a demonstration."""
    if current_app.config["ALUR"].is_demo and (not email or people.is_demo(email)):
        return False
    return people.has_failed_often(email, request.remote_addr or "")


def _question(email: str) -> tantangan.Shown | None:
    return tantangan.pose(FORM) if _is_doubtful(email) else None


def _page(
    email: str, problem: str, status: int, password: str = "", question: tantangan.Shown | None = None
) -> ResponseReturnValue:
    is_demo = current_app.config["ALUR"].is_demo
    page = render_template(
        "auth/masuk.html",
        email=email,
        kata_sandi=password if is_demo else "",
        galat_masuk=problem,
        ingat="ingat" in request.form,
        tantangan=question,
        peran=ROLES,
        orang=demo.listing() if is_demo else [],
    )
    return page, status


@auth.post("/keluar")
@signed_in
@without_code
def keluar() -> ResponseReturnValue:
    end_session()
    flash("Anda sudah keluar.", "success")
    return redirect(url_for("public.beranda"))


@auth.post("/tema")
@public
def tema() -> ResponseReturnValue:
    """Light, dark, or as the device says (any other value); back to the page it was chosen on."""
    answer = make_response(redirect(safe_next(request.form.get("kembali"))))
    chosen = request.form.get("tema", "")
    if chosen in THEMES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(THEME_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer
