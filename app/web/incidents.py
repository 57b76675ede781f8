"""Work of the system that was given up: seen and tried again by a person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import errors
from app.services.background import incidents as given_up
from app.services.background import jobs
from app.services.background.incidents import Incident
from app.services.paging import Cursor
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
def show() -> ResponseReturnValue:
    before = Cursor.parse(request.args["sebelum"]) if request.args.get("sebelum") else None
    found = given_up.page(current_actor(), before)
    older = url_for("incidents.show", sebelum=str(found.before)) if found.before else ""
    cards = [_card(each) for each in found.incidents]
    return render_template("desk/insiden.html", insiden=cards, lanjutan=older)


@incidents.post("/insiden/<job_id>/ulangi")
@roles("admin", "supervisor")
def retry(job_id: str) -> ResponseReturnValue:
    try:
        jobs.retry(current_actor(), job_id)
    except errors.DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash("Sedang dicoba lagi. Bila gagal lagi, ia muncul kembali di daftar ini.", "success")
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
