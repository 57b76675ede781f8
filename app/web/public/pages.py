"""Pages for everyone: the front page, the catalogue, one procedure as the document tells it."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain import tanggal
from app.domain.errors import LoginRefused, TooManyAttempts
from app.procedures.model.document import Requirement
from app.procedures.model.procedure import Procedure
from app.services import clock
from app.services.flow import published
from app.services.joining import validation
from app.services.office import profile
from app.services.portal import status_check
from app.web import kata
from app.web.access import actor_or_none, public
from app.web.public.hours import opening_hours

public_pages = Blueprint("public", __name__)


@public_pages.get("/")
@public
def beranda() -> ResponseReturnValue:
    return render_template("public/beranda.html", jam_layanan=opening_hours())


@public_pages.get("/layanan")
@public
def katalog() -> ResponseReturnValue:
    wanted = " ".join(request.args.get("cari", "").split())[:100]
    everything = [procedure for _, procedure in published.catalogue(clock.today())]
    found = [procedure for procedure in everything if matches(procedure, wanted)]
    return render_template(
        "public/katalog.html", layanan=found, cari=wanted, kantor=profile.current(), jam_layanan=opening_hours()
    )


@public_pages.get("/layanan/<slug>")
@public
def layanan(slug: str) -> ResponseReturnValue:
    version = published.in_force(slug, clock.today())
    procedure = published.compiled(version.id)
    return render_template(
        "public/layanan.html",
        p=procedure,
        versi=version,
        persyaratan=requirements_by_kind(procedure),
        belum_sah=_not_yet(),
    )


@public_pages.get("/layanan/<slug>/diagram.bpmn")
@public
def diagram(slug: str) -> ResponseReturnValue:
    version = published.in_force(slug, clock.today())
    return Response(published.compiled(version.id).bpmn, mimetype="application/xml")


@public_pages.get("/cek-status")
@public
def cek_status() -> ResponseReturnValue:
    return render_template("public/cek_status.html", nomor="", galat_cek="", hasil=None, kalimat="")


@public_pages.post("/cek-status")
@public
def lihat_status() -> ResponseReturnValue:
    """By number and PIN, in the body of a POST so that neither stands in an address or a log."""
    number = request.form.get("nomor", "")[:40]
    try:
        found = status_check.look(number, request.form.get("pin", ""), request.remote_addr or "")
    except LoginRefused as error:
        status = 429 if isinstance(error, TooManyAttempts) else 422
        page = render_template("public/cek_status.html", nomor=number, galat_cek=error.pesan, hasil=None, kalimat="")
        return page, status
    sentence = kata.sentence(found.status, {"tanggal": tanggal.format_date(found.status_at)})
    return render_template(
        "public/cek_status.html",
        nomor=number,
        galat_cek="",
        hasil=found,
        kalimat=sentence,
        berikut=kata.following(found.status, by_account=found.by_account),
    )


def _not_yet() -> str:
    """Why whoever is signed in cannot file yet; "" for everybody else."""
    actor = actor_or_none()
    waits = actor is not None and "pendaftar" in actor.roles and "pemohon" not in actor.roles
    return validation.explanation(validation.mine(actor)) if actor is not None and waits else ""


def matches(procedure: Procedure, wanted: str) -> bool:
    """Every word of the search stands somewhere in title, summary or search words."""
    service = procedure.service
    text = " ".join((service.title, service.summary, *service.keywords)).casefold()
    return all(word in text for word in wanted.casefold().split())


def requirements_by_kind(procedure: Procedure) -> list[tuple[str, list[tuple[Requirement, str]]]]:
    """Kind of permohonan -> its requirements, each with the condition that remains ("" = always).

    A requirement whose condition cannot be judged by the kind alone is listed where some answer would ask for it.
    """
    if not procedure.kinds:
        return [("", [(one, "") for one in procedure.requirements])]
    return [(label, _needed(procedure, kind)) for kind, label in procedure.kinds.items()]


def _needed(procedure: Procedure, kind: str) -> list[tuple[Requirement, str]]:
    found = []
    for requirement in procedure.requirements:
        sure, possible = _judge(procedure, requirement, kind)
        if sure or possible:
            found.append((requirement, "" if sure else possible))
    return found


def _judge(procedure: Procedure, requirement: Requirement, kind: str) -> tuple[bool, str]:
    """(needed whatever else is answered, else the answers that ask for it in words)."""
    condition = requirement.needed
    if condition is None:
        return True, ""
    first = procedure.first_step
    if condition.holds({first: {"jenis": kind}}):
        return True, ""
    if not _asked_of(procedure, condition_fields(requirement), kind):
        return False, ""
    asking: dict[str, list[str]] = {}
    for step, field, value in sorted(condition.values, key=str):
        if step == first and field != "jenis" and condition.holds({first: {"jenis": kind, field: value}}):
            label, option = _words(procedure, field, value)
            asking.setdefault(label, []).append(option)
    generated = "; ".join(f"“{label}” dijawab “{'” atau “'.join(options)}”" for label, options in asking.items())
    return False, requirement.when if generated and requirement.when else generated


def condition_fields(requirement: Requirement) -> frozenset[str]:
    references = requirement.needed.references if requirement.needed else frozenset()
    return frozenset(field for _, field in references if field != "jenis")


def _asked_of(procedure: Procedure, fields: frozenset[str], kind: str) -> bool:
    """Would the form ask any of these fields of somebody who chose this kind?"""
    form = procedure.forms[procedure.first_step]
    answers = {procedure.first_step: {"jenis": kind}}
    found = (form.field(name) for name in fields)
    return any(one is not None and (one.visible is None or one.visible.holds(answers)) for one in found)


def _words(procedure: Procedure, field_id: str, value: object) -> tuple[str, str]:
    """Label of a field and of one of its options."""
    field = procedure.forms[procedure.first_step].field(field_id)
    options = field.options if field else ()
    option = next((option.label for option in options if option.value == value), str(value))
    return (field.label if field else field_id), option
