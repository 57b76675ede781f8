"""Random walks through the whole reference procedure, saved and restored at every step."""

import random

from app.domain.errors import TaskClosed
from app.workflow.contract import Complete
from tests.workflow.kasus import Case, kk, random_answers
from tests.workflow.polos import PlainCase, plain_spec

WALKS = 400
TIMERS = {"batas_lengkapi", "batas_terima"}


def choose(dice: random.Random, case: Case) -> str:
    """The next thing to happen, as in the office: a timer or a withdrawal now and then, else some task.

    While SIAK is being restored, everything else of the case is held.
    """
    live = case.live()
    if "pulihkan_data" in live:
        return "pulihkan_data"
    timers = [element for element in live if element in TIMERS]
    if timers and dice.random() < 0.2:
        return dice.choice(timers)
    if "tunggu_penarikan" in live and not case.visits["tanda_tangan_kk"] and dice.random() < 0.05:
        return "penarikan"
    return dice.choice(case.open_steps())


def answers(dice: random.Random, case: Case, chosen: str) -> dict[str, str]:
    """`sudah_ditandatangani` is only offered when a withdrawal led here: otherwise nobody is left to wait."""
    drawn = random_answers(dice, chosen)
    if chosen == "pulihkan_data" and "tunggu_penarikan" not in case.last.passed:
        drawn["keputusan"] = "dipulihkan"
    return drawn


def step(dice: random.Random, case: Case, plain: PlainCase | None = None) -> str:
    """Take one random step, in both when there are two; the element that was acted on."""
    chosen = choose(dice, case)
    if chosen == "penarikan":
        case.send(chosen)
    elif chosen in TIMERS:
        case.fire(chosen)
    else:
        case.do(chosen, **answers(dice, case, chosen))
    if plain is not None:
        act = {"penarikan": plain.send} | dict.fromkeys(TIMERS, plain.fire)
        if chosen in act:
            act[chosen](chosen)
        else:
            plain.do(chosen, case.answers)
    return chosen


def test_jalan_acak_sama_dengan_spiffworkflow_polos() -> None:
    spec, stock = kk(), plain_spec()
    seen: set[str] = set()
    ends: set[str | None] = set()
    for seed in range(WALKS):
        dice, case, plain = random.Random(seed), Case(spec), PlainCase(stock)
        trace: list[str] = []
        while case.last.ended is None and len(trace) < 60:
            trace.append(step(dice, case, plain))
            assert case.live() == plain.live(), trace
            assert case.last.ended == plain.ended(), trace
        seen.update(element for result in case.results for element in result.passed)
        ends.add(case.last.ended)
    assert seen == set(spec.elements)
    assert {"selesai", "tutup_tanpa_kk"} <= ends


def test_jalan_panjang_tidak_pernah_macet_dan_tidak_meninggalkan_tugas() -> None:
    for seed in range(200):
        dice, case = random.Random(f"panjang {seed}"), Case(kk())
        for _ in range(400):
            step(dice, case)
            if case.last.ended:
                break
        assert (case.last.ended is None) == bool(case.live())
        assert max(len(result.state) for result in case.results) < 250


def test_setiap_token_dibuka_sekali_dan_ditutup_sekali() -> None:
    for seed in range(60):
        dice, case = random.Random(f"token {seed}"), Case(kk())
        while case.last.ended is None and len(case.results) < 80:
            step(dice, case)
        opened, closed = [], []
        for result in case.results:
            closed += [each.token for each in result.closed]
            opened += [each.token for each in (*result.opened, *result.jobs, *result.timers)]
            assert set(closed) <= set(opened)
        assert len(opened) == len(set(opened))
        assert len(closed) == len(set(closed))
        still = {case.token(e) for e in case.live() if e != "tunggu_penarikan"}
        assert set(opened) - set(closed) == still


def test_token_yang_tertutup_selalu_ditolak_dan_keadaan_tidak_berubah() -> None:
    for seed in range(40):
        dice, case = random.Random(f"tutup {seed}"), Case(kk())
        while case.last.ended is None and len(case.results) < 30:
            step(dice, case)
            before = case.state
            for each in case.last.closed:
                try:
                    case.take(Complete(each.token))
                except TaskClosed:
                    assert case.state == before
                else:
                    raise AssertionError(f"{each} was completed again")
