"""A Merkle tree as in RFC 6962: one hash that stands for a list, in which no leaf can pass for a node."""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """SHA-256 of one leaf."""
    return hashlib.sha256(_LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over two neighbours, each 32 bytes."""
    return hashlib.sha256(_NODE + left + right).digest()


def root(leaves: Sequence[bytes]) -> str:
    """The root (hex) over `leaves` in their order; of none, the SHA-256 of nothing.

    An odd one out rises as it is: doubling it would give [a, b] and [a, b, b] one root.
    """
    level = [leaf_hash(content) for content in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0].hex()
