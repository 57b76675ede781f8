"""Open sessions: what ends them, at once and for every copy of the ticket."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, LoginRefused, NotFound, TooManyAttempts
from app.models import Event, Mail, User, UserRole, UserSession
from app.services import store
from app.services.accounts import people, rights
from app.services.signin import passwords, sessions
from app.services.work import unit_of_work
from tests import factories
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, cast, run_all

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
NEW = "kalimat sandi yang baru"


@pytest.fixture
def orang(app: Flask, jam: Jam) -> dict[str, Actor]:
    return cast()


def _because(ticket: str) -> str:
    store.session.rollback()
    query = select(UserSession.ended_because).where(UserSession.ticket_hash == sessions._hashed(ticket))
    return store.session.scalars(query).one()


def _verbs(actor: Actor) -> list[str]:
    store.session.rollback()
    return list(store.session.scalars(select(Event.verb).where(Event.stream == f"akun:{actor.id}").order_by(Event.seq)))


def test_tiket_sesi_adalah_orangnya_dan_tidak_tersimpan_di_basis_data(orang: dict[str, Actor]) -> None:
    ticket = sessions.begin(orang["pak_tarno"], PHONE)
    assert sessions.actor_of(ticket) == orang["pak_tarno"]
    assert ticket not in repr(snapshot())
    assert [(one.device, one.is_this) for one in sessions.mine(orang["pak_tarno"], ticket)] == [
        ("Chrome, Android", True)
    ]


@pytest.mark.parametrize("ticket", ["", "x", "²" * 43, "a" * 43, "a" * 1_000_000, "uji-bu-sari.1", "\x00" * 43])
def test_yang_bukan_tiket_bukan_siapa_siapa(orang: dict[str, Actor], ticket: str) -> None:
    assert sessions.actor_of(ticket) is None
    sessions.end(ticket)


def test_membaca_sesi_tidak_menulis_apa_pun(orang: dict[str, Actor], jam: Jam) -> None:
    ticket = sessions.begin(orang["bu_sari"])
    before = snapshot()
    jam.lewat(hours=3)
    assert sessions.actor_of(ticket) and sessions.mine(orang["bu_sari"], ticket)
    assert snapshot() == before


def test_terakhir_dipakai_ditulis_paling_sering_tiap_sepuluh_menit(orang: dict[str, Actor], jam: Jam) -> None:
    ticket = sessions.begin(orang["bu_sari"])
    jam.lewat(minutes=9)
    before = snapshot()
    sessions.note_use(ticket)
    assert snapshot() == before
    at = jam.lewat(minutes=2)
    sessions.note_use(ticket)
    assert sessions.mine(orang["bu_sari"])[0].seen_at == at


def test_keluar_mematikan_tiketnya_saja_dan_tercatat(orang: dict[str, Actor]) -> None:
    sari = orang["bu_sari"]
    first, second = sessions.begin(sari), sessions.begin(sari)
    for _ in range(2):
        sessions.end(first)
    assert sessions.actor_of(first) is None
    assert sessions.actor_of(second) == sari
    assert _verbs(sari) == ["keluar"]


def test_keluar_dari_semua_perangkat_lain(orang: dict[str, Actor]) -> None:
    sari = orang["bu_sari"]
    here, there, elsewhere = (sessions.begin(sari) for _ in range(3))
    joko = sessions.begin(orang["pak_joko"])
    assert sessions.sign_out_everywhere(sari, but=here) == 2
    assert [sessions.actor_of(one) for one in (here, there, elsewhere)] == [sari, None, None]
    assert sessions.actor_of(joko) == orang["pak_joko"]
    assert sessions.sign_out_everywhere(sari) == 1
    assert sessions.actor_of(here) is None


def test_satu_sesi_dari_daftar_hanya_milik_sendiri(orang: dict[str, Actor]) -> None:
    ticket = sessions.begin(orang["bu_sari"])
    line = sessions.mine(orang["bu_sari"])[0]
    with pytest.raises(NotFound):
        sessions.end_one(orang["pak_joko"], line.id)
    assert sessions.actor_of(ticket)
    sessions.end_one(orang["bu_sari"], line.id)
    assert sessions.actor_of(ticket) is None
    assert sessions.mine(orang["bu_sari"]) == []


@pytest.mark.parametrize("roles", [[("petugas_cetak", "")], [("petugas_layanan", "340210")]])
def test_peran_atau_unit_yang_diubah_mengakhiri_sesinya(orang: dict[str, Actor], roles: list[tuple[str, str]]) -> None:
    budi = orang["pak_budi"]
    ticket = sessions.begin(budi)
    rights.set_roles(orang["pak_eko"], budi.id, [("petugas_layanan", "")])
    assert sessions.actor_of(ticket) == budi, "the same roles again change nothing"
    rights.set_roles(orang["pak_eko"], budi.id, roles)
    assert sessions.actor_of(ticket) is None
    assert _because(ticket) == "peran"
    assert _verbs(budi) == ["peran_diubah"]
    fresh = sessions.actor_of(sessions.begin(budi))
    assert fresh is not None and fresh.roles == {roles[0][0]}


def test_peran_yang_diubah_lewat_jalan_lain_pun_mengakhiri_sesi(orang: dict[str, Actor]) -> None:
    """By SQL, an import, a script: the session knows what rights it began with."""
    ticket = sessions.begin(orang["pak_budi"])
    with unit_of_work() as session:
        session.add(UserRole(user_id=orang["pak_budi"].id, role="kasi", unit=""))
    assert sessions.actor_of(ticket) is None
    assert sessions.actor_of(sessions.begin(orang["pak_budi"]))


def test_akun_dinonaktifkan_keluar_saat_itu_juga(orang: dict[str, Actor]) -> None:
    ticket, budi = sessions.begin(orang["pak_budi"]), orang["pak_budi"]
    rights.switch_off(orang["pak_eko"], budi.id)
    assert sessions.actor_of(ticket) is None
    with pytest.raises(LoginRefused):
        people.authenticate("budi@contoh.id", factories.PASSWORD)
    rights.switch_on(orang["pak_eko"], budi.id)
    assert sessions.actor_of(ticket) is None, "what ended stays ended"
    assert people.authenticate("budi@contoh.id", factories.PASSWORD) == budi


def test_akun_ditutup_lewat_jalan_lain_pun_mengakhiri_sesi(orang: dict[str, Actor]) -> None:
    ticket = sessions.begin(orang["pak_budi"])
    with unit_of_work() as session:
        session.get_one(User, orang["pak_budi"].id).active = False
    assert sessions.actor_of(ticket) is None


@pytest.mark.parametrize("who", sorted(set(factories.CAST) - {"pak_eko"}))
def test_hanya_admin_yang_mengubah_akun_orang(orang: dict[str, Actor], who: str) -> None:
    before = snapshot()
    target = orang["pak_joko"] if who != "pak_joko" else orang["bu_sari"]
    for change in (rights.switch_off, rights.switch_on):
        with pytest.raises(Forbidden):
            change(orang[who], target.id)
    with pytest.raises(Forbidden):
        rights.set_roles(orang[who], orang[who].id, [("admin", "")])
    assert snapshot() == before


def test_admin_tidak_mengubah_akunnya_sendiri(orang: dict[str, Actor]) -> None:
    eko = orang["pak_eko"]
    before = snapshot()
    with pytest.raises(Forbidden, match="admin lain"):
        rights.set_roles(eko, eko.id, [("admin", ""), ("kepala_dinas", "")])
    with pytest.raises(Forbidden):
        rights.switch_off(eko, eko.id)
    for roles in ([], [("raja", "")]):
        with pytest.raises(InvalidInput):
            rights.set_roles(eko, orang["pak_budi"].id, roles)
    with pytest.raises(NotFound):
        rights.switch_off(eko, "tidak-ada")
    assert snapshot() == before


def test_kata_sandi_diganti_mengakhiri_sesi_lain(orang: dict[str, Actor]) -> None:
    sari = orang["bu_sari"]
    here, there = sessions.begin(sari), sessions.begin(sari)
    passwords.change(sari, factories.PASSWORD, NEW, ticket=here)
    assert (sessions.actor_of(here), sessions.actor_of(there)) == (sari, None)
    assert _because(there) == "kata_sandi"
    with pytest.raises(LoginRefused):
        people.authenticate("sari@contoh.id", factories.PASSWORD)
    assert people.authenticate("sari@contoh.id", NEW) == sari


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("salah", NEW, "lama"),
        (factories.PASSWORD, "pendek", "baru"),
        (factories.PASSWORD, "p" * 501, "baru"),
        (factories.PASSWORD, factories.PASSWORD, "baru"),
        (factories.PASSWORD, "SARI@contoh.id", "baru"),
        (factories.PASSWORD, "sari puspitarini", "baru"),
    ],
)
def test_kata_sandi_yang_tidak_boleh_tidak_mengubah_apa_pun(
    orang: dict[str, Actor], old: str, new: str, field: str
) -> None:
    ticket = sessions.begin(orang["bu_sari"])
    before = snapshot()
    with pytest.raises(InvalidInput) as refused:
        passwords.change(orang["bu_sari"], old, new)
    assert list(refused.value.errors) == [field]
    assert {**snapshot(), "counters": before["counters"]} == before, "only the attempt is counted"
    assert sessions.actor_of(ticket)


def test_kata_sandi_sekarang_tidak_dapat_ditebak_tebak_dari_sesi_yang_tertinggal(
    orang: dict[str, Actor], jam: Jam
) -> None:
    sari = orang["bu_sari"]
    for _ in range(10):
        with pytest.raises(InvalidInput):
            passwords.change(sari, "tebakan", NEW)
    with pytest.raises(TooManyAttempts, match=r"Coba lagi pukul 08\.15\."):
        passwords.change(sari, factories.PASSWORD, NEW)
    jam.lewat(minutes=15)
    passwords.change(sari, factories.PASSWORD, NEW)


def test_pemilik_akun_disurati_saat_kata_sandinya_diganti_siapa_pun(orang: dict[str, Actor]) -> None:
    passwords.change(orang["bu_sari"], factories.PASSWORD, NEW)
    passwords.reset(orang["pak_eko"], orang["bu_sari"].id, NEW + " lagi")
    run_all()
    letters = store.session.scalars(select(Mail)).all()
    assert [(one.to, one.subject) for one in letters] == [("sari@contoh.id", "Kata sandi Anda diganti")] * 2
    assert all("08.00" in one.body and "/lupa-sandi" in one.body for one in letters)
    assert NEW not in repr(snapshot())


def test_yang_diingat_bertahan_tiga_puluh_hari_kecuali_petugas(orang: dict[str, Actor], jam: Jam) -> None:
    remembered = [sessions.begin(orang[who], remember=True) for who in ("bu_sari", "pak_budi")]
    jam.lewat(hours=12)
    assert [sessions.actor_of(one) for one in remembered] == [orang["bu_sari"], None]
    (line,) = sessions.mine(orang["bu_sari"])
    assert line.ends_at == jam.at + timedelta(days=29, hours=12)
    jam.at = line.ends_at
    assert sessions.actor_of(remembered[0]) is None
    assert sessions.mine(orang["bu_sari"]) == []


def test_sesi_paling_lama_dua_belas_jam(orang: dict[str, Actor], jam: Jam) -> None:
    ticket = sessions.begin(orang["bu_sari"])
    jam.lewat(hours=11, minutes=59)
    assert sessions.actor_of(ticket)
    jam.lewat(minutes=1)
    assert sessions.actor_of(ticket) is None
    assert sessions.mine(orang["bu_sari"], ticket) == []


def test_sesi_lama_dibuang_saat_masuk_lagi(orang: dict[str, Actor], jam: Jam) -> None:
    sessions.begin(orang["bu_sari"])
    sessions.begin(orang["pak_joko"])
    jam.at += timedelta(days=91)
    sessions.begin(orang["bu_sari"])
    owners = store.session.scalars(select(UserSession.user_id)).all()
    assert sorted(owners) == sorted([orang["bu_sari"].id, orang["pak_joko"].id])


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0", "Firefox, Linux"),
        ("", "Peramban lain"),
        ("x" * 100_000, "Peramban lain"),
    ],
)
def test_perangkat_disebut_dalam_dua_kata(agent: str, words: str) -> None:
    assert sessions.device_of(agent) == words
