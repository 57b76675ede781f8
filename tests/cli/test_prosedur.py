"""`procedure check|publish|list`: faults by file and line with exit 1, and nothing broken is ever published."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.errors import ProcedureInvalid
from app.models import ProcedureVersion
from app.procedures.files import read_folder
from app.services import store
from app.services.flow import published

ROOT = Path(__file__).parents[2]
KK, SURAT = "kk-perubahan-data", "surat-keterangan"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two procedures of the office, to be edited."""
    for slug in (KK, SURAT):
        for path in (f"bpmn/{slug}.bpmn", f"ikmt/{slug}.yaml"):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
        shutil.copytree(ROOT / "forms" / slug, tmp_path / "forms" / slug)
    shutil.copytree(ROOT / "forms" / "_bersama", tmp_path / "forms" / "_bersama")
    return tmp_path


def _spoil(folder: Path) -> int:
    """A condition that can never hold, in one of the two: it compiles, and only the check sees it. Its line."""
    path = folder / "bpmn" / f"{KK}.bpmn"
    good = 'periksa_berkas.keputusan == "lengkap"'
    text = path.read_text()
    path.write_text(text.replace(good, good.replace("lengkap", "lengkp"), 1))
    return text[: text.index(good)].count("\n") + 1


def _run(app: Flask, *arguments: str) -> Result:
    store.session.remove()
    result = app.test_cli_runner().invoke(args=["procedure", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def _slugs() -> list[str]:
    store.session.rollback()
    return sorted(store.session.scalars(select(ProcedureVersion.slug)))


def test_yang_utuh_lolos_lalu_terbit_sekali_dan_terdaftar(sqlite_app: Flask, folder: Path) -> None:
    checked = _run(sqlite_app, "check", str(folder))
    assert (checked.exit_code, "Prosedur siap diterbitkan." in checked.output) == (0, True)
    for _ in range(2):
        assert _run(sqlite_app, "publish", str(folder)).exit_code == 0
    assert _slugs() == [KK, SURAT]
    assert f"{KK}  versi 1  berlaku 30 Januari 2023" in _run(sqlite_app, "list").output


def test_kesalahan_disebut_berkas_dan_barisnya_dan_tidak_satu_pun_terbit(sqlite_app: Flask, folder: Path) -> None:
    line = _spoil(folder)
    for command in ("check", "publish"):
        refused = _run(sqlite_app, command, str(folder))
        assert refused.exit_code == 1
        assert f"{folder / 'bpmn' / KK}.bpmn:{line}: " in refused.output
    assert _slugs() == [], "the other one is whole, and yet waits"


def test_folder_yang_tidak_ada_dan_kosong_dijelaskan(sqlite_app: Flask, tmp_path: Path) -> None:
    for path in (tmp_path / "tiada", tmp_path):
        for command in ("check", "publish"):
            assert _run(sqlite_app, command, str(path)).exit_code == 1


def test_layanan_pun_menolak_dan_versi_yang_berlaku_tetap(sqlite_app: Flask, folder: Path) -> None:
    """Whoever publishes, by whatever way."""
    first = published.publish(SYSTEM, read_folder(folder)[KK]).id
    _spoil(folder)
    with pytest.raises(ProcedureInvalid) as refused:
        published.publish(SYSTEM, read_folder(folder)[KK])
    assert any("lengkp" in fault.message for fault in refused.value.faults)
    assert [version.id for version in published.all_versions()] == [first]
