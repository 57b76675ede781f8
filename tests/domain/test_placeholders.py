"""The words of a notice's text."""

from app.domain.placeholders import TITLE_LENGTH, fill, fill_title, unknown_in


def test_kata_yang_tidak_dikenal_disebut_berurutan() -> None:
    assert unknown_in("{nama} {nik} {0} {nama.__class__}") == ["nik", "0", "nama.__class__"]


def test_isi_diganti_sekali_dan_kurung_di_dalam_isi_tidak_dibaca_lagi() -> None:
    assert fill("Halo {nama}, {pesan}", {"nama": "{pin}", "pesan": "{nomor}"}) == "Halo {pin}, {nomor}"


def test_kata_yang_tidak_diizinkan_tidak_pernah_dibuka() -> None:
    assert fill("{nama.__class__} {nik}", {"nama": "Sari", "nik": "x"}) == "{nama.__class__} {nik}"


def test_baris_yang_semua_katanya_kosong_dihapus() -> None:
    assert (
        fill("Halo {nama}\nBatas: {batas}\n\nPesan: {pesan}, {batas}", {"nama": "Sari", "pesan": "lengkapi"})
        == ("Halo Sari\n\nPesan: lengkapi, ").strip()
    )


def test_nik_dalam_isi_dan_judul_disamarkan() -> None:
    facts = {"pesan": "NIK 3402995207900001 dan 3402 9952 0790 0001"}
    assert fill("{pesan}", facts) == "NIK ************0001 dan ************0001"
    assert "3402" not in fill_title("Judul {pesan}", facts)


def test_judul_satu_baris_dan_terbatas() -> None:
    assert fill_title("Satu\n{pesan}", {"pesan": "dua\r\nBcc: x@contoh.id"}) == "Satu dua Bcc: x@contoh.id"
    assert len(fill_title("{pesan}", {"pesan": "a" * 500})) == TITLE_LENGTH
