"""Files as people hand them in: photographs from a phone, PDFs from SIAK."""

from playwright.sync_api import FilePayload

from tests import factories
from tests.support import tanda


def foto(tulisan: str) -> FilePayload:
    """A photograph as a phone makes it, with a place in its EXIF."""
    picture = factories.photo(1200, 900, gps=True, text=tulisan)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": picture}


def pdf(data: bytes | None = None) -> FilePayload:
    return {"name": "berkas.pdf", "mimeType": "application/pdf", "buffer": data or factories.pdf()}


def kk_bertanda_tangan() -> bytes:
    """A KK as SIAK gives it: an electronically signed PDF, whose bytes must never change."""
    return tanda.signed_blank()
