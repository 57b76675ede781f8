"""Files as nobody should send them, and good ones of every kind, all made on the spot.

`CORPUS`: name -> Sample. A sample is accepted (then cleaned: nothing of `never` is left in it) or refused with a
sentence that `refused` finds.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, PngImagePlugin

from tests import factories

Make = Callable[[], bytes]

BROKEN = "rusak atau tidak terkirim utuh"
ODD = "tersusun tidak wajar"
LARGE = "terlalu besar"
LOCKED = "memakai kata sandi"
NOT_OURS = "bukan foto atau PDF"
SCRIPT = b"<?php system($_GET['c']); ?><script>alert(1)</script>"
MARKS = (b"PK\x03\x04", b"<script", b"<?php", b"KameraUji", b"jahat")
MOVING = (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/AA", b"/XFA", b"/EmbeddedFile", b"/SubmitForm")
_ICC = b"\0\0\x02\x0clcms\x02\x10\0\0mntrRGB XYZ " + b"\0" * 400


@dataclass(frozen=True)
class Sample:
    """`refused`: what the refusal says; "" = accepted. `never`: bytes that must not survive cleaning.

    `peak`: MB that opening it may take.
    """

    make: Make
    refused: str = ""
    never: tuple[bytes, ...] = MARKS
    peak: int = 300


def picture(mode: str = "RGB", kind: str = "PNG", size: tuple[int, int] = (300, 200), **options: object) -> bytes:
    out = io.BytesIO()
    colour = {"1": 1, "L": 99, "P": 3, "I;16": 40_000, "F": 0.5, "LA": (9, 99), "I": 70}.get(mode)
    if colour is None:
        colour = tuple(range(20, 20 + 10 * len(Image.new(mode, (1, 1)).getbands()), 10))
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("jahat.class", b"\xca\xfe\xba\xbe" + SCRIPT)
    return out.getvalue()


def flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of few KB whose rows of zeros never end; written by hand, since nobody has the memory to draw it."""
    row = zlib.compressobj(9)
    packed = b"".join(row.compress(b"\0" * 1_000_000) for _ in range(50)) + row.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind: bytes, data: bytes, png: bytes | None = None, times: int = 1) -> bytes:
    """A PNG with a further chunk behind its head."""
    png = png or picture()
    return png[:33] + chunk(kind, data) * times + png[33:]


