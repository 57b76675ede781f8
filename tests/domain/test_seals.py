"""Reading seals: each kind of tampering with the file is found and said, and only sound seals are believed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.seal_key import SealKey, is_signed
from app.domain.seal_chain import SealChain
from app.domain.seals import Leaf, Seal, header_of, parse, signed_bytes

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEY, OTHER = (SealKey(Ed25519PrivateKey.from_private_bytes(bytes([sign]) * 32)) for sign in (1, 2))


def seals(count: int, key: SealKey = KEY, turn_at: int = 0) -> list[Seal]:
    """A chain; at seal `turn_at` the key changes from `key` to OTHER."""
    made: list[Seal] = []
    for number in range(1, count + 1):
        head = hashlib.sha256(str(number).encode()).hexdigest()
        leaves = (Leaf("kantor", number, head), Leaf(f"kasus:{number}", 1, head))
        following = OTHER if number == turn_at else None
        header = header_of(
            number=number,
            at=AT + timedelta(minutes=number),
            previous=made[-1].hash if made else "",
            upto=number * 2,
            entries=2,
            leaves=leaves,
            key=key.public,
            next_key=following.public if following else "",
        )
        message = signed_bytes(header)
        made.append(Seal(header, leaves, key.sign(message), following.sign(message) if following else ""))
        key = following or key
    return made


def lines(count: int = 6, **how: object) -> list[bytes]:
    return [seal.line() for seal in seals(count, **how)]  # type: ignore[arg-type]


def read(content: list[bytes]) -> tuple[list[int], list[int], list[str]]:
    """Numbers believed, lines at fault, sentences."""
    chain = SealChain(is_signed)
    believed = [seal.number for seal in chain.read(content)]
    return believed, [fault.line for fault in chain.faults], [fault.why for fault in chain.faults]


def edited(line: bytes, **header: object) -> bytes:
    content = json.loads(line)
    content["kepala"].update(header)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_rantai_utuh_dipercaya_seluruhnya() -> None:
    assert read(lines()) == ([1, 2, 3, 4, 5, 6], [], [])
    assert read([]) == ([], [], [])


def test_baris_dan_segel_satu_bentuk() -> None:
    for seal in seals(3):
        assert parse(seal.line()) == seal
        assert parse(seal.line() + b" ") is None


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_setiap_bita_yang_diubah_ketahuan(data: st.DataObject) -> None:
    content = lines(3)
    which = data.draw(st.integers(0, 2))
    at = data.draw(st.integers(0, len(content[which]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value not in (content[which][at], 10)))
    content[which] = content[which][:at] + bytes([byte]) + content[which][at + 1 :]
    believed, at_fault, _ = read(content)
    assert which + 1 in at_fault
    assert which + 1 not in believed


@settings(deadline=None)
@given(st.permutations(range(5)))
def test_urutan_lain_ketahuan(order: list[int]) -> None:
    content = lines(5)
    assert bool(read([content[at] for at in order])[1]) == (order != sorted(order))


@settings(deadline=None)
@given(st.sets(st.integers(0, 5), min_size=1))
def test_baris_yang_dihapus_ketahuan_selama_masih_ada_sesudahnya(gone: set[int]) -> None:
    content = [line for number, line in enumerate(lines()) if number not in gone]
    is_tail = gone == set(range(min(gone), 6))
    assert bool(read(content)[1]) == (not is_tail), "a cut tail shows against the database, not in the file"


def test_baris_dihapus_disebut_nomornya() -> None:
    content = lines()
    believed, at_fault, why = read([*content[:2], *content[4:]])
    assert (believed, at_fault) == ([1, 2, 5, 6], [3])
    assert why == ["Segel 3 sampai 4 tidak ada di tempatnya: barisnya dihapus atau dipindah."]


def test_dua_baris_tertukar_disebut_keduanya() -> None:
    content = lines()
    content[2], content[3] = content[3], content[2]
    _, at_fault, why = read(content)
    assert at_fault == [3, 4]
    assert why[1] == "Segel 3 tidak pada urutannya: ia sesudah segel 4."


@pytest.mark.parametrize(
    "change", [{"nomor": 9}, {"catatan": 5}, {"akar": "0" * 64}, {"pada": "2026-01-01T00:00:00.000000Z"}]
)
def test_kepala_yang_diubah_hanya_menjatuhkan_segel_itu(change: dict[str, object]) -> None:
    content = lines()
    content[2] = edited(content[2], **change)
    believed, at_fault, why = read(content)
    assert (believed, at_fault) == ([1, 2, 4, 5, 6], [3])
    assert "tanda tangannya tidak cocok" in why[0]


def test_ujung_yang_diubah_tidak_dipercaya() -> None:
    content = lines()
    content[2] = content[2].replace(b'["kasus:3",1,', b'["kasus:3",2,')
    believed, at_fault, why = read(content)
    assert (believed, at_fault) == ([1, 2, 4, 5, 6], [3])
    assert "daftar ujungnya" in why[0]


def test_rantai_kedua_dengan_kunci_yang_sama_tidak_menyambung() -> None:
    mine = seals(4)
    header = {**mine[1].header, "catatan": 1}
    forged = Seal(header, mine[1].leaves, KEY.sign(signed_bytes(header)))
    believed, at_fault, why = read([mine[0].line(), forged.line(), mine[2].line(), mine[3].line()])
    assert at_fault == [3]
    assert "tidak menyambung" in why[0]


def test_segel_kunci_lain_tidak_dipercaya() -> None:
    believed, at_fault, why = read([*lines(3), *[seal.line() for seal in seals(6, key=OTHER)[3:]]])
    assert (believed, at_fault) == ([1, 2, 3], [4])
    assert "kunci lain" in why[0]


def test_kunci_berganti_dengan_tanda_tangan_keduanya() -> None:
    chain = SealChain(is_signed)
    assert len(list(chain.read(lines(turn_at=3)))) == 6
    assert chain.faults == []
    assert chain.trusts(KEY.public)
    assert chain.trusts(OTHER.public)
    assert not chain.trusts("00" * 32)


def test_kunci_baru_tidak_dapat_diakui_tanpa_tanda_tangannya() -> None:
    """Somebody with a key of their own cannot pretend that their chain leads to the office's key."""
    chain = seals(3, turn_at=3)
    forged = Seal(chain[2].header, chain[2].leaves, chain[2].signature, KEY.sign(signed_bytes(chain[2].header)))
    believed, at_fault, _ = read([chain[0].line(), chain[1].line(), forged.line()])
    assert (believed, at_fault) == ([1, 2], [3])


