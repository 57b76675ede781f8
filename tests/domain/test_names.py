"""Names of people: letters of any script."""

import pytest

from app.domain.names import fault_in_name


@pytest.mark.parametrize(
    "name", ["", "Siti Nur'aini", "Ma’ruf", "R.Ay. Dewi-Sekar, S.H.", "A. Rahman a/l Hasan", "Đặng Thị", "ꦱꦫꦶ"]
)
def test_nama_berhuruf_aksara_apa_pun_diterima(name: str) -> None:
    assert fault_in_name(name) == ""


@pytest.mark.parametrize(("name", "sign"), [("Sari 😀", "😀"), ("Sari <b>", "< >"), ("Sari2", "2"), ("Sari\u200d", "")])
def test_yang_bukan_huruf_disebut(name: str, sign: str) -> None:
    said = fault_in_name(name)
    assert "dengan huruf saja" in said and sign in said


def test_nama_tanpa_satu_pun_huruf_ditolak() -> None:
    assert "dengan huruf" in fault_in_name("- . -")
