"""The officers, as an admin keeps them: find, invite, correct, give roles, switch off."""

from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import ROLES
from app.domain.errors import InvalidInput, StaleForm
from app.domain.regions import Kapanewon, kapanewon
from app.domain.tanggal import format_moment
from app.services.accounts import directory, identities, inviting, marks, particulars, rights, staff
from app.services.records import reads
from app.services.signin import enrolment
from app.web import reading
from app.web.access import current_actor, roles

admin_petugas = Blueprint("admin_petugas", __name__, url_prefix="/admin/petugas")

NOTHING_CHANGED = "Tidak ada yang berubah."
Errors = Mapping[str, list[str]]


@admin_petugas.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    search, role = request.args.get("cari", "").strip()[:80], request.args.get("peran", "")
    found = directory.page(current_actor(), search, role, request.args.get("sesudah", ""))
    more = url_for("admin_petugas.daftar", cari=search, peran=role, sesudah=found.next) if found.next else ""
    return render_template(
        "admin/petugas.html",
        petugas=found.officers,
        lanjutan=more,
        cari=search,
        peran=role,
        semua_peran=_offices(),
        sebutan=rights.in_words,
    )


@admin_petugas.get("/baru")
@roles("admin")
def baru() -> ResponseReturnValue:
    return _new_page({}, 200)


@admin_petugas.post("/baru")
@roles("admin")
def undang() -> ResponseReturnValue:
    form = request.form
    try:
        user_id = inviting.invite(
            current_actor(),
            email=form.get("email", ""),
            name=form.get("nama", ""),
            phone=form.get("ponsel", ""),
            roles=_roles_typed(),
        )
    except InvalidInput as problem:
        return _new_page(_worded(problem.errors), 422)
    flash("Akun dibuat. Surat dengan tautan untuk membuat kata sandi sedang dikirim.", "success")
    return redirect(url_for("admin_petugas.satu", user_id=user_id))


@admin_petugas.get("/<user_id>")
@roles("admin")
def satu(user_id: str) -> ResponseReturnValue:
    return _page(user_id, {}, 200)


