"""What it means to leave out work that was given up, in words; a kind without a meaning is never left out.

Left out of a letter: nobody gets it. A service task is left out only where its action says that the case can go on
without it; then the flow goes on as if it were done.
"""

from collections.abc import Mapping
from typing import Any

from app.services.background import digests
from app.services.discussion import asking, telling
from app.services.flow import automation, published

_NOT_SENT = "Tidak ada yang diberi tahu. Permohonannya berjalan terus seperti biasa."
_MEANINGS = {
    "surat": "Email ini tidak dikirim. Pemberitahuan yang sama tetap ada di situs bila orangnya punya akun.",
    "whatsapp": "Pesan WhatsApp ini tidak dikirim. Pemberitahuan yang sama tetap ada di situs.",
    "pemberitahuan": _NOT_SENT,
    "keterlambatan": "Kabar keterlambatan ini tidak dikirim. Tugasnya tetap tercatat lewat batas.",
    digests.KIND: "Rangkuman ini tidak dikirim; rangkuman berikutnya tetap.",
    telling.KIND: "Email tentang pesan diskusi ini tidak dikirim. Pesannya tetap ada di situs.",
    asking.KIND: "Kabar tentang pesan diskusi ini tidak dikirim. Pesannya tetap ada di situs.",
}
_STEP = (
    "Langkah otomatis ini dianggap selesai tanpa dikerjakan: pemberitahuannya tidak dikirim, lalu alurnya berlanjut."
)
_REMINDER = "Pengingat ini tidak dikirim. Batas waktunya sendiri tetap berlaku."


def meaning(kind: str, payload: Mapping[str, Any], version_id: str | None) -> str:
    """What leaving it out would do; "" = this may not be left out. `version_id`: of its case's procedure."""
    if kind == "otomatis":
        return _STEP if version_id and _may_skip(version_id, str(payload.get("step", ""))) else ""
    if kind == "timer":
        return _REMINDER if payload.get("timer", {}).get("kind") == "pengingat" else ""
    return _MEANINGS.get(kind, "")


def _may_skip(version_id: str, step: str) -> bool:
    rule = published.compiled(version_id).automation.get(step)
    return rule is not None and rule.action in automation.MAY_BE_SKIPPED
