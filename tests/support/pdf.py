"""What stands in a PDF that the site made."""

import io
import re

from pypdf import PdfReader


def pages(data: bytes) -> list[str]:
    """The text of every page, with single spaces."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]


def text(data: bytes) -> str:
    return " ".join(pages(data))


def links(data: bytes) -> list[str]:
    found = (page.get("/Annots") or () for page in PdfReader(io.BytesIO(data)).pages)
    return [str(each.get_object()["/A"]["/URI"]) for annotations in found for each in annotations]


def facts(data: bytes) -> dict[str, str]:
    """Title, author and so on, as the file says of itself."""
    return {key: str(value) for key, value in (PdfReader(io.BytesIO(data)).metadata or {}).items()}