@admin_petugas.post("/<user_id>/data")
@roles("admin")
def simpan_data(user_id: str) -> ResponseReturnValue:
    form = request.form

    def change() -> str:
        typed = {
            name: form.get(field, "") for name, field in (("name", "nama"), ("email", "email"), ("phone", "ponsel"))
        }
        changed = particulars.change(current_actor(), user_id, **typed, seen=_seen())
        return "Data disimpan. Petugasnya diberi tahu." if changed else NOTHING_CHANGED

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/nik")
@roles("admin")
def simpan_nik(user_id: str) -> ResponseReturnValue:
    """Whose household is theirs; both left empty forgets it."""
    form = request.form

    def change() -> str:
        typed = {"nik": form.get("nik", ""), "nomor_kk": form.get("nomor_kk", "")}
        changed = identities.record(current_actor(), user_id, **typed, seen=_seen())
        return "Disimpan. Permohonan yang menyebut nomor itu ditangani petugas lain." if changed else NOTHING_CHANGED

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/peran")
@roles("admin")
def simpan_peran(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        directory.demand_officer(user_id)
        staff.set_roles_of(current_actor(), user_id, _roles_typed(), _seen())
        return "Peran disimpan. Petugasnya keluar dari semua perangkat dan diberi tahu."

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/matikan")
@roles("admin")
def matikan(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        directory.demand_officer(user_id)
        reason = request.form.get("alasan", "")
        if not reason.strip():
            raise InvalidInput({"alasan": ["Tulis alasan mematikan akun ini."]})
        rights.switch_off(current_actor(), user_id, reason)
        return "Akun dimatikan. Semua sesinya berakhir, dan tugas yang dipegang kembali ke antrean."

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/hidupkan")
@roles("admin")
def hidupkan(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        directory.demand_officer(user_id)
        rights.switch_on(current_actor(), user_id)
        return "Akun dapat dipakai lagi."

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/undang")
@roles("admin")
def undang_lagi(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        until = inviting.invite_again(current_actor(), user_id)
        return f"Tautan untuk membuat kata sandi dikirim; berlaku sampai {format_moment(until)}."

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/dua-langkah")
@roles("admin")
def atur_ulang_dua_langkah(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        directory.demand_officer(user_id)
        if not enrolment.reset(current_actor(), user_id):
            return "Masuk dua langkah memang belum terpasang."
        return "Masuk dua langkah dilepas. Petugasnya keluar, dan memasang lagi saat masuk."

    return _done(user_id, change)


@admin_petugas.post("/<user_id>/sesi")
@roles("admin")
def akhiri_sesi(user_id: str) -> ResponseReturnValue:
    def change() -> str:
        directory.demand_officer(user_id)
        ended = rights.end_sessions(current_actor(), user_id)
        return f"{ended} perangkat dikeluarkan." if ended else "Tidak ada perangkat yang masuk."

    return _done(user_id, change)


def _done(user_id: str, change: Callable[[], str]) -> ResponseReturnValue:
    """Do it and say so; what was typed wrong is shown beside its field."""
    try:
        said = change()
    except InvalidInput as problem:
        if problem.errors:
            return _page(user_id, _worded(problem.errors), 422)
        flash(problem.pesan, "warning")
    except StaleForm as problem:
        flash(problem.pesan, "warning")
        return _page(user_id, {"": [problem.pesan]}, 409)
    else:
        flash(said, "success")
    return redirect(url_for("admin_petugas.satu", user_id=user_id))


def _seen() -> str:
    """The mark of what the form showed."""
    return request.form.get("dasar", "")


def _roles_typed() -> list[tuple[str, str]]:
    """`peran` is `role:` for the whole office, `role:unit` for one kapanewon; the whole office needs no unit beside."""
    pairs = [value.partition(":") for value in request.form.getlist("peran")[:400]]
    whole = {role for role, _, unit in pairs if not unit}
    return sorted({(role, unit) for role, _, unit in pairs if not unit or role not in whole})


def _worded(errors: Errors) -> Errors:
    """Where nothing was ticked: what to do here, not the names that commands take."""
    if "peran" not in errors or request.form.getlist("peran"):
        return errors
    return {**errors, "peran": ["Pilih sedikitnya satu peran."]}


def _offices() -> list[tuple[str, str]]:
    return [(role, ROLES[role]) for role in directory.OFFICES]


def _units() -> tuple[Kapanewon, ...]:
    return kapanewon(demo=bool(current_app.config["ALUR"].is_demo))


def _held(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """role -> its units as the boxes have them: "" for the whole office."""
    found: dict[str, list[str]] = {}
    for role, unit in pairs:
        found.setdefault(role, []).append(unit)
    return found


def _new_page(errors: Errors, status: int) -> ResponseReturnValue:
    html = render_template(
        "admin/petugas_baru.html",
        galat_isian=errors,
        isian=request.form,
        semua_peran=_offices(),
        kapanewon=_units(),
        dipegang=_held(_roles_typed()),
        hari=inviting.LIFETIME.days,
    )
    return html, status


def _page(user_id: str, errors: Errors, status: int) -> ResponseReturnValue:
    found, known = directory.one(current_actor(), user_id), identities.of(current_actor(), user_id)
    if known.nik:
        reading.showing([("", user_id)], reads.IDENTITY, user_id)
    officer = found.officer
    sent = request.form if errors else {}
    typed_roles = errors and "peran" in sent
    html = render_template(
        "admin/petugas_satu.html",
        rinci=found,
        orang=officer,
        identitas=known,
        sendiri=user_id == current_actor().id,
        galat_isian=errors,
        isian={
            "nama": sent.get("nama", officer.name),
            "email": sent.get("email", officer.email),
            "ponsel": sent.get("ponsel", found.phone),
            "alasan": sent.get("alasan", ""),
            "nik": sent.get("nik", ""),
            "nomor_kk": sent.get("nomor_kk", ""),
        },
        dasar={
            "data": marks.mark([officer.name, officer.email, found.phone]),
            "nik": marks.mark([known.nik, known.nomor_kk]),
            "peran": marks.of_roles(officer.roles),
        },
        semua_peran=_offices(),
        kapanewon=_units(),
        dipegang=_held(_roles_typed() if typed_roles else list(officer.roles)),
        sebutan=rights.in_words,
    )
    return html, status
