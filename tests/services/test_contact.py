"""Phone and e-mail of an account: the password proves the asker, a letter proves the address."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, TokenSpent, TooManyAttempts
from app.models import Event, Job, User
from app.services import store
from app.services.accounts import contact
from tests import factories
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, cast

BARU = "sari.baru@contoh.id"


@pytest.fixture
def sari(sqlite_app: Flask, jam: Jam) -> Actor:
    return cast()["bu_sari"]


def user(actor: Actor) -> User:
    store.session.rollback()
    return store.session.get_one(User, actor.id)


def verbs(actor: Actor) -> list[str]:
    query = select(Event.verb).where(Event.stream == f"akun:{actor.id}").order_by(Event.seq)
    return list(store.session.scalars(query))


def letters() -> dict[str, list[dict[str, str]]]:
    """Address -> letters that wait to be sent."""
    found: dict[str, list[dict[str, str]]] = {}
    for job in store.session.scalars(select(Job).where(Job.kind == "surat").order_by(Job.created_at, Job.key)):
        found.setdefault(job.payload["to"], []).append(job.payload)
    return found


def secret_of(address: str) -> str:
    found = re.search(r"\?t=(.+)$", letters()[address][-1]["path"])
    assert found
    return found[1]


def test_nomor_ponsel_diganti_dengan_kata_sandi_dan_tercatat(sari: Actor) -> None:
    assert contact.change_phone(sari, factories.PASSWORD, "+62 811-2222-3333") == "6281122223333"
    assert user(sari).phone == "6281122223333"
    contact.change_phone(sari, factories.PASSWORD, "081122223333")
    assert verbs(sari) == ["ponsel_diganti"], "the same number again is no change"
    assert "81122223333" not in repr(store.session.scalars(select(Event.payload)).all())


@pytest.mark.parametrize(
    ("typed", "password", "field"), [("12", factories.PASSWORD, "ponsel"), ("0811", "x", "ponsel")]
)
def test_nomor_yang_bukan_nomor_ponsel_ditolak(sari: Actor, typed: str, password: str, field: str) -> None:
    before = snapshot()
    with pytest.raises(InvalidInput) as refused:
        contact.change_phone(sari, password, typed)
    assert list(refused.value.errors) == [field]
    assert snapshot() == before


def test_tanpa_kata_sandi_yang_benar_tidak_ada_yang_berubah_dan_percobaan_dibatasi(sari: Actor) -> None:
    for _ in range(10):
        with pytest.raises(InvalidInput) as refused:
            contact.change_phone(sari, "salah", "081122223333")
        assert list(refused.value.errors) == ["sandi"]
    with pytest.raises(TooManyAttempts):
        contact.ask_email(sari, factories.PASSWORD, BARU)
    assert (user(sari).phone, user(sari).email, letters()) == ("6281100000001", "sari@contoh.id", {})


def test_email_lama_berlaku_sampai_alamat_baru_dibuktikan(sari: Actor) -> None:
    contact.ask_email(sari, factories.PASSWORD, f"  {BARU.upper()} ")
    assert user(sari).email == "sari@contoh.id"
    waiting = contact.pending(sari)
    assert waiting is not None and waiting.address == BARU, "in full, so that a slip is seen"
    assert BARU not in letters()["sari@contoh.id"][0]["body"], "masked in the letter to the old address"
    secret = secret_of(BARU)
    assert contact.look(secret).address == "s***@contoh.id"
    assert user(sari).email == "sari@contoh.id", "looking changes nothing"
    contact.confirm(secret)
    assert user(sari).email == BARU
    assert [one["title"] for one in letters()["sari@contoh.id"]] == [
        "Permintaan ganti email",
        "Email akun Anda diganti",
    ]
    assert verbs(sari) == ["email_diminta", "email_diganti"]
    with pytest.raises(TokenSpent):
        contact.confirm(secret)


def test_tautan_yang_lewat_waktu_dibatalkan_atau_disusul_tidak_berlaku(sari: Actor, jam: Jam) -> None:
    contact.ask_email(sari, factories.PASSWORD, BARU)
    first = secret_of(BARU)
    jam.lewat(minutes=1)
    contact.ask_email(sari, factories.PASSWORD, "lain@contoh.id")
    second = secret_of("lain@contoh.id")
    with pytest.raises(TokenSpent):
        contact.confirm(first)
    contact.cancel(sari)
    with pytest.raises(TokenSpent):
        contact.look(second)
    contact.ask_email(sari, factories.PASSWORD, "ketiga@contoh.id")
    third = secret_of("ketiga@contoh.id")
    jam.lewat(hours=24)
    with pytest.raises(TokenSpent):
        contact.confirm(third)
    assert user(sari).email == "sari@contoh.id"


def test_alamat_milik_akun_lain_tidak_terungkap_kepada_yang_meminta(sari: Actor) -> None:
    contact.ask_email(sari, factories.PASSWORD, "joko@contoh.id")
    assert contact.pending(sari) is not None, "the asker sees the same as for a free address"
    (told,) = letters()["joko@contoh.id"]
    assert "t=" not in told["path"] + told["body"]
    assert "sudah dipakai" in told["body"]


def test_alamat_yang_terpakai_sebelum_dibuktikan_ditolak_tanpa_merusak(app: Flask, jam: Jam) -> None:
    people = cast()
    for who in ("bu_sari", "pak_joko"):
        contact.ask_email(people[who], factories.PASSWORD, BARU)
        jam.lewat(minutes=1)
    sent = [job["path"].partition("t=")[2] for job in letters()[BARU]]
    contact.confirm(sent[0])
    with pytest.raises(InvalidInput):
        contact.confirm(sent[1])
    assert (user(people["bu_sari"]).email, user(people["pak_joko"]).email) == (BARU, "joko@contoh.id")


def test_surat_pembuktian_dibatasi_tiap_alamat_dan_tiap_hari(sari: Actor, jam: Jam) -> None:
    for _ in range(3):
        contact.ask_email(sari, factories.PASSWORD, BARU)
        jam.lewat(seconds=1)
    with pytest.raises(TooManyAttempts):
        contact.ask_email(sari, factories.PASSWORD, BARU)
    for number in range(2):
        contact.ask_email(sari, factories.PASSWORD, f"lain{number}@contoh.id")
    with pytest.raises(TooManyAttempts, match="besok"):
        contact.ask_email(sari, factories.PASSWORD, "enam@contoh.id")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "sari", "sari@contoh", "a b@contoh.id", "@contoh.id", "SARI@contoh.id"),
        # Two addresses in one, and what a mail server reads as a name: the letter would go to somebody else.
        *("baru,korban@contoh.id", "<korban@contoh.id>", '"baru"korban@contoh.id', "korbän@contoh.id", "x@contoh..id"),
    ],
)
def test_alamat_yang_bukan_alamat_baru_ditolak(sari: Actor, typed: str) -> None:
    with pytest.raises(InvalidInput):
        contact.ask_email(sari, factories.PASSWORD, typed)
    assert letters() == {}
