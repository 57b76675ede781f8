"""Random cases through the services alone: none is lost, and the same seed tells the same story."""

import json
from pathlib import Path

import pytest
from flask import Flask

from app.services import store


@pytest.mark.lambat
def test_lima_belas_kasus_acak_semuanya_selesai(sqlite_app: Flask) -> None:
    root = Path(__file__).parents[2]
    session, folder = store.session, store.data_dir
    command = ["case", "simulate", "--procedure", "kk-perubahan-data", "--cases", "15", "--seed", "3", "--json"]
    done = sqlite_app.test_cli_runner().invoke(args=[*command, "--path", str(root)])
    assert done.exit_code == 0, done.output
    report = json.loads(done.output.splitlines()[-1])
    assert (report["cases"], report["lost"], report["changed_by_replay"]) == (15, 0, 0)
    assert sum(report["outcomes"].values()) == 15 + report["linked"]
    assert "" not in report["outcomes"]
    assert "" not in report["outcomes"]
    for happened in ("steps", "returns", "releases", "replays", "timers", "steps_per_s"):
        assert report[happened] > 0
    assert (store.session, store.data_dir) == (session, folder)


def test_benih_yang_sama_memberi_cerita_yang_sama(sqlite_app: Flask) -> None:
    root = Path(__file__).parents[2]
    command = ["case", "simulate", "--procedure", "kk-perubahan-data", "--cases", "3", "--json", "--path", str(root)]
    stories = []
    for seed in ("5", "5", "6"):
        done = sqlite_app.test_cli_runner().invoke(args=[*command, "--seed", seed])
        assert done.exit_code == 0, done.output
        report = json.loads(done.output.splitlines()[-1])
        stories.append({key: value for key, value in report.items() if key not in ("seconds", "steps_per_s")})
    assert stories[0] == stories[1] != stories[2]
