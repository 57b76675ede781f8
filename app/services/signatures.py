"""Signed PDFs that people hand in: what counts as signed here, and how the finding is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.adapters.apart import check_signature_apart
from app.adapters.roots import read_roots
from app.domain.errors import UploadRefused
from app.domain.tanggal import format_moment

WHOLE, UNSIGNED = "utuh", "tanpa"
REHEARSED = "peragaan: tanpa tanda tangan"

_AGAIN = "Unduh lagi dari SIAK, lalu unggah apa adanya."
_REFUSED = {
    "tanpa": f"PDF ini tidak bertanda tangan elektronik. {_AGAIN}",
    "berubah": f"PDF ini berubah sesudah ditandatangani. {_AGAIN}",
    "rusak": f"Tanda tangan di PDF ini rusak atau tidak dapat dibaca. {_AGAIN}",
}


@dataclass(frozen=True)
class Policy:
    """`roots`: DER certificates that issuers must lead to; none: a whole signature is enough, and its issuer is told
    as unknown. `takes_unsigned`: in a demonstration, where nobody can sign."""

    roots: tuple[bytes, ...] = ()
    takes_unsigned: bool = False


policy = Policy()


def bind(*, roots: Path | None, takes_unsigned: bool) -> None:
    """Called once per process. Raises ValueError for a folder without a readable certificate."""
    global policy
    policy = Policy(read_roots(roots) if roots else (), takes_unsigned)


def examine(data: bytes) -> dict[str, Any]:
    """{"tanda_tangan": utuh | tanpa, "oleh", "pada" (ISO), "dikenal"} of a PDF. Raises UploadRefused, saying why."""
    found = check_signature_apart(data, policy.roots)
    verdict = found["verdict"]
    if verdict != WHOLE and not (verdict == UNSIGNED and policy.takes_unsigned):
        raise UploadRefused(_REFUSED[verdict])
    if verdict == WHOLE and policy.roots and not found["known"]:
        signer = found["signer"] or "tanpa nama"
        raise UploadRefused(f"Tanda tangan PDF ini bukan dari penerbit yang dikenal kantor ({signer}). {_AGAIN}")
    return {"tanda_tangan": verdict, "oleh": found["signer"], "pada": found["at"], "dikenal": found["known"]}


def told(findings: Mapping[str, Any] | None) -> str:
    """The finding in one sentence, "" for a file that was never to be signed."""
    verdict = (findings or {}).get("tanda_tangan", "")
    if not findings or not verdict:
        return ""
    if verdict == UNSIGNED:
        return f"Tanpa tanda tangan elektronik ({REHEARSED})."
    signer, at = findings["oleh"] or "tanpa nama", findings["pada"]
    when = f" pada {format_moment(datetime.fromisoformat(at))}" if at else ""
    issuer = "penerbit dikenal" if findings["dikenal"] else "penerbit tidak dikenal di sini"
    return f"Tanda tangan utuh, oleh {signer}{when}; {issuer}."


def warns(findings: Mapping[str, Any] | None) -> bool:
    return (findings or {}).get("tanda_tangan") == UNSIGNED


def for_trail(findings: Mapping[str, Any] | None) -> dict[str, Any]:
    """Without the signer's name, which the trail would keep for good."""
    return {key: value for key, value in (findings or {}).items() if key != "oleh"}
