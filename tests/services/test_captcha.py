"""The captcha: bound to its form and browser, spent by its first answer, and unreadable in the page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import CaptchaRefused
from app.extensions import db
from app.models import Counter
from app.services import clock, store
from app.services.signin import captcha
from tests.support.kantor import snapshot
from tests.support.kasus import Jam
from tests.support.tantangan import answer

FORM, BROWSER = "daftar", "b" * 32


def _pose(jam: Jam, form: str = FORM) -> captcha.Challenge:
    challenge = captcha.pose(form, BROWSER, clock.now())
    jam.lewat(seconds=5)
    return challenge


def _check(token: str, said: str, form: str = FORM, browser: str = BROWSER, trap: str = "") -> str:
    try:
        captcha.check(form, browser, token, said, trap, clock.now())
    except CaptchaRefused as refused:
        return refused.pesan
    return "benar"


def test_jawaban_benar_diterima_sekali_saja(app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    assert [_check(posed.token, answer(posed.question)) for _ in range(2)] == ["benar", captcha.STALE]


def test_jawaban_salah_menghabiskan_pertanyaannya(sqlite_app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    assert _check(posed.token, "entah") == captcha.WRONG
    assert _check(posed.token, answer(posed.question)) == captcha.STALE


def test_jawaban_benar_yang_dikembalikan_berlaku_sekali_lagi(app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    right = answer(posed.question)
    assert _check(posed.token, right) == "benar"
    captcha.give_back("masuk", BROWSER, posed.token, clock.now())
    assert _check(posed.token, right) == captcha.STALE, "another form gives nothing back"
    captcha.give_back(FORM, BROWSER, posed.token, clock.now())
    assert captcha.again(FORM, BROWSER, posed.token, clock.now()) == posed
    assert [_check(posed.token, right) for _ in range(2)] == ["benar", captcha.STALE]


def test_mengajukan_pertanyaan_tidak_menulis_dan_tidak_membocorkan_jawabannya(sqlite_app: Flask, jam: Jam) -> None:
    before = snapshot()
    posed = [_pose(jam) for _ in range(30)]
    assert snapshot() == before
    assert len({one.question for one in posed}) > 10
    assert not [one for one in posed if answer(one.question) in one.token.split(".")]


def test_hanya_untuk_formulir_dan_peramban_itu(sqlite_app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    right = answer(posed.question)
    assert _check(posed.token, right, form="masuk") == captcha.STALE
    assert _check(posed.token, right, browser="c" * 32) == captcha.STALE
    assert _check(captcha.pose(FORM, "", clock.now()).token, right, browser="") == captcha.STALE
    forged = posed.token[:11] + "0" * 32 + posed.token[43:]
    assert {_check(token, right) for token in (forged, "", "x", posed.token + "0", "²" * 108)} == {captcha.STALE}
    assert _check(posed.token, right) == "benar", "what was refused did not spend it"


def test_yang_terlalu_cepat_boleh_mengirim_lagi_dan_yang_terlalu_lama_tidak(sqlite_app: Flask, jam: Jam) -> None:
    posed = captcha.pose(FORM, BROWSER, clock.now())
    right = answer(posed.question)
    with pytest.raises(CaptchaRefused) as refused:
        captcha.check(FORM, BROWSER, posed.token, right, "", clock.now())
    assert (refused.value.pesan, refused.value.may_repeat) == (captcha.TOO_FAST, True)
    jam.lewat(seconds=3)
    assert _check(posed.token, right) == "benar"
    late = captcha.pose(FORM, BROWSER, clock.now())
    jam.lewat(minutes=31)
    assert _check(late.token, answer(late.question)) == captcha.STALE
    assert captcha.again(FORM, BROWSER, late.token, clock.now()) is None


def test_program_yang_mengisi_semua_kotak_ditolak(sqlite_app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    assert _check(posed.token, answer(posed.question), trap="https://jual.contoh") == captcha.WRONG


def test_pertanyaan_yang_sama_tampil_lagi_sampai_dijawab(sqlite_app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    assert captcha.again(FORM, BROWSER, posed.token, clock.now()) == posed
    assert captcha.again("masuk", BROWSER, posed.token, clock.now()) is None
    _check(posed.token, "entah")
    assert captcha.again(FORM, BROWSER, posed.token, clock.now()) is None


def test_yang_sudah_dipakai_dibuang_sesudah_tidak_berlaku(app: Flask, jam: Jam) -> None:
    _check(_pose(jam).token, "entah")
    first = set(store.session.scalars(select(Counter.name)))
    jam.at += timedelta(minutes=29)
    _check(_pose(jam).token, "entah")
    store.session.rollback()
    assert first < set(store.session.scalars(select(Counter.name)))
    jam.at += timedelta(hours=2)
    _check(_pose(jam).token, "entah")
    store.session.rollback()
    left = set(store.session.scalars(select(Counter.name)))
    assert len(left) == 1 and not left & first


def test_dari_dua_jawaban_serentak_satu_yang_dilihat(postgresql_app: Flask, jam: Jam) -> None:
    posed = _pose(jam)
    right = answer(posed.question)

    def send(_: int) -> str:
        with postgresql_app.app_context(), clock.using(jam):
            said = _check(posed.token, right)
            db.session.remove()
            return said

    with ThreadPoolExecutor(8) as crowd:
        heard = list(crowd.map(send, range(8)))
    assert sorted(heard) == sorted(["benar"] + [captcha.STALE] * 7)
