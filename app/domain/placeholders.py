"""The few `{words}` a notice's text may hold, and putting the facts in their place."""

import re
from collections.abc import Mapping

from app.domain.masking import mask_in_text

PLACEHOLDERS: Mapping[str, str] = {
    "nama": "nama penerima",
    "nomor": "nomor permohonan",
    "layanan": "nama layanan",
    "langkah": "nama langkah",
    "status": "status permohonan",
    "pesan": "pesan petugas",
    "dasar": "dasar keputusan",
    "jumlah": "banyaknya, untuk pemberitahuan yang dirangkum",
    "berkas": "berkas yang kurang, satu per baris",
    "batas": "batas tanggal",
    "sisa_hari": "sisa hari kerja sampai batas, hanya di pengingat",
    "pin": "PIN cek status",
    "janji": "janji layanan",
    "tautan": "alamat halaman permohonan",
    "kantor": "nama kantor",
}
"""Allowed words and what they mean, for the check's message and the studio."""

TITLE_LENGTH = 200

_WORD = re.compile(r"\{([^{}\n]*)\}")


def unknown_in(text: str) -> list[str]:
    """Words in braces that are not allowed, in order."""
    return [word for word in _WORD.findall(text) if word not in PLACEHOLDERS]


def fill(text: str, facts: Mapping[str, str]) -> str:
    """`text` with its words replaced once (a fact that holds braces stays as it is).

    A line whose words are all empty is left out: a text may name a deadline that this case does not have. A NIK or
    nomor KK that somebody typed into a message is masked.
    """
    filled = [_fill_line(line, facts) for line in text.splitlines()]
    return mask_in_text("\n".join(line for line in filled if line is not None).strip())


def fill_title(text: str, facts: Mapping[str, str]) -> str:
    """One line of at most TITLE_LENGTH: titles become mail subjects."""
    return " ".join(fill(text, facts).split())[:TITLE_LENGTH]


def _fill_line(line: str, facts: Mapping[str, str]) -> str | None:
    words = [word for word in _WORD.findall(line) if word in PLACEHOLDERS]
    if words and not any(facts.get(word) for word in words):
        return None
    return _WORD.sub(lambda found: facts.get(found[1], "") if found[1] in PLACEHOLDERS else found.group(), line)
