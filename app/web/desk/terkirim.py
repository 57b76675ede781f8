"""What went out to people about a case, in words, for the officers' screen."""

from dataclasses import dataclass

from app.services.messages import outcomes, tracking
from app.services.messages.tracking import Line

_CHANNELS = {outcomes.LETTER: "Email", outcomes.WHATSAPP: "WhatsApp"}
# State -> word, tone of its badge.
_WORDS = {
    tracking.QUEUED: ("Antre", "tunggu"),
    tracking.DELAYED: ("Tertunda", "perlu"),
    outcomes.SENT: ("Terkirim", "jalan"),
    outcomes.DELIVERED: ("Sampai", "selesai"),
    outcomes.READ: ("Dibaca", "selesai"),
    outcomes.FAILED: ("Gagal", "tutup"),
    outcomes.BOUNCED: ("Kembali", "tutup"),
    outcomes.CANCELLED: ("Tidak dikirim", "tutup"),
    outcomes.OTHERWISE: ("Disampaikan lain", "selesai"),
}


@dataclass(frozen=True)
class SentLine:
    channel: str
    line: Line
    word: str
    tone: str


def lines(case_id: str) -> list[SentLine]:
    """What went out about a case, newest first, in words."""
    return [in_words(line) for line in tracking.of_case(case_id)]


def in_words(line: Line) -> SentLine:
    return SentLine(_CHANNELS[line.channel], line, *_WORDS[line.state])
