"""Files as people hand them in: photographs from a phone, PDFs from SIAK."""

import io

import pikepdf
from playwright.sync_api import FilePayload

from tests import factories


def foto(tulisan: str) -> FilePayload:
    """A photograph as a phone makes it, with a place in its EXIF."""
    picture = factories.photo(1200, 900, gps=True, text=tulisan)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": picture}


def pdf(data: bytes | None = None) -> FilePayload:
    return {"name": "berkas.pdf", "mimeType": "application/pdf", "buffer": data or factories.pdf()}


def kk_bertanda_tangan() -> bytes:
    """A KK as SIAK gives it: a PDF with a signature field, whose bytes must never change."""
    document = pikepdf.open(io.BytesIO(factories.pdf()))
    signature = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 1, 2, 3]), Contents=pikepdf.String("tanda tangan")
        )
    )
    field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=signature))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
