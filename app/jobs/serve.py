"""`make run`: everything under one Ctrl-C. Redis (when none is named), tables, demo people, web, worker, sweeper."""

import logging
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from types import FrameType

from app import logs
from app.adapters import redis_child
from app.config import Config
from app.jobs import prepare
from app.jobs.supervisor import Child, Supervisor

_READY_SECONDS = 60.0

log = logging.getLogger("alur.serve")


def demand_free_port(config: Config) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as problem:
            raise SystemExit(
                f"Porta {config.port} tidak dapat dipakai ({problem.strerror}). "
                f"Pilih yang lain, contoh: make run PORT={config.port + 1}"
            ) from problem


def start_redis(config: Config, supervisor: Supervisor, env: dict[str, str]) -> None:
    """Put the embedded Redis under the supervisor and its address into `env`; without one the workers poll."""
    server = redis_child.find_server()
    if server is None:
        print("Redis tidak ditemukan; pekerjaan dijalankan dengan membaca tabel tiap detik.")
        return
    path = redis_child.socket_path(config.data_dir)
    env["REDIS_URL"] = redis_child.url_of(path)
    supervisor.start(Child("redis", redis_child.command(server, path), env))


def wait_until_ready(config: Config, supervisor: Supervisor) -> bool:
    """True once /readyz says yes; children that die meanwhile are started again."""
    url = f"http://127.0.0.1:{config.port}/readyz"
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and not supervisor.stopping.wait(0.2):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            for child in supervisor.children:
                child.tend()
    return False


def announce(config: Config, people: list[dict[str, str]]) -> None:
    kind = "peragaan" if config.is_demo else "produksi"
    print(f"\nAlur berjalan di {config.base_url} ({kind}; data di {config.data_dir}).")
    if people:
        print("\nMasuk sebagai:")
        wide = max(len(person["email"]) for person in people)
        for person in people:
            print(f"  {person['email']:<{wide}}  {person['password']:<14}  {person['name']} ({person['role']})")
    print("\nCtrl-C menghentikan semua.", flush=True)


def main(environ: Mapping[str, str] = os.environ) -> int:
    config = Config.from_env(environ)
    logs.configure(config.log_level)
    demand_free_port(config)
    supervisor = Supervisor([])

    def stop(_: int, __: FrameType | None) -> None:
        supervisor.stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    env = {**environ, "ALUR_DATA": str(config.data_dir), "PYTHONUNBUFFERED": "1"}
    try:
        if not config.redis_url:
            start_redis(config, supervisor, env)
        people = prepare.prepare(config)
        supervisor.start(Child("web", [sys.executable, "-m", "app.jobs.web"], env))
        supervisor.start(Child("worker", [sys.executable, "-m", "app.jobs.worker"], env))
        supervisor.start(Child("sweeper", [sys.executable, "-m", "app.jobs.sweeper"], env))
        if wait_until_ready(config, supervisor):
            announce(config, people)
        elif not supervisor.stopping.is_set():
            log.error("the site is not ready after %d s; see the lines above", _READY_SECONDS)
        supervisor.tend_until_stopped()
    finally:
        supervisor.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
