"""The office's profile, its letterhead as a paper would show it, and its logo."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.adapters.pdf import Letterhead, Paper
from app.domain.errors import InvalidInput, StaleForm
from app.domain.tanggal import format_date, local_date
from app.services import clock
from app.services.office import profile, taking, versions
from app.settings.kantor import KEPT, Kantor
from app.web import lembar
from app.web.access import current_actor, public, roles
from app.web.portal import kiriman
from app.web.portal.cetakan import letterhead

admin_kantor = Blueprint("admin_kantor", __name__)

HINTS = {
    "nama": "Di kepala semua halaman, surat, dan bukti.",
    "kota": "Tempat di sebelah tanggal surat.",
    "whatsapp": "Nomor ponsel, contoh 0812 3456 7890.",
    "situs": "Diawali https://",
    "kepala_nip": "18 angka.",
    "kepala_pangkat": "Contoh: Pembina Utama Muda (IV/c).",
    "kepala_jabatan": "Contoh: Kepala Dinas, atau Plt. Kepala Dinas.",
}


@admin_kantor.get("/admin/kantor")
@roles("admin")
def lihat() -> ResponseReturnValue:
    shown = profile.current()
    return _page({name: getattr(shown, name) for name in KEPT}, {})


@admin_kantor.post("/admin/kantor")
@roles("admin")
def simpan() -> ResponseReturnValue:
    typed = _typed()
    try:
        profile.save(current_actor(), typed, kiriman.version(request.form), request.form.get(versions.REASON, ""))
    except InvalidInput as problem:
        return _page(typed, problem.errors), 422
    except StaleForm as problem:
        taking.refresh(at_once=True)
        return _page(typed, {"": [problem.pesan], **_differing(typed)}), 409
    return _saved("Profil kantor disimpan. Halaman dan surat memakainya mulai sekarang.")


@admin_kantor.post("/admin/kantor/kop.pdf")
@roles("admin")
def kop() -> ResponseReturnValue:
    """The letterhead with what is typed just now, saved or not."""
    typed = _typed()
    try:
        shown = profile.judged(typed)
    except InvalidInput as problem:
        return _page(typed, problem.errors), 422
    answer = Response(_sample(letterhead(shown), shown), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="kop-surat.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@admin_kantor.post("/admin/kantor/logo")
@roles("admin")
def ganti_logo() -> ResponseReturnValue:
    """`aksi` "hapus" takes the logo away."""
    sent, actor = request.files.get("logo"), current_actor()
    data = sent.read(profile.MOST_LOGO_BYTES + 1) if sent else b""
    shown = profile.current()
    try:
        if not data and request.form.get("aksi") != "hapus":
            raise InvalidInput({"logo": ["Pilih gambarnya dulu."]})
        wanted = b"" if request.form.get("aksi") == "hapus" else data
        profile.save_logo(actor, wanted, kiriman.version(request.form), request.form.get("alasan_logo", ""))
    except InvalidInput as problem:
        errors = {"alasan_logo" if name == versions.REASON else name: said for name, said in problem.errors.items()}
        return _page({name: getattr(shown, name) for name in KEPT}, errors), 422
    except StaleForm as problem:
        flash(problem.pesan, "warning")
        return redirect(url_for("admin_kantor.lihat"))
    return _saved("Logo disimpan.")


@admin_kantor.get("/logo-kantor")
@public
def logo() -> ResponseReturnValue:
    if not profile.logo():
        abort(404)
    answer = Response(profile.logo(), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def _saved(words: str) -> ResponseReturnValue:
    taking.refresh(at_once=True)
    flash(words, "success")
    return redirect(url_for("admin_kantor.lihat"))


def _differing(typed: Mapping[str, str]) -> dict[str, list[str]]:
    """Beside what was typed, what counts by now; sending again replaces it knowingly."""
    now = {name: getattr(profile.current(), name) for name in KEPT}
    return {
        name: [f"Yang berlaku sekarang: {now[name] or '(kosong)'}"] for name in KEPT if now[name] != typed[name].strip()
    }


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:500] for name in KEPT}


def _page(typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    actor = current_actor()
    number, logo_version = profile.kept(actor)
    before = lembar.number()
    lines, older = versions.history(actor, versions.PROFILE, before)
    logos, _ = versions.history(actor, versions.LOGO)
    return render_template(
        "admin/kantor.html",
        isian=typed,
        salah=errors,
        label=KEPT,
        bantuan=HINTS,
        versi_kini=number,
        versi_logo=logo_version,
        versi=lines,
        versi_logo_lama=logos,
        lanjutan=url_for("admin_kantor.lihat", sebelum=older) if older else "",
        alasan=request.form.get(versions.REASON, ""),
        alasan_logo=request.form.get("alasan_logo", ""),
    )


def _sample(head: Letterhead, kantor: Kantor) -> bytes:
    """A letter that says nothing, as it would look."""
    now = clock.now()
    paper = Paper("Contoh kop surat", now, head)
    paper.letterhead(head)
    paper.heading("CONTOH KOP SURAT")
    paper.paragraph("Surat dan bukti yang dibuat Alur memakai kop ini. Isi surat ini hanya contoh.")
    signer = kantor.kepala_nama or "(nama kepala dinas)"
    paper.signature(f"{head.place}, {format_date(local_date(now))}", kantor.kepala_jabatan or "Kepala Dinas", signer)
    below = [kantor.kepala_pangkat, f"NIP {kantor.kepala_nip}" if kantor.kepala_nip else ""]
    for line in filter(None, below):
        paper.paragraph(line, small=True)
    return paper.to_bytes()
