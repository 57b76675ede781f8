"""Connections that keep their plans, against a real PostgreSQL."""

import time

import pytest
from flask import Flask
from sqlalchemy import text

from app.services import store


def _plans() -> int:
    with store.engine().connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one())


def _read(times: int) -> None:
    for number in range(times):
        with store.engine().connect() as connection:  # closing it rolls back, as the end of a page does
            connection.execute(text("SELECT name FROM users WHERE id = :id"), {"id": str(number)}).all()


def test_rencana_tetap_ada_sesudah_transaksi_baca_berakhir(postgresql_app: Flask) -> None:
    _read(10)
    assert _plans() >= 1


def test_rollback_benar_benar_membatalkan_tulisan(postgresql_app: Flask) -> None:
    with store.engine().connect() as connection:
        connection.execute(text("INSERT INTO streams (name, seq, head) VALUES ('uji', 1, '')"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM streams WHERE name = 'uji'")).scalar_one() == 0


def test_transaksi_yang_rusak_dapat_dibatalkan_lalu_dipakai_lagi(postgresql_app: Flask) -> None:
    with store.engine().connect() as connection:
        with pytest.raises(Exception, match="division by zero"):
            connection.execute(text("SELECT 1/0"))
        connection.rollback()
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_sambungan_yang_diputus_peladen_diganti_sebelum_dipakai(postgresql_app: Flask) -> None:
    with store.engine().connect() as one, store.engine().connect() as other:
        doomed = one.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute(text("SELECT 1"))
    with store.engine().connect() as killer:
        mine = killer.execute(text("SELECT pg_backend_pid()")).scalar_one()
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :me"
        )
        killer.execute(text(others), {"me": mine}).all()
        time.sleep(0.2)
        with store.engine().connect() as fresh:
            assert fresh.execute(text("SELECT pg_backend_pid()")).scalar_one() not in (doomed, mine)
