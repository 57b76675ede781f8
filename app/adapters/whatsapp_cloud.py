"""WhatsApp by Meta's Cloud API: template messages out, signed reports about them in.

Everything goes out as an approved template (a free text would be taken only within a day after the resident wrote),
with two words in its body: what happened, and where to read on.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import urllib3

from app.adapters.whatsapp import WhatsAppDeferred, WhatsAppRejected

API = "https://graph.facebook.com"
TIMEOUT_S = 15.0
MOST_ANSWER = 64 * 1024
# Codes that speak of this message to this number. Every other refusal (token, permission, template, too many at once,
# account) is the office's own matter: it passes, or an operator mends it.
_FINAL = frozenset({100, 131008, 131009, 131021, 131026, 131030, 131050, 131051})


@dataclass(frozen=True)
class Account:
    """The office's business account. `api`: Meta's address, or that of an on-premises gateway of the same kind."""

    token: str = field(repr=False)
    phone_id: str
    template: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    version: str = "v25.0"
    language: str = "id"
    api: str = API


@dataclass(frozen=True)
class Report:
    """What became of one message. `reference`: ours, "" in a report on a message that had none; `status`: sent,
    delivered, read, failed; `code`: why it failed, 0 otherwise."""

    remote_id: str
    reference: str
    status: str
    at: datetime
    code: int = 0


class CloudApi:
    """The real WhatsApp (adapters.whatsapp)."""

    def __init__(self, account: Account, timeout: float = TIMEOUT_S) -> None:
        self.account = account
        # Attempts are the job's matter, and an answer that sends us elsewhere would take the token along.
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=timeout, read=timeout), retries=False, maxsize=4
        )

    def send(self, reference: str, to: str, text: str, link: str) -> str:
        account = self.account
        try:
            answer = self._pool.request(
                "POST",
                f"{account.api}/{account.version}/{account.phone_id}/messages",
                json=_message(account, reference, to, text, link),
                headers={"Authorization": f"Bearer {account.token}"},
                preload_content=False,
            )
            try:
                said = answer.read(MOST_ANSWER)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as problem:
            raise WhatsAppDeferred("server WhatsApp tidak dapat dihubungi atau terlalu lambat") from problem
        return _remote_id(answer.status, said)


def is_signed(account: Account, body: bytes, signature: str) -> bool:
    """Was this body signed (`X-Hub-Signature-256`) by whoever knows the app secret?"""
    expected = "sha256=" + hmac.new(account.app_secret.encode(), body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def reports(account: Account, body: bytes) -> list[Report]:
    """Those about messages of this account's number; everything else in the body is passed over, also what is no JSON
    or has another shape than it used to have."""
    try:
        sent = orjson.loads(body)
    except ValueError:
        return []
    return [report for value in _values(sent) if _is_ours(account, value) for report in _read(value)]


def _message(account: Account, reference: str, to: str, text: str, link: str) -> dict[str, Any]:
    words = [{"type": "text", "text": " ".join(word.split())} for word in (text, link)]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "template": {
            "name": account.template,
            "language": {"code": account.language},
            "components": [{"type": "body", "parameters": words}],
        },
        "biz_opaque_callback_data": reference,
    }


def _remote_id(status: int, said: bytes) -> str:
    """The id of a message that was taken. Its refusal in words names people and is dropped; its code is kept."""
    try:
        answer = orjson.loads(said)
    except ValueError:
        answer = None
    if status == 200:
        found = _first(_get(answer, "messages")).get("id")
        if isinstance(found, str) and found:
            return found
        # Taken, as it seems, but nothing can be told of it any more.
        raise WhatsAppDeferred("server WhatsApp menjawab dengan bentuk yang tidak dikenal")
    code = _get(_get(answer, "error"), "code")
    if status == 400 and code in _FINAL:
        raise WhatsAppRejected(f"WhatsApp menolak ({code})")
    raise WhatsAppDeferred(f"WhatsApp menunda ({code if isinstance(code, int) else status})")


def _values(sent: object) -> Iterator[Mapping[str, Any]]:
    for entry in _each(_get(sent, "entry")):
        for change in _each(_get(entry, "changes")):
            value = change.get("value")
            if change.get("field") == "messages" and isinstance(value, dict):
                yield value


def _is_ours(account: Account, value: Mapping[str, Any]) -> bool:
    return _get(value.get("metadata"), "phone_number_id") == account.phone_id


def _read(value: Mapping[str, Any]) -> Iterator[Report]:
    for one in _each(value.get("statuses")):
        remote_id, status = one.get("id"), one.get("status")
        if not isinstance(remote_id, str) or not isinstance(status, str):
            continue
        reference, code = one.get("biz_opaque_callback_data"), _first(one.get("errors")).get("code")
        yield Report(
            remote_id=remote_id[:200],
            reference=reference[:100] if isinstance(reference, str) else "",
            status=status,
            at=_moment(one.get("timestamp")),
            code=code if isinstance(code, int) else 0,
        )


def _moment(text: object) -> datetime:
    """A Unix time in digits; anything else is the moment of reading."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 12:
        return datetime.fromtimestamp(int(text), UTC)
    return datetime.now(UTC)


def _get(thing: object, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else None


def _each(things: object) -> list[Mapping[str, Any]]:
    return [thing for thing in things if isinstance(thing, dict)] if isinstance(things, list) else []


def _first(things: object) -> Mapping[str, Any]:
    return next(iter(_each(things)), {})
