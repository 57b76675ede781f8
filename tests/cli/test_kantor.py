"""A command says which office it works on, and refuses one that is not set up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from app import create_app
from app.cli import office
from app.extensions import db
from tests.support import databases

COMMANDS = (
    ("audit", "verify"),
    ("audit", "reads", "--case", "KK-1"),
    ("audit", "rotate-key"),
    ("audit", "create-key"),
    ("audit", "seal"),
    ("audit", "export", "ekspor"),
    ("backup", "create", "cadangan"),
    ("backup", "nightly", "cadangan"),
    ("account", "list"),
    ("account", "off", "a@contoh.id"),
)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """What `flask` finds in a plain shell: a demonstration whose database holds nothing."""
    app = create_app(databases.config_for(f"sqlite:///{tmp_path}/kosong.db", tmp_path / "var"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_basis_data_kosong_ditolak_dengan_satu_kalimat(bare: Flask, command: tuple[str, ...]) -> None:
    refused = bare.test_cli_runner().invoke(args=command)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit), "no traceback"
    for part in ("Belum ada tabel Alur", "ALUR_MODE=demo", "kosong.db", "/etc/alur/alur.env", "db upgrade"):
        assert part in refused.output


def test_tabel_yang_belum_dinaikkan_dan_yang_terlalu_baru_disebut(app: Flask) -> None:
    for revision, said in (("0001", "belum dinaikkan"), ("9999", "lebih baru daripada program ini")):
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
        refused = app.test_cli_runner().invoke(args=["audit", "verify"])
        assert (refused.exit_code, said in refused.output) == (1, True), refused.output


def test_basis_data_yang_tidak_menjawab_disebut_tanpa_sandinya(tmp_path: Path) -> None:
    url = "postgresql+psycopg://alur:rahasia@127.0.0.1:1/alur?connect_timeout=1"
    app = create_app(databases.config_for(url, tmp_path / "var", mode="production"))
    with app.app_context():
        refused = app.test_cli_runner().invoke(args=["backup", "create", str(tmp_path / "cadangan")])
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit), "no traceback"
    assert "tidak menjawab (ALUR_MODE=production, basis data postgresql://alur@127.0.0.1:1/alur)" in refused.output
    assert "rahasia" not in refused.output


def test_yang_mengubah_menyebut_kantornya_dulu(app: Flask, tmp_path: Path) -> None:
    for command in (["audit", "create-key"], ["backup", "create", str(tmp_path / "cadangan")], ["audit", "verify"]):
        done = app.test_cli_runner().invoke(args=command)
        assert done.output.startswith("Kantor ini: ALUR_MODE=demo, basis data "), done.output
        assert done.output.count("Kantor ini") == 1


def test_alamat_yang_ditampilkan_tanpa_sandi_dan_pilihannya() -> None:
    url = make_url("postgresql+psycopg://alur:rahasia@db:5433/alur?password=rahasia")
    assert office.address(url) == "postgresql://alur@db:5433/alur"
