"""Is a PDF signed, is its signature whole, whose is it, and does its issuer lead to a root that the office trusts?

Runs in a helper process (`signature_helper`): the file is a stranger's. Nothing is fetched from the network, but what
issuers say of certificates where the office wants that.
"""

import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import UnacceptableSignerError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from app.adapters.revocation import GOOD, REVOKED, UNSURE, Fetch, embedded, status_of

WHOLE, CHANGED, BROKEN, UNSIGNED = "utuh", "berubah", "rusak", "tanpa"

MAX_SIGNATURES = 8
_NONSENSE = (PdfError, UnacceptableSignerError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError)

# Why no chain was found stands in the verdict; the names of signers belong in no log.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Signature:
    """`verdict`: WHOLE, CHANGED (something was altered or added afterwards), BROKEN (unreadable), or UNSIGNED.

    `signer`: the common name in the certificate; `at`: ISO, as the signature says; `known`: issued under a given root.
    `revocation`: GOOD | REVOKED | UNSURE of a known one (revocation.py), the worst of all in the file; else "".
    """

    verdict: str
    signer: str = ""
    at: str = ""
    known: bool = False
    revocation: str = ""


def check_signature(data: bytes, roots: Sequence[bytes] = (), fetch: Fetch | None = None) -> Signature:
    """Every signature in the file has to be whole; the last one is told. `roots`: DER certificates.

    `fetch`: asks the issuers about revoked certificates; None: only what the file brings along is looked at.
    """
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        found = list(reader.embedded_regular_signatures)
        if not found:
            return Signature(UNSIGNED)
        if len(found) > MAX_SIGNATURES:
            return Signature(BROKEN)
        trusted = [x509.Certificate.load(root) for root in roots]
        statuses = [_validated(each, trusted) for each in found]
        told = _told(statuses)
    except _NONSENSE:
        return Signature(BROKEN)  # what is not a signature fails in many ways, each in its own library
    except RecursionError:
        return Signature(BROKEN)
    return replace(told, revocation=_revocation(reader, found, statuses, trusted, fetch)) if told.known else told


def _revocation(
    reader: PdfFileReader,
    signatures: Sequence[EmbeddedPdfSignature],
    statuses: Sequence[PdfSignatureStatus],
    roots: Sequence[x509.Certificate],
    fetch: Fetch | None,
) -> str:
    """The worst of all. What the file brings along may be unreadable; then nothing is sure."""
    try:
        evidence = embedded(reader, signatures)
        found = {status_of(status, roots, evidence, fetch) for status in statuses}
    except _NONSENSE:
        return UNSURE
    return next(word for word in (REVOKED, UNSURE, GOOD) if word in found)


def _validated(signature: EmbeddedPdfSignature, roots: Iterable[x509.Certificate]) -> PdfSignatureStatus:
    return validate_pdf_signature(signature, ValidationContext(trust_roots=list(roots), allow_fetching=False))


def _told(statuses: Sequence[PdfSignatureStatus]) -> Signature:
    last = statuses[-1]
    verdict = WHOLE if all(_is_whole(each) for each in statuses) else CHANGED
    at = last.signer_reported_dt.isoformat() if last.signer_reported_dt else ""
    known = verdict == WHOLE and all(each.trusted for each in statuses)
    return Signature(verdict, _name_of(last.signing_cert), at, known)


def _is_whole(status: PdfSignatureStatus) -> bool:
    """What a signer adds afterwards to keep the signature provable for years is no change."""
    level = status.modification_level
    return bool(status.intact and status.valid) and level is not None and level <= ModificationLevel.LTA_UPDATES


def _name_of(certificate: x509.Certificate) -> str:
    name = certificate.subject.native.get("common_name", "")
    return " ".join(str(name if isinstance(name, str) else "").split())[:120]
