"""The Merkle tree: one changed leaf changes the root, and no tree can pass for another."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from app.domain.merkle import leaf_hash, node_hash, root

LEAVES = st.lists(st.binary(max_size=40), max_size=33)


def as_written(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below n."""
    if len(leaves) == 0:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    at = 1
    while at * 2 < len(leaves):
        at *= 2
    return hashlib.sha256(b"\x01" + as_written(leaves[:at]) + as_written(leaves[at:])).digest()


@given(LEAVES)
def test_akar_sama_dengan_rfc_6962(leaves: list[bytes]) -> None:
    assert root(leaves) == as_written(leaves).hex()


def test_contoh_rfc_yang_dikenal() -> None:
    """Known answers of the Certificate Transparency test suite."""
    known = [b"", b"\x00", b"\x10", b"\x20\x21"]
    assert root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root(known[:1]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(known[:2]) == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert root(known[:3]) == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"


@given(LEAVES, LEAVES)
def test_daftar_yang_berbeda_berakar_berbeda(one: list[bytes], other: list[bytes]) -> None:
    assert (root(one) == root(other)) == (one == other)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=33), st.data())
def test_mengubah_satu_daun_mengubah_akar(leaves: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = data.draw(st.binary(max_size=40).filter(lambda content: content != leaves[at]))
    assert root([*leaves[:at], changed, *leaves[at + 1 :]]) != root(leaves)


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=33, unique=True), st.randoms())
def test_urutan_lain_berakar_lain(leaves: list[bytes], chance: object) -> None:
    assert root(leaves[::-1]) != root(leaves)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=33))
def test_menggandakan_yang_terakhir_mengubah_akar(leaves: list[bytes]) -> None:
    """The flaw of trees that fill up an odd level with a copy."""
    assert root([*leaves, leaves[-1]]) != root(leaves)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_simpul_tidak_dapat_menyamar_sebagai_daun(left: bytes, right: bytes) -> None:
    assert node_hash(left, right) != leaf_hash(left + right)


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=2))
def test_dua_daun_bukan_satu_daun_berisi_sidik_keduanya(leaves: list[bytes]) -> None:
    """Second preimage: the inner level, given as leaves, does not lead to the same root."""
    inner = [leaf_hash(leaf) for leaf in leaves]
    assert root([b"".join(inner)]) != root(leaves)
    assert root(inner) != root(leaves)
