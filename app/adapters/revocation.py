"""Was the certificate behind a signature revoked? From what the PDF brings along and, where wanted, from its issuer.

The moment that counts is the one a trusted timestamp proves. A signature without one is as good as its certificate is
today: who holds a stolen key writes any date.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import MultivaluedAttributeError, NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError
from pyhanko_certvalidator.path import ValidationPath

GOOD, REVOKED, UNSURE = "berlaku", "dicabut", "tak-pasti"

_ADOBE = "adobe_revocation_info_archival"


@dataclass(frozen=True)
class Evidence:
    """What is known of certificates: lists of the revoked, and answers about single ones."""

    certificates: Sequence[x509.Certificate] = ()
    crls: Sequence[crl.CertificateList] = ()
    ocsps: Sequence[ocsp.OCSPResponse] = ()

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            [*self.certificates, *other.certificates], [*self.crls, *other.crls], [*self.ocsps, *other.ocsps]
        )


Fetch = Callable[[ValidationPath], Evidence]


def embedded(reader: PdfFileReader, signatures: Iterable[EmbeddedPdfSignature]) -> Evidence:
    """What the document's security store and the signatures themselves hold. Raises as the PDF's own readers do."""
    found = _of_store(reader)
    for each in signatures:
        found += Evidence(list(each.other_embedded_certs), *_adobe(each.signer_info))
    return found


def status_of(
    status: PdfSignatureStatus, roots: Sequence[x509.Certificate], evidence: Evidence, fetch: Fetch | None
) -> str:
    """GOOD, REVOKED or UNSURE of the certificate and of those above it, but for the root.

    `status`: of a signature that is whole and leads to one of `roots`. `fetch`: asks the issuers; None: they are not.
    """
    certificate, proven = status.signing_cert, _proven_time(status)
    moment = proven or datetime.now(UTC)
    if fetch is not None and status.validation_path is not None:
        said = Evidence(evidence.certificates) + fetch(status.validation_path)
        found = _judged(certificate, roots, said, moment)  # by itself: what the file brings along may be older
        if found != UNSURE:
            return found
        evidence += said
    found = _judged(certificate, roots, evidence, moment)
    if found == UNSURE and proven is None and status.signer_reported_dt is not None:
        # What is out of date proves nothing good any more; but a certificate that stood in it is revoked for ever.
        earlier = _judged(certificate, roots, evidence, status.signer_reported_dt)
        return REVOKED if earlier == REVOKED else UNSURE
    return found


def _judged(
    certificate: x509.Certificate, roots: Sequence[x509.Certificate], evidence: Evidence, moment: datetime
) -> str:
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=evidence.certificates,
        crls=evidence.crls,
        ocsps=evidence.ocsps,
        allow_fetching=False,
        revocation_mode="require",
        moment=moment,
        retroactive_revinfo=True,  # what was said later holds for then too; who was revoked later was not revoked then
    )
    validator = CertificateValidator(certificate, evidence.certificates, context)
    try:
        asyncio.run(validator.async_validate_path())
    except RevokedError:
        return REVOKED
    except (PathError, ValidationError):
        return UNSURE
    return GOOD


def _proven_time(status: PdfSignatureStatus) -> datetime | None:
    """When it was signed at the latest, as an authority under the same roots says."""
    stamp = status.timestamp_validity
    return stamp.timestamp if stamp is not None and stamp.valid and stamp.intact and stamp.trusted else None


def _of_store(reader: PdfFileReader) -> Evidence:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Evidence()
    crls = [crl.CertificateList.load(each.get_object().data) for each in store.crls]
    ocsps = [ocsp.OCSPResponse.load(each.get_object().data) for each in store.ocsps]
    return Evidence(list(store.load_certs()), crls, list(successful(ocsps)))


def _adobe(signer: cms.SignerInfo) -> tuple[list[crl.CertificateList], list[ocsp.OCSPResponse]]:
    """The older way: inside the signature."""
    try:
        found = find_unique_cms_attribute(signer["signed_attrs"], _ADOBE)
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return [], []
    return list(found["crl"] or ()), list(successful(found["ocsp"] or ()))


def successful(answers: Iterable[ocsp.OCSPResponse]) -> Iterator[ocsp.OCSPResponse]:
    """Those that say anything of a certificate."""
    return (each for each in answers if each["response_status"].native == "successful")
