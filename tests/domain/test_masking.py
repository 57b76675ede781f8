import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.masking import mask_email, mask_in_text, mask_nik, mask_phone


def test_nik_hanya_menampakkan_empat_angka_terakhir() -> None:
    assert mask_nik("3402991207900001") == "************0001"
    assert mask_nik("3402 9912 0790 0001") == "************0001"


@given(st.text(max_size=30))
def test_yang_bukan_enam_belas_angka_disembunyikan_seluruhnya(text: str) -> None:
    assert set(mask_nik(text)[:12]) == {"*"}
    assert len(mask_nik(text)) == 16


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("budi@contoh.id", "b***@contoh.id"),
        ("b@contoh.id", "b***@contoh.id"),
        ("bukan email", "***"),
        ("", "***"),
        ("@x", "***"),
    ],
)
def test_email_disamarkan(address: str, shown: str) -> None:
    assert mask_email(address) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6285136692209", "0851****2209"),
        ("0851-3669-2209", "0851****2209"),
        ("12", "************"),
        ("", "************"),
    ],
)
def test_nomor_hp_disamarkan(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


def test_nik_di_tengah_kalimat_disamarkan() -> None:
    assert mask_in_text("NIK 3402991207900001, KK 3402 9901 0120 0001.") == "NIK ************0001, KK ************0001."
    for written in ("3402  9912 0790 0001", "3402 - 9912 - 0790 - 0001", "3402\u00a0\u00a09912\u20130790\u200b 0001"):
        assert mask_in_text(f"NIK {written}.") == "NIK ************0001.", ascii(written)
    for period in ("2026-11-22 - 2026-11-23", "22.11.2026 - 23.11.2026"):
        assert mask_in_text(period) == period
    assert mask_in_text("KK-2026-000123 pukul 10.15") == "KK-2026-000123 pukul 10.15"


@pytest.mark.parametrize("piece", ["1" + " " * 2_000, "1 ", "1" * 17 + " ", " - ", "2026-11-22 "])
def test_teks_panjang_disamarkan_dengan_cepat(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.thread_time()
    mask_in_text(text)
    assert time.thread_time() - began < 2
