"""Signing in."""

import time
from datetime import timedelta
from statistics import median
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import LoginRefused, TooManyAttempts
from app.models import Counter, Event, User
from app.services import store
from app.services.accounts import people
from app.services.signin import hashing, passwords
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import Jam, cast

ADDRESS = "192.0.2.7"


@pytest.fixture
def everyone(app: Flask, jam: Jam) -> dict[str, Actor]:
    return cast()


def _fail(email: str, times: int = 1, address: str = ADDRESS) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused) as refused:
            people.authenticate(email, "salah", address)
        assert not isinstance(refused.value, TooManyAttempts)


def _events() -> list[tuple[str, str, dict[str, str]]]:
    store.session.rollback()
    return [
        tuple(row) for row in store.session.execute(select(Event.stream, Event.verb, Event.payload).order_by(Event.id))
    ]


def test_masuk_dengan_email_dan_kata_sandi(everyone: dict[str, Actor]) -> None:
    actor = people.authenticate("  Sari@Contoh.ID ", factories.PASSWORD, ADDRESS)
    assert actor == everyone["bu_sari"]
    assert _events() == [(f"akun:{actor.id}", "masuk", {})]


def test_email_yang_ditempel_dengan_tanda_tak_tampak_tetap_masuk(everyone: dict[str, Actor]) -> None:
    assert people.authenticate("\u202aBudi@contoh.id\u202c", factories.PASSWORD).name == "Budi Prakosa"


def test_unit_kerja_petugas_ikut_terbaca(everyone: dict[str, Actor]) -> None:
    assert people.authenticate("tarno@contoh.id", factories.PASSWORD).posts == {("petugas_layanan", "340210")}
    assert people.authenticate("budi@contoh.id", factories.PASSWORD).posts == frozenset()


def test_satu_kalimat_untuk_semua_sebab(everyone: dict[str, Actor]) -> None:
    with unit_of_work() as session:
        session.get(User, everyone["pak_joko"].id).active = False
    attempts = (("sari@contoh.id", "salah"), ("bukan-siapa@contoh.id", "x"), ("joko@contoh.id", factories.PASSWORD))
    sentences = set()
    for email, password in (*attempts, ("", ""), ("sari@contoh.id", ""), ("sari@contoh.id", "a" * 100_000)):
        with pytest.raises(LoginRefused) as refused:
            people.authenticate(email, password, ADDRESS)
        sentences.add(refused.value.pesan)
    assert sentences == {"Email atau kata sandi salah."}


def test_gagal_masuk_tercatat_tanpa_alamat_yang_diketik(everyone: dict[str, Actor]) -> None:
    _fail("sari@contoh.id")
    _fail("orang-lain@contoh.id")
    assert _events() == [
        (f"akun:{everyone['bu_sari'].id}", "gagal_masuk", {"sebab": "kata_sandi"}),
        ("kantor", "gagal_masuk", {"sebab": "tidak_dikenal"}),
    ]


def test_sesudah_sepuluh_kali_gagal_ditahan_sampai_jangka_waktunya_habis(everyone: dict[str, Actor], jam: Jam) -> None:
    _fail("sari@contoh.id", 10)
    with pytest.raises(TooManyAttempts, match=r"Coba lagi pukul 08\.15\.") as held:
        people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)
    # From elsewhere the owner still gets in, and others from here do too.
    assert people.authenticate("sari@contoh.id", factories.PASSWORD, "198.51.100.1")
    assert people.authenticate("budi@contoh.id", factories.PASSWORD, ADDRESS)
    jam.at = held.value.until
    assert people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)


def test_akun_yang_tidak_ada_ditahan_sama_seperti_yang_ada(everyone: dict[str, Actor]) -> None:
    _fail("bukan-siapa@contoh.id", 10)
    with pytest.raises(TooManyAttempts):
        people.authenticate("bukan-siapa@contoh.id", "x", ADDRESS)


def test_masuk_dengan_benar_menghapus_hitungan_gagal(everyone: dict[str, Actor]) -> None:
    _fail("sari@contoh.id", 9)
    people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)
    _fail("sari@contoh.id", 9)


def test_hitungan_lama_dibuang_dan_tidak_menyebut_siapa(everyone: dict[str, Actor], jam: Jam) -> None:
    _fail("sari@contoh.id")
    names = store.session.scalars(select(Counter.name)).all()
    assert len(names) == 3 and not any("sari" in name or ADDRESS in name for name in names)
    jam.at += timedelta(minutes=15)
    _fail("budi@contoh.id")
    store.session.rollback()
    assert not set(store.session.scalars(select(Counter.name))) & set(names)


def test_biaya_argon2_yang_dinaikkan_berlaku_saat_masuk_berikutnya(everyone: dict[str, Actor]) -> None:
    def stored() -> str:
        store.session.rollback()
        return store.session.get_one(User, everyone["bu_sari"].id).password_hash

    before = stored()
    people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)
    assert stored() == before
    cheap = hashing.use(PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    try:
        _fail("sari@contoh.id")
        assert stored() == before, "only who knows the password has it made anew"
        people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)
        assert "m=128,t=2,p=1" in stored()
    finally:
        hashing.use(cheap)
    people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)


def test_kata_sandi_yang_diganti_selagi_dibandingkan_tidak_lagi_membuka(everyone: dict[str, Actor]) -> None:
    sari = everyone["bu_sari"]

    class Slow(PasswordHasher):
        """So slow that the owner is faster."""

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            hashing.use(quick)
            passwords.change(sari, factories.PASSWORD, "kalimat sandi yang lain lagi")
            return super().verify(hash, password)

    quick = hashing.use(Slow(time_cost=1, memory_cost=8, parallelism=1))
    with pytest.raises(LoginRefused):
        people.authenticate("sari@contoh.id", factories.PASSWORD)
    assert people.authenticate("sari@contoh.id", "kalimat sandi yang lain lagi") == sari


def test_biaya_argon2_yang_berlaku() -> None:
    """RFC 9106, second recommended option: Argon2id, 64 MiB, three passes, four lanes."""
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in hashing.COST.hash("x")


def test_lama_percobaan_tidak_menunjukkan_akun_ada_atau_tidak(sqlite_app: Flask) -> None:
    cheap = hashing.use(hashing.COST)
    password_hash = hashing.digest(factories.PASSWORD)
    with unit_of_work() as session:
        people.add(session, email="ada@contoh.id", name="Ada", password_hash=password_hash, roles=[("pemohon", "")])

    def took(email: str) -> float:
        begun = time.process_time()
        _fail(email)
        return time.process_time() - begun

    took("tidak-ada@contoh.id")  # makes the stand-in hash
    known = median(took("ada@contoh.id") for _ in range(5))
    unknown = median(took("tidak-ada@contoh.id") for _ in range(5))
    hashing.use(cheap)
    assert unknown > known / 3  # without the stand-in it is a hundredth
