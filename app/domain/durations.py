"""Working time as the office writes it: "2 jam", "1 jam 30 menit", "10 hari kerja"."""

import re
from dataclasses import dataclass

MAX_DAYS = 3_660
MAX_MINUTES = 600_000

_PATTERN = re.compile(
    r"(?:(?P<days>[0-9]{1,6})\s+hari\s+kerja)?\s*(?:(?P<hours>[0-9]{1,6})\s+jam)?\s*(?:(?P<minutes>[0-9]{1,6})\s+menit)?",
    re.IGNORECASE,
)


class InvalidDuration(ValueError):
    """A length of time that cannot be read; the text is Indonesian and says how to write it."""


@dataclass(frozen=True)
class Duration:
    """Working days and working minutes, kept apart because a day's length differs by weekday."""

    minutes: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.minutes <= MAX_MINUTES and 0 <= self.days <= MAX_DAYS):
            raise InvalidDuration(
                f"Lama waktu paling banyak {MAX_DAYS} hari kerja dan {MAX_MINUTES} menit, dan tidak negatif."
            )

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read "3 menit", "1 jam 30 menit", "10 hari kerja", "1 hari kerja 2 jam". Raises InvalidDuration."""
        # Cut before matching, so that a pasted page can neither be slow nor fill the message.
        written = text.strip()[:60]
        match = _PATTERN.fullmatch(written)
        if match is None or not written:
            raise InvalidDuration(
                f"Lama waktu '{written}' tidak dapat dibaca. "
                "Tulis seperti: 3 menit, 2 jam, 1 jam 30 menit, 10 hari kerja."
            )
        days, hours, minutes = (int(match[name] or 0) for name in ("days", "hours", "minutes"))
        return cls(minutes=hours * 60 + minutes, days=days)

    @classmethod
    def leading(cls, text: str) -> "Duration | None":
        """The length that a sentence begins with ("1 hari kerja sejak berkas lengkap"); None where it names none."""
        match = _PATTERN.match(text.strip()[:60])
        try:
            return cls.parse(match[0]) if match and match[0].strip() else None
        except InvalidDuration:
            return None

    @property
    def is_zero(self) -> bool:
        return not self.minutes and not self.days

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(self.minutes + other.minutes, self.days + other.days)

    def __str__(self) -> str:
        hours, minutes = divmod(self.minutes, 60)
        parts = [f"{self.days} hari kerja"] if self.days else []
        parts += [f"{hours} jam"] if hours else []
        parts += [f"{minutes} menit"] if minutes else []
        return " ".join(parts) or "0 menit"
