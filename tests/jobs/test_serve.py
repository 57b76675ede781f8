"""`make run` as a newcomer meets it: one command, a site that answers, and one Ctrl-C that ends everything."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psutil

from tests.support.servers import free_port


def test_satu_perintah_menyalakan_semua_dan_satu_sinyal_menghentikannya(tmp_path: Path) -> None:
    port = free_port()
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL", "ALUR_MODE"}}
    env |= {"ALUR_DATA": str(tmp_path), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.jobs.serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    lines: list[str] = []
    opened = threading.Event()

    def listen() -> None:
        for line in process.stdout or ():
            lines.append(line)
            if "Ctrl-C menghentikan semua" in line:
                opened.set()

    reader = threading.Thread(target=listen)
    reader.start()
    try:
        assert opened.wait(100), "".join(lines)
        assert any("sari@contoh.id" in line for line in lines)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 200
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 4  # gunicorn and its process, worker, sweeper; and Redis where there is one
        worker = next(child for child in family if "app.jobs.worker" in child.cmdline())
        worker.kill()
        _wait_for_another(process.pid, worker.pid)
        family = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.send_signal(signal.SIGINT)
        returned = process.wait(90)
        reader.join(60)
    assert returned == 0, "".join(lines)
    _, still_there = psutil.wait_procs(family, timeout=60)
    assert still_there == []


def _wait_for_another(supervisor: int, dead: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process(supervisor).children():
            if child.pid != dead and "app.jobs.worker" in child.cmdline():
                return
        time.sleep(0.2)
    raise AssertionError("the worker was not started again")


def test_porta_yang_dipakai_disebut_dengan_contoh_lain(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = {**os.environ, "ALUR_DATA": str(tmp_path), "PORT": str(port)}
        done = subprocess.run(
            [sys.executable, "-m", "app.jobs.serve"], env=env, capture_output=True, text=True, timeout=100, check=False
        )
    assert done.returncode == 1
    assert f"PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_perintah_yang_sama_berjalan_di_postgresql_dan_redis(
    tmp_path: Path, postgresql_url: str, redis_url: str
) -> None:
    port = free_port()
    env = {key: value for key, value in os.environ.items() if key != "ALUR_MODE"}
    env |= {
        "ALUR_DATA": str(tmp_path),
        "PORT": str(port),
        "DATABASE_URL": postgresql_url,
        "REDIS_URL": redis_url,
    }
    log = tmp_path / "keluaran.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.jobs.serve"], env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 100
            while "Ctrl-C menghentikan semua" not in log.read_text() and time.monotonic() < deadline:
                time.sleep(0.2)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                assert answer.status == 200
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/layanan/kk-perubahan-data") as answer:
                assert b"IKMT-PP-01-07" in answer.read()
        finally:
            process.send_signal(signal.SIGINT)
            returned = process.wait(90)
    assert returned == 0, log.read_text()
    assert not list(tmp_path.glob("*.db")), "nothing is written to SQLite"
