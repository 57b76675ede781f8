"""The real site as `make run` starts it: web, worker, sweeper and the embedded Redis, in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app import create_app
from app.config import Config
from app.extensions import db
from tests.support.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 240
STOP_SECONDS = 90
# What would lead the site to another database, mail server or mode than a newcomer gets.
_NOT_INHERITED = ("ALUR_", "DATABASE_URL", "REDIS_URL", "MAIL_", "SECRET_KEY", "HOST", "WEB_CONCURRENCY")


@dataclass(frozen=True)
class Situs:
    """`url` without a slash at the end; `log`: what all processes wrote."""

    url: str
    data: Path
    log: Path


@contextmanager
def running_site(folder: Path) -> Iterator[Situs]:
    """Start everything, wait until it is ready; afterwards stop it like Ctrl-C does and hold it to a clean end."""
    port = free_port()
    situs = Situs(f"http://localhost:{port}", folder / "var", folder / "situs.log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    environment |= {"ALUR_DATA": str(situs.data), "PORT": str(port)}
    with situs.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.jobs.serve"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _await_ready(situs, process)
            yield situs
        finally:
            code = _stop(process)
    assert code == 0, f"the site ended with {code}\n{_tail(situs)}"
    assert not (faults := _faults(situs)), "the site reported errors:\n" + "\n".join(faults)


@contextmanager
def inside(situs: Situs) -> Iterator[None]:
    """The services of this process work on the running site's database: to prepare what the browser then meets."""
    app = create_app(Config.from_env({"ALUR_DATA": str(situs.data)}))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def _await_ready(situs: Situs, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{situs.url}/readyz", timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the site is not ready\n{_tail(situs)}")


def _stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(STOP_SECONDS)


def _faults(situs: Situs) -> list[str]:
    return [line for line in situs.log.read_text().splitlines() if '"level": "ERROR"' in line]


def _tail(situs: Situs) -> str:
    return situs.log.read_text(errors="replace")[-3000:]
