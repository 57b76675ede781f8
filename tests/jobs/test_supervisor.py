"""The supervisor with real processes: the dead are raised, and the end takes everyone along, the last first."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.jobs.supervisor import Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('siap', flush=True); time.sleep(60)",
]


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor([])
    yield supervisor
    supervisor.stopping.set()
    supervisor.stop(patience=1)


def wait_for(truth: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_proses_yang_mati_dijalankan_lagi(supervisor: Supervisor) -> None:
    child = Child("tidur", SLEEPER, dict(os.environ))
    supervisor.start(child)
    assert child.process is not None
    first = child.process.pid
    keeper = threading.Thread(target=supervisor.tend_until_stopped)
    keeper.start()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: child.process is not None and child.process.pid != first and child.alive)
    supervisor.stopping.set()
    keeper.join(60)


def test_yang_mati_muda_ditunggu_makin_lama(supervisor: Supervisor) -> None:
    child = Child("gagal", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    supervisor.start(child)
    waits = []
    while len(waits) < 3:
        wait_for(lambda: not child.alive)
        child.tend()
        waits.append(child.wait)
        child.due = 0.0
        child.tend()
    assert waits == [1.0, 2.0, 4.0]


def test_berhenti_menghentikan_semua_juga_yang_bandel(supervisor: Supervisor) -> None:
    gentle, stubborn = Child("patuh", SLEEPER, dict(os.environ)), Child("bandel", STUBBORN, dict(os.environ))
    for child in (gentle, stubborn):
        supervisor.start(child)
    time.sleep(0.5)
    supervisor.stop(patience=0.5)
    assert not gentle.alive
    assert not stubborn.alive