def packed(size: int) -> bytes:
    press, block = zlib.compressobj(9), b"\0" * 1_000_000
    return b"".join(press.compress(block) for _ in range(size // len(block))) + press.flush()


def frames(kind: str, count: int, size: tuple[int, int] = (60, 60)) -> bytes:
    """An animation."""
    images = [Image.new("RGB", size, (n % 256, n // 256, 9)) for n in range(count)]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:], duration=20)
    return out.getvalue()


def heic_frames(count: int) -> bytes:
    file = pillow_heif.HeifFile()
    for number in range(count):
        file.add_from_pillow(Image.new("RGB", (64, 64), (number, 0, 0)))
    out = io.BytesIO()
    file.save(out, quality=40)
    return out.getvalue()


def heic(width: int, height: int) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "KameraUji"
    pillow_heif.from_pillow(Image.new("RGB", (width, height), "teal")).save(out, quality=30, exif=exif.tobytes())
    return out.getvalue()


def lying_heic(width: int, height: int) -> bytes:
    """A small HEIC that says it is large: every image size (ispe) rewritten."""
    data = factories.heic(64, 64)
    at = data.find(b"ispe")
    while at >= 0:
        data = data[: at + 8] + struct.pack(">II", width, height) + data[at + 16 :]
        at = data.find(b"ispe", at + 4)
    return data


def noisy(kind: str, size: tuple[int, int] = (800, 600)) -> bytes:
    image = Image.frombytes("RGB", size, random.Random(340299).randbytes(size[0] * size[1] * 3))
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, quality=50)
    else:
        image.save(out, kind)
    return out.getvalue()


def huge_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "KameraUji" + "x" * 60_000
    out = io.BytesIO()
    Image.new("RGB", (300, 200)).save(out, "JPEG", exif=exif)
    data = out.getvalue()
    segment = b"\xff\xe1" + struct.pack(">H", 65_535) + b"Exif\0\0" + b"KameraUji" * 7_281
    return data[:2] + segment[:65_537] * 60 + data[2:]


def progressive_storm(scans: int = 1500, size: int = 2000) -> bytes:
    """A JPEG whose last scan is told again and again: every repetition costs a full pass over the picture."""
    out = io.BytesIO()
    Image.new("L", (size, size), 99).save(out, "JPEG", progressive=True, quality=10)
    data = out.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


def png_text(size: int) -> bytes:
    """zTXt that unpacks to `size` bytes."""
    return with_chunk(b"zTXt", b"Comment\0\0" + packed(size))


def document(build: Callable[[pikepdf.Pdf], None], pages: int = 1, **options: object) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    build(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def action(kind: str, **parts: object) -> Callable[[pikepdf.Pdf], None]:
    """An action on a link of the first page, when the file opens, and when the page does."""

    def build(pdf: pikepdf.Pdf) -> None:
        act = pdf.make_indirect(Dictionary(S=Name("/" + kind), **parts))
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=act, AA=Dictionary(E=act))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
        pdf.pages[0].obj.AA = Dictionary(O=act)
        pdf.Root.OpenAction = act
        pdf.Root.AA = Dictionary(WC=act)

    return build


def script_in_names(pdf: pikepdf.Pdf) -> None:
    act = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert('jahat')")))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), act])))


def scripted_form(pdf: pikepdf.Pdf) -> None:
    act = Dictionary(S=Name.JavaScript, JS=String("jahat()"))
    field = Dictionary(FT=Name.Tx, T=String("a"), AA=Dictionary(K=act, F=act, V=act, C=act), A=act)
    xfa = pdf.make_stream(b"<xdp:xdp><script>jahat()</script></xdp:xdp>")
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), XFA=Array([String("a"), xfa]))


def chained(pdf: pikepdf.Pdf) -> None:
    """Harmless first, the rest behind /Next."""
    run = Dictionary(S=Name.Launch, F=String("jahat.exe"))
    first = Dictionary(S=Name.GoTo, D=Array([0]), Next=Array([run, Dictionary(S=Name.JavaScript, JS=String("jahat"))]))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=first)
    pdf.pages[0].obj.Annots = Array([link])


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["jahat.exe"] = b"MZ" + SCRIPT
    spec = Dictionary(Type=Name.Filespec, F=String("jahat"), EF=Dictionary(F=pdf.make_stream(b"MZjahat")))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=spec)
    pdf.pages[0].obj.Annots = Array([note])
    pdf.Root.AF = Array([spec])


def foreign_link(pdf: pikepdf.Pdf, uri: str = "javascript:jahat()") -> None:
    act = Dictionary(S=Name.URI, URI=String(uri))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=act)
    pdf.pages[0].obj.Annots = Array([link])


def content(size: int, times: int = 1) -> Callable[[pikepdf.Pdf], None]:
    """Page contents of few KB that unpack to `size` bytes, packed `times` times over."""

    def build(pdf: pikepdf.Pdf) -> None:
        data = packed(size)
        for _ in range(times - 1):
            data = zlib.compress(data, 9)
        stream = pdf.make_stream(data)
        stream.Filter = Array([Name.FlateDecode] * times) if times > 1 else Name.FlateDecode
        pdf.pages[0].obj.Contents = stream

    return build


def nested(depth: int, opener: bytes = b"[", closer: bytes = b"]") -> bytes:
    """Lists in lists, `depth` deep, in the open."""
    return raw_pdf(b"3 0 obj\n" + opener * depth + closer * depth + b"\nendobj\n", numbers=4)


def raw_pdf(extra: bytes = b"", numbers: int = 3) -> bytes:
    body = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X 3 0 R>>\nendobj\n"
    starts = [9, len(body)]
    body += b"2 0 obj\n<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]>>\nendobj\n"
    if extra:
        starts.append(len(body))
    body += extra
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(starts) + 1)
    table += b"".join(b"%010d 00000 n \n" % at for at in starts)
    return body + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (numbers, len(body))


