"""The counter: find whoever stands there by NIK, file for them, and hand them their papers."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import COUNTER_ROLE
from app.domain.errors import InvalidInput, TooManyAttempts
from app.domain.masking import mask_nik
from app.services import clock
from app.services.accounts import walkins
from app.services.accounts.lookup import Found
from app.services.counter import assistance, filing, papers
from app.services.flow import published
from app.services.portal import drafts
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles
from app.web.portal.cetakan import letterhead

loket = Blueprint("loket", __name__, url_prefix="/loket")

GIVEN = (*walkins.FIELDS, "wa", "cocok", "layanan", "loket")

Errors = Mapping[str, Sequence[str]]


@loket.get("")
@roles(COUNTER_ROLE)
def halaman() -> ResponseReturnValue:
    """Search; go on with what was begun; what was filed lately."""
    return _front({})


@loket.post("")
@roles(COUNTER_ROLE)
def cari() -> ResponseReturnValue:
    """By the whole NIK, in the body of a POST so that it stands in no address and no log."""
    try:
        return _person(filing.find(current_actor(), request.form.get("nik", "")[:40]), {})
    except InvalidInput as problem:
        return _front(problem.errors), 422
    except TooManyAttempts as problem:
        return _front({"nik": [problem.pesan]}), 429


@loket.post("/mulai")
@roles(COUNTER_ROLE)
def mulai() -> ResponseReturnValue:
    """A draft for the person who was found; the NIK comes in the body once more."""
    actor = current_actor()
    given = {name: request.form.get(name, "")[:254] for name in GIVEN}
    try:
        found = filing.find(actor, request.form.get("nik", "")[:40])
    except InvalidInput as problem:
        return _front(problem.errors), 422
    except TooManyAttempts as problem:
        return _front({"nik": [problem.pesan]}), 429
    try:
        draft_id = filing.begin(actor, found, given["layanan"], given["loket"], given)
    except InvalidInput as problem:
        return _person(found, problem.errors), 422
    return redirect(url_for("draf.buka", draft_id=draft_id), 303)


@loket.post("/<case_id>/bukti.pdf")
@roles(COUNTER_ROLE)
def bukti(case_id: str) -> ResponseReturnValue:
    """The receipt with the PIN, to print at once: the PIN comes in the body and is kept nowhere."""
    made = papers.receipt(current_actor(), case_id, request.form.get("pin", ""), letterhead())
    reading.showing([(case_id, made.subject_id)], reads.COUNTER)
    answer = Response(made.pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="bukti-permohonan.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@loket.post("/<case_id>/pin")
@roles(COUNTER_ROLE)
def pin(case_id: str) -> ResponseReturnValue:
    return render_template("loket/pin.html", baru=papers.new_pin(current_actor(), case_id), case_id=case_id)


def _front(errors: Errors) -> str:
    actor = current_actor()
    filed = filing.filed_lately(actor)
    reading.showing([(one.case_id, one.subject_id) for one in filed], reads.COUNTER)
    return render_template("loket/halaman.html", galat=errors, draf=drafts.for_others(actor), terakhir=filed)


def _person(found: Found, errors: Errors) -> str:
    actor = current_actor()
    lines = papers.of_person(actor, found.person.id) if found.person else []
    subject = found.person.id if found.person else ""
    reading.showing([(line.case_id, subject) for line in lines], reads.COUNTER)
    return render_template(
        "loket/orang.html",
        orang=found,
        nik=mask_nik(found.nik),
        permohonan=lines,
        galat=errors,
        ketikan=request.form,
        loket=assistance.counters_of(actor),
        layanan=[procedure for _, procedure in published.catalogue(clock.today())],
    )
