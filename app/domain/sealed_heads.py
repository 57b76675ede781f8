"""The heads that seals name, held against the entries of each stream: is what was sealed still there, and the same?"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.domain.chain import Broken, Entry
from app.domain.seals import Seal
from app.domain.tanggal import format_moment

# One head in 32 bytes, however many years of them: number of the entry, number of the seal, digest of the hash's text.
_PACKED = struct.Struct(">II24s")


class Sealed(NamedTuple):
    """Entry `seq` had the hash whose digest is `digest` when seal `seal` was made."""

    seq: int
    seal: int
    digest: bytes


@dataclass
class SealedHeads:
    _packed: dict[str, bytearray] = field(default_factory=dict)
    _moments: dict[int, datetime] = field(default_factory=dict)

    def add(self, seal: Seal) -> None:
        self._moments[seal.number] = seal.at
        for leaf in seal.leaves:
            packed = _PACKED.pack(leaf.seq & 0xFFFFFFFF, seal.number & 0xFFFFFFFF, _digest(leaf.hash))
            self._packed.setdefault(leaf.stream, bytearray()).extend(packed)

    def streams(self) -> set[str]:
        return set(self._packed)

    def watch(self, stream: str) -> "Watch":
        """For one reading of the stream's entries."""
        return Watch([Sealed(*values) for values in _PACKED.iter_unpack(self._packed.get(stream, b""))], self)

    def lost(self, stream: str) -> Broken:
        """What to say of a stream of which nothing is left."""
        last = max(self.watch(stream).sealed)
        return Broken(1, f"Seluruh rangkaian hilang: {last.seq} catatan, {self.when(last.seal)}.")

    def when(self, seal: int) -> str:
        at = self._moments.get(seal)
        return f"disegel dengan segel {seal}" + (f" pada {format_moment(at)}" if at else "")


class Watch:
    """Looks on while the entries of one stream are read; `verdict` afterwards."""

    def __init__(self, sealed: list[Sealed], heads: SealedHeads) -> None:
        self.sealed, self._heads = sealed, heads
        self._wanted: dict[int, list[Sealed]] = {}
        for each in sealed:
            self._wanted.setdefault(each.seq, []).append(each)
        self._other: Sealed | None = None
        self._seen = 0

    def over(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come."""
        for entry in entries:
            self._seen = max(self._seen, entry.seq)
            for each in self._wanted.pop(entry.seq, ()):
                if self._other is None and each.digest != _digest(entry.hash):
                    self._other = each
            yield entry

    def verdict(self) -> Broken | None:
        """The first entry that is another than the one sealed, else the first sealed one that is gone."""
        if self._other is not None:
            seq, when = self._other.seq, self._heads.when(self._other.seal)
            return Broken(seq, f"Catatan {seq} atau sebelumnya ditulis ulang: bukan yang {when}.")
        if not self._wanted:
            return None
        gone, last = self._seen + 1, max(self._wanted)
        when = self._heads.when(self._wanted[last][0].seal)
        which = f"Catatan {gone}" if gone == last else f"Catatan {gone} sampai {last}"
        return Broken(gone, f"{which} hilang dari ujung, padahal {when}.")


def _digest(text: str) -> bytes:
    return hashlib.blake2b(str(text).encode("utf-8", "replace"), digest_size=24).digest()
