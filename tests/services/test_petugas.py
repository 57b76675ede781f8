"""The officers as an admin keeps them: invited, corrected, given roles, switched off; never the last admin."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Forbidden, InvalidInput, LoginRefused, NotFound, TokenSpent
from app.extensions import db
from app.models import Event, Job, MailToken, Notice, User, UserRole, UserSession
from app.services import clock, store
from app.services.accounts import directory, inviting, particulars, people, rights, staff
from app.services.records import audit
from app.services.signin import forgotten, sessions
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI
from tests.support.kasus import Jam, cast

SANDI = "kuda-laut-biru-2026"
BARU = {"email": "baru@contoh.id", "name": "Wening Sulistya", "phone": "0812 3456 7890"}


@pytest.fixture
def orang(app: Flask, jam: Jam) -> dict[str, Actor]:
    return cast()


def letter_to(address: str, title: str = "") -> dict[str, str]:
    """The newest letter to this address, under this title."""
    store.session.rollback()
    rows = store.session.scalars(select(Job).where(Job.kind == "surat").order_by(Job.created_at)).all()
    letters = [dict(row.payload) for row in rows if row.payload.get("to") == address]
    return [letter for letter in letters if title in letter["title"]][-1]


def secret_of(letter: dict[str, str]) -> str:
    return letter["path"].removeprefix("/sandi-baru/")


def verbs(user_id: str) -> list[str]:
    store.session.rollback()
    return list(store.session.scalars(select(Event.verb).where(Event.stream == f"akun:{user_id}").order_by(Event.seq)))


def test_undangan_membuat_kata_sandi_sendiri_sekali_pakai(orang: dict[str, Actor], jam: Jam) -> None:
    user_id = inviting.invite(orang["pak_eko"], roles=[("kasi", "340210")], **BARU)
    letter = letter_to("baru@contoh.id")
    assert "Kepala Seksi (" in letter["body"] and "sekali" in letter["body"]
    with pytest.raises(LoginRefused):
        people.authenticate("baru@contoh.id", "")
    jam.lewat(days=6)
    forgotten.renew(secret_of(letter), SANDI)
    actor = people.authenticate("baru@contoh.id", SANDI)
    assert (actor.id, actor.units_in({"kasi"})) == (user_id, {"340210"})
    with pytest.raises(TokenSpent):
        forgotten.renew(secret_of(letter), "lain-lagi-2026-x")
    assert verbs(user_id)[0] == "akun_dibuat" and list(audit.verify(SYSTEM).findings) == []


def test_undangan_lewat_tujuh_hari_mati_dan_yang_baru_mematikan_yang_lama(orang: dict[str, Actor], jam: Jam) -> None:
    user_id = inviting.invite(orang["pak_eko"], roles=[("kasi", "")], **BARU)
    first = secret_of(letter_to("baru@contoh.id"))
    jam.lewat(days=1)
    inviting.invite_again(orang["pak_eko"], user_id)
    second = secret_of(letter_to("baru@contoh.id"))
    assert not forgotten.is_open(first) and forgotten.is_open(second)
    jam.lewat(days=7, minutes=1)
    assert not forgotten.is_open(second)


def test_klik_kedua_tidak_mengundang_dua_kali(orang: dict[str, Actor], jam: Jam) -> None:
    first, second = (inviting.invite(orang["pak_eko"], roles=[("kasi", "")], **BARU) for _ in range(2))
    assert first == second and len(store.session.scalars(select(MailToken)).all()) == 1
    with pytest.raises(InvalidInput):
        inviting.invite(orang["pak_eko"], roles=[("kabid", "")], **BARU)
    jam.lewat(minutes=2)
    with pytest.raises(InvalidInput):
        inviting.invite(orang["pak_eko"], roles=[("kasi", "")], **BARU)


@pytest.mark.parametrize(
    ("typed", "roles", "field"),
    [
        ({"email": "sari@contoh.id"}, [("kasi", "")], "email"),
        ({"email": "bukan-email"}, [("kasi", "")], "email"),
        ({"name": " "}, [("kasi", "")], "nama"),
        ({"phone": "12"}, [("kasi", "")], "ponsel"),
        ({}, [], "peran"),
        ({}, [("pemohon", "")], "peran"),
        ({}, [("pendaftar", "")], "peran"),
        ({}, [("kasi", "999999")], "peran"),
        ({}, [("admin", "340210")], "peran"),
        ({}, [("auditor", "340210")], "peran"),
    ],
)
def test_undangan_yang_salah_menyebut_isiannya(
    orang: dict[str, Actor], typed: dict[str, str], roles: list[tuple[str, str]], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        inviting.invite(orang["pak_eko"], roles=roles, **{**BARU, **typed})
    assert field in refused.value.errors
    assert store.session.scalars(select(MailToken)).all() == []


def test_ganti_email_memberi_tahu_kedua_alamat_dan_mengeluarkan_semua_perangkat(orang: dict[str, Actor]) -> None:
    budi = orang["pak_budi"]
    ticket = sessions.begin(budi)
    told = {"name": budi.name, "email": "Budi.Baru@contoh.id", "phone": ""}
    assert particulars.change(orang["pak_eko"], budi.id, **told)
    assert not particulars.change(orang["pak_eko"], budi.id, **told)
    assert sessions.actor_of(ticket) is None
    for address in ("budi@contoh.id", "budi.baru@contoh.id"):
        assert letter_to(address)["title"] == "Email akun Anda diganti"
    [event] = store.session.scalars(select(Event).where(Event.verb == "data_petugas_diubah")).all()
    assert event.payload == {"apa": ["email"]} and "budi" not in str(event.payload)
    with pytest.raises(InvalidInput):
        particulars.change(orang["pak_eko"], budi.id, name=budi.name, email="rini@contoh.id", phone="")
    with pytest.raises(NotFound):  # a resident is not looked up here
        particulars.change(orang["pak_eko"], orang["bu_sari"].id, **told)


def test_ganti_peran_diberitahukan_dan_peran_warganya_tetap(orang: dict[str, Actor]) -> None:
    sari = orang["bu_sari"]
    with unit_of_work() as session:
        session.add(UserRole(user_id=sari.id, role="kasi", unit=""))
    staff.set_roles_of(orang["pak_eko"], sari.id, [("petugas_layanan", "340210")])
    assert directory.one(orang["pak_eko"], sari.id).officer.roles == (("petugas_layanan", "340210"),)
    assert people.as_actor(store.session.get_one(User, sari.id)).roles == {"pemohon", "petugas_layanan"}
    told = store.session.scalars(select(Notice).where(Notice.user_id == sari.id)).one()
    assert told.title == "Peran Anda diubah" and "Petugas Unit Layanan & Entri (" in told.body


def test_mematikan_mengakhiri_sesi_seketika_dan_menyurati_pemiliknya(orang: dict[str, Actor]) -> None:
    budi = orang["pak_budi"]
    ticket = sessions.begin(budi)
    rights.switch_off(orang["pak_eko"], budi.id, "Pindah ke kantor lain.")
    assert sessions.actor_of(ticket) is None
    letter = letter_to("budi@contoh.id", "Akun Anda dimatikan")
    assert "Pindah ke kantor lain." in letter["body"]
    assert not letter["user"], "it goes out though the account is off"
    rights.switch_on(orang["pak_eko"], budi.id)
    assert letter_to("budi@contoh.id", "Akun Anda dapat dipakai lagi")
    assert verbs(budi.id)[-2:] == ["akun_dinonaktifkan", "akun_diaktifkan"]


def test_admin_mengeluarkan_orang_dari_semua_perangkat(orang: dict[str, Actor]) -> None:
    tickets = [sessions.begin(orang["pak_budi"]) for _ in range(2)]
    assert len(directory.one(orang["pak_eko"], orang["pak_budi"].id).sessions) == 2
    assert rights.end_sessions(orang["pak_eko"], orang["pak_budi"].id) == 2
    assert [sessions.actor_of(ticket) for ticket in tickets] == [None, None]
    assert rights.end_sessions(orang["pak_eko"], orang["pak_budi"].id) == 0
    ended = store.session.scalars(select(UserSession.ended_because)).all()
    assert set(ended) == {"diakhiri"} and verbs(orang["pak_budi"].id) == ["sesi_diakhiri_admin"]


def test_admin_tidak_mengubah_dirinya_dan_bukan_admin_tidak_mengubah_siapa_pun(orang: dict[str, Actor]) -> None:
    eko, dwi, budi = orang["pak_eko"], orang["pak_dwi"], orang["pak_budi"]
    own = {"name": eko.name, "email": "x@contoh.id", "phone": ""}
    for act in (
        lambda: staff.set_roles_of(eko, eko.id, [("admin", ""), ("kepala_dinas", "")]),
        lambda: rights.switch_off(eko, eko.id, "x"),
        lambda: rights.end_sessions(eko, eko.id),
        lambda: particulars.change(eko, eko.id, **own),
        lambda: staff.set_roles_of(dwi, budi.id, [("kasi", "")]),
        lambda: inviting.invite(dwi, roles=[("kasi", "")], **BARU),
        lambda: inviting.invite_again(dwi, budi.id),
        lambda: directory.page(dwi),
        lambda: directory.one(dwi, budi.id),
    ):
        with pytest.raises(Forbidden):
            act()


def test_admin_terakhir_tidak_dapat_dicabut_atau_dimatikan(orang: dict[str, Actor]) -> None:
    eko, budi = orang["pak_eko"], orang["pak_budi"]
    gone = Actor(budi.id, budi.name, frozenset({"admin"}))  # as they still were when the page was opened
    for act in (
        lambda: rights.set_roles(gone, eko.id, [("kasi", "")]),
        lambda: rights.switch_off(gone, eko.id, "x"),
    ):
        with pytest.raises(InvalidInput, match="admin terakhir"):
            act()
    staff.set_roles_of(eko, budi.id, [("admin", "")])
    rights.switch_off(gone, eko.id, "Cuti panjang.")
    with pytest.raises(InvalidInput, match="admin terakhir"):
        rights.switch_off(eko, budi.id, "x")


def test_dua_admin_yang_saling_mencabut_pada_saat_yang_sama_menyisakan_satu(
    app: Flask, orang: dict[str, Actor]
) -> None:
    eko, budi = orang["pak_eko"], orang["pak_budi"]
    staff.set_roles_of(eko, budi.id, [("admin", "")])
    gate, results = threading.Barrier(2), {}

    def take_from(name: str, actor: Actor, other: Actor) -> None:
        with app.app_context(), clock.using(lambda: SENIN_PAGI):
            gate.wait()
            try:
                rights.set_roles(Actor(actor.id, actor.name, frozenset({"admin"})), other.id, [("kasi", "")])
                results[name] = "ok"
            except InvalidInput:
                results[name] = "ditolak"
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=take_from, args=("eko", eko, budi)),
        threading.Thread(target=take_from, args=("budi", budi, eko)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results.values()) == ["ditolak", "ok"]


def test_daftar_dicari_disaring_dan_dibaca_halaman_demi_halaman(
    orang: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    eko = orang["pak_eko"]
    assert "Sari Puspitarini" not in {one.name for one in directory.page(eko).officers}
    assert [one.name for one in directory.page(eko, "heru@").officers] == ["Heru Candraka"]
    assert [one.name for one in directory.page(eko, role="petugas_layanan").officers] == [
        "Budi Prakosa",
        "Rini Astuwati",
        "Tarno Mulya",
    ]
    monkeypatch.setattr(directory, "PAGE", 4)
    seen, after = [], ""
    while True:
        found = directory.page(eko, after=after)
        seen += [one.name for one in found.officers]
        after = found.next
        if not after:
            break
    assert seen == sorted(seen) and len(seen) == len(set(seen)) == 12
    assert {key for key, one in factories.CAST.items() if one.name in seen} == set(factories.CAST) - {
        "bu_sari",
        "pak_joko",
        "mbak_asih",
    }
