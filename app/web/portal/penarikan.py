"""The pemohon takes a permohonan back: one page that asks, one button that does it."""

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, WithdrawalRefused
from app.services.flow import withdrawal
from app.services.portal import portal_views
from app.web.access import current_actor, roles

penarikan = Blueprint("penarikan", __name__)


@penarikan.get("/permohonan/<case_id>/tarik")
@roles("pemohon")
def tanya(case_id: str) -> ResponseReturnValue:
    return _page(case_id, {})


@penarikan.post("/permohonan/<case_id>/tarik")
@roles("pemohon")
def tarik(case_id: str) -> ResponseReturnValue:
    try:
        done = withdrawal.withdraw(
            current_actor(), case_id, request.form.get("kunci", ""), request.form.get("alasan", "")
        )
    except InvalidInput as error:
        return _page(case_id, error.errors)
    except WithdrawalRefused as error:
        flash(error.pesan, "info")
    else:
        restores = "Penarikan diterima. Petugas mengembalikan data di SIAK dulu, lalu permohonan ditutup."
        flash(restores if done.restores else "Permohonan sudah ditarik. Isian Anda tetap tersimpan.", "success")
    return redirect(url_for("portal.kasus", case_id=case_id))


def _page(case_id: str, errors: dict[str, list[str]]) -> ResponseReturnValue:
    view = portal_views.own_case(current_actor(), case_id)
    offer = withdrawal.look(current_actor(), case_id)
    if offer is None or offer.refusal:
        flash(offer.refusal if offer else WithdrawalRefused.pesan, "info")
        return redirect(url_for("portal.kasus", case_id=case_id))
    page = render_template(
        "portal/tarik.html",
        k=view,
        tawaran=offer,
        alasan=request.form.get("alasan", ""),
        galat_alasan=errors.get("alasan", []),
        kunci=request.form.get("kunci") or uuid4().hex,
    )
    return page, 422 if errors else 200
