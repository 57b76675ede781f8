"""How a case came in, as the figures have it: from the resident alone, at a counter, or with papers sent otherwise."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.clocks import Stop
from app.procedures.compile import compile_procedure
from app.procedures.files import read_folder
from app.services import clock
from app.services.oversight.measuring import DIBANTU, MANDIRI, WHATSAPP, Found, measure
from tests.factories import SENIN_PAGI

ROOT = Path(__file__).parents[2]
SLUG = "kk-perubahan-data"


@pytest.mark.parametrize(
    ("done_by", "at_counter", "channel"),
    [("sari", False, MANDIRI), ("sari", True, DIBANTU), ("budi", False, WHATSAPP), ("budi", True, DIBANTU)],
)
def test_kanal_dari_siapa_yang_mengisi(done_by: str, at_counter: bool, channel: str) -> None:
    case, _ = measure(_found(done_by, at_counter), clock.calendar(), SENIN_PAGI)
    assert case["channel"] == channel


def test_menerima_kk_di_loket_bukan_kiriman_whatsapp() -> None:
    found = _found("sari", at_counter=False)
    received = SimpleNamespace(**vars(found.tasks[0]) | {"id": "r", "step": "terima_kk", "completed_by": "budi"})
    case, _ = measure(replace(found, tasks=[*found.tasks, received]), clock.calendar(), SENIN_PAGI)
    assert case["channel"] == MANDIRI


def test_jam_yang_berhenti_di_luar_jam_kerja_bukan_penahan() -> None:
    task = SimpleNamespace(**vars(_found("sari", at_counter=False).tasks[0]))
    task.closed_at = task.completed_at = SENIN_PAGI + timedelta(days=1)
    night = [Stop(SENIN_PAGI + timedelta(hours=h), SENIN_PAGI + timedelta(hours=h + 1), f"sebab {h}") for h in (0, 14)]
    found = replace(_found("sari", at_counter=False), tasks=[task], stops={"t": night})
    _, (measured,) = measure(found, clock.calendar(), SENIN_PAGI + timedelta(days=2))
    assert measured["stops"] == {"sebab 0": 3600}


def _found(done_by: str, at_counter: bool) -> Found:
    case = SimpleNamespace(
        id="k",
        number="KK-1",
        unit="",
        subject_id="sari",
        opened_by="sari",
        opened_at=SENIN_PAGI,
        ended_at=None,
        outcome="",
    )
    times = dict.fromkeys(("opened_at", "claimed_at", "completed_at", "closed_at"), SENIN_PAGI)
    nothing = dict.fromkeys(("late_at", "held_at", "paused_at"))
    task = SimpleNamespace(
        id="t",
        case_id="k",
        step="isi_permohonan",
        unit="",
        claimed_by=done_by,
        completed_by=done_by,
        closed_how="selesai",
        **times,
        **nothing,
    )
    return Found(case, compile_procedure(read_folder(ROOT)[SLUG]), [task], at_counter=at_counter)
