"""The office's profile: database over environment, on pages, papers and letters; the letterhead before it is saved."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from app.models import Event, OfficeVersion
from app.services import store
from app.services.messages import outgoing
from app.services.office import profile, taking
from tests.support.peramban import field, isi, sign_in

ISIAN = {
    "versi": "0",
    "alasan": "Pindah gedung.",
    "nama": "Dinas Dukcapil Kabupaten Uji",
    "singkat": "Dukcapil Uji",
    "alamat": "Jalan Uji Nomor 7",
    "email": "kantor@uji.id",
    "kepala_nama": "Kartika Sari",
    "kepala_nip": "1970 0101 1990 03 2001",
}


@pytest.fixture
def kantor(situs: Flask) -> Iterator[Flask]:
    yield situs
    profile.bind(situs.config["ALUR"].kantor)
    taking.reset()


def picture(size: int = 900) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (size, size), (200, 30, 30, 120)).save(out, "PNG")
    return out.getvalue()


def test_profil_yang_disimpan_dipakai_halaman_dan_surat(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    saved = eko.post("/admin/kantor", data=ISIAN, follow_redirects=True)
    assert "Profil kantor disimpan" in isi(saved) and "Alasan: Pindah gedung." in isi(saved)
    page = isi(kantor.test_client().get("/kontak"))
    assert "Dinas Dukcapil Kabupaten Uji" in page and "Jalan Uji Nomor 7" in page and "Kartika Sari" in page
    assert outgoing.office == "Dinas Dukcapil Kabupaten Uji"
    again = eko.post("/admin/kantor", data=ISIAN, follow_redirects=True)
    assert again.status_code == 422 and "Tidak ada yang berubah" in isi(again)
    with kantor.app_context():
        told = store.session.scalars(select(Event).where(Event.verb == "ketetapan_kantor_diubah")).one()
        assert (told.stream, told.payload["alasan"]) == ("kantor", "Pindah gedung.")


def test_admin_kedua_diberi_tahu_yang_berlaku_dan_ketikannya_tetap(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    eko.post("/admin/kantor", data=ISIAN)
    late = eko.post("/admin/kantor", data={**ISIAN, "alamat": "Jalan Kedua 8"})  # opened before the first was saved
    page = isi(late)
    assert late.status_code == 409 and "Baru saja diubah orang lain" in page and 'value="Jalan Kedua 8"' in page
    assert "Yang berlaku sekarang: Jalan Uji Nomor 7" in page
    fresh = field(page, "versi")
    assert eko.post("/admin/kantor", data={**ISIAN, "alamat": "Jalan Kedua 8", "versi": fresh}).status_code == 302


def test_kop_surat_dilihat_dulu_tanpa_menyimpan(kantor: Flask) -> None:
    answer = sign_in(kantor, "pak_eko").post("/admin/kantor/kop.pdf", data=ISIAN)
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "DINAS DUKCAPIL KABUPATEN UJI" in text and "Kartika Sari" in text and "197001011990032001" in text
    with kantor.app_context():
        assert store.session.query(OfficeVersion).count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "bukan alamat"), ("kepala_nip", "123"), ("situs", "http://a.id"), ("nama", "x" * 300)],
)
def test_isian_yang_keliru_ditunjuk_dan_ketikannya_tetap(kantor: Flask, field: str, value: str) -> None:
    answer = sign_in(kantor, "pak_eko").post("/admin/kantor", data={**ISIAN, field: value})
    assert answer.status_code == 422 and f'id="{field}-galat"' in isi(answer) and "Jalan Uji Nomor 7" in isi(answer)


def test_logo_dibersihkan_dipakai_dan_dihapus(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    sent = {"versi": "0", "alasan_logo": "Logo resmi.", "logo": (io.BytesIO(picture()), "logo.png")}
    assert "Logo disimpan" in isi(eko.post("/admin/kantor/logo", data=sent, follow_redirects=True))
    shown = kantor.test_client().get("/logo-kantor")
    made = Image.open(io.BytesIO(shown.data))
    assert (shown.mimetype, made.format, max(made.size)) == ("image/jpeg", "JPEG", profile.LOGO_SIDE)
    with_logo = eko.post("/admin/kantor/kop.pdf", data=ISIAN)
    assert len(PdfReader(io.BytesIO(with_logo.data)).pages[0].images) == 1
    gone = {"versi": "1", "alasan_logo": "Salah logo.", "aksi": "hapus"}
    eko.post("/admin/kantor/logo", data=gone)
    assert kantor.test_client().get("/logo-kantor").status_code == 404


@pytest.mark.parametrize("data", [b"", b"bukan gambar", b"%PDF-1.4 rusak"])
def test_yang_bukan_gambar_ditolak_sebagai_logo(kantor: Flask, data: bytes) -> None:
    sent = {"versi": "0", "alasan_logo": "Logo resmi.", "logo": (io.BytesIO(data), "logo.png")}
    answer = sign_in(kantor, "pak_eko").post("/admin/kantor/logo", data=sent)
    assert answer.status_code == 422 and 'id="logo-galat"' in isi(answer)
