"""Time left, in working time and few words."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.calendar import WorkingCalendar, load_calendar
from app.domain.remaining import remaining

FRIDAY_LATE = datetime(2026, 11, 20, 7, 15, tzinfo=UTC)  # 14.15 WIB, a quarter of an hour before closing


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return load_calendar()


def test_akhir_pekan_tidak_dihitung(calendar: WorkingCalendar) -> None:
    monday = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)  # 07.40 WIB
    left = remaining(calendar, FRIDAY_LATE, monday)
    assert (left.words, left.level) == ("25 m", "segera")


def test_tepat_pada_batas_sudah_lewat(calendar: WorkingCalendar) -> None:
    assert remaining(calendar, FRIDAY_LATE, FRIDAY_LATE).level == "lewat"
    assert remaining(calendar, FRIDAY_LATE, FRIDAY_LATE - timedelta(hours=1)).words == "Lewat 1 j"


def test_tanpa_batas_tanpa_kata(calendar: WorkingCalendar) -> None:
    assert remaining(calendar, FRIDAY_LATE, None).words == ""