def page_loop() -> bytes:
    """A page tree that contains itself."""
    data = factories.pdf()
    pdf = pikepdf.open(io.BytesIO(data))
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages])
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def many_objects(count: int) -> bytes:
    def build(pdf: pikepdf.Pdf) -> None:
        pdf.Root.X = Array([pdf.make_indirect(Dictionary(A=number)) for number in range(count)])

    return document(build, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def object_bomb(size: int) -> bytes:
    data = packed(size)
    head = b"%%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(data)
    return head + data + b"\nendstream endobj\n%%EOF"


def real_object_bomb(size: int, *, hide: bytes = b"/ObjStm", pad: int = 0) -> bytes:
    """A whole, well-formed file whose only object stream unpacks to `size` bytes."""
    first = b"3 0 "
    inner = packed_with(first + b"<</A 1>>", size)
    head = b"%PDF-1.5\n"
    catalog = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/X 3 0 R>>\nendobj\n"
    pages = b"2 0 obj\n<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 9 9]>>]>>\nendobj\n"
    stream = b"4 0 obj\n<</Type%s/Z(%s)/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % (
        hide,
        b"x" * pad,
        len(inner),
    )
    at = [len(head), len(head) + len(catalog), len(head) + len(catalog) + len(pages)]
    body = head + catalog + pages + stream + inner + b"\nendstream\nendobj\n"
    rows = [(0, 0, 65535), (1, at[0], 0), (1, at[1], 0), (2, 4, 0), (1, at[2], 0), (1, len(body), 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    xref = b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(table)
    return body + xref + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def packed_with(start: bytes, size: int) -> bytes:
    press, block = zlib.compressobj(9), b" " * 1_000_000
    return press.compress(start) + b"".join(press.compress(block) for _ in range(size // len(block))) + press.flush()


def owner_locked() -> bytes:
    return document(lambda pdf: None, encryption=pikepdf.Encryption(owner="kantor", user=""))


def drawn_pdf(data: bytes, colours: str = "DeviceRGB", size: tuple[int, int] = (640, 480)) -> bytes:
    def build(pdf: pikepdf.Pdf) -> None:
        picture = pdf.make_stream(data)
        picture.update(
            Dictionary(
                Type=Name.XObject,
                Subtype=Name.Image,
                Width=size[0],
                Height=size[1],
                ColorSpace=Name("/" + colours),
                BitsPerComponent=8,
                Filter=Name.DCTDecode,
            )
        )
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Foto=picture))

    return document(build)


def signed(
    build: Callable[[pikepdf.Pdf], None] = lambda pdf: None, *, tail: bytes = b"", subtype: str = "Sig"
) -> bytes:
    """As a signing service writes it, with a signature that no certificate stands behind."""

    def sign(pdf: pikepdf.Pdf) -> None:
        build(pdf)
        signature = pdf.make_indirect(
            Dictionary(Type=Name("/" + subtype), ByteRange=Array([0, 1, 2, 3]), Contents=String("tanda"))
        )
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("ttd"), V=signature))
        form = pdf.Root.get("/AcroForm", Dictionary(Fields=Array([])))
        form.Fields.append(field)
        form.SigFlags = 3
        pdf.Root.AcroForm = form

    return document(sign) + tail


def _text_tags(png: PngImagePlugin.PngInfo) -> PngImagePlugin.PngInfo:
    png.add_text("Comment", "jahat KameraUji")
    png.add_itxt("XML:com.adobe.xmp", "<x>jahat</x>")
    return png


def _drawing() -> bytes:
    image = Image.new("RGB", (1000, 700), "white")
    ImageDraw.Draw(image).text((100, 100), "KARTU KELUARGA (CONTOH)", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=_text_tags(PngImagePlugin.PngInfo()))
    return out.getvalue()


def _cmyk() -> bytes:
    return picture("CMYK", "JPEG")


