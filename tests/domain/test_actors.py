"""Units belong to a role, not to a person: what somebody may do where."""

import pytest

from app.domain.actors import Actor, CaseRef, Office, TaskRef, can

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
