"""Asks the issuers of certificates, over HTTP, whether these still hold: OCSP first, else the list of the revoked.

Addresses stand in certificates that lead to a root of the office, so they are no stranger's. An answer is kept for a
while, and so is that there was none: many files signed by one person cost one question.
"""

import time
from collections.abc import Iterator

import urllib3
from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.fetchers.common_utils import format_ocsp_request
from pyhanko_certvalidator.path import ValidationPath

from app.adapters.revocation import Evidence, successful

CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
TOGETHER_SECONDS = 12.0
"""For all certificates above one signature, on the clock of the wall."""
MOST_BYTES = 4 * 1024 * 1024
KEPT_SECONDS, FAILURE_KEPT_SECONDS = 900.0, 60.0
_MOST_KEPT = 64
_OCSP = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
_CRL = {"Accept": "application/pkix-crl"}

_Key = tuple[str, bytes]


class Issuers:
    """One for each process: it keeps the answers."""

    def __init__(self) -> None:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._http = urllib3.PoolManager(timeout=timeout, retries=False)
        self._kept: dict[_Key, tuple[float, bytes]] = {}

    def ask(self, path: ValidationPath) -> Evidence:
        """Of every certificate of the path but the root: what its issuer answers, nothing where none does."""
        until = time.monotonic() + TOGETHER_SECONDS
        found = Evidence()
        for certificate in path.iter_certs(include_root=False):
            found += self._about(certificate, path.find_issuing_authority(certificate), until)
        return found

    def _about(self, certificate: x509.Certificate, issuer: Authority, until: float) -> Evidence:
        question = format_ocsp_request(certificate, issuer, certid_hash_algo="sha1", request_nonces=False).dump()
        for url in _web(certificate.ocsp_urls):
            for answer in successful(_ocsp(self._get(url, question, until))):
                return Evidence(ocsps=[answer])
        for point in certificate.crl_distribution_points:
            for url in _web([point.url] if point.url else []):
                for listed in _crl(self._get(url, b"", until)):
                    return Evidence(crls=[listed])
        return Evidence()

    def _get(self, url: str, question: bytes, until: float) -> bytes:
        """b"" where nothing usable came."""
        now = time.monotonic()
        kept_until, answer = self._kept.get((url, question), (0.0, b""))
        if kept_until > now:
            return answer
        answer = self._asked(url, question, until) if until > now else b""
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[url, question] = (now + (KEPT_SECONDS if answer else FAILURE_KEPT_SECONDS), answer)
        return answer

    def _asked(self, url: str, question: bytes, until: float) -> bytes:
        method, headers = ("POST", _OCSP) if question else ("GET", _CRL)
        body = bytearray()
        try:
            answer = self._http.request(
                method, url, body=question or None, headers=headers, redirect=False, preload_content=False
            )
            with answer:
                for part in answer.stream(65_536) if answer.status == 200 else ():
                    body += part
                    if len(body) > MOST_BYTES or time.monotonic() > until:
                        return b""
        except (urllib3.exceptions.HTTPError, ValueError):  # of a URL that is none, too
            return b""
        return bytes(body)


def _web(urls: list[str]) -> Iterator[str]:
    return (url for url in urls if url.startswith(("http://", "https://")))


def _ocsp(data: bytes) -> list[ocsp.OCSPResponse]:
    try:
        answer = ocsp.OCSPResponse.load(data, strict=True)
        answer.native  # noqa: B018  # read all of it now: it is parsed only when it is looked at
    except (ValueError, TypeError):
        return []
    return [answer]


def _crl(data: bytes) -> list[crl.CertificateList]:
    try:
        listed = crl.CertificateList.load(data, strict=True)
        listed["tbs_cert_list"]["this_update"].native  # noqa: B018
    except (ValueError, TypeError):
        return []
    return [listed]
