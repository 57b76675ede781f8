"""The keys of the officers' pages: one table for the help sheet (`?`), and the choice to do without them.

A key presses what carries `data-tombol` with its name, or is a move that a script makes; the words here are what the
sheet says. WCAG 2.1.4: single keys can be switched off, in this browser.
"""

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.web.access import roles, safe_next
from app.web.desk.inbox import OFFICERS

pintasan = Blueprint("pintasan", __name__)

COOKIE, OFF = "pintasan", "mati"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Shortcut:
    """`keys` as they stand on the keyboard, any of them; `does`: what happens, in a few words."""

    keys: tuple[str, ...]
    does: str


SHORTCUTS: dict[str, tuple[Shortcut, ...]] = {
    "Di inbox": (
        Shortcut(("J", "↓"), "baris berikutnya"),
        Shortcut(("K", "↑"), "baris sebelumnya"),
        Shortcut(("Enter",), "lihat saja baris ini, tanpa mengambil"),
        Shortcut(("A",), "ambil baris ini"),
        Shortcut(("N",), "ambil berikutnya: yang paling dulu jatuh tempo"),
        Shortcut(("/",), "ke kotak cari"),
    ),
    "Di layar tugas": (
        Shortcut(("1", "–", "5"), "nilai berkas yang tampil, lalu ke berkas berikutnya"),
        Shortcut(("←", "→"), "berkas sebelumnya, berikutnya"),
        Shortcut(("H",), "ke halaman PDF yang belum dibuka"),
        Shortcut(("+", "−", "0", "R"), "perbesar, perkecil, paskan, putar"),
        Shortcut(("B",), "kiriman lama di samping yang baru"),
        Shortcut(("V",), "centang pencocokan berikutnya"),
        Shortcut(("C",), "salin isian berikutnya untuk SIAK"),
        Shortcut(("T",), "teruskan, atau simpan hasil langkah ini"),
        Shortcut(("K",), "kembalikan ke pemohon"),
        Shortcut(("S",), "salah entri (kasi dan kabid)"),
        Shortcut(("U",), "usulkan penolakan"),
    ),
    "Di mana pun": (
        Shortcut(("?",), "buka daftar ini"),
        Shortcut(("Esc",), "tutup daftar ini"),
    ),
}


@pintasan.app_context_processor
def _facts() -> dict[str, object]:
    return {"pintasan_tombol": SHORTCUTS, "pintasan_mati": request.cookies.get(COOKIE) == OFF}


@pintasan.post("/pintasan")
@roles(*OFFICERS)
def switch() -> ResponseReturnValue:
    """Switch the single keys off in this browser, or on again."""
    is_off = request.form.get("pintasan") == OFF
    answer = redirect(safe_next(request.form.get("kembali"), "/inbox"))
    if is_off:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(COOKIE, OFF, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)
        flash("Pintasan papan tik dimatikan di peramban ini.", "info")
    else:
        answer.delete_cookie(COOKIE)
        flash("Pintasan papan tik menyala lagi.", "info")
    return answer
