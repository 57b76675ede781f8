"""What people upload, good and bad."""

import io
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from app.adapters.cleaning import clean, refuse_too_large
from app.adapters.pictures import preview_of
from app.domain.errors import UploadRefused
from tests import factories


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_tempat_dan_nama_kamera_hilang_dari_foto() -> None:
    taken = factories.photo(gps=True)
    assert b"KameraUji" in taken
    cleaned = clean(taken)
    assert cleaned.mime == "image/jpeg"
    assert b"KameraUji" not in cleaned.data
    assert b"Exif" not in cleaned.data
    assert not _opened(cleaned.data).getexif()


def test_foto_miring_ditegakkan() -> None:
    cleaned = _opened(clean(factories.photo(600, 400, orientation=6)).data)
    assert cleaned.size == (400, 600)
    red = cleaned.convert("RGB").getpixel((200, 10))
    assert red[0] > 200 and red[1] < 80  # the left edge became the top


def test_foto_besar_dikecilkan_sampai_2400_titik() -> None:
    assert max(_opened(clean(factories.photo(4000, 3000)).data).size) == 2400


def test_gambar_besar_tembus_pandang_miring_tetap_utuh() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGBA", (3000, 1500), (255, 0, 0, 128)).save(out, "PNG", exif=exif)
    cleaned = _opened(clean(out.getvalue()).data).convert("RGB")
    assert cleaned.size == (1200, 2400)
    red, green, _ = cleaned.getpixel((600, 1200))
    assert red > 250 and 120 < green < 135


def test_foto_kecil_tidak_dibesarkan() -> None:
    assert _opened(clean(factories.photo(300, 200)).data).size == (300, 200)


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")])
def test_jenis_gambar_yang_diterima(kind: str, mime: str) -> None:
    assert clean(factories.photo(kind=kind)).mime == mime


def test_foto_iphone_diterima_sebagai_jpeg() -> None:
    assert clean(factories.heic()).mime == "image/jpeg"


def test_gambar_tembus_pandang_diberi_dasar_putih() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert _opened(clean(out.getvalue()).data).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_komentar_dan_teks_dalam_gambar_tidak_ikut_disimpan() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "JPEG", comment=b"rahasia keluarga")
    assert b"rahasia" not in clean(out.getvalue()).data


def test_arsip_yang_menempel_di_belakang_foto_tidak_ikut_disimpan() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as folder:
        folder.writestr("jahat.txt", "isi")
    assert b"PK\x03\x04" not in clean(factories.photo() + archive.getvalue()).data


def test_gambar_kecil_yang_membesar_ditolak_dengan_sopan() -> None:
    huge = factories.huge_picture()
    assert len(huge) < 200_000
    with pytest.raises(UploadRefused, match="terlalu besar"):
        clean(huge)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_foto_terpotong_ditolak(kind: str) -> None:
    whole = factories.photo(1200, 900, kind=kind)
    with pytest.raises(UploadRefused, match="tidak terkirim utuh"):
        clean(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "data",
    [b"<html><script>alert(1)</script></html>", b"GIF89a" + b"\0" * 40, b"MZ" + b"\0" * 99, b"PK\x03\x04" + b"\0" * 9],
)
def test_bukan_foto_atau_pdf_ditolak(data: bytes) -> None:
    with pytest.raises(UploadRefused, match="bukan foto atau PDF"):
        clean(data)


def test_berkas_kosong_ditolak() -> None:
    with pytest.raises(UploadRefused, match="kosong"):
        clean(b"")


def test_kepala_jpeg_dengan_isi_lain_ditolak() -> None:
    with pytest.raises(UploadRefused):
        clean(b"\xff\xd8\xff\xe0" + b"<script>" * 50)


def test_ukuran_disebut_dan_batasnya_juga() -> None:
    with pytest.raises(UploadRefused, match="Berkas 24 MB; batasnya 10 MB"):
        refuse_too_large(24 * 1024 * 1024)
    refuse_too_large(10 * 1024 * 1024)


def test_gambar_kecil_untuk_daftar() -> None:
    assert max(_opened(preview_of(clean(factories.photo(2000, 1000)).data)).size) == 480


