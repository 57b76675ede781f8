"""Units belong to a role, not to a person: what somebody may do where."""

from datetime import date

import pytest

from app.domain.actors import Actor, CaseRef, Office, Substitution, TaskRef, can, title_of

SINI, SANA, LAIN = "340210", "340211", "340212"
PROSEDUR = frozenset({"pemohon", "petugas_layanan", "kasi"})
# Officer of one unit, section head of another.
DUA = Actor(
    "dua", "Dua", frozenset({"petugas_layanan", "kasi"}), frozenset({("petugas_layanan", SINI), ("kasi", SANA)})
)


def task(unit: str, role: str, *, helpers: frozenset[str] = frozenset()) -> TaskRef:
    return TaskRef(CaseRef("k", "warga", unit, PROSEDUR), frozenset({role}), claimed_by="dua", helpers=helpers)


@pytest.mark.parametrize("verb", ["claim", "complete"])
@pytest.mark.parametrize(
    ("unit", "role", "may"),
    [
        (SINI, "petugas_layanan", True),
        (SANA, "petugas_layanan", False),
        (SINI, "kasi", False),
        (SANA, "kasi", True),
        (LAIN, "kasi", False),
    ],
)
def test_unit_satu_peran_tidak_berlaku_bagi_peran_lain(verb: str, unit: str, role: str, may: bool) -> None:
    assert can(DUA, verb, task(unit, role)) is may


@pytest.mark.parametrize(("unit", "may"), [(SINI, True), (SANA, False)])
def test_membantu_pemohon_hanya_di_unit_peran_yang_membantu(unit: str, may: bool) -> None:
    assert can(DUA, "assist", task(unit, "pemohon", helpers=frozenset({"petugas_layanan"}))) is may


def test_kasus_tampak_di_semua_unit_yang_dilayani_dalam_prosedurnya() -> None:
    seen = [unit for unit in (SINI, SANA, LAIN) if can(DUA, "view_case", CaseRef("k", "warga", unit, PROSEDUR))]
    assert seen == [SINI, SANA]
    without_lane = CaseRef("k", "warga", SANA, frozenset({"pemohon", "petugas_layanan"}))
    assert not can(DUA, "view_case", without_lane), "a section head there has no part in this procedure"


def test_seluruh_kantor_dalam_satu_peran_tidak_membuka_peran_lain() -> None:
    actor = Actor("x", "X", frozenset({"petugas_layanan", "kasi"}), frozenset({("kasi", SANA)}))
    assert actor.units_in({"petugas_layanan"}) is None
    assert actor.units_in({"kasi"}) == {SANA}
    assert actor.units_in({"auditor"}) == frozenset()
    assert not actor.serves(SINI, {"kasi"}) and not can(actor, "administer", Office())


def standing_in(own: frozenset[str], role: str, units: set[str], *, gained: bool = True) -> Actor:
    """Somebody with these roles for the whole office, and one more in somebody's stead."""
    places = frozenset((role, unit) for unit in units) if gained else frozenset()
    one = Substitution(role, title_of(role, "Plh."), date(2026, 11, 24), date(2026, 11, 28), "Yang Cuti", places)
    posts = frozenset((role, unit) for unit in units if unit and gained)
    return Actor("ganti", "Ganti", own | {role}, posts, (one,))


def test_sebutan_pengganti_hanya_di_tempat_dan_peran_yang_digantikannya() -> None:
    ganti = standing_in(frozenset({"petugas_layanan"}), "kasi", {SINI})
    assert ganti.acting_as({"kasi"}, SINI) == "Plh. Kepala Seksi"
    assert ganti.acting_as({"kasi", "petugas_layanan"}, SINI) == "", "what they may do in their own right"
    assert ganti.acting_as({"kasi"}, SANA) == "" and ganti.acting_as({"petugas_layanan"}, SINI) == ""
    assert standing_in(frozenset(), "kasi", {""}).acting_as({"kasi"}, SANA) == "Plh. Kepala Seksi"
    assert standing_in(frozenset({"kasi"}), "kasi", {""}, gained=False).acting_as({"kasi"}, SINI) == ""
