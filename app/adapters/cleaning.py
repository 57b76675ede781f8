"""What a person hands in, judged by its content and never by its name, and made fit to keep."""

from dataclasses import dataclass

from app.adapters.documents import clean_document
from app.adapters.pictures import clean_picture
from app.domain.errors import UploadRefused

MAX_BYTES = 10 * 1024 * 1024
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@dataclass(frozen=True)
class Cleaned:
    """`pages`: of a PDF; 1 for a picture. `mime`: of `data`, which is what may be stored."""

    data: bytes
    mime: str
    pages: int


def clean(data: bytes) -> Cleaned:
    """Raises UploadRefused with a sentence for the person."""
    kind = sniff(data)
    if kind == "pdf":
        document = clean_document(data)
        return Cleaned(document.data, "application/pdf", document.pages)
    if kind == "picture":
        picture = clean_picture(data)
        return Cleaned(picture.data, picture.mime, 1)
    if not data:
        raise UploadRefused("Berkas ini kosong. Foto lagi, atau pilih berkas lain.")
    raise UploadRefused("Berkas ini bukan foto atau PDF. Pilih JPG, PNG, HEIC, WebP, atau PDF.")


def sniff(data: bytes) -> str:
    """Say `picture`, `pdf` or nothing (""), by the first bytes."""
    head = data[:16]
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "picture"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "picture"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "picture"
    return "pdf" if head.startswith(b"%PDF-") else ""


def refuse_too_large(size: int) -> None:
    """Raises UploadRefused when `size` bytes are more than a page may have."""
    if size > MAX_BYTES:
        megabytes = -(-size // (1024 * 1024))
        raise UploadRefused(
            f"Berkas {megabytes} MB; batasnya 10 MB. Kecilkan ukuran foto di setelan kamera lalu foto ulang; "
            "PDF: kirim dalam beberapa bagian."
        )
