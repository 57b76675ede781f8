"""`bsre`: the agency's own eSign Client Service of BSrE, version 2 (JSON).

Endpoints and fields as public clients of Juknis API eSign Client Service v2.2.1 use them; the office's service is the
last word. One document a call, so that an answer can belong to no other. Nothing that was sent is ever logged.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

import orjson
import urllib3

from app.adapters.signature_proof import demand_signed
from app.adapters.signer import (
    READY,
    AnswerUnusable,
    CertificateUnusable,
    DocumentRefused,
    Order,
    Signatory,
    SignerAway,
    SigningFailed,
    WrongPassphrase,
)

TIMEOUT_S = 30.0
MOST_ANSWER = 40 * 1024 * 1024
_WRONG_PASSPHRASE, _NOT_REGISTERED = 2031, 2011


@dataclass(frozen=True)
class Account:
    """Of the application at the service. `ca`: file of the authorities that vouch for it, "" = the system's."""

    url: str
    user: str
    password: str = field(repr=False)
    ca: str = ""


class BsreSigner:
    def __init__(self, account: Account, timeout: float = TIMEOUT_S) -> None:
        self.account = account
        # Attempts are the signatory's matter; an answer that sends us elsewhere would take the passphrase along.
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=min(timeout, 10.0), read=timeout),
            retries=False,
            maxsize=4,
            cert_reqs="CERT_REQUIRED",
            ca_certs=account.ca or None,
        )

    def status(self, who: Signatory) -> str:
        code, said = self._ask("/api/v2/user/check/status", _person(who))
        word = said.get("status")
        if code == 200 and isinstance(word, str):
            return word.upper()
        if _fault(said) == _NOT_REGISTERED:
            return "NOT_REGISTERED"
        raise AnswerUnusable

    def sign(self, order: Order, who: Signatory, passphrase: str) -> bytes:
        status = self.status(who)
        if status != READY:
            raise CertificateUnusable(status)
        code, said = self._ask("/api/v2/sign/pdf", _request(order, who, passphrase))
        if code != 200:
            raise self._refusal(said, who)
        signed = _only_file(said)
        demand_signed(order.pdf, signed)
        return signed

    def verify(self, pdf: bytes) -> str:
        """What the service concludes of a signed document, in its own words."""
        code, said = self._ask("/api/v2/verify/pdf", {"file": base64.b64encode(pdf).decode(), "password": ""})
        conclusion = said.get("conclusion")
        if code != 200 or not isinstance(conclusion, str):
            raise AnswerUnusable
        return conclusion[:200]

    def _refusal(self, said: dict[str, Any], who: Signatory) -> SigningFailed:
        """The service's own words are dropped: they may name people. A certificate at fault says so when asked."""
        fault = _fault(said)
        if fault == _WRONG_PASSPHRASE:
            return WrongPassphrase()
        status = self.status(who)
        return DocumentRefused() if status == READY else CertificateUnusable(status)

    def _ask(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        account = self.account
        try:
            answer = self._pool.request(
                "POST",
                f"{account.url}{path}",
                body=json.dumps(body).encode(),
                headers={
                    "Content-Type": "application/json",
                    **urllib3.make_headers(basic_auth=f"{account.user}:{account.password}"),
                },
                preload_content=False,
            )
            try:
                said = answer.read(MOST_ANSWER)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as problem:
            raise SignerAway from problem
        if answer.status >= 500 or answer.status in (401, 403, 404, 429):
            raise SignerAway  # the service's own trouble, or the application's account; not this document's
        return answer.status, _object(said)


def _person(who: Signatory) -> dict[str, str]:
    return {"nik": who.nik} if who.nik else {"email": who.email}


def _request(order: Order, who: Signatory, passphrase: str) -> dict[str, Any]:
    box = order.box
    seen = {
        "tampilan": "VISIBLE",
        "imageBase64": base64.b64encode(order.look).decode(),
        "page": box.page,
        "originX": box.x,
        "originY": box.y,
        "width": box.width,
        "height": box.height,
        "location": order.location,
        "reason": order.reason,
    }
    return {
        **_person(who),
        "passphrase": passphrase,
        "signatureProperties": [seen],
        "file": [base64.b64encode(order.pdf).decode()],
    }


def _object(said: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(said)
    except ValueError as problem:
        raise AnswerUnusable from problem
    if not isinstance(found, dict):
        raise AnswerUnusable
    return found


def _fault(said: dict[str, Any]) -> int:
    code = said.get("status_code")
    return int(code) if isinstance(code, int) or (isinstance(code, str) and code.isascii() and code.isdigit()) else 0


def _only_file(said: dict[str, Any]) -> bytes:
    files = said.get("file")
    if not isinstance(files, list) or len(files) != 1 or not isinstance(files[0], str):
        raise AnswerUnusable
    try:
        return base64.b64decode(files[0], validate=True)
    except (binascii.Error, ValueError) as problem:
        raise AnswerUnusable from problem