GOOD: dict[str, Sample] = {
    "jpeg": Sample(partial(factories.photo, gps=True)),
    "jpeg abu-abu": Sample(lambda: picture("L", "JPEG")),
    "jpeg cmyk": Sample(_cmyk),
    "jpeg bertahap": Sample(lambda: picture("RGB", "JPEG", progressive=True)),
    "jpeg dengan EXIF sangat besar": Sample(huge_exif),
    "jpeg dengan profil warna": Sample(lambda: picture("RGB", "JPEG", icc_profile=_ICC)),
    "png": Sample(_drawing),
    "png 16 bit": Sample(lambda: picture("I;16")),
    "png palet": Sample(lambda: picture("P")),
    "png tembus pandang": Sample(lambda: picture("RGBA")),
    "png abu-abu tembus pandang": Sample(lambda: picture("LA")),
    "png hitam putih": Sample(lambda: picture("1")),
    "png palet dengan warna tembus": Sample(lambda: picture("P", transparency=3)),
    "webp": Sample(lambda: factories.photo(kind="WEBP", gps=True)),
    "webp tembus pandang": Sample(lambda: picture("RGBA", "WEBP")),
    "heic": Sample(lambda: heic(1200, 900)),
    "heic beberapa gambar": Sample(lambda: heic_frames(8)),
    "pdf": Sample(lambda: factories.pdf(3, author="jahat")),
    "pdf dengan foto": Sample(lambda: drawn_pdf(factories.photo(gps=True))),
    "pdf dengan foto cmyk": Sample(lambda: drawn_pdf(_cmyk(), "DeviceCMYK", (300, 200))),
}

POLYGLOT: dict[str, Sample] = {
    "jpeg+zip (gifar)": Sample(lambda: factories.photo() + archive()),
    "png+php": Sample(lambda: picture() + SCRIPT),
    "png+zip": Sample(lambda: picture() + archive()),
    "webp+html": Sample(lambda: picture(kind="WEBP") + SCRIPT),
    "heic+zip": Sample(lambda: heic(200, 200) + archive()),
    "png dengan teks berskrip": Sample(lambda: with_chunk(b"tEXt", b"Comment\0" + SCRIPT)),
    "png dengan potongan asing": Sample(lambda: with_chunk(b"jaHt", SCRIPT)),
    "jpeg dengan komentar berskrip": Sample(lambda: picture("RGB", "JPEG", comment=SCRIPT)),
    "pdf+html di depan": Sample(lambda: SCRIPT + factories.pdf(), NOT_OURS),
    "pdf+html di belakang": Sample(lambda: factories.pdf() + SCRIPT),
    "pdf+zip": Sample(lambda: factories.pdf() + archive()),
    "html di dalam kepala pdf": Sample(lambda: b"%PDF-1.4\n" + SCRIPT, BROKEN),
    "svg": Sample(lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NOT_OURS),
    "svg berkepala xml": Sample(lambda: b"<?xml version='1.0'?><svg/>", NOT_OURS),
    "html": Sample(lambda: b"<!doctype html>" + SCRIPT, NOT_OURS),
    "zip": Sample(archive, NOT_OURS),
    "gif": Sample(lambda: picture("P", "GIF"), NOT_OURS),
    "bmp": Sample(lambda: picture("RGB", "BMP"), NOT_OURS),
    "tiff": Sample(lambda: picture("RGB", "TIFF"), NOT_OURS),
    "postscript": Sample(lambda: b"%!PS-Adobe-3.0\n(jahat) show", NOT_OURS),
    "ikon": Sample(lambda: picture("RGB", "ICO", (32, 32)), NOT_OURS),
    "kosong": Sample(lambda: b"", "kosong"),
    "satu bita": Sample(lambda: b"\xff", NOT_OURS),
    "hanya NUL": Sample(lambda: b"\0" * 4096, NOT_OURS),
    "kepala jpeg saja": Sample(lambda: b"\xff\xd8\xff", BROKEN),
    "kepala png saja": Sample(lambda: b"\x89PNG\r\n\x1a\n", BROKEN),
    "kepala webp saja": Sample(lambda: b"RIFF\0\0\0\0WEBP", BROKEN),
    "kepala heic saja": Sample(lambda: b"\0\0\0\x18ftypheic\0\0\0\0", BROKEN),
    "kepala pdf saja": Sample(lambda: b"%PDF-1.7\n", BROKEN),
}

