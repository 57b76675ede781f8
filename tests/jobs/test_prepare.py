"""Before the site opens: published procedures outlive a broken file in the folder."""

import shutil
from pathlib import Path

import pytest

from app.jobs import prepare
from tests.support.databases import config_for


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's three folders, from which `prepare` publishes."""
    root = tmp_path / "prosedur"
    for name in ("bpmn", "ikmt", "forms"):
        shutil.copytree(prepare.ROOT / name, root / name)
    monkeypatch.setattr(prepare, "ROOT", root)
    return root


def test_prosedur_yang_rusak_saat_disunting_tidak_menutup_kantor(
    folder: Path, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(sqlite_url, tmp_path / "var")
    assert prepare.prepare(config)
    (folder / "bpmn" / "kk-perubahan-data.bpmn").write_text("<rusak")
    assert prepare.prepare(config), "orang peragaan tetap disiapkan"
    said = capsys.readouterr().err
    assert "kk-perubahan-data.bpmn:1:" in said
    assert "Versi yang sudah terbit tetap dipakai." in said


def test_tanpa_versi_terbit_prosedur_rusak_menghentikan_dengan_sebabnya(
    folder: Path, sqlite_url: str, tmp_path: Path
) -> None:
    (folder / "bpmn" / "kk-perubahan-data.bpmn").write_text("<rusak")
    with pytest.raises(SystemExit, match=r"kk-perubahan-data\.bpmn:1:"):
        prepare.prepare(config_for(sqlite_url, tmp_path / "var"))
