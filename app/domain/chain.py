"""The hash chain of the trail: each entry's hash covers its content and the hash before it."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

GENESIS = ""
"""The hash before the first entry, and the head of an empty stream."""


class NotCanonical(ValueError):
    """A value that has no single written form (a float, a naive datetime, a key that is no text, …)."""


@dataclass(frozen=True)
class Entry:
    """One entry as it is stored; `seq` counts from 1 within its stream."""

    seq: int
    at: datetime
    actor: str
    verb: str
    payload: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first entry at which a stream stops being what was written; `why` is an Indonesian sentence."""

    seq: int
    why: str


def canonical(content: object) -> bytes:
    """The one written form of a value: JSON in UTF-8, keys sorted, moments as ISO 8601 in UTC, microseconds.

    A tuple is written as a list, so what comes back from a JSON column has the form it had before.
    Raises NotCanonical.
    """
    try:
        text = json.dumps(_plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as fault:
        raise NotCanonical("text that is not valid Unicode, or nesting without end") from fault


def entry_hash(
    previous: str, stream: str, seq: int, at: datetime, actor: str, verb: str, payload: Mapping[str, Any]
) -> str:
    """SHA-256 (hex) over the previous hash and everything the entry says. Raises NotCanonical."""
    return hashlib.sha256(canonical([previous, stream, seq, at, actor, verb, payload])).hexdigest()


def salted_digest(salt: str, value: str) -> str:
    """What the trail keeps of personal data; without the salt, erased with the data, it says nothing."""
    return hmac.new(salt.encode("utf-8"), value.encode("utf-8"), hashlib.sha256).hexdigest()


def first_broken(
    stream: str, entries: Iterable[Entry], head: str, length: int, *, after: tuple[int, str] = (0, GENESIS)
) -> Broken | None:
    """Compare a stream, its entries in order, with its head row; None where everything is as it was written.

    One entry rewritten together with its own hash shows at the entry after it (at the last: at itself).
    `after`: number and hash of the entry before these, where they are not the first.
    """
    previous, expected = after[1], after[0] + 1
    rest = iter(entries)
    for entry in rest:
        if entry.seq < expected:
            return Broken(entry.seq, f"Catatan {entry.seq} disisipkan: nomornya sudah terpakai.")
        if entry.seq > expected:
            return _gap(expected, rest)
        if expected > length:
            return Broken(entry.seq, f"Catatan {entry.seq} disisipkan sesudah catatan terakhir.")
        if _recomputed(previous, stream, entry) != entry.hash:
            return Broken(entry.seq, f"Catatan {entry.seq} diubah, atau tidak menyambung ke sebelumnya.")
        previous, expected = entry.hash, expected + 1
    if expected <= length:
        return Broken(expected, f"Catatan {expected} sampai {length} hilang dari ujung.")
    if previous != head:
        return Broken(length, f"Catatan {length} tidak sama dengan kepala rantai.")
    return None


def _gap(expected: int, rest: Iterable[Entry]) -> Broken:
    if any(entry.seq == expected for entry in rest):
        return Broken(expected, f"Catatan {expected} tidak pada urutannya.")
    return Broken(expected, f"Catatan {expected} hilang.")


def _recomputed(previous: str, stream: str, entry: Entry) -> str | None:
    try:
        return entry_hash(previous, stream, entry.seq, entry.at, entry.actor, entry.verb, entry.payload)
    except NotCanonical:
        # Nothing like it can have been written, so it was altered afterwards.
        return None


def _plain(content: object) -> object:
    if content is None or isinstance(content, str | bool | int):
        return content
    if isinstance(content, datetime):
        return written_moment(content)
    if isinstance(content, date):
        return content.isoformat()
    if isinstance(content, Mapping):
        if not all(isinstance(key, str) for key in content):
            raise NotCanonical("a key that is not text")
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, Sequence) and not isinstance(content, bytes | bytearray):
        return [_plain(each) for each in content]
    raise NotCanonical(f"{type(content).__name__} has no canonical form; write it as text or a whole number")


def written_moment(at: datetime) -> str:
    """The one written form of a moment. Raises NotCanonical for one without zone."""
    if at.tzinfo is None:
        raise NotCanonical("a datetime without zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
