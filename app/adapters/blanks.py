"""Small invented documents, for simulations: a picture and a PDF that pass the checks of real ones."""

import io

import pikepdf
from PIL import Image


def blank_picture(shade: int = 200) -> bytes:
    """A grey JPEG; `shade` (0-255) makes it another file."""
    out = io.BytesIO()
    Image.new("L", (48, 32), shade % 256).save(out, "JPEG")
    return out.getvalue()


def blank_pdf() -> bytes:
    """One empty A4 page."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
