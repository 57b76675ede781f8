"""The folder of files."""

import errno
import os
from pathlib import Path

import pytest

from app.adapters.storage import FolderStore, digest_of
from app.domain.errors import NotFound, UploadRefused


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_yang_disimpan_terbaca_lagi_di_bawah_sidiknya(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    digest = store.put(b"halaman satu")
    assert digest == digest_of(b"halaman satu")
    with store.open(digest) as stream:
        assert stream.read() == b"halaman satu"
    assert store.exists(digest) and store.verify(digest)
    assert _files(tmp_path) == [tmp_path / digest[:2] / digest[2:4] / digest]


def test_bita_yang_sama_disimpan_sekali(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert store.put(b"sama") == store.put(b"sama")
    assert len(_files(tmp_path)) == 1


def test_berkas_yang_rusak_di_cakram_ketahuan_lalu_pulih_bila_disimpan_lagi(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    digest = store.put(b"asli")
    _files(tmp_path)[0].write_bytes(b"lain")
    assert not store.verify(digest)
    store.put(b"asli")
    assert store.verify(digest)


def test_hanya_pemilik_proses_yang_dapat_membaca_berkas(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(b"rahasia")
    assert _files(tmp_path)[0].stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_sidik_yang_bukan_sidik_tidak_ditemukan(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFound):
        FolderStore(tmp_path).open(digest)


def test_yang_tidak_ada_tidak_ditemukan(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    assert not store.verify("0" * 64)
    with pytest.raises(NotFound):
        store.open("0" * 64)


def test_cakram_penuh_menjadi_kalimat_dan_tidak_meninggalkan_potongan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UploadRefused, match="sedang penuh"):
        FolderStore(tmp_path).put(b"x" * 1000)
    assert _files(tmp_path) == []