def test_baris_terpotong_di_ujung_dilaporkan_dan_di_tengah_dimaklumi() -> None:
    content = lines(3)
    torn = content[2][:100]
    assert read([*content[:2], torn])[1] == [3]
    chain = SealChain(is_signed)
    assert [seal.number for seal in chain.read([*content[:2], torn, content[2]])] == [1, 2, 3]
    assert (chain.faults, [note.line for note in chain.notes]) == ([], [3])


def test_baris_yang_dirusak_tidak_dimaklumi_sebagai_terpotong() -> None:
    content = lines(4)
    believed, at_fault, why = read([content[0], b"{}", content[2], content[3]])
    assert (believed, at_fault) == ([1, 3, 4], [2])
    assert "diubah atau dipotong" in why[0]


@pytest.mark.parametrize("content", [b"", b"[]", b'"kepala"', b"1", b"{}", b'{"kepala":{}}', b"[[[[", b"\xff", b"null"])
def test_baris_sembarang_bukan_segel(content: bytes) -> None:
    assert parse(content) is None


def test_tanda_yang_bukan_teks_bukan_segel() -> None:
    content = json.loads(lines(1)[0])
    for name in ("tanda", "tanda_baru"):
        broken = json.dumps({**content, name: 5}, sort_keys=True, separators=(",", ":")).encode()
        assert parse(broken) is None


def test_tanda_tangan_dengan_huruf_besar_bukan_yang_ditulis() -> None:
    content = lines(2)
    sign = json.loads(content[0])["tanda"]
    content[0] = content[0].replace(sign.encode(), sign.upper().encode())
    assert read(content)[1][0] == 1
