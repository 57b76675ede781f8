"""Times are aware and UTC on both databases, whatever zone they came in; a naive one never gets in."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from app.domain.tanggal import WIB
from app.models import StoredFile
from app.services import store
from app.services.work import unit_of_work

AT = datetime(2026, 11, 23, 8, 30, tzinfo=WIB)


def test_waktu_disimpan_dan_dibaca_sebagai_utc_apa_pun_zonanya(app: Flask) -> None:
    with unit_of_work() as session:
        session.add(StoredFile(digest="a" * 64, mime="image/jpeg", size=1, created_at=AT))
    kept = store.session.scalars(select(StoredFile.created_at).where(StoredFile.created_at == AT)).one()
    assert (kept, kept.tzinfo) == (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), UTC)


def test_waktu_tanpa_zona_ditolak(app: Flask) -> None:
    with pytest.raises(StatementError, match="naive datetime"), unit_of_work() as session:
        session.add(StoredFile(digest="b" * 64, mime="image/jpeg", size=1, created_at=AT.replace(tzinfo=None)))
