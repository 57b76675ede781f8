"""Work of the system that was given up: seen and tried again by a person."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import errors
from app.services.background import incidents as given_up
from app.services.background import jobs, skipping
from app.services.background.incidents import Incident
from app.web import lembar, pilihan
from app.web.access import current_actor, roles

incidents = Blueprint("incidents", __name__)

KINDS = {
    "otomatis": "Langkah otomatis",
    "pemberitahuan": "Pemberitahuan",
    "surat": "Email",
    "whatsapp": "WhatsApp",
    "keterlambatan": "Pemberitahuan keterlambatan",
    "timer": "Batas waktu",
    "ringkasan": "Pemberitahuan rangkuman",
    "insiden_data": "Insiden data pribadi",
    "diskusi": "Pemberitahuan diskusi",
    "diskusi_peran": "Rangkuman diskusi",
    "audit": "Pemeriksaan atau ekspor riwayat",
    "tahan": "Tugas yang ditahan sampai suatu hari",
    "kalender": "Menghitung ulang jatuh tempo",
    "massal": "Pengerjaan sekaligus",
    "penolakan": "Pemberitahuan akses yang ditolak",
    "tugas_kembali": "Pengembalian tugas ke antrean",
}
# Nobody can repair these by trying again: a person deals with them, and says so.
DEALT_WITH = frozenset({"insiden_data"})

_DATABASE = ("Basis data sedang tidak menjawab.", "Ulangi bila situs sudah lancar lagi.")
_DISK = ("Penyimpanan berkas gagal dibaca atau ditulis.", "Minta pengelola sistem memeriksa disk, lalu ulangi.")
# Type of the fault -> why, what to do.
REASONS = {
    "MailRejected": (
        "Server surat menolak surat ini untuk seterusnya.",
        "Periksa alamat email penerima. Pemberitahuan di situs tetap sampai; ulangi sesudah alamatnya dibetulkan.",
    ),
    "MailDeferred": (
        "Server surat tidak dapat dihubungi, atau terus menunda.",
        "Minta pengelola sistem memeriksa setelan surat, lalu ulangi.",
    ),
    "MailBounced": (
        "Email ini diterima server surat, lalu kembali: penerimanya tidak dapat dicapai.",
        "Periksa alamat email penerima. Pemberitahuan di situs tetap sampai; ulangi sesudah alamatnya dibetulkan.",
    ),
    "WhatsAppRejected": (
        "WhatsApp tidak dapat menyampaikan pesan ini ke nomor itu.",
        "Pemberitahuan di situs dan email tetap dikirim; periksa nomor ponsel pemohon.",
    ),
    "WhatsAppDeferred": (
        "WhatsApp tidak dapat dihubungi, atau terus menunda.",
        "Minta pengelola sistem memeriksa setelan WhatsApp, lalu ulangi.",
    ),
    "OperationalError": _DATABASE,
    "InterfaceError": _DATABASE,
    "OSError": _DISK,
    "PermissionError": _DISK,
    "ArchiveDamaged": _DISK,
}
_UNKNOWN = (
    "Ada kesalahan yang belum dikenal.",
    "Ulangi sekali. Bila berhenti lagi, berikan rincian di bawah kepada pengelola sistem.",
)
_AGAIN = "Perbaiki sebabnya, lalu ulangi."


@incidents.get("/insiden")
@roles("admin", "supervisor")
def old_address() -> ResponseReturnValue:
    """Where this page was before; people keep addresses."""
    return redirect(url_for("incidents.show"))


@incidents.get("/admin/insiden")
@roles("admin", "supervisor")
def show() -> ResponseReturnValue:
    return _page({})


def _page(wrong: Mapping[str, str]) -> str:
    """`wrong`: job -> what is wrong with the reason typed for it."""
    before = lembar.cursor("sebelum")
    found = given_up.page(current_actor(), before)
    older = url_for("incidents.show", sebelum=str(found.before)) if found.before else ""
    proposals = skipping.open_proposals(current_actor(), [each.job_id for each in found.incidents])
    cards = [{**_card(each), "usul": proposals.get(each.job_id)} for each in found.incidents]
    typed = request.form.get("alasan", "") if wrong else ""
    return render_template("admin/insiden.html", insiden=cards, lanjutan=older, salah=wrong, ketikan=typed)


@incidents.post("/admin/insiden/<job_id>/ulangi")
@roles("admin", "supervisor")
def retry(job_id: str) -> ResponseReturnValue:
    try:
        jobs.retry(current_actor(), job_id)
    except errors.DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Sedang dicoba lagi. Bila gagal lagi, ia muncul kembali di daftar ini.", "success")
    return redirect(url_for("incidents.show"))


@incidents.post("/admin/insiden/ulangi")
@roles("admin", "supervisor")
def retry_many() -> ResponseReturnValue:
    chosen = request.form.getlist("pilih")
    if refused := pilihan.too_many(given_up.PAGE):
        flash(refused, "warning")
        return redirect(url_for("incidents.show"))
    done = jobs.retry_many(current_actor(), chosen)
    if done:
        flash(f"{done} gangguan sedang dicoba lagi. Yang gagal lagi muncul kembali di sini.", "success")
    elif chosen:
        flash("Yang dipilih sudah ditangani.", "info")
    else:
        flash("Pilih dulu gangguan yang hendak diulang.", "warning")
    return redirect(url_for("incidents.show"))


@incidents.post("/admin/insiden/<job_id>/usul-lewati")
@roles("admin", "supervisor")
def propose_skip(job_id: str) -> ResponseReturnValue:
    try:
        skipping.propose(current_actor(), job_id, request.form.get("alasan", ""))
    except errors.InvalidInput as problem:
        return _page({job_id: problem.errors["alasan"][0]}), 422
    except errors.DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Usul dicatat. Orang lain (admin atau supervisor) yang memutuskan.", "success")
    return redirect(url_for("incidents.show"))


@incidents.post("/admin/insiden/<job_id>/putuskan")
@roles("admin", "supervisor")
def decide_skip(job_id: str) -> ResponseReturnValue:
    """`keputusan`: "lewati" or "tolak"."""
    approve = request.form.get("keputusan") == "lewati"
    try:
        skipping.decide(current_actor(), job_id, approve=approve)
    except errors.DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Pekerjaan ini dilewati." if approve else "Usul itu dibatalkan; gangguannya tetap menunggu.", "success")
    return redirect(url_for("incidents.show"))


def _card(incident: Incident) -> dict[str, object]:
    why, advice, detail = _words(incident)
    return {
        "id": incident.job_id,
        "judul": KINDS.get(incident.kind, "Pekerjaan sistem"),
        "langkah": incident.step.replace("_", " "),
        "nomor": incident.number,
        "pada": incident.failed_at,
        "percobaan": incident.attempts,
        "sebab": why,
        "tindakan": advice,
        "rincian": detail,
        "arti_lewati": incident.skip,
        "tombol": "Sudah ditangani" if incident.kind in DEALT_WITH else "Ulangi",
    }


def _words(incident: Incident) -> tuple[str, str, str]:
    """Why, what to do, and what only somebody technical understands ("" where the first says it all)."""
    if incident.kind in DEALT_WITH:
        return incident.reason, "Tangani menurut prosedur kantor, lalu tandai.", ""
    if not incident.fault:
        return incident.reason, _AGAIN, ""
    ours = getattr(errors, incident.fault, None)
    if isinstance(ours, type) and issubclass(ours, errors.AlurError):
        return incident.reason, _AGAIN, ""
    why, advice = REASONS.get(incident.fault, _UNKNOWN)
    return why, advice, f"{incident.fault}: {incident.reason}"
