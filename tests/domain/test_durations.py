import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.durations import Duration, InvalidDuration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 menit", Duration(minutes=3)),
        ("2 jam", Duration(minutes=120)),
        ("1 jam 30 menit", Duration(minutes=90)),
        ("10 hari kerja", Duration(days=10)),
        ("1 hari kerja 2 jam", Duration(minutes=120, days=1)),
        ("  0 menit ", Duration()),
        ("1 HARI KERJA", Duration(days=1)),
    ],
)
def test_lama_waktu_dibaca(text: str, expected: Duration) -> None:
    assert Duration.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "dua jam",
        "2",
        "2 hari",
        "-1 menit",
        "1,5 jam",
        "1 jam lalu",
        "30 menit 1 jam",
        "²jam",
        "٣ menit",
    ],
)
def test_lama_waktu_yang_tidak_dikenal_ditolak_dengan_contoh(text: str) -> None:
    with pytest.raises(InvalidDuration, match="Tulis seperti: 3 menit, 2 jam"):
        Duration.parse(text)


def test_angka_yang_terlalu_besar_ditolak() -> None:
    with pytest.raises(InvalidDuration, match="paling banyak"):
        Duration.parse("999999 hari kerja")
    with pytest.raises(InvalidDuration):
        Duration(minutes=-1)


@given(st.integers(0, 5000), st.integers(0, 300))
def test_yang_ditulis_dapat_dibaca_kembali(minutes: int, days: int) -> None:
    duration = Duration(minutes, days)
    assert Duration.parse(str(duration)) == duration
    assert duration.is_zero == (minutes == 0 and days == 0)


@given(st.text(max_size=200))
def test_teks_apa_pun_hanya_menimbulkan_invalid_duration(text: str) -> None:
    try:
        assert isinstance(Duration.parse(text), Duration)
    except InvalidDuration as fault:
        assert len(str(fault)) < 200


def test_hari_dan_menit_dijumlah_sendiri_sendiri() -> None:
    assert Duration.parse("1 hari kerja") + Duration.parse("5 menit") == Duration(minutes=5, days=1)
