"""The number a paper gives as its own, however it is written; one that merely stands in it is nobody's title."""

import pytest
from fpdf import FPDF

from app.adapters.pdf_text import read_pdf

OTHER, OURS = "3402990503180002", "3402990101200001"


def paper(*lines: str) -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    for line in lines:
        page.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


@pytest.mark.parametrize(
    "title",
    [
        f"No. {OTHER}",
        "No. 3402 9905 0318 0002",
        "No : 3402-9905-0318-0002",
        f"Nomor Kartu Keluarga : {OTHER}",
        "NOMOR KK: 3402 9905 0318 0002",
        "No. " + " ".join(OTHER),
    ],
)
def test_nomor_di_judul_terbaca_walau_berspasi_dan_panjang_sebutannya(title: str) -> None:
    found = read_pdf(paper("KARTU KELUARGA", title, f"Pindah dari KK {OURS}"))
    assert found.title == OTHER and found.numbers[0] == OTHER and OURS in found.numbers


@pytest.mark.parametrize("line", [f"KK asal {OURS}", f"NIK {OURS}", f"No. 1 {OURS}", f"No. 12345 {OURS}"])
def test_nomor_yang_hanya_disebut_bukan_judulnya(line: str) -> None:
    found = read_pdf(paper("KARTU KELUARGA", line))
    assert (found.title, found.numbers) == ("", (OURS,))


def test_dua_nomor_di_judul_tidak_dipilihkan_salah_satunya() -> None:
    found = read_pdf(paper("KARTU KELUARGA", f"No. {OURS}", f"Nomor KK {OTHER}"))
    assert (found.title, found.numbers) == ("", (OURS, OTHER))
