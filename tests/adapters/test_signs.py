"""Signs of life of real processes."""

import subprocess
import sys
from pathlib import Path

from app.adapters import signs

_LIVE = """
import sys
from pathlib import Path
from app.adapters import signs
print(signs.give(Path(sys.argv[1])), flush=True)
input()
"""


def test_tanda_hidup_lepas_seketika_bila_prosesnya_dibunuh(tmp_path: Path) -> None:
    folder = tmp_path / "pekerja"
    process = subprocess.Popen(
        [sys.executable, "-c", _LIVE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    try:
        assert len(name) == 16
        assert signs.of_the_dead(folder) == []
    finally:
        process.kill()
        process.communicate()
    assert signs.of_the_dead(folder) == [name]
    signs.forget(folder, name)
    assert signs.of_the_dead(folder) == []


def test_tanda_sendiri_bukan_tanda_orang_mati(tmp_path: Path) -> None:
    assert signs.of_the_dead(tmp_path / "belum-ada") == ()
    signs.give(tmp_path)
    assert signs.of_the_dead(tmp_path) == []
