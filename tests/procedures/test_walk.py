"""The walk over sample paths: what it finds, and that no drawing keeps it busy for long."""

import time

import pytest

from app.domain.errors import Fault
from app.procedures.checks.ground import Ground, shape
from app.procedures.checks.walk import walk_all
from tests.workflow.acuan import boundary, choice, diagram, end, flow, message, parallel, path, start, timer, user
from tests.workflow.kasus import compiled

SECONDS = 5


def walked(*parts: str) -> list[Fault]:
    spec = compiled(diagram(*parts))
    asked = sorted({reference for condition in spec.conditions.values() for reference in condition.references})
    fields = tuple((step, name, ("ya", "tidak", None)) for step, name in asked)
    return list(walk_all(Ground(spec, shape(spec), fields, (), frozenset())))


def ring(gateways: int, fields: int) -> list[str]:
    """One task, then a long chain of gateways, each with a way back to the task."""
    names = [f"g{n}" for n in range(gateways)]
    parts = [start("mulai"), user("a"), end("selesai"), *(choice(name, f"{name}-a") for name in names)]
    parts.append(path("mulai", "a", "g0"))
    for number, (here, there) in enumerate(zip(names, [*names[1:], "selesai"], strict=True)):
        parts += [flow(here, there, f'a.f{number % fields} == "ya"'), flow(here, "a")]
    return parts


def ladder(rungs: int) -> list[str]:
    """Choices one after another, each between two tasks: two to the power of `rungs` ways through."""
    parts = [start("mulai"), user("u0"), end("selesai"), path("mulai", "u0", "g0")]
    for n in range(rungs):
        after = f"u{n + 1}" if n + 1 < rungs else "selesai"
        parts += [choice(f"g{n}", f"g{n}-b{n}"), user(f"b{n}"), user(f"c{n}"), choice(f"s{n}")]
        parts += [user(after)] if n + 1 < rungs else []
        parts += [flow(f"g{n}", f"c{n}", f'u{n}.x == "ya"'), flow(f"g{n}", f"b{n}"), path(f"b{n}", f"s{n}", after)]
        parts += [flow(f"c{n}", f"s{n}")]
        parts += [flow(f"u{n + 1}", f"g{n + 1}")] if n + 1 < rungs else []
    return parts


def doubling(branches: int) -> list[str]:
    """A split whose branches all come back before it: each lap opens more than it closes."""
    tasks = [f"t{n}" for n in range(branches)]
    parts = [start("mulai"), choice("masuk"), parallel("bagi"), choice("keluar", "keluar-masuk"), end("selesai")]
    parts += [*map(user, tasks), path("mulai", "masuk", "bagi"), flow("keluar", "masuk")]
    parts += [path("bagi", task, "keluar") for task in tasks]
    return [*parts, flow("keluar", "selesai", 't0.x == "ya" and t1.x == "ya"')]


def crowd(timers: int) -> list[str]:
    """A task with many deadlines, each leading to a task of its own."""
    parts = [start("mulai"), user("a"), end("selesai"), path("mulai", "a", "selesai")]
    for n in range(timers):
        parts += [
            boundary(f"b{n}", "a", timer("P1D"), interrupting=False),
            user(f"t{n}"),
            path(f"b{n}", f"t{n}", "selesai"),
        ]
    return parts


NASTY = {
    "cincin_gerbang": ring(190, 6),
    "cincin_gerbang_banyak_isian": ring(120, 60),
    "tangga": ladder(39),
    "berlipat_dua": doubling(2),
    "berlipat_banyak": doubling(150),
    "banyak_timer": crowd(90),
}


@pytest.mark.parametrize("parts", NASTY.values(), ids=NASTY)
def test_gambar_seburuk_apa_pun_selesai_ditempuh_dalam_lima_detik(parts: list[str]) -> None:
    begun = time.thread_time()
    found = walked(*parts)
    assert time.thread_time() - begun < SECONDS
    assert all(fault.line > 0 and fault.message for fault in found)


def test_cabang_sejajar_yang_menumpuk_ditolak() -> None:
    [fault] = [fault for fault in walked(*doubling(150)) if not fault.warning]
    assert "makin banyak langkah sekaligus" in fault.message


def test_yang_terlalu_besar_untuk_ditempuh_dikatakan_sebagai_peringatan() -> None:
    faults = walked(*ring(190, 6))
    assert any("belum diuji jalannya" in fault.message for fault in faults)
    assert all(fault.warning for fault in faults)


def test_jalan_pulang_yang_hanya_lewat_batas_waktu_ditemukan() -> None:
    parts = (
        start("mulai"),
        user("a"),
        boundary("b", "a", timer("P9D")),
        end("selesai"),
        choice("g"),
        path("mulai", "g", "a"),
    )
    assert walked(*parts, flow("a", "g"), flow("b", "selesai")) == []


def test_jalan_yang_hanya_terbuka_oleh_pesan_disebut_macet() -> None:
    parts = (
        start("mulai"),
        user("a"),
        boundary("b", "a", message()),
        end("selesai"),
        choice("g"),
        path("mulai", "g", "a"),
    )
    [fault] = walked(*parts, flow("a", "g"), flow("b", "selesai"))
    assert not fault.warning and "tidak sampai ke akhir" in fault.message


def test_cabang_yang_tidak_pernah_tertempuh_hanya_peringatan() -> None:
    parts = (start("mulai"), user("a"), choice("g", "g-selesai"), user("c"), end("selesai"), path("mulai", "a", "g"))
    impossible = flow("g", "c", 'a.x == "ya" and a.x == "tidak"')
    [fault] = walked(*parts, impossible, flow("g", "selesai"), flow("c", "selesai"))
    assert fault.warning and "'g-c' tidak pernah tertempuh" in fault.message
