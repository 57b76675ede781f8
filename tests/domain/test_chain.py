import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import GENESIS, Entry, NotCanonical, canonical, entry_hash, first_broken, salted_digest

STREAM = "kasus:abc"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LENGTHS = st.integers(1, 12)


def written(length: int, stream: str = STREAM) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        at, payload = AT + timedelta(minutes=seq), {"langkah": "periksa_berkas", "ke": seq}
        previous = entries[-1].hash if entries else GENESIS
        entries.append(
            Entry(
                seq,
                at,
                "budi",
                "selesai",
                payload,
                entry_hash(previous, stream, seq, at, "budi", "selesai", payload),
            )
        )
    return entries


def broken_at(entries: list[Entry], original: list[Entry]) -> int | None:
    broken = first_broken(STREAM, entries, original[-1].hash, len(original))
    return broken and broken.seq


def rehashed(entry: Entry, previous: str) -> Entry:
    digest = entry_hash(previous, STREAM, entry.seq, entry.at, entry.actor, entry.verb, entry.payload)
    return replace(entry, hash=digest)


ALTERATIONS = st.sampled_from(
    [
        lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
        lambda e: replace(e, actor="sari"),
        lambda e: replace(e, verb="diambil"),
        lambda e: replace(e, payload={**e.payload, "ke": -1}),
        lambda e: replace(e, payload={**e.payload, "ke": float(e.seq)}),
        lambda e: replace(e, payload={**e.payload, "baru": None}),
        lambda e: replace(e, payload={}),
        lambda e: replace(e, hash="0" * 64),
    ]
)


@given(LENGTHS)
def test_rantai_utuh_tidak_putus(length: int) -> None:
    entries = written(length)
    assert broken_at(entries, entries) is None


def test_aliran_kosong() -> None:
    assert first_broken(STREAM, [], GENESIS, 0) is None
    assert first_broken(STREAM, [], "f" * 64, 0) is not None


@given(LENGTHS, st.data(), ALTERATIONS)
def test_satu_perubahan_ditunjuk_tepat(length: int, data: st.DataObject, alter) -> None:  # type: ignore[no-untyped-def]
    original = written(length)
    place = data.draw(st.integers(0, length - 1))
    entries = [*original[:place], alter(original[place]), *original[place + 1 :]]
    assert broken_at(entries, original) == place + 1


@given(LENGTHS, st.data())
def test_satu_penghapusan_ditunjuk_tepat_juga_di_ujung(length: int, data: st.DataObject) -> None:
    original = written(length)
    place = data.draw(st.integers(0, length - 1))
    assert broken_at(original[:place] + original[place + 1 :], original) == place + 1


@given(LENGTHS, st.data())
def test_penghapusan_yang_dinomori_ulang_tetap_ditunjuk(length: int, data: st.DataObject) -> None:
    original = written(length)
    place = data.draw(st.integers(0, length - 1))
    renumbered = [replace(entry, seq=entry.seq - 1) for entry in original[place + 1 :]]
    assert broken_at(original[:place] + renumbered, original) == place + 1


@given(st.integers(2, 12), st.data())
def test_dua_catatan_bertukar_ditunjuk_yang_pertama(length: int, data: st.DataObject) -> None:
    original = written(length)
    first = data.draw(st.integers(0, length - 2))
    second = data.draw(st.integers(first + 1, length - 1))
    moved = list(original)
    moved[first], moved[second] = moved[second], moved[first]
    assert broken_at(moved, original) == first + 1
    renumbered = [replace(entry, seq=number) for number, entry in enumerate(moved, start=1)]
    assert broken_at(renumbered, original) == first + 1


@given(LENGTHS, st.data())
def test_sisipan_ditunjuk_tepat(length: int, data: st.DataObject) -> None:
    original = written(length)
    place = data.draw(st.integers(0, length))
    previous = original[place - 1].hash if place else GENESIS
    extra = rehashed(Entry(place + 1, AT, "sari", "palsu", {}, ""), previous)
    shifted = [replace(entry, seq=entry.seq + 1) for entry in original[place:]]
    # A forged entry that chains rightly shows where the old chain no longer follows it.
    assert broken_at([*original[:place], extra, *shifted], original) == min(place + 2, length + 1)
    doubled = [*original[: place + 1], replace(original[min(place, length - 1)]), *original[place + 1 :]]
    assert broken_at(doubled, original) == min(place, length - 1) + 1


@given(LENGTHS, st.data())
def test_catatan_yang_ditulis_ulang_dengan_hashnya_terlihat_di_catatan_berikut(
    length: int, data: st.DataObject
) -> None:
    original = written(length)
    place = data.draw(st.integers(0, length - 1))
    previous = original[place - 1].hash if place else GENESIS
    forged = rehashed(replace(original[place], actor="sari"), previous)
    assert broken_at([*original[:place], forged, *original[place + 1 :]], original) == min(place + 2, length)


def test_rantai_yang_seluruhnya_dihitung_ulang_tetap_berbeda_dari_kepala() -> None:
    original = written(5)
    entries = original[:2]
    for entry in original[2:]:
        entries.append(rehashed(replace(entry, actor="sari"), entries[-1].hash))
    assert broken_at(entries, original) == 5


def test_catatan_tidak_dapat_dipindah_ke_aliran_lain() -> None:
    other = written(3, stream="kasus:lain")
    broken = first_broken(STREAM, other, other[-1].hash, 3)
    assert broken is not None and broken.seq == 1


def test_bentuk_baku_tidak_bergantung_urutan_kunci_dan_zona() -> None:
    jakarta = AT.astimezone(timezone(timedelta(hours=7)))
    assert canonical({"b": 1, "a": AT}) == canonical({"a": jakarta, "b": 1})
    assert canonical({"á": (1, True, None)}) == '{"á":[1,true,null]}'.encode()
    assert canonical([AT, date(2026, 1, 2)]) == b'["2026-11-23T02:00:00.000000Z","2026-01-02"]'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_bentuk_baku_sama_sesudah_disimpan_dan_dibaca_dari_json(content: object) -> None:
    assert canonical(json.loads(json.dumps(content))) == canonical(content)
    assert json.loads(canonical(content)) == content


@pytest.mark.parametrize(
    "content", [1.5, float("nan"), b"x", {1: 2}, {"a": {3}}, datetime(2026, 1, 1), "\ud800", object()]
)
def test_yang_tidak_punya_bentuk_tunggal_ditolak(content: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({"a": content})


def test_sidik_bergaram_berbeda_menurut_garam_dan_isi() -> None:
    assert salted_digest("g1", "x") == salted_digest("g1", "x")
    assert len({salted_digest("g1", "x"), salted_digest("g2", "x"), salted_digest("g1", "y")}) == 3
