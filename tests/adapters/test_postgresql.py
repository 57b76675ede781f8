"""Connections that keep their plans, against a real PostgreSQL."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.services import store
from app.services.work import unit_of_work
from tests.support import databases


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
    _cut_off_others()
    with store.engine().connect() as fresh:
        assert fresh.execute(text("SELECT pg_backend_pid()")).scalar_one() != doomed


def _cut_off_others() -> None:
    """The server hangs up on every connection of this database but its own, as when it stops."""
    others = (
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :me"
    )
    with store.engine().connect() as killer:
        mine = killer.execute(text("SELECT pg_backend_pid()")).scalar_one()
        told = killer.execute(text(others), {"me": mine}).scalars().all()
    databases.await_hung_up(told)


def test_peladen_yang_pergi_tidak_menggagalkan_halaman_yang_sudah_jadi(postgresql_app: Flask) -> None:
    with store.engine().connect() as connection:
        connection.execute(text("SELECT 1")).all()
        _cut_off_others()
    assert store.session.scalar(text("SELECT 1")) == 1


def test_yang_dibaca_sebelum_peladen_mulai_ulang_tidak_menggagalkan_tulisan_sesudahnya(postgresql_app: Flask) -> None:
    store.session.execute(text("SELECT 1")).all()
    _cut_off_others()
    with unit_of_work() as session:
        session.execute(text("INSERT INTO streams (name, seq, head) VALUES ('uji', 1, '')"))
    assert store.session.scalar(text("SELECT count(*) FROM streams WHERE name = 'uji'")) == 1


def test_galat_di_dalam_pipa_adalah_galat_sqlalchemy(postgresql_app: Flask) -> None:
    row = text("INSERT INTO streams (name, seq, head) VALUES ('uji', 1, '')")
    with pytest.raises(IntegrityError), unit_of_work() as session, store.sent_together(session.connection()):
        session.execute(row)
        session.execute(row)
    with pytest.raises(OperationalError), unit_of_work() as session:
        session.execute(row)
        _cut_off_others()
        with store.sent_together(session.connection()):
            session.execute(row)
    assert store.session.scalar(text("SELECT count(*) FROM streams")) == 0


def test_sesudah_perintah_yang_terputus_permintaan_yang_sama_masih_dapat_menulis(postgresql_app: Flask) -> None:
    """What a page writes after its error, e.g. who was turned away."""
    store.session.execute(text("SELECT 1")).all()
    _cut_off_others()
    with pytest.raises(OperationalError):
        store.session.execute(text("SELECT 1")).all()
    with unit_of_work() as session:
        session.execute(text("INSERT INTO streams (name, seq, head) VALUES ('uji', 1, '')"))
    assert store.session.scalar(text("SELECT count(*) FROM streams WHERE name = 'uji'")) == 1
