"""pasang/: the units, the compose file and the alerts say what is true, and the units' commands run an office."""

import re
import shlex
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from ruamel.yaml import YAML
from sqlalchemy import select, update

from app import create_app
from app.config import Config
from app.extensions import db
from app.models import Job, Task, Timer
from app.services import clock, store
from app.services.accounts import sessions
from app.services.work import unit_of_work
from tests.support import databases, servers
from tests.support.kantor import Kantor
from tests.support.peran import await_answer, free_port, process

ROOT = Path(__file__).parents[1]
PASANG = ROOT / "pasang"
UNITS = {path.name: path for path in (PASANG / "systemd").iterdir()}
ROLES = ("alur-web.service", "alur-worker@.service", "alur-sweeper.service")
BIN = "/opt/alur/.venv/bin/"
SITE = "alur.contoh.go.id"


class Asked(dict[str, str]):
    """An environment that remembers what was looked up in it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def known_settings(folder: Path) -> set[str]:
    """What app/config.py reads, in a demonstration and in production."""
    demo = Asked({"ALUR_DATA": str(folder / "a")})
    Config.from_env(demo)
    production = Asked({**example(), "ALUR_DATA": str(folder / "b"), "ALUR_FILES": str(folder)})
    Config.from_env(production)
    return demo.names | production.names


def example() -> dict[str, str]:
    lines = (PASANG / "alur.env.contoh").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def keys(unit: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNITS[unit].read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def command(unit: str) -> list[str]:
    (line,) = keys(unit)["ExecStart"]
    program, *rest = shlex.split(line)
    assert program in (f"{BIN}python", f"{BIN}flask")
    return [program, *rest]


def compose() -> dict[str, Any]:
    return dict(YAML(typ="safe").load((PASANG / "compose.yaml").read_text()))


def test_setiap_setelan_di_contoh_dan_compose_dikenal_dan_dijelaskan(tmp_path: Path) -> None:
    known = known_settings(tmp_path)
    assert set(example()) <= known
    for service in ("web", "worker", "sweeper", "tabel"):
        assert set(compose()["services"][service]["environment"]) <= known
    told = (ROOT / "docs" / "operator.md").read_text()
    assert [name for name in sorted(known) if f"`{name}`" not in told] == []


def test_contoh_setelan_diterima_sebagai_produksi(tmp_path: Path) -> None:
    config = Config.from_env({**example(), "ALUR_DATA": str(tmp_path), "ALUR_FILES": str(tmp_path)})
    assert not config.is_demo
    assert config.proxies == 1


@pytest.mark.parametrize("unit", [name for name in UNITS if name.endswith(".service")])
def test_perintah_unit_ada(unit: str) -> None:
    _, *arguments = command(unit)
    if arguments[0] == "-m":
        assert find_spec(arguments[1]) is not None
    else:
        assert arguments[:3] == ["--app", "wsgi", "backup"]
        app = create_app()
        assert arguments[3] in app.cli.commands["backup"].commands  # type: ignore[attr-defined]
    said = keys(unit)
    assert said["EnvironmentFile"] == ["/etc/alur/alur.env"]
    assert said["UMask"] == ["0077"]


def test_compose_menjalankan_perintah_yang_sama_dengan_unit() -> None:
    services = compose()["services"]
    for unit, service in zip(ROLES, ("web", "worker", "sweeper"), strict=True):
        assert services[service]["command"] == ["python", *command(unit)[1:]]
    assert services["web"]["build"]["dockerfile"] == "pasang/Dockerfile"
    assert (PASANG / "Dockerfile").read_text().rstrip().endswith('CMD ["python", "-m", "app.jobs.web"]')
    assert services["tabel"]["command"] == ["flask", "--app", "wsgi", "db", "upgrade"]


def test_folder_berkas_bersama_yang_belum_terpasang_ditolak(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ALUR_FILES"):
        Config.from_env({"ALUR_DATA": str(tmp_path), "ALUR_FILES": str(tmp_path / "belum-dipasang")})


def test_setiap_peringatan_memakai_angka_yang_ada_dan_dijelaskan(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            at = clock.now()
            session.add(Job(key="x", kind="surat", payload={}, due_at=at, failed_at=at, created_at=at))
        Kantor.open().case()
    app.test_client().get("/healthz")
    measured = set(re.findall(r"^(\w+)", app.test_client().get("/metrics").text, re.MULTILINE))
    rules = YAML(typ="safe").load((PASANG / "peringatan.yaml").read_text())["groups"][0]["rules"]
    told = (ROOT / "docs" / "operator.md").read_text()
    for rule in rules:
        used = set(re.findall(r"\balur_\w+", rule["expr"]))
        assert used <= measured, rule["alert"]
        assert f"`{rule['alert']}`" in told


@pytest.fixture
def kantor_unit(
    postgresql_url: str, redis_url: str, smtp: servers.Mailbox, tmp_path: Path
) -> Iterator[tuple[dict[str, str], Flask]]:
    """The environment file as an operator fills it in, and the same office as seen from here."""
    (tmp_path / "berkas").mkdir()
    env = {
        **example(),
        "DATABASE_URL": postgresql_url,
        "REDIS_URL": redis_url,
        "MAIL_SERVER": smtp.host,
        "MAIL_PORT": str(smtp.port),
        "MAIL_USERNAME": "",
        "MAIL_SECURITY": "none",
        "ALUR_DATA": str(tmp_path / "data"),
        "ALUR_FILES": str(tmp_path / "berkas"),
        "ALUR_SEAL_KEY": str(tmp_path / "segel.pem"),
        "ALUR_SEAL_FILE": str(tmp_path / "segel" / "segel.jsonl"),
        "ALUR_DISK_MIN_MB": "1",
        "PORT": str(free_port()),
        "LOG_LEVEL": "ERROR",
    }
    here = databases.config_for(
        postgresql_url,
        tmp_path / "sini",
        secret_key=env["SECRET_KEY"],
        files_dir=tmp_path / "berkas",
        redis_url=redis_url,
    )
    app = create_app(here)
    with app.app_context():
        yield env, app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.lambat
def test_perintah_unit_menjalankan_kantor_di_postgresql_dan_redis(
    kantor_unit: tuple[dict[str, str], Flask], smtp: servers.Mailbox
) -> None:
    env, app = kantor_unit
    kantor = Kantor.open()
    case_id = kantor.case()
    flask = [str(Path(sys.executable).with_name("flask")), "--app", "wsgi"]
    for once in (["db", "upgrade"], ["audit", "create-key"]):
        with process([*flask, *once], env) as started:
            started.wait(60)
    with ExitStack() as running:
        for unit in ROLES:
            line = [sys.executable, *command(unit)[1:]]
            last = running.enter_context(process(line, env))
        url = f"http://127.0.0.1:{env['PORT']}"
        await_answer(f"{url}/readyz", last)
        until(lambda: status(f"{url}/statusz") == 200)

        browser = Browser(url, app, sessions.begin(kantor.people["pak_budi"]))
        task = one_open(case_id)
        assert task.step == "buka_permohonan"
        browser.post(f"/tugas/{task.id}", f"/tugas/{task.id}/ambil", kunci="kunci-dari-unit-1")
        assert one_open(case_id).step == "periksa_berkas"

        for step in ("periksa_berkas", "ajukan_cetak", "verifikasi_draft", "tanda_tangan_kk"):
            kantor.do(one_open(case_id, step))
        until(lambda: bool(open_tasks(case_id)))  # the worker of the unit runs the service task between
        assert one_open(case_id).step == "kirim_kk"
        until(lambda: any("sari@contoh.id" in str(mail["To"]) for mail in smtp.messages))

        with unit_of_work() as session:
            session.execute(
                update(Timer).where(Timer.case_id == case_id, Timer.kind == "norma").values(due_at=clock.now())
            )
        until(lambda: one_open(case_id).late_at is not None)  # by the sweeper of the unit


def open_tasks(case_id: str) -> list[Task]:
    store.session.rollback()
    store.session.expire_all()
    query = select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))
    return list(store.session.scalars(query))


def one_open(case_id: str, step: str = "") -> Task:
    (task,) = open_tasks(case_id)
    assert task.step == (step or task.step)
    return task


def until(truth: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


class Browser:
    """A signed-in person behind the proxy of pasang/nginx.conf."""

    def __init__(self, url: str, app: Flask, ticket: str) -> None:
        self.url = url
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie = f"__Host-alur={serializer.dumps({'_user_id': ticket, '_fresh': True, '_permanent': True})}"

    def post(self, page: str, path: str, **fields: str) -> None:
        """Open `page` for its CSRF field, then send the form to `path`; it must be taken."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self._ask(page))
        assert token is not None
        data = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
        self._ask(path, data, page)

    def _ask(self, path: str, data: bytes | None = None, referrer: str = "/") -> str:
        headers = {
            "Host": SITE,
            "X-Forwarded-Host": SITE,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
            "Referer": f"https://{SITE}{referrer}",
            "Cookie": self.cookie,
        }
        opener = urllib.request.build_opener(_Stay)
        with opener.open(urllib.request.Request(self.url + path, data, headers), timeout=30) as answer:
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                if cookie.startswith("__Host-alur="):
                    self.cookie = cookie.partition(";")[0]
            return str(answer.read().decode())


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: the name it leads to is not ours here."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp
