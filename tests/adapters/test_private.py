"""What holds personal data is closed to other accounts of the machine."""

import os
import stat
from pathlib import Path

import pytest

from app import create_app
from app.cli.database import upgrade
from app.config import Config
from app.extensions import db


@pytest.fixture(autouse=True)
def _generous_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def migrated(data: Path) -> None:
    config = Config.from_env({"ALUR_DATA": str(data)})
    app = create_app(config)
    with app.app_context():
        upgrade(db.engine, config.data_dir)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT * FROM users")
            for name in ("alur.db", "alur.db-wal", "alur.db-shm", "secret-key"):
                assert mode(data / name) == 0o600, name
        db.engine.dispose()


def test_basis_data_baru_dan_catatannya_hanya_terbaca_pemilik(tmp_path: Path) -> None:
    migrated(tmp_path / "var")
    assert mode(tmp_path / "var") == 0o700


def test_yang_terlanjur_terbuka_ditutup(tmp_path: Path) -> None:
    data = tmp_path / "var"
    data.mkdir(mode=0o755)
    (data / "alur.db").touch(mode=0o644)
    migrated(data)
    assert mode(data) == 0o700
