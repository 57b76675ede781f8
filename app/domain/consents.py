"""The texts that people agree to or are told, each with the version that is stored beside somebody's yes.

Whoever changes the words of one gives it a new version and day; what was agreed to before keeps the old one.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LegalText:
    """`version`: what is stored, at most 20 signs. `sentence`: the words beside the box that is ticked, "" = none."""

    version: str
    since: date
    sentence: str = ""


PRIVACY = LegalText(
    "privasi-2026-1",
    date(2026, 11, 22),
    "Saya sudah membaca pemberitahuan privasi dan mengerti untuk apa data saya dipakai.",
)
TERMS = LegalText("ketentuan-2026-1", date(2026, 11, 22))
WHATSAPP = LegalText(
    "whatsapp-2026-2",
    date(2026, 11, 22),
    "Saya setuju menerima pemberitahuan melalui WhatsApp. Persetujuan ini dapat saya tarik kapan saja di Akun.",
)
EVERY = (PRIVACY, TERMS, WHATSAPP)


def by_version(version: str) -> LegalText | None:
    """The text of today that has this version; None for an older one."""
    return next((text for text in EVERY if text.version == version), None)
