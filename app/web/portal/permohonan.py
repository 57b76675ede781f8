"""All of a pemohon's permohonan, searched; and a new one with the answers of an earlier one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.services.portal import copying, drafts, finding
from app.services.portal.finding import Wanted
from app.web import lembar
from app.web.access import current_actor, roles

permohonan = Blueprint("permohonan", __name__)

DRAFT = "Draf"


@permohonan.get("/permohonan/riwayat")
@roles("pemohon")
def daftar() -> ResponseReturnValue:
    """Drafts first, then what runs, then what ended."""
    actor = current_actor()
    wanted = Wanted.typed(request.args.get("cari", ""), request.args.get("status", ""))
    after = lembar.cursor()
    unsent = drafts.mine(actor)
    page = finding.find(actor, wanted, after)
    following = url_for("permohonan.daftar", cari=wanted.text, status=wanted.status, sesudah=str(page.next))
    return render_template(
        "portal/riwayat_permohonan.html",
        dicari=wanted,
        status=[*([DRAFT] if unsent else []), *finding.statuses(actor)],
        draf=[] if after else [draft for draft in unsent if _fits(draft, wanted)],
        kartu_kartu=page.cards,
        lanjutan=following if page.next else "",
    )


@permohonan.post("/permohonan/<case_id>/salin")
@roles("pemohon")
def salin(case_id: str) -> ResponseReturnValue:
    copied = copying.copy(current_actor(), case_id)
    if copied.is_new:
        flash("Isian lama sudah disalin. Periksa tiap halaman, perbaiki bila perlu, lalu tekan Lanjut.", "success")
    else:
        flash(
            "Isian layanan ini yang belum dikirim masih ada; inilah dia. Hapus dulu bila ingin menyalin.",
            "info",
        )
    return redirect(url_for("draf.buka", draft_id=copied.draft_id))


def _fits(draft: drafts.DraftCard, wanted: Wanted) -> bool:
    title = draft.title.casefold()
    return wanted.status in ("", DRAFT) and all(word in title for word in wanted.text.casefold().split())
