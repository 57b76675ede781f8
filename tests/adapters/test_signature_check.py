"""Signatures in PDFs: whole, changed afterwards, broken, missing; and whose certificate is known."""

from pathlib import Path

import pytest

from app.adapters.apart import check_signature_apart, clean_apart, signed_sample
from app.adapters.blanks import blank_pdf
from app.adapters.roots import read_roots
from tests.support import tanda

NOMOR = "3402990101100001"


def verdict(data: bytes, roots: tuple[bytes, ...] = ()) -> str:
    return str(check_signature_apart(data, roots)["verdict"])


def test_tanda_tangan_utuh_menyebut_penanda_tangan_dan_waktunya() -> None:
    found = check_signature_apart(tanda.signed_kk(NOMOR))
    assert (found["verdict"], found["signer"], found["known"]) == ("utuh", tanda.KADIS, False)
    assert found["at"].startswith("20")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (blank_pdf(), "tanpa"),
        (tanda.changed_kk(NOMOR), "berubah"),
        (tanda.broken_kk(NOMOR), "rusak"),
        (tanda.signed_kk(NOMOR).replace(b"KARTU", b"KARTO"), "utuh"),  # the text is compressed: nothing was replaced
        (tanda.signed_kk(NOMOR)[:400], "rusak"),
        (b"bukan pdf", "rusak"),
    ],
)
def test_yang_tidak_utuh_disebut_sebabnya(data: bytes, expected: str) -> None:
    assert verdict(data) == expected


def test_satu_huruf_yang_diganti_di_mana_pun_ketahuan() -> None:
    whole = tanda.signed_kk(NOMOR)
    for at in range(20, whole.index(b"/Contents <"), 97):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert verdict(changed) != "utuh", at


def test_penerbit_dikenal_hanya_bila_akarnya_dipasang(tmp_path: Path) -> None:
    signer, root = tanda.office()
    (tmp_path / "akar.pem").write_bytes(root)
    roots = read_roots(tmp_path)
    assert check_signature_apart(tanda.signed_kk(NOMOR, signer), roots)["known"] is True
    assert check_signature_apart(tanda.signed_kk(NOMOR), roots)["known"] is False
    assert check_signature_apart(tanda.signed_kk(NOMOR, signer))["known"] is False


def test_folder_akar_yang_kosong_atau_berisi_bukan_sertifikat_ditolak(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tidak berisi sertifikat"):
        read_roots(tmp_path)
    (tmp_path / "salah.pem").write_text("halo")
    with pytest.raises(ValueError, match=r"salah\.pem bukan sertifikat"):
        read_roots(tmp_path)


def test_pembersihan_tidak_mematikan_tanda_tangan() -> None:
    for data in (tanda.signed_kk(NOMOR), signed_sample()):
        assert verdict(clean_apart(data).data) == "utuh"
