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
REVOKED, UNSURE = "dicabut", "tak-pasti"
REHEARSED = "peragaan"

_AGAIN = "Unduh lagi dari SIAK, lalu unggah apa adanya."
_SIGN_AGAIN = "Minta ditandatangani lagi di SIAK dengan sertifikat yang berlaku, lalu unggah hasilnya."
_UNSURE = (
    "Apakah sertifikat penanda tangan PDF ini masih berlaku tidak dapat dipastikan sekarang. Coba lagi beberapa menit "
    "lagi; bila tetap begitu, hubungi admin kantor."
)
_CERTIFICATE = {
    "berlaku": ", sertifikat berlaku",
    "tak-pasti": ", tetapi apakah sertifikatnya dicabut tidak dapat dipastikan",
}
_REFUSED = {
    "tanpa": f"PDF ini tidak bertanda tangan elektronik. {_AGAIN}",
    "berubah": f"PDF ini berubah sesudah ditandatangani. {_AGAIN}",
    "rusak": f"Tanda tangan di PDF ini rusak atau tidak dapat dibaca. {_AGAIN}",
}


@dataclass(frozen=True)
class Policy:
    """`roots`: DER certificates that issuers must lead to; none: a whole signature is enough, and its issuer is told
    as unknown. `takes_unsigned`: in a demonstration, where nobody can sign. `asks_issuers`: about revoked certificates,
    over the network; `demands_certainty`: refuses what cannot be told of them."""

    roots: tuple[bytes, ...] = ()
    takes_unsigned: bool = False
    asks_issuers: bool = False
    demands_certainty: bool = False


policy = Policy()


def bind(*, roots: Path | None, takes_unsigned: bool, revocation: str = "embedded") -> None:
    """Called once per process. `revocation`: of settings.signing.REVOCATION.

    Raises ValueError for a folder without a readable certificate.
    """
    global policy
    policy = Policy(
        read_roots(roots) if roots else (),
        takes_unsigned,
        asks_issuers=revocation != "embedded",
        demands_certainty=revocation == "required",
    )


def examine(data: bytes) -> dict[str, Any]:
    """{"tanda_tangan": utuh | tanpa, "oleh", "pada" (ISO), "dikenal", "sertifikat": berlaku | tak-pasti | ""} of a PDF.

    Raises UploadRefused, saying why.
    """
    found = check_signature_apart(data, policy.roots, fetch=policy.asks_issuers)
    verdict = found["verdict"]
    if verdict != WHOLE and not (verdict == UNSIGNED and policy.takes_unsigned):
        raise UploadRefused(_REFUSED[verdict])
    if verdict == WHOLE and policy.roots and not found["known"]:
        signer = found["signer"] or "tanpa nama"
        raise UploadRefused(f"Tanda tangan PDF ini bukan dari penerbit yang dikenal kantor ({signer}). {_AGAIN}")
    if found["revocation"] == REVOKED:
        signer = found["signer"] or "tanpa nama"
        raise UploadRefused(f"Sertifikat penanda tangan PDF ini ({signer}) sudah dicabut penerbitnya. {_SIGN_AGAIN}")
    if found["revocation"] == UNSURE and policy.demands_certainty:
        raise UploadRefused(_UNSURE)
    return {
        "tanda_tangan": verdict,
        "oleh": found["signer"],
        "pada": found["at"],
        "dikenal": found["known"],
        "sertifikat": found["revocation"],
    }


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
    return f"Tanda tangan utuh, oleh {signer}{when}; {issuer}{_CERTIFICATE.get(findings.get('sertifikat', ''), '')}."


def warns(findings: Mapping[str, Any] | None) -> bool:
    told = findings or {}
    return told.get("tanda_tangan") == UNSIGNED or told.get("sertifikat") == UNSURE


def for_trail(findings: Mapping[str, Any] | None) -> dict[str, Any]:
    """Without the signer's name, which the trail would keep for good."""
    return {key: value for key, value in (findings or {}).items() if key != "oleh"}
