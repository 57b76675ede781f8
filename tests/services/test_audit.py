"""`audit verify`: whatever is done to the rows behind our back is found, and the first place of it named."""

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.actors import SYSTEM
from app.domain.errors import Forbidden
from app.services import store
from app.services.records import audit
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import cast, go_to_signed, jam_uji, open_kk, publish


@pytest.fixture
def case_id(app: Flask) -> str:
    """A case with a trail of several entries, beside another one that stays as it is."""
    with jam_uji():
        people = cast()
        version = publish()
        open_kk(people, version, subject="pak_joko")
        found = open_kk(people, version)
        go_to_signed(found, people)
        return found


def tamper(*statements: str, **values: object) -> None:
    with unit_of_work() as session:
        for statement in statements:
            session.execute(text(statement), values)


def findings() -> list[tuple[str, int]]:
    return [(finding.stream, finding.seq) for finding in audit.verify(SYSTEM).findings]


def test_riwayat_utuh_tidak_menemukan_apa_pun(app: Flask, case_id: str) -> None:
    report = audit.verify(SYSTEM)
    assert list(report.findings) == []
    assert report.streams == 3, "two cases and the office"
    assert report.entries >= 9


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ('UPDATE events SET payload = \'{"langkah": "lain"}\' WHERE stream = :stream AND seq = 3', 3),
        ("UPDATE events SET actor = 'uji-bu-rini' WHERE stream = :stream AND seq = 4", 4),
        ("UPDATE events SET verb = 'tugas_dilepas' WHERE stream = :stream AND seq = 2", 2),
        ("UPDATE events SET at = '2026-11-20 01:00:00.000000' WHERE stream = :stream AND seq = 2", 2),
        ("DELETE FROM events WHERE stream = :stream AND seq = 3", 3),
        ("DELETE FROM events WHERE stream = :stream AND seq = 1", 1),
        ("DELETE FROM events WHERE stream = :stream AND seq > 4", 5),
        ("DELETE FROM events WHERE stream = :stream", 1),
        ("DELETE FROM streams WHERE name = :stream", 1),
        ("UPDATE streams SET seq = seq - 1 WHERE name = :stream", 7),
        ("UPDATE streams SET head = 'ab' WHERE name = :stream", 7),
    ],
)
def test_perubahan_ditemukan_di_tempatnya(app: Flask, case_id: str, statement: str, seq: int) -> None:
    tamper(statement, stream=f"kasus:{case_id}")
    assert findings() == [(f"kasus:{case_id}", seq)]


def test_dua_catatan_yang_ditukar_ditemukan(app: Flask, case_id: str) -> None:
    tamper(
        "UPDATE events SET seq = -1 WHERE stream = :stream AND seq = 3",
        "UPDATE events SET seq = 3 WHERE stream = :stream AND seq = 4",
        "UPDATE events SET seq = 4 WHERE stream = :stream AND seq = -1",
        stream=f"kasus:{case_id}",
    )
    assert findings() == [(f"kasus:{case_id}", 3)]


def test_catatan_yang_ditulis_ulang_dengan_sidiknya_tetap_ketahuan(app: Flask, case_id: str) -> None:
    stream = f"kasus:{case_id}"
    tamper(
        "UPDATE events SET actor = 'uji-bu-rini', hash = (SELECT hash FROM events WHERE stream = :stream AND seq = 2)"
        " WHERE stream = :stream AND seq = 3",
        stream=stream,
    )
    assert findings() == [(stream, 3)]


def test_isi_yang_bukan_json_lagi_dilaporkan_bukan_menggagalkan(sqlite_app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
    tamper("UPDATE events SET payload = 'rusak{', at = 'kapan' WHERE stream = :s AND seq = 2", s=f"kasus:{case_id}")
    assert findings() == [(f"kasus:{case_id}", 2)]


def test_perintah_menyebut_yang_rusak_dan_keluar_satu(app: Flask, case_id: str) -> None:
    runner = app.test_cli_runner()
    whole = runner.invoke(args=["audit", "verify"])
    assert (whole.exit_code, "Riwayat utuh" in whole.output) == (0, True)
    store.session.rollback()
    tamper("DELETE FROM events WHERE stream = :stream AND seq = 3", stream=f"kasus:{case_id}")
    broken = runner.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert f"kasus:{case_id}: catatan 3:" in broken.output


def test_hanya_auditor_yang_memeriksa(app: Flask) -> None:
    with pytest.raises(Forbidden):
        audit.verify(factories.actor("pak_budi"))
    assert list(audit.verify(factories.actor("bu_tuti")).findings) == []
