"""Registering, below the pages: races, and that nothing but the letter tells who is known."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app.domain.actors import Actor
from app.domain.errors import TokenSpent, TooManyAttempts
from app.extensions import db
from app.models import Case, Registration, Upload, User
from app.services import clock, store
from app.services.joining import applicant, blocks, confirming, registrations, selfies
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun
from tests.support.kasus import Jam, cast
from tests.support.pendaftaran import DIRI, SANDI, letters_to, secret_in

SARI, JOKO = factories.CAST["bu_sari"], factories.CAST["pak_joko"]


def _submit(once: str, **other: Any) -> str:
    ticket = selfies.receive(BytesIO(factories.photo(200, 200)))
    who = applicant.read({**DIRI, **other}, clock.today())
    return registrations.submit(who, SANDI, selfies.opened(ticket), whatsapp=True, once=once)


def _count(model: type) -> int:
    store.session.rollback()
    return store.session.scalar(select(func.count()).select_from(model)) or 0


def _at_once(app: Flask, works: list[Any]) -> list[Any]:
    def attempt(work: Any) -> Any:
        with app.app_context():
            try:
                return work()
            except TokenSpent:
                return "habis"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(attempt, works))


def test_satu_tautan_ditekan_bersamaan_membuat_satu_akun_dan_satu_kasus(app: Flask, jam: Jam) -> None:
    akun.publish()
    own = _submit("satu")
    secret = secret_in(letters_to(DIRI["email"])[0])
    said = _at_once(app, [lambda: confirming.confirm(secret, own=own)] * 6)
    assert sorted(isinstance(one, Actor) for one in said) == [False] * 5 + [True]
    assert said.count("habis") == 5
    assert [_count(model) for model in (User, Case, Upload, Registration)] == [1, 1, 1, 0]


def test_dua_pendaftaran_satu_alamat_dipastikan_bersamaan_membuat_satu_akun(app: Flask, jam: Jam) -> None:
    akun.publish()
    own = [_submit("satu"), _submit("dua", nama="Orang Lain Uji")]
    secrets = [secret_in(letter) for letter in letters_to(DIRI["email"])]
    with app.app_context():
        pairs = [(secret, mine) for secret in secrets for mine in own if confirming.look(secret).id == mine]
    said = _at_once(app, [lambda pair=pair: confirming.confirm(pair[0], own=pair[1]) for pair in pairs])
    assert sorted(isinstance(one, Actor) for one in said) == [False, True] and None in said
    assert [_count(model) for model in (User, Case, Registration)] == [1, 1, 0]
    assert "sudah punya akun" in letters_to(DIRI["email"])[-1]


def test_satu_kiriman_yang_datang_bersamaan_menjadi_satu_pendaftaran_dan_satu_surat(app: Flask, jam: Jam) -> None:
    ticket = selfies.receive(BytesIO(factories.photo(200, 200)))
    who = applicant.read(DIRI, clock.today())
    selfie = selfies.opened(ticket)
    work = lambda: registrations.submit(who, SANDI, selfie, whatsapp=False, once="sama")  # noqa: E731
    assert len(set(_at_once(app, [work] * 3))) == 1
    assert (_count(Registration), len(letters_to(DIRI["email"]))) == (1, 1)


def test_yang_dikerjakan_sama_banyaknya_bagi_siapa_pun(app: Flask, jam: Jam) -> None:
    """As many statements of each kind, whoever is known or blocked: no time tells."""
    cast()
    with unit_of_work() as session:
        user = session.get_one(User, JOKO.id)
        claimed = (str(JOKO.phone), str(JOKO.nik))
        blocks.put(session, user, case_id="k", number="AK-1", ground="dokumen_palsu", claimed=claimed, at=clock.now())
    others = ({}, {"email": SARI.email}, {"nik": SARI.nik, "email": "n@contoh.id"})
    blocked = ({"email": JOKO.email}, {"ponsel": JOKO.phone, "email": "p@contoh.id"})
    found = []
    for number, other in enumerate((*others, *blocked)):
        sent: list[str] = []
        ticket = selfies.opened(selfies.receive(BytesIO(factories.photo(200, 200))))
        who = applicant.read({**DIRI, **other}, clock.today())
        listener = lambda *told, sent=sent: sent.append(told[2].split(" WHERE")[0])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        own = registrations.submit(who, SANDI, ticket, whatsapp=True, once=str(number))
        jam.lewat(minutes=1)
        registrations.send_again(own)
        event.remove(db.engine, "before_cursor_execute", listener)
        found.append(sent)
    assert all(len(one) == len(found[0]) > 10 for one in found)


def test_orang_lain_tidak_dapat_menahan_pendaftaran_pemilik_alamat(app: Flask, jam: Jam) -> None:
    """Registrations that a stranger sends with her address do not hide hers, nor use up the limit of her place."""
    who = applicant.read(DIRI, clock.today())
    selfie = selfies.opened(selfies.receive(BytesIO(factories.photo(200, 200))))
    for number in range(2):
        registrations.submit(who, "sandi orang iseng 1", selfie, whatsapp=False, once=f"i{number}", address="10.0.0.1")
    own = registrations.submit(who, SANDI, selfie, whatsapp=False, once="r", address="10.0.0.2")
    assert registrations.find(DIRI["email"], SANDI, "10.0.0.3").id == own
    with pytest.raises(TooManyAttempts):
        for number in range(3):
            registrations.submit(
                who, "sandi iseng 12345", selfie, whatsapp=False, once=f"j{number}", address="10.0.0.1"
            )


def test_tebakan_sandi_tautan_dibatasi(app: Flask, jam: Jam) -> None:
    _submit("satu")
    secret = secret_in(letters_to(DIRI["email"])[0])
    for _ in range(10):
        with pytest.raises(Exception, match="Ada isian"):
            confirming.confirm(secret, password="tebakan sandi ke sekian")
    with pytest.raises(TooManyAttempts):
        confirming.confirm(secret, password=SANDI)
