"""Papers: text of every script the font has, tables over pages, the same bytes for the same input."""

from dataclasses import replace

import pytest

from app.adapters.pdf import Letterhead, Paper, printable
from app.adapters.pdf_table import Column
from tests.factories import SENIN_PAGI
from tests.support import pdf

HEAD = Letterhead("Dinas Contoh", "Bantul", "Alur Contoh")
COLUMNS = (Column("No.", 1), Column("Nama", 5), Column("Data", 1, columns=(Column("Semula", 4), Column("Menjadi", 4))))


def paper(landscape: bool = False) -> Paper:
    return Paper("Contoh", SENIN_PAGI, HEAD, landscape=landscape)


def table(rows: list[list[str]]) -> bytes:
    sheet = paper()
    sheet.table(COLUMNS, rows)
    return sheet.to_bytes()


def test_empat_puluh_baris_lengkap_dan_kepala_tabel_berulang() -> None:
    made = pdf.pages(table([[str(n), f"Orang {n:02}", "lama " * 8, "baru " * 8] for n in range(1, 41)]))
    assert len(made) > 1
    assert all("Semula" in page and "Menjadi" in page for page in made)
    assert [n for n in range(1, 41) if f"Orang {n:02}" not in " ".join(made)] == []
    assert all(f"Halaman {n} dari {len(made)}" in page for n, page in enumerate(made, start=1))


def test_baris_yang_lebih_tinggi_dari_halaman_diteruskan_tanpa_kata_hilang() -> None:
    words = [f"kata{n:04}" for n in range(1500)]
    made = pdf.text(table([["1", "Sari", " ".join(words), "x"]]))
    assert [word for word in words if word not in made] == []


def test_kata_tanpa_spasi_dipatahkan_dan_tetap_utuh() -> None:
    long = "".join(chr(ord("a") + n % 26) for n in range(400))
    made = pdf.text(table([["1", long, "", ""]])).replace(" ", "")
    assert long in made


@pytest.mark.parametrize("name", ["Ŝetiawán", "O’Neil", "Nguyễn Thị Ánh", "Ңурлан Әлиев", "Ελένη", "Łukasz Żółć"])
def test_nama_dari_aksara_lain_tercetak(name: str) -> None:
    sheet = paper()
    sheet.details([("Nama", name)])
    assert name in pdf.text(sheet.to_bytes())


@pytest.mark.parametrize("sign", ["ꦗ", "李", "🙂"])
def test_huruf_yang_tidak_ada_di_fon_terlihat_sebagai_tanda_ganti(sign: str) -> None:
    assert printable(f"Sari {sign} Contoh") == "Sari � Contoh"
    assert table([["1", f"Sari {sign}", "", ""]]).startswith(b"%PDF")


def test_tanda_tak_terlihat_dan_pembalik_arah_dibuang() -> None:
    assert printable("Sa\u202eri\u200b\x00\ud800") == "Sari"
    assert printable("e\u0301") == "é"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "**bukan tebal**", "--__~~", "{nb}", "(\\)"])
def test_teks_apa_pun_dapat_dicetak(text: str) -> None:
    sheet = paper(landscape=True)
    sheet.letterhead(HEAD)
    sheet.code(text or "x")
    sheet.heading(text)
    sheet.subheading(text)
    sheet.paragraph(text, small=True)
    sheet.items([text])
    sheet.details([(text, text)])
    sheet.table(COLUMNS, [[text] * 4])
    sheet.signature(text, text, text, stamp=True)
    assert pdf.pages(sheet.to_bytes())


def test_yang_diketik_orang_tidak_menjadi_jumlah_halaman() -> None:
    made = pdf.text(table([["1", "{nb} dan \u00a0n\u00a0", "", ""]]))
    assert "{nb} dan n" in made
    assert "Halaman 1 dari 1" in made


def test_masukan_sama_memberi_bita_sama() -> None:
    assert table([["1", "Sari", "a", "b"]]) == table([["1", "Sari", "a", "b"]])


def test_qr_bertautan_ke_alamat_yang_sama() -> None:
    sheet = paper()
    sheet.qr("https://contoh.go.id/verifikasi?t=abc", "Pindai")
    assert pdf.links(sheet.to_bytes()) == ["https://contoh.go.id/verifikasi?t=abc"]


def test_peringatan_peragaan_ada_di_tiap_halaman() -> None:
    sheet = Paper("Contoh", SENIN_PAGI, replace(HEAD, warning="PERAGAAN"))
    sheet.table(COLUMNS, [["1", "x", "y", "z"]] * 80)
    made = pdf.pages(sheet.to_bytes())
    assert len(made) > 1
    assert all("PERAGAAN" in page for page in made)
