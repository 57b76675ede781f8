"""Who was turned away: for the admin and the auditor."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.services.records import refusals
from app.web import lembar
from app.web.access import current_actor, roles

penolakan = Blueprint("penolakan", __name__, url_prefix="/admin/penolakan")

# First part of a route -> what was asked for.
THINGS = {
    "tugas": "tugas",
    "inbox": "inbox",
    "permohonan": "permohonan",
    "konsultasi": "konsultasi",
    "berkas": "berkas",
    "diskusi": "diskusi",
    "admin": "ruang admin",
    "audit": "ruang audit",
    "pantau": "pantauan",
    "data-warga": "permintaan data warga",
    "pengaturan": "pengaturan",
}
_WHY = {403: "tidak berhak", 404: "disembunyikan darinya"}


@penolakan.get("")
@roles("admin", "auditor")
def daftar() -> ResponseReturnValue:
    before = lembar.cursor("sebelum")
    found, following = refusals.page(current_actor(), before)
    older = url_for("penolakan.daftar", sebelum=str(following)) if following else ""
    lines = [
        {
            "pada": one.at,
            "siapa": one.name or "akun yang sudah tidak ada",
            "perihal": THINGS.get(one.route.partition(" ")[2].strip("/").partition("/")[0], "halaman lain"),
            "rute": one.route,
            "sebab": _WHY.get(one.status, str(one.status)),
        }
        for one in found
    ]
    return render_template("admin/penolakan.html", penolakan=lines, lanjutan=older, banyak=refusals.BURST)
