"""ISO 8601 lengths of drawn timers."""

from datetime import UTC, datetime

import pytest

from app.workflow.lengths import parse_length

START = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("P14D", datetime(2026, 2, 14, 3, 0, tzinfo=UTC)),
        ("P2W", datetime(2026, 2, 14, 3, 0, tzinfo=UTC)),
        ("PT90M", datetime(2026, 1, 31, 4, 30, tzinfo=UTC)),
        ("P1DT1H1M1S", datetime(2026, 2, 1, 4, 1, 1, tzinfo=UTC)),
        ("P1M", datetime(2026, 2, 28, 3, 0, tzinfo=UTC)),
        ("P1Y1M", datetime(2027, 2, 28, 3, 0, tzinfo=UTC)),
        ("P13M", datetime(2027, 2, 28, 3, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00+07:00", datetime(2026, 7, 1, 1, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00Z", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 17, 0, tzinfo=UTC)),
    ],
)
def test_panjang_dibaca_sebagai_saat_jatuhnya(text: str, due: datetime) -> None:
    assert parse_length(text).due(START) == due


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "P1H", "PT1D", "P-1D", "P1.5D", "P1D ", "p1d", "P99Y", "P9999999D", "P²D", "besok"]
)
def test_yang_bukan_panjang_ditolak(text: str) -> None:
    with pytest.raises(ValueError):
        parse_length(text)
