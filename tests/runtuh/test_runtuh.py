"""Crashes of every kind while people work: in the end nothing is lost, nothing done twice. `make soak`: longer."""

import json
import random
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.runtuh.people import RESIDENTS
from tests.runtuh.run import KINDS, run


@pytest.mark.lambat
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", KINDS)
def test_yang_mati_mendadak_tidak_menghilangkan_dan_tidak_menggandakan(
    kind: str, tmp_path: Path, redis_url: str
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"ulangi dengan: make soak KIND={kind} SEED={seed} MINUTES=0")
    figures = run(tmp_path, kind, seed, 0, quota=2, pause=(0.5, 1.5))
    print(json.dumps(asdict(figures), ensure_ascii=False))
    assert figures.faults == []
    assert figures.cases >= len(RESIDENTS)
    every = {"worker", "sweeper", "web", "redis", "redis dikosongkan"}
    if kind == "postgresql":
        every |= {"postgresql fast", "postgresql immediate", "postgresql kill -9"}
    assert every <= figures.kills.keys()
    assert figures.requests > figures.steps > figures.cases