FLOOD: dict[str, Sample] = {
    "png 60000x60000": Sample(flood, LARGE),
    "png 7000x7000": Sample(lambda: factories.huge_picture(7000, 7000)),
    "png 16 bit tembus pandang 5000x5000": Sample(lambda: flood16(5000), LARGE),
    "png palet tembus pandang 5000x5000": Sample(lambda: picture("P", size=(5000, 5000), transparency=3), LARGE),
    "jpeg 65000x65000": Sample(lambda: resized_jpeg(65_000, 65_000), LARGE),
    "jpeg berlapis ribuan": Sample(progressive_storm, ODD),
    "jpeg dengan film di belakang": Sample(lambda: factories.photo() + b"\0ftyp" + b"\xff\xda\0\2" * 5000),
    "tiff besar": Sample(lambda: picture("1", "TIFF", (20_000, 20_000), compression="group4"), NOT_OURS),
    "webp 3000 bingkai": Sample(lambda: frames("WEBP", 3000)),
    "webp besar berbingkai": Sample(lambda: frames("WEBP", 3, (3500, 3500))),
    "webp terlalu besar": Sample(lambda: picture("RGB", "WEBP", (5000, 5000), method=0), LARGE),
    "apng 2000 bingkai": Sample(lambda: frames("PNG", 2000)),
    "heic berkata besar": Sample(lambda: lying_heic(20_000, 20_000), LARGE),
    "heic berkata lebih besar": Sample(lambda: lying_heic(7_000, 7_000), BROKEN),
    "heic besar": Sample(lambda: heic(3000, 2400)),
    "png teks 60 MB": Sample(lambda: png_text(60_000_000), BROKEN),
    "png profil 60 MB": Sample(lambda: with_chunk(b"iCCP", b"icc\0\0" + packed(60_000_000)), BROKEN),
    "png itxt 60 MB": Sample(lambda: with_chunk(b"iTXt", b"Comment\0\1\0\0\0" + packed(60_000_000)), BROKEN),
    "png teks berkali-kali": Sample(lambda: with_chunk(b"zTXt", b"C\0\0" + packed(1_000_000), times=3000), BROKEN),
    "png teks belakang": Sample(
        lambda: picture()[:-12] + chunk(b"zTXt", b"C\0\0" + packed(60_000_000)) + picture()[-12:], BROKEN
    ),
}


