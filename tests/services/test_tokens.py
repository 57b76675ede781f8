"""Secrets in letters: each opens what it was sent for, once, and not for long; and letters to an address alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import TokenSpent
from app.models import Job, Mail, MailToken
from app.services import clock, store
from app.services.messages import letters
from app.services.signin import tokens
from app.services.work import unit_of_work
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, run_all

HOUR = timedelta(hours=1)


def _issue(kind: str = "sandi", user_id: str = "uji-bu-sari") -> str:
    with unit_of_work() as session:
        data = {"asal": "uji"}
        return tokens.issue(session, kind, user_id=user_id, data=data, lifetime=HOUR, at=clock.now())


def _use(secret: str, kind: str = "sandi") -> tokens.Token:
    with unit_of_work() as session:
        return tokens.use(session, kind, secret, clock.now())


def test_dilihat_berkali_kali_dipakai_sekali(app: Flask, jam: Jam) -> None:
    secret = _issue()
    assert [tokens.look("sandi", secret) == tokens.look("sandi", secret), _use(secret).data] == [True, {"asal": "uji"}]
    assert tokens.look("sandi", secret) is None
    with pytest.raises(TokenSpent, match="Minta tautan baru"):
        _use(secret)


def test_yang_tersimpan_bukan_rahasianya(app: Flask, jam: Jam) -> None:
    assert _issue() not in repr(snapshot())


def test_rahasia_untuk_satu_hal_tidak_membuka_hal_lain(app: Flask, jam: Jam) -> None:
    secret = _issue("email")
    assert tokens.look("sandi", secret) is None
    with pytest.raises(TokenSpent):
        _use(secret, "sandi")


def test_yang_terlambat_tidak_berlaku_dan_kemudian_dilupakan(app: Flask, jam: Jam) -> None:
    secret = _issue()
    jam.lewat(hours=1)
    assert tokens.look("sandi", secret) is None
    with pytest.raises(TokenSpent):
        _use(secret)
    tokens.forget_older_than(clock.now())
    assert store.session.scalar(select(func.count()).select_from(MailToken)) == 1
    tokens.forget_older_than(clock.now() + tokens.KEPT + HOUR)
    assert store.session.scalar(select(func.count()).select_from(MailToken)) == 0


def test_yang_baru_mematikan_yang_lama_dari_akun_yang_sama_saja(app: Flask, jam: Jam) -> None:
    old, other = _issue(), _issue(user_id="uji-pak-joko")
    new = _issue()
    assert [tokens.look("sandi", each) is None for each in (old, other, new)] == [True, False, False]


def test_dua_orang_sekaligus_memakai_satu_rahasia_hanya_satu_yang_berhasil(app: Flask, jam: Jam) -> None:
    secret = _issue()

    def attempt(_: int) -> bool:
        with app.app_context():
            try:
                _use(secret)
            except TokenSpent:
                return False
            return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


@pytest.mark.parametrize("secret", ["", "x", "²" * 43, "a" * 1_000_000, "\x00" * 43])
def test_yang_bukan_rahasia_bukan_apa_apa(sqlite_app: Flask, jam: Jam, secret: str) -> None:
    assert tokens.look("sandi", secret) is None


def test_surat_sampai_ke_alamat_yang_belum_punya_akun_dan_isinya_lalu_dilupakan(app: Flask, jam: Jam) -> None:
    with unit_of_work() as session:
        text = {"title": "Pastikan email Anda", "body": "Buka rahasia-123", "path": "/daftar"}
        letters.write(session, key="daftar:1", address="baru@contoh.id", **text, at=clock.now())
    run_all()
    sent = store.session.scalars(select(Mail)).one()
    assert (sent.to, sent.subject, "rahasia-123" in sent.body) == ("baru@contoh.id", "Pastikan email Anda", True)
    assert "rahasia-123" not in str(store.session.scalars(select(Job.payload)).one())
