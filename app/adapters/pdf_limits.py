"""What a PDF may unpack to. Measured in small pieces, and never held."""

import re
import zlib
from collections.abc import Iterable

import pikepdf

from app.domain.errors import UploadRefused

MAX_UNPACKED = 24 * 1024 * 1024
"""Of the packed lists of objects, which must be unpacked whole; a scanned letter has a few hundred kilobytes."""

MAX_STREAMS = 256 * 1024 * 1024
"""Of everything but pictures together: what a page draws, its fonts."""

MAX_PIXELS = 110_000_000
"""Of one picture; an A3 sheet at 600 dots per inch has 70 million."""

ODD = "PDF ini tersusun tidak wajar. Foto kertasnya, lalu unggah fotonya."
_PACKED_LIST = re.compile(rb"/(?:ObjStm|XRef)\b.{0,500}?stream\r?\n", re.DOTALL)
_PIECE = 1 << 20


def refuse_object_bomb(data: bytes) -> None:
    """Before any library unpacks these lists without a limit. Raises UploadRefused."""
    left, view = MAX_UNPACKED, memoryview(data)
    for found in _PACKED_LIST.finditer(data):
        left -= _unpacked(view[found.end() :], left)
        if left < 0:
            raise UploadRefused(ODD)


def refuse_stream_bomb(streams: Iterable[pikepdf.Stream]) -> None:
    """What whoever opens the file would have to unpack. Raises UploadRefused."""
    left = MAX_STREAMS
    for stream in streams:
        filters = _filters(stream)
        if filters.count("/FlateDecode") + filters.count("/LZWDecode") + filters.count("/RunLengthDecode") > 1:
            raise UploadRefused(ODD)  # packed twice over: nobody who scans a letter does that
        if stream.get("/Subtype") == pikepdf.Name.Image:
            _refuse_large(stream)
        elif filters == ["/FlateDecode"]:
            left -= _unpacked(memoryview(stream.read_raw_bytes()), left)
        if left < 0:
            raise UploadRefused(ODD)


def _filters(stream: pikepdf.Stream) -> list[str]:
    written = stream.get("/Filter")
    if isinstance(written, pikepdf.Array):
        return [str(each) for each in written.as_list()]
    return [] if written is None else [str(written)]


def _refuse_large(picture: pikepdf.Stream) -> None:
    if int(picture.get("/Width", 0)) * int(picture.get("/Height", 0)) > MAX_PIXELS:
        raise UploadRefused(ODD)


def _unpacked(data: memoryview, most: int) -> int:
    """How many bytes `data` unpacks to; a little over `most` means "more than that". 0: packed otherwise."""
    press, size, rest = zlib.decompressobj(), 0, b""
    try:
        for start in range(0, len(data), _PIECE):
            rest = bytes(data[start : start + _PIECE])
            while rest and size <= most and not press.eof:
                size += len(press.decompress(rest, _PIECE))
                rest = press.unconsumed_tail
            if size > most or press.eof:
                break
    except zlib.error:
        return size
    return size