def flood16(side: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0)
    press, row = zlib.compressobj(9), b"\0" * (side * 8 + 1)
    data = b"".join(press.compress(row) for _ in range(side)) + press.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def resized_jpeg(width: int, height: int) -> bytes:
    data = factories.photo()
    at = data.find(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


PDF: dict[str, Sample] = {
    "pdf berskrip": Sample(lambda: factories.pdf(javascript=True), never=MARKS + MOVING),
    "pdf skrip di nama": Sample(lambda: document(script_in_names), never=MARKS + MOVING),
    "pdf isian berskrip": Sample(lambda: document(scripted_form), never=MARKS + MOVING),
    "pdf berlampiran": Sample(lambda: document(attached), never=MARKS + MOVING),
    "pdf aksi berantai": Sample(lambda: document(chained), never=MARKS + MOVING),
    "pdf tautan skrip": Sample(lambda: document(foreign_link), never=(*MARKS, b"javascript:")),
    "pdf pelacak": Sample(
        lambda: document(action("URI", URI=String("http://jahat.contoh/lacak"))), never=(b"/OpenAction", b"/AA")
    ),
    **{
        f"pdf aksi {kind}": Sample(
            lambda kind=kind: document(action(kind, F=String("jahat.exe"), JS=String("jahat"), Mac=String("jahat"))),
            never=MARKS + MOVING,
        )
        for kind in (
            "JavaScript",
            "Launch",
            "SubmitForm",
            "ImportData",
            "GoToE",
            "GoToR",
            "Rendition",
            "RichMediaExecute",
            "Movie",
            "Sound",
            "Thread",
        )
    },
    "pdf berkata sandi": Sample(lambda: factories.pdf(password="rahasia"), LOCKED),
    "pdf dikunci pemilik": Sample(owner_locked, LOCKED),
    "pdf 0 halaman": Sample(lambda: factories.pdf(0), "tidak berisi halaman"),
    "pdf 500 halaman": Sample(lambda: factories.pdf(500), "500 halaman; batasnya 50"),
    "pdf pohon halaman melingkar": Sample(page_loop, BROKEN),
    "pdf isi 300 MB": Sample(lambda: document(content(300_000_000)), ODD),
    "pdf isi berlapis": Sample(lambda: document(content(300_000_000, 3)), ODD),
    "pdf daftar bersarang": Sample(lambda: nested(100_000)),
    "pdf kamus bersarang": Sample(lambda: nested(100_000, b"<</A ", b">>")),
    "pdf daftar bersarang 100": Sample(lambda: nested(100), ODD),
    "pdf 100.000 benda": Sample(lambda: many_objects(100_000), ODD),
    "pdf daftar benda 60 MB": Sample(lambda: object_bomb(60_000_000), ODD),
    "pdf utuh daftar benda 60 MB": Sample(lambda: real_object_bomb(60_000_000), ODD),
    "pdf utuh daftar benda tersembunyi": Sample(
        lambda: real_object_bomb(520_000_000, hide=b"/Obj#53tm"), ODD, peak=500
    ),
    "pdf utuh daftar benda jauh": Sample(lambda: real_object_bomb(520_000_000, pad=5000), ODD, peak=500),
    "pdf bertanda tangan berskrip": Sample(lambda: signed(script_in_names), "berisi lampiran atau skrip"),
    "pdf bertanda tangan dengan aksi": Sample(lambda: signed(action("Launch")), "berisi lampiran atau skrip"),
    "pdf bertanda tangan aksi pembuka": Sample(lambda: signed(opening), "berisi lampiran atau skrip"),
    "pdf bertanda tangan tautan skrip": Sample(lambda: signed(foreign_link), "berisi lampiran atau skrip"),
    "pdf bertanda tangan berlampiran": Sample(lambda: signed(attached), "berisi lampiran atau skrip"),
    "pdf bertanda tangan isian berskrip": Sample(lambda: signed(scripted_form), "berisi lampiran atau skrip"),
    "pdf bertanda tangan+zip": Sample(lambda: signed(tail=archive()), "berubah|rusak"),
}


def opening(pdf: pikepdf.Pdf) -> None:
    """An /OpenAction that is a tracker: opening the file calls a stranger."""
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String("http://jahat.contoh/lacak"))


CORPUS: dict[str, Sample] = {**GOOD, **POLYGLOT, **FLOOD, **PDF}


def cut(name: str, places: int = 12) -> Iterator[bytes]:
    """A good file cut off at many places."""
    whole = {"JPEG": noisy("JPEG"), "PNG": noisy("PNG"), "WEBP": noisy("WEBP"), "HEIC": noisy("HEIF")}.get(name)
    whole = whole or factories.pdf(5)
    rng = random.Random(name)
    for at in sorted({1, 4, 12, 20, len(whole) - 1, *(rng.randrange(1, len(whole)) for _ in range(places))}):
        yield whole[:at]


def long_story(size: int) -> bytes:
    """A page whose words, unpacked, keep a reader of text busy for minutes; their last is a number."""
    words = zlib.compress(b"BT /F1 9 Tf (a) Tj ET\n" * (size // 22) + b"BT /F1 9 Tf (3402990101200001) Tj ET\n", 9)

    def build(pdf: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=font))
        pdf.pages[0].obj.Contents = pdf.make_stream(words, Filter=Name.FlateDecode)

    return document(build)


def everything_in(data: bytes) -> bytes:
    """A PDF with all its lists of objects and streams unpacked, to look for words in; a picture as it is."""
    if not data.startswith(b"%PDF-"):
        return data
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return out.getvalue()
