"""The texts people are sent: the office's own letters, changed here; those of procedures, only shown."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound, StaleForm
from app.domain.placeholders import TITLE_LENGTH
from app.services import clock
from app.services.flow import published
from app.services.messages import wording
from app.services.office import letters, versions
from app.web import lembar
from app.web.access import current_actor, roles
from app.web.portal import kiriman

admin_pemberitahuan = Blueprint("admin_pemberitahuan", __name__, url_prefix="/admin/pemberitahuan")

CHANNELS = {"situs": "Di situs", "email": "Email", "whatsapp": "WhatsApp"}
FIELDS = ("judul", "isi")


@admin_pemberitahuan.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    actor = current_actor()
    _, own = letters.changed(actor)
    lines, older = versions.history(actor, versions.LETTERS, lembar.number())
    return render_template(
        "admin/pemberitahuan.html",
        surat=[(key, letter.about, wording.said(key)[0], key in own) for key, letter in wording.LETTERS.items()],
        prosedur=[(version.slug, version.title) for version, _ in published.in_force_on(clock.today())],
        versi=lines,
        lanjutan=url_for("admin_pemberitahuan.daftar", sebelum=older) if older else "",
    )


@admin_pemberitahuan.get("/surat/<key>")
@roles("admin")
def surat(key: str) -> ResponseReturnValue:
    if key not in wording.LETTERS:
        raise NotFound
    return _page(key, dict(zip(FIELDS, wording.said(key), strict=True)), {})


@admin_pemberitahuan.post("/surat/<key>")
@roles("admin")
def simpan(key: str) -> ResponseReturnValue:
    """`aksi`: lihat (a preview of what is typed), simpan, or bawaan."""
    form, actor = request.form, current_actor()
    typed = {name: form.get(name, "")[:5000] for name in FIELDS}
    version, reason, act = kiriman.version(form), form.get(versions.REASON, ""), form.get("aksi", "simpan")
    try:
        if act == "lihat":
            letters.judge(key, *letters.clean(typed["judul"], typed["isi"]))
            return _page(key, typed, {})
        if act == "bawaan":
            letters.restore(actor, key, version, reason)
        else:
            letters.save(actor, key, version, typed["judul"], typed["isi"], reason)
    except InvalidInput as problem:
        return _page(key, typed, problem.errors), 422
    except StaleForm as problem:
        return _page(key, typed, {"": [problem.pesan]}), 409
    flash("Surat disimpan; surat berikutnya memakai teks ini.", "success")
    return redirect(url_for("admin_pemberitahuan.daftar"))


@admin_pemberitahuan.get("/prosedur/<slug>")
@roles("admin")
def prosedur(slug: str) -> ResponseReturnValue:
    title, notices = letters.of_procedure(current_actor(), slug)
    return render_template("admin/pemberitahuan_prosedur.html", judul=title, kabar=notices, saluran=CHANNELS)


def _page(key: str, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    number, own = letters.changed(current_actor())
    return render_template(
        "admin/surat.html",
        kunci=key,
        surat=wording.LETTERS[key],
        isian=typed,
        salah=errors,
        kata_isian=wording.words_of(key),
        contoh=letters.preview(key, typed["judul"], typed["isi"]),
        peringatan=letters.warnings(key, typed["judul"], typed["isi"]),
        saluran=CHANNELS,
        versi_kini=number,
        diubah=key in own,
        alasan=request.form.get(versions.REASON, ""),
        panjang_judul=TITLE_LENGTH,
        panjang_isi=wording.LONGEST,
    )
