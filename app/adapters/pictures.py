"""Photographs as they come from phones, made fit to keep: upright, no larger than needed, without camera and place."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageOps

from app.adapters.jpeg import scans
from app.domain.errors import UploadRefused

MAX_PIXELS = 51_000_000
"""A little over what a 50-megapixel phone makes (8192 x 6144)."""

MAX_COSTLY = 12_500_000
"""Of pictures that take several times their size to open: with transparency, a palette, 16 bits, WebP."""

MAX_SCANS = 100
"""Passes over a JPEG; a progressive one has ten or so, and each repetition costs the whole picture again."""

LONG_SIDE = 2400
PREVIEW_SIDE = 480
_PNG_LIMIT = 3 * 1024 * 1024  # a photograph kept as PNG is many times its JPEG
_SHRINKS_WELL = ("RGB", "RGBA", "L")  # a palette does not
_CHEAP = ("1", "L", "RGB", "CMYK")
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Picture:
    data: bytes
    mime: str


def clean_picture(data: bytes) -> Picture:
    """Decode, turn upright, shrink to 2400 px, flatten on white, and encode anew: nothing else of the file survives.

    Raises UploadRefused for what is broken, cut off, or unpacks to more than MAX_PIXELS.
    """
    image = _decode(data)
    was_png = image.format == "PNG"
    upright = _upright(image)
    upright.info = {}  # comments, XMP, colour profile: Pillow would write some of them again
    if was_png and len(png := _encode(upright, "PNG")) <= _PNG_LIMIT:
        return Picture(png, "image/png")
    return Picture(_encode(upright, "JPEG"), "image/jpeg")


def preview_of(data: bytes, side: int = PREVIEW_SIDE) -> bytes:
    """A small JPEG of a picture that was cleaned before; `side`: at most so many pixels wide and high."""
    image = _flatten(_decode(data))
    image.thumbnail((side, side))
    image.info = {}
    return _encode(image, "JPEG")


def _upright(image: Image.Image) -> Image.Image:
    if image.mode in _SHRINKS_WELL:
        image.thumbnail((LONG_SIDE, LONG_SIDE))  # first, so that what follows copies little
    upright = _flatten(ImageOps.exif_transpose(image))
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    return upright


def _decode(data: bytes) -> Image.Image:
    with _refusals():
        _probe(data).verify()
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG only: decodes a large one at a fraction
        image.load()
    return image


def _probe(data: bytes) -> Image.Image:
    """The picture with only its head read."""
    with _refusals():
        probe = Image.open(io.BytesIO(data), formats=_FORMATS)
    costly = probe.mode not in _CHEAP or probe.format == "WEBP"
    if probe.width * probe.height > (MAX_COSTLY if costly else MAX_PIXELS):
        raise UploadRefused(_too_many_pixels(probe.width, probe.height))
    if scans(data, MAX_SCANS + 1) > MAX_SCANS:
        raise UploadRefused(
            "Gambar ini tersusun tidak wajar. Foto kertasnya dengan kamera ponsel, lalu unggah fotonya."
        )
    return probe


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as problem:
        raise UploadRefused(_too_many_pixels()) from problem
    except _BROKEN as problem:
        raise UploadRefused(
            "Foto ini rusak atau tidak terkirim utuh. Unggah lagi, atau foto ulang kertasnya."
        ) from problem


def _too_many_pixels(width: int = 0, height: int = 0) -> str:
    size = f" ({width} x {height} titik)" if width else ""
    return f"Gambar ini terlalu besar{size}. Foto ulang dengan kamera ponsel pada ukuran biasa."


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "L"):
        return image.copy()
    if image.mode == "1":
        return image.convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image.convert("RGB")


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "PNG":
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue()
