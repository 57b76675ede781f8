"""The helper process that draws the pages of PDFs as pictures, with PDFium: what officers then enlarge and turn.

Apart from the other helpers because PDFium is a large library of its own.
"""

import io
from typing import Any

import pypdfium2

from app.adapters.helper_main import Answer, serve
from app.domain.errors import UploadRefused

LONG_SIDE = 2000
"""Pixels; a page of A4 is legible at four times the width of a panel."""

_NOT_DRAWN = "Halaman ini tidak dapat digambar. Buka berkasnya di tab baru."


def page_picture(data: bytes, number: int) -> bytes:
    """Page `number`, from 1, as a JPEG. Raises UploadRefused where there is none, or it cannot be drawn."""
    try:
        document = pypdfium2.PdfDocument(data)
        if not 1 <= number <= len(document):
            raise UploadRefused(_NOT_DRAWN)
        document.init_forms()  # where signatures and stamps are drawn
        page = document[number - 1]
        picture = page.render(scale=LONG_SIDE / max(1.0, *page.get_size())).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError) as problem:
        raise UploadRefused(_NOT_DRAWN) from problem
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _page(data: bytes, head: dict[str, Any]) -> Answer:
    return {}, page_picture(data, int(head["page"]))


def main() -> None:
    serve({"page": _page})
