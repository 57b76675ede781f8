"""Hostile and broken files: each is cleaned or refused with a sentence, in bounded time and memory."""

import io
import os
import re
import signal
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.adapters import apart
from app.adapters.apart import clean_apart, read_pdf_apart
from app.domain.errors import UploadRefused
from tests import factories
from tests.support import berkas_jahat as jahat

NEXT_STEP = re.compile(r"Foto|Unggah|Pilih|Simpan|Minta|Kirim|Unduh")


def _running() -> list[int]:
    return [helper._process.pid for helper in apart._all if helper._process]


def _peak() -> int:
    """The most memory that a helper held since the last time, in MB."""
    held = [re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in _running()]
    for pid in _running():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return max((int(each[1]) // 1024 for each in held if each), default=0)


@pytest.mark.parametrize("name", jahat.CORPUS)
def test_berkas_apa_pun_dibersihkan_atau_ditolak_dengan_saran(name: str) -> None:
    sample = jahat.CORPUS[name]
    data = sample.make()
    _peak()
    if sample.refused:
        with pytest.raises(UploadRefused, match=sample.refused) as caught:
            clean_apart(data)
        assert NEXT_STEP.search(caught.value.pesan)
    else:
        kept = clean_apart(data).data
        assert not [mark for mark in sample.never if mark in jahat.everything_in(kept)]
    assert _peak() < sample.peak


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC", "PDF"])
def test_berkas_terpotong_di_mana_pun_ditolak_atau_tetap_utuh_dibuka(kind: str) -> None:
    for part in jahat.cut(kind):
        try:
            cleaned = clean_apart(part)
        except UploadRefused as refused:
            assert NEXT_STEP.search(refused.pesan)
            continue
        if cleaned.mime == "application/pdf":
            with pikepdf.open(io.BytesIO(cleaned.data)) as opened:
                assert len(opened.pages) == 5
        else:
            assert Image.open(io.BytesIO(cleaned.data)).size == (800, 600)


def test_tempat_pengambilan_hilang_juga_dari_foto_iphone_dan_webp() -> None:
    for data in (jahat.heic(200, 100), factories.photo(kind="WEBP", gps=True), factories.photo(kind="PNG", gps=True)):
        with Image.open(io.BytesIO(clean_apart(data).data)) as opened:
            assert not opened.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & opened.info.keys()


def test_pdf_siak_bertanda_tangan_dengan_tautan_biasa_tetap_persis() -> None:
    def build(pdf: pikepdf.Pdf) -> None:
        jahat.foreign_link(pdf, "https://contoh.go.id/periksa?k=1")
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    data = jahat.signed(build)
    assert clean_apart(data).data == data


@pytest.mark.parametrize("key", ["/F", "/Ref", "/OPI"])
def test_isi_pdf_yang_diambil_dari_tempat_lain_tidak_ikut(key: str) -> None:
    def build(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(b"q Q")
        stream[key] = pikepdf.Dictionary(F=pikepdf.String("//jahat/bagi"))
        pdf.pages[0].obj.Contents = stream

    assert b"jahat" not in jahat.everything_in(clean_apart(jahat.document(build)).data)
    with pytest.raises(UploadRefused, match="lampiran atau skrip"):
        clean_apart(jahat.signed(build))


def test_berkas_yang_menyibukkan_pembacanya_dihentikan_dan_berkas_berikutnya_tetap_dilayani() -> None:
    busy = jahat.long_story(60_000_000)
    assert read_pdf_apart(jahat.long_story(2_200)).numbers == ("3402990101200001",)
    reading = read_pdf_apart(busy)
    assert (reading.numbers, reading.title, reading.signed) == ((), "", False)
    assert clean_apart(factories.photo()).mime == "image/jpeg"


def test_pembantu_yang_mati_di_tengah_jalan_diganti_dan_orangnya_diberi_tahu() -> None:
    clean_apart(factories.photo())
    for pid in _running():
        os.kill(pid, signal.SIGSTOP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "WAIT_SECONDS", 0.2)
        with pytest.raises(UploadRefused, match="Foto kertasnya dengan kamera ponsel"):
            clean_apart(factories.photo())
    for pid in _running():
        os.kill(pid, signal.SIGKILL)
    assert clean_apart(factories.photo()).mime == "image/jpeg"