def test_pdf_biasa_diterima_tanpa_nama_penulis() -> None:
    cleaned = clean(factories.pdf(3, author="Nama Penulis"))
    assert (cleaned.mime, cleaned.pages) == ("application/pdf", 3)
    assert b"Nama Penulis" not in cleaned.data
    with pikepdf.open(io.BytesIO(cleaned.data)) as opened:
        assert len(opened.pages) == 3


def test_isi_yang_sama_menjadi_bita_yang_sama() -> None:
    data = factories.pdf(2)
    assert clean(data).data == clean(data).data


def test_pdf_berkata_sandi_ditolak() -> None:
    with pytest.raises(UploadRefused, match="memakai kata sandi"):
        clean(factories.pdf(password="rahasia"))


@pytest.mark.parametrize(("pages", "words"), [(0, "tidak berisi halaman"), (51, "51 halaman; batasnya 50")])
def test_jumlah_halaman_pdf_dibatasi(pages: int, words: str) -> None:
    with pytest.raises(UploadRefused, match=words):
        clean(factories.pdf(pages))


def test_skrip_dalam_pdf_dibuang() -> None:
    data = factories.pdf(javascript=True)
    assert b"JavaScript" in data
    with pikepdf.open(io.BytesIO(clean(data).data)) as opened:
        assert "/OpenAction" not in opened.Root
        assert not any("/JS" in thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary))


def test_lampiran_dalam_pdf_dibuang() -> None:
    with pikepdf.open(io.BytesIO(clean(factories.pdf(attachment=True)).data)) as opened:
        assert not opened.attachments
        assert not any("/EF" in thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary))


def test_tautan_yang_menjalankan_program_dibuang() -> None:
    document = pikepdf.new()
    page = document.add_blank_page()
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("jahat.exe"))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 99, 99]), A=launch
    )
    page.obj.Annots = pikepdf.Array([note])
    out = io.BytesIO()
    document.save(out)
    assert b"jahat.exe" in out.getvalue()
    cleaned = clean(out.getvalue()).data
    with pikepdf.open(io.BytesIO(cleaned)) as opened:
        assert "/S" not in opened.pages[0].obj.Annots[0].A


def test_pdf_terpotong_ditolak() -> None:
    whole = factories.pdf(5)
    with pytest.raises(UploadRefused, match="tidak terkirim utuh"):
        clean(whole[: len(whole) // 2])


def test_arsip_yang_menempel_di_belakang_pdf_tidak_ikut_disimpan() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as folder:
        folder.writestr("jahat.txt", "isi")
    try:
        kept = clean(factories.pdf() + archive.getvalue()).data
    except UploadRefused:
        return
    assert b"PK\x03\x04" not in kept


def test_foto_di_dalam_pdf_kehilangan_tempat_dan_kameranya_tetapi_bukan_gambarnya() -> None:
    taken = factories.photo(gps=True)
    document = pikepdf.new()
    page = document.add_blank_page()
    picture = document.make_stream(taken)
    picture.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=640,
            Height=480,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
    )
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Foto=picture))
    out = io.BytesIO()
    document.save(out)
    assert b"KameraUji" in out.getvalue()
    cleaned = clean(out.getvalue()).data
    assert b"KameraUji" not in cleaned
    with pikepdf.open(io.BytesIO(cleaned)) as opened:
        kept = opened.pages[0].obj.Resources.XObject.Foto.read_raw_bytes()
    assert _opened(kept).tobytes() == _opened(taken).tobytes()


def test_pdf_kecil_yang_membesar_ditolak_sebelum_dibuka() -> None:
    packed = zlib.compress(b"0 " * 20_000_000, 9)
    head = b"%%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    with pytest.raises(UploadRefused, match="tidak wajar"):
        clean(head + packed + b"\nendstream endobj\n%%EOF")


def _signed(extra: bytes = b"") -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    signature = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 1, 2, 3]), Contents=pikepdf.String("tanda")
        )
    )
    field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=signature))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue() + extra


def test_pdf_bertanda_tangan_disimpan_persis_seperti_diterima() -> None:
    assert clean(_signed()).data == _signed()


def test_pdf_bertanda_tangan_dengan_tambahan_di_belakang_ditolak() -> None:
    with pytest.raises(UploadRefused):
        clean(_signed(b"\nPK\x03\x04 tambahan"))
