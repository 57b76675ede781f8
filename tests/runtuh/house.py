"""A whole office as real processes, each of which may be killed: web, worker, sweeper, Redis, and PostgreSQL."""

import contextlib
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from redis import Redis
from redis.exceptions import RedisError

from app import create_app
from app.adapters import redis_child
from app.cli import database
from app.config import Config
from app.domain.actors import SYSTEM
from app.extensions import db
from app.jobs.supervisor import Child
from app.procedures.files import ProcedureFiles, read_folder
from app.services.flow import published
from app.services.rehearsal import demo
from tests.runtuh.postgres import Postgres
from tests.support.servers import Mailbox, free_port, smtp_server

ROOT = Path(__file__).parents[2]
SLUG = "kk-perubahan-data"
READY_SECONDS = 90
# Whoever does not say that the KK came has got it after this: a drawn timer that fires while things fall.
ACCEPTED_AFTER = "PT6S"
_NOT_INHERITED = ("ALUR_", "DATABASE_URL", "REDIS_URL", "MAIL_", "SECRET_KEY", "HOST", "WEB_CONCURRENCY", "PORT")
SITE = ("web", "worker", "sweeper")


class House:
    """Children are started by the thread that made the house only: the kernel ends them with that thread."""

    def __init__(self, folder: Path, postgres: Postgres | None, mailbox: Mailbox, rng: random.Random) -> None:
        self.folder, self.postgres, self.mailbox, self._rng = folder, postgres, mailbox, rng
        self.data = folder / "var"
        self.port = free_port()
        self._socket = redis_child.socket_path(folder)
        self.env = self._environment()
        self.config = Config.from_env(self.env)
        self.children = {name: self._child(name, command) for name, command in self._commands().items()}
        self._due: dict[str, float] = {}
        self._struck: set[str] = set()
        self.ended_alone: list[str] = []  # what nobody had killed: it should have gone on

    def open(self) -> None:
        """Tables, procedure, people; then every process."""
        _prepare(self.config)
        for child in self.children.values():
            child.start()
        self.await_ready()

    def tend(self) -> None:
        """Start again, after a little while, whatever died; to be called often."""
        now = time.monotonic()
        for name, child in self.children.items():
            if child.alive:
                continue
            if name not in self._due:
                self._due[name] = now + self._rng.uniform(0.1, 1.0)
                if child.process is not None and name not in self._struck:
                    self.ended_alone.append(f"{name} ended by itself ({child.process.returncode})")
            elif now >= self._due[name]:
                del self._due[name]
                self._struck.discard(name)
                child.start()

    def pause(self, seconds: float) -> None:
        """Let this time pass, tending."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.tend()
            time.sleep(0.05)

    def await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            self.tend()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, f"the site is not ready; see {self.folder}/*.log"
                time.sleep(0.1)

    def kill(self, name: str) -> bool:
        """SIGKILL to the process and whatever it started. False: it is not there."""
        child = self.children[name]
        if child.process is None or not child.alive:
            return False
        self._struck.add(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        return True

    def kill_web_process(self) -> bool:
        """SIGKILL to the process that answers; gunicorn's master stays and starts another."""
        web = self.children["web"]
        with contextlib.suppress(psutil.NoSuchProcess):
            for each in psutil.Process(web.process.pid).children() if web.process else ():
                each.kill()
                return True
        return False

    def flush_redis(self) -> bool:
        try:
            Redis(unix_socket_path=str(self._socket), socket_timeout=2).flushall()
        except RedisError:
            return False
        return True

    def close(self) -> None:
        for child in reversed(self.children.values()):
            child.stop(20)

    def _child(self, name: str, command: list[str]) -> Child:
        log = self.folder / f"{name}.log"
        return Child(name, ["sh", "-c", f'exec "$@" >>"{log}" 2>&1', "sh", *command], self.env)

    def _commands(self) -> dict[str, list[str]]:
        server = redis_child.find_server()
        assert server is not None, "no redis-server: install one (Debian: apt-get install redis-server)"
        return {
            "redis": redis_child.command(server, self._socket),
            "web": [sys.executable, "-m", "app.jobs.web"],
            "worker": [sys.executable, "-m", "app.jobs.worker"],
            "sweeper": [sys.executable, "-m", "app.jobs.sweeper"],
        }

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        return inherited | {
            "ALUR_DATA": str(self.data),
            "ALUR_THREADS": "6",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.postgres.url if self.postgres else "",
            "MAIL_PORT": str(self.mailbox.port),
            "MAIL_SECURITY": "none",
            "MAIL_SENDER": "alur@contoh.id",
            "MAIL_SERVER": self.mailbox.host,
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": redis_child.url_of(self._socket),
            "WEB_CONCURRENCY": "1",
        }


@contextmanager
def standing(folder: Path, kind: str, rng: random.Random) -> Iterator[House]:
    """An open office on `kind`, sqlite or postgresql; gone afterwards."""
    with contextlib.ExitStack() as stack:
        postgres = None
        if kind == "postgresql":
            postgres = Postgres()
            stack.callback(postgres.close)
        mailbox = stack.enter_context(smtp_server())
        house = House(folder, postgres, mailbox, rng)
        stack.callback(house.close)
        house.open()
        yield house


def _prepare(config: Config) -> None:
    app = create_app(config)
    with app.app_context():
        database.upgrade(db.engine, config.data_dir)
        published.publish(SYSTEM, _with_short_timer(read_folder(ROOT)[SLUG]))
        demo.seed()
        db.session.remove()
        db.engine.dispose()


def _with_short_timer(files: ProcedureFiles) -> ProcedureFiles:
    flow, document = f"bpmn/{SLUG}.bpmn", f"ikmt/{SLUG}.yaml"
    length = f"<bpmn:timeDuration>{ACCEPTED_AFTER}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    drawn = files.files[flow].decode().replace('id="waktu_batas_terima" />', f'id="waktu_batas_terima">{length}')
    lines = files.files[document].decode().splitlines(keepends=True)
    written = "".join(line for line in lines if not line.startswith("  batas_terima:"))
    return type(files)(files.slug, {**files.files, flow: drawn.encode(), document: written.encode()})
