"""pasang/: the units, the compose file and the alerts say what is true, and the units' commands run an office."""

import getpass
import os
import re
import shlex
import subprocess
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
from app.services.signin import sessions
from app.services.work import unit_of_work
from app.settings.envs import PLACEHOLDER
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
    production = Asked({**filled_in(), "ALUR_DATA": str(folder / "b"), "ALUR_FILES": str(folder)})
    Config.from_env(production)
    return demo.names | production.names


def example() -> dict[str, str]:
    lines = (PASANG / "alur.env.contoh").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled_in() -> dict[str, str]:
    """The example as an office would have it: with secrets of its own."""
    return example() | {name: "k" * 64 for name, value in example().items() if value.startswith(PLACEHOLDER)}


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
    for name, service in compose()["services"].items():
        assert name in ("db", "redis") or set(service["environment"]) <= known
    told = (ROOT / "docs" / "operator.md").read_text()
    assert [name for name in sorted(known) if f"`{name}`" not in told] == []


def test_contoh_setelan_yang_diisi_diterima_sebagai_produksi(tmp_path: Path) -> None:
    config = Config.from_env({**filled_in(), "ALUR_DATA": str(tmp_path), "ALUR_FILES": str(tmp_path)})
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
    assert services["prosedur"]["command"] == ["flask", "--app", "wsgi", "procedure", "publish", "."]
    assert services["cadangan"]["command"][3:5] == command("alur-cadangan.service")[3:5]
    assert services["kabar"]["command"][:3] == ["python", *command("alur-gagal@.service")[1:3]]
    assert all("kunci:/etc/alur/segel" in services[name]["volumes"] for name in ("alur", "sweeper"))


def test_rahasia_di_pasang_tidak_ikut_git_maupun_gambar() -> None:
    secrets = ("pasang/alur.env", "pasang/.env", "*.pem")
    for file in (".gitignore", ".dockerignore"):
        ignored = [line.removeprefix("/").removeprefix("**/") for line in (ROOT / file).read_text().splitlines()]
        assert set(secrets) <= set(ignored)


def test_semua_peran_ikut_satu_target_dan_cadangan_yang_gagal_dikabarkan() -> None:
    for unit in ROLES:
        assert keys(unit)["PartOf"] == keys(unit)["WantedBy"] == ["alur.target"]
    assert keys("alur-cadangan.service")["OnFailure"] == ["alur-gagal@%n.service"]
    assert "alur-gagal@.service" in UNITS


def test_setiap_perintah_alur_di_panduan_ada() -> None:
    told = (ROOT / "docs" / "operator.md").read_text()
    asked = set(re.findall(r"(?:sudo|--rm) alur (\w+) ([\w-]+)", told))
    cli = create_app().cli
    assert {("audit", "create-key"), ("backup", "restore"), ("db", "upgrade"), ("procedure", "publish")} <= asked
    assert [pair for pair in sorted(asked) if pair[1] not in cli.commands[pair[0]].commands] == []  # type: ignore[attr-defined]
    assert re.findall(r"^.*flask --app wsgi.*$", told, re.MULTILINE) == []


def alur_command(folder: Path, settings: str) -> Path:
    """pasang/alur as it is installed, with this checkout and the person at this machine in its three places."""
    (folder / "alur.env").write_text(settings)
    text = (PASANG / "alur").read_text()
    for said, here in (
        ("SETELAN=/etc/alur/alur.env", f"SETELAN={folder / 'alur.env'}"),
        ("RUMAH=/opt/alur", f"RUMAH={ROOT}"),
        ("ORANG=alur", f"ORANG={getpass.getuser()}"),
        ("$RUMAH/.venv/bin/", f"{Path(sys.executable).parent}/"),
    ):
        assert text.count(said) == 1
        text = text.replace(said, here)
    made = folder / "alur"
    made.write_text(text)
    made.chmod(0o755)
    return made


def test_perintah_alur_memakai_setelan_kantor_bukan_yang_ada_di_shell(tmp_path: Path) -> None:
    values = {
        **filled_in(),
        "ALUR_MODE": "demo",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'kantor.db'}",
        "MAIL_PASSWORD": "dua kata & 'kutip'",
        "WEB_CONCURRENCY": "1",
        "ALUR_DATA": str(tmp_path / "data"),
        "ALUR_FILES": str(tmp_path),
        "ALUR_SEAL_KEY": str(tmp_path / "segel" / "kunci.pem"),
        "ALUR_SEAL_FILE": str(tmp_path / "segel" / "segel.jsonl"),
    }
    settings = "# catatan\n\n" + "".join(f"{name}={value}\n" for name, value in values.items())
    alur = alur_command(tmp_path, settings)
    shell = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'shell.db'}", "ALUR_MODE": "production"}
    for line in (["db", "upgrade"], ["audit", "create-key"]):
        done = subprocess.run([alur, *line], env=shell, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "kantor.db").exists()
    assert not (tmp_path / "shell.db").exists()
    assert (tmp_path / "segel" / "kunci.pem").stat().st_mode & 0o777 == 0o600


def test_perintah_alur_tanpa_setelan_tidak_bekerja_di_peragaan(tmp_path: Path) -> None:
    alur = alur_command(tmp_path, "")
    (tmp_path / "alur.env").unlink()
    done = subprocess.run([alur, "db", "upgrade"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "alur.env tidak ada" in done.stderr


def alarm(tmp_path: Path, **settings: str) -> int:
    line = [word.replace("%i", "alur-cadangan.service") for word in command("alur-gagal@.service")[1:]]
    env = {**os.environ, **filled_in(), "ALUR_DATA": str(tmp_path), "ALUR_FILES": str(tmp_path / "pergi"), **settings}
    return subprocess.run([sys.executable, *line], env=env, cwd=ROOT, timeout=120, check=False).returncode


def test_cadangan_yang_gagal_menyurati_operator_tanpa_basis_data(smtp: servers.Mailbox, tmp_path: Path) -> None:
    plain = {"MAIL_USERNAME": "", "MAIL_SECURITY": "none", "MAIL_SERVER": smtp.host}
    assert alarm(tmp_path, **plain, MAIL_PORT=str(smtp.port)) == 0
    (mail,) = smtp.messages
    assert "operator@contoh.go.id" in str(mail["To"])
    assert "alur-cadangan.service gagal" in str(mail["Subject"])
    assert alarm(tmp_path, **plain, MAIL_PORT=str(free_port())) == 1  # systemd tries again
    assert "2" in keys("alur-gagal@.service")["RestartPreventExitStatus"]
    assert alarm(tmp_path, ALUR_OPERATOR_MAIL="") == 2


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
        **filled_in(),
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
        "ALUR_SECOND_FACTOR": "optional",
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
