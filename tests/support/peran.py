"""One role of Alur as a process of its own: the web, a worker or a sweeper."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
READY_SECONDS = 100


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str], env: Mapping[str, str], stderr: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Only the environment that is given, and PATH. Ends as systemd ends it: SIGTERM, and it must end cleanly."""
    started = subprocess.Popen(list(command), cwd=ROOT, env={"PATH": os.environ["PATH"], **env}, stderr=stderr)
    try:
        yield started
    finally:
        started.terminate()
        try:
            code = started.wait(90)
        except subprocess.TimeoutExpired:
            started.kill()
            raise
    assert code == 0, f"{command} ended with {code}"


@contextmanager
def running_role(module: str, env: Mapping[str, str]) -> Iterator[str]:
    """`python -m module`; the address where a web answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with process([sys.executable, "-m", module], {"LOG_LEVEL": "ERROR", **env, "PORT": str(port)}) as started:
        if module == "app.jobs.web":
            await_answer(f"{url}/healthz", started)
        yield url


def await_answer(url: str, started: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, OSError):
            assert started.poll() is None, "it ended before it answered"
            assert time.monotonic() < deadline, "it never answered"
            time.sleep(0.2)
