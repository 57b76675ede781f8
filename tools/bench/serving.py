"""`http`: claim and complete over HTTP, sixteen people at once, on the web processes of `make run` and PostgreSQL.

`memori`: what each process holds after that work.
"""

import http.client
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import psutil
from sqlalchemy import func, select

from app.domain.actors import Actor
from app.jobs.supervisor import Child
from app.models import Job, Task, new_id
from app.services import clock, store
from app.services.desk import displayed
from app.services.flow import tasks
from app.services.flow.tasks import TaskView
from app.services.records import reads
from app.services.records.reads import Reading
from app.services.rehearsal import invented
from tools.bench import fill
from tools.bench.figures import Line, line
from tools.bench.office import PASSWORD, Office, Site, let_in

STEP = "verifikasi_draft"
DECISION = {"keputusan": "valid"}
ON_THE_WAY = {"jenis": "hilang", "keputusan": "lengkap"}
CLIENTS = 16
PATIENCE_SECONDS = 60.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_MODULES = {"web": "app.jobs.web", "worker": "app.jobs.worker", "sweeper": "app.jobs.sweeper"}


class Browser:
    """One person at the site, over one connection."""

    def __init__(self, port: int, email: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._cookies: dict[str, str] = {}
        self._token = self._find_token("/masuk")
        status = self.post("/masuk", {"email": email, "password": PASSWORD})
        assert status == 302, f"/masuk: {status}"
        self._token = self._find_token("/pengaturan")

    def post(self, path: str, fields: dict[str, str]) -> int:
        body = urlencode({"csrf_token": self._token, **fields})
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})[0]

    def close(self) -> None:
        self._connection.close()

    def _find_token(self, path: str) -> str:
        found = _TOKEN.search(self._send("GET", path, None, {})[1])
        assert found, f"{path}: no form"
        return found.group(1)

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        address = f"http://{self._connection.host}:{self._connection.port}"
        self._connection.request(method, path, body, {**headers, "Cookie": kept, "Origin": address})
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(cookie).items()})
        return answer.status, answer.read().decode()


def measure(site: Site, each: int) -> Iterator[Line]:
    """`each`: steps of every client; the floor is one client alone."""
    with site.open() as office:
        fields = _answer(office)
        case_id = office.case(STEP, ON_THE_WAY)
        copies = fill.copy(case_id, each * (CLIENTS + 1), "H")
        task_ids = _tasks(copies)
        officers = [one for one in office.cast.officers if one.roles & office.procedure.steps[STEP].roles][:CLIENTS]
        _display(tasks.load(officers[0], office.open_task(case_id).id), officers, copies)
        emails = [let_in(one) for one in officers]
    site.analyze()
    with _running(site) as (port, children):
        browsers = [Browser(port, email) for email in emails]
        alone = _work(browsers[0], task_ids[:each], fields)
        began = time.perf_counter()
        times = _all_at_once(browsers, task_ids[each:], fields)
        took = time.perf_counter() - began
        for browser in browsers:
            browser.close()
        yield line("http", site.database, times, alone, clients=CLIENTS, steps_per_s=round(len(times) / took, 1))
        with site.open():
            _wait_for_jobs()
        yield _memory(site.database, children)
    with site.open():
        assert not _is_any_open(task_ids), "every step was completed"


def _answer(office: Office) -> dict[str, str]:
    task = office.open_task(office.case(STEP, ON_THE_WAY))
    raw = invented.answers_for(office.who(task), task.id, office.rng, DECISION)
    flat = {name: value[0] if isinstance(value, list) else str(value) for name, value in raw.items()}
    return {**flat, "ditampilkan": " ".join(flat), "aksi": "lanjut", "versi": "2"}


def _display(view: TaskView, officers: Sequence[Actor], case_ids: Sequence[str]) -> None:
    """Everybody has had on the screen what the decision rests on: that is no part of a step."""
    papers = displayed.rests_on(view, DECISION)
    for officer in officers:
        seen = [Reading(case_id, reads.FILE, paper) for case_id in case_ids for paper in papers]
        reads.note(officer, seen, "GET /berkas/<upload_id>", 200)


def _tasks(case_ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for at in range(0, len(case_ids), 500):
        some = case_ids[at : at + 500]
        found += store.session.scalars(select(Task.id).where(Task.case_id.in_(some), Task.closed_at.is_(None)))
    return found


def _is_any_open(task_ids: Sequence[str]) -> bool:
    query = select(Task.id).where(Task.id.in_(task_ids), Task.closed_at.is_(None)).limit(1)
    return store.session.scalar(query) is not None


def _work(browser: Browser, task_ids: Sequence[str], fields: dict[str, str]) -> list[float]:
    """Seconds of each claim + complete."""
    browser.close()  # the site hangs up after five quiet seconds; a closed connection opens itself again
    times = []
    for task_id in task_ids:
        began = time.perf_counter()
        taken = browser.post(f"/tugas/{task_id}/ambil", {"kunci": new_id()})
        done = browser.post(f"/tugas/{task_id}", {**fields, "kunci": new_id()})
        times.append(time.perf_counter() - began)
        assert (taken, done) == (302, 302), (taken, done)
    return times


def _all_at_once(browsers: Sequence[Browser], task_ids: Sequence[str], fields: dict[str, str]) -> list[float]:
    found: list[float] = []

    def work(number: int) -> None:
        found.extend(_work(browsers[number], task_ids[number :: len(browsers)], fields))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(task_ids), "a client failed"
    return found


@contextmanager
def _running(site: Site) -> Iterator[tuple[int, dict[str, Child]]]:
    """The three processes as an operator starts them, without a bell."""
    port = _free_port()
    env = {**os.environ, "DATABASE_URL": site.url, "ALUR_DATA": str(site.data_dir), "PORT": str(port)}
    env |= {"LOG_LEVEL": "ERROR", "ALUR_MODE": "demo", "REDIS_URL": ""}
    children = {name: Child(name, [sys.executable, "-m", module], env) for name, module in _MODULES.items()}
    try:
        for child in children.values():
            child.start()
        _wait_for_site(port)
        yield port, children
    finally:
        for child in children.values():
            child.stop(20.0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_site(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("Situs tidak menyala.")


def _wait_for_jobs() -> None:
    """Until the worker has done what is due, or is given up on."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    due = select(func.count()).where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= clock.now())
    while store.session.scalar(due) and time.monotonic() < deadline:
        store.session.rollback()
        time.sleep(0.5)


def _memory(database: str, children: dict[str, Child]) -> Line:
    """Megabytes of RSS; of the web, the largest of its processes."""
    found = {}
    for name, child in children.items():
        assert child.process is not None
        process = psutil.Process(child.process.pid)
        family = [process, *process.children(recursive=True)]
        found[f"{name}_mb"] = round(max(one.memory_info().rss for one in family) / 2**20, 1)
    no_times = dict.fromkeys(("median_ms", "p95_ms", "floor_ms", "ratio"))
    return {"bench": "memori", "database": database, **no_times, **found}
