"""Segments of a JPEG file, without decoding it."""

import re

_SCAN = 0xDA
_END = 0xD9
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # within a scan, a byte ff of the picture is followed by 00
_TOLD = {0xE1, 0xED, 0xFE}  # Exif and XMP, IPTC, comment: when, where and with what it was taken


def without_metadata(data: bytes) -> bytes:
    """The same picture, bit for bit, without place, camera and comments; what is no plain JPEG comes back as it is."""
    if data[:2] != b"\xff\xd8":
        return data
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _SCAN:
            return b"".join([*kept, data[at:]])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker not in _TOLD:
            kept.append(data[at:end])
        at = end
    return data


def scans(data: bytes, most: int) -> int:
    """How many passes over the picture a JPEG makes, counted up to `most`; 0 for what is no JPEG."""
    if data[:2] != b"\xff\xd8":
        return 0
    found, at = 0, 2
    while found < most and at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _END:
        is_scan = data[at + 1] == _SCAN
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if is_scan:
            found += 1
            following = _MARKER.search(data, at)
            at = following.start() if following else len(data)
    return found
