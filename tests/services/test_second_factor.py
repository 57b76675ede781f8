"""The second factor: codes and recovery codes count once, also when they come twice at once; secrets stay secret."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import CodeRefused, Forbidden, HalfLoginOver, InvalidInput, LoginRefused, TooManyAttempts
from app.extensions import db
from app.models import Event, Mail, SecondFactor, User
from app.services import clock, store
from app.services.accounts import people, rights
from app.services.signin import enrolment, factors, half_logins, keyring, passwords, sessions, totp
from app.services.work import unit_of_work
from tests import factories
from tests.support import ponsel
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, cast, run_all


@pytest.fixture
def orang(sqlite_app: Flask, jam: Jam) -> dict[str, Actor]:
    return cast()


@pytest.fixture
def budi(orang: dict[str, Actor]) -> Actor:
    return orang["pak_budi"]


def _verbs(actor: Actor) -> list[str]:
    store.session.rollback()
    return list(store.session.scalars(select(Event.verb).where(Event.stream == f"akun:{actor.id}").order_by(Event.seq)))


def _enter(actor: Actor, **shown: str) -> str:
    try:
        return half_logins.finish(half_logins.begin(actor), **shown).name
    except LoginRefused as refused:
        return type(refused).__name__


def _letters() -> list[str]:
    run_all()
    return list(store.session.scalars(select(Mail.subject).order_by(Mail.sent_at, Mail.subject)))


def test_rahasia_dan_kode_pemulihan_tidak_terbaca_di_basis_data(budi: Actor) -> None:
    secret, codes = ponsel.put_on(budi)
    kept = repr(snapshot())
    assert len(secret) == 32 and secret not in kept
    assert len(set(codes)) == 10 and not [code for code in codes if code in kept or code.replace("-", "") in kept]
    locked = store.session.get_one(SecondFactor, budi.id).secret
    assert (totp.unlocked(locked), locked != totp.locked(secret)) == (secret, True)


def test_kata_sandi_saja_tidak_lagi_membuka_sesi(budi: Actor) -> None:
    ponsel.put_on(budi)
    assert people.authenticate("budi@contoh.id", factories.PASSWORD) == budi
    with pytest.raises(Forbidden):
        sessions.begin(budi)
    assert sessions.actor_of(sessions.begin(budi, second_step=True)) == budi
    assert _verbs(budi) == ["dua_langkah_dipasang", "kata_sandi_cocok"]


def test_kode_diterima_sekali_dan_yang_lebih_lama_tidak_lagi(budi: Actor, jam: Jam) -> None:
    secret, _ = ponsel.put_on(budi)
    assert _enter(budi, code=ponsel.code(secret)) == "CodeRefused", "the code that put it on is used"
    older = ponsel.code(secret)
    jam.lewat(seconds=30)
    now = ponsel.code(secret)
    assert [_enter(budi, code=each) for each in (now, now, older)] == [budi.name, "CodeRefused", "CodeRefused"]
    assert _verbs(budi)[1:] == ["gagal_masuk", "masuk", "gagal_masuk", "gagal_masuk"]


@pytest.mark.parametrize(("seconds", "fits"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_jam_ponsel_boleh_meleset_satu_langkah(budi: Actor, jam: Jam, seconds: int, fits: bool) -> None:
    secret, _ = ponsel.put_on(budi)
    jam.lewat(minutes=5)
    shown = ponsel.code(secret, jam.at + timedelta(seconds=seconds))
    assert (_enter(budi, code=f" {shown[:3]} {shown[3:]} ") == budi.name) is fits


@pytest.mark.parametrize("typed", ["", "0", "1234567", "²²²²²²", "abcdef", "-12345", "0" * 5000])
def test_yang_bukan_kode_ditolak(budi: Actor, typed: str) -> None:
    ponsel.put_on(budi)
    assert (_enter(budi, code=typed), _enter(budi, recovery_code=typed)) == ("CodeRefused", "CodeRefused")


def test_kode_pemulihan_dipakai_sekali_bagaimanapun_menulisnya(budi: Actor) -> None:
    _, codes = ponsel.put_on(budi)
    written = (codes[0], codes[0], codes[1].upper().replace("-", " "), codes[2].replace("-", ""))
    heard = [_enter(budi, recovery_code=each) for each in written]
    assert heard == [budi.name, "CodeRefused", budi.name, budi.name]
    assert factors.recovery_codes_left(budi.id) == 7
    assert _letters().count("Kode pemulihan dipakai") == 3


def test_kode_pemulihan_orang_lain_tidak_berlaku(orang: dict[str, Actor], budi: Actor) -> None:
    ponsel.put_on(budi)
    _, hers = ponsel.put_on(orang["bu_rini"])
    assert _enter(budi, recovery_code=hers[0]) == "CodeRefused"
    assert _enter(orang["bu_rini"], recovery_code=hers[0]) == "Rini Astuwati"


def test_tebakan_kode_ditahan_dan_pemiliknya_disurati_sekali(budi: Actor, jam: Jam) -> None:
    secret, codes = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    right = ponsel.code(secret)
    assert [_enter(budi, code=ponsel.another(right)) for _ in range(6)] == ["CodeRefused"] * 5 + ["TooManyAttempts"]
    assert [_enter(budi, code=right), _enter(budi, recovery_code=codes[0])] == ["TooManyAttempts"] * 2
    assert _letters().count("Kata sandi Anda diketahui orang lain?") == 1
    jam.lewat(minutes=15)
    assert _enter(budi, code=ponsel.code(secret)) == budi.name


def test_setengah_masuk_berlaku_sepuluh_menit_dan_bukan_sesi(budi: Actor, jam: Jam) -> None:
    secret, _ = ponsel.put_on(budi)
    ticket = half_logins.begin(budi)
    assert (half_logins.is_open(ticket), sessions.actor_of(ticket)) == (True, None)
    assert ticket not in repr(snapshot())
    jam.lewat(minutes=10)
    assert not half_logins.is_open(ticket)
    for other in (ticket, "", "x", "a" * 43):
        with pytest.raises(HalfLoginOver):
            half_logins.finish(other, code=ponsel.code(secret))


def test_kata_sandi_baru_mengakhiri_yang_setengah_masuk_dengan_kata_sandi_lama(budi: Actor) -> None:
    secret, _ = ponsel.put_on(budi)
    ticket = half_logins.begin(budi)
    passwords.change(budi, factories.PASSWORD, "kalimat sandi yang lain lagi")
    assert not half_logins.is_open(ticket)
    with pytest.raises(HalfLoginOver):
        half_logins.finish(ticket, code=ponsel.code(secret))


def test_klik_ganda_masuk_dua_kali_dengan_kode_yang_sama_hanya_dari_peramban_itu(budi: Actor, jam: Jam) -> None:
    secret, _ = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    ticket, shown = half_logins.begin(budi), ponsel.code(secret)
    assert [half_logins.finish(ticket, code=shown) for _ in range(2)] == [budi] * 2
    assert _enter(budi, code=shown) == "CodeRefused"
    with pytest.raises(HalfLoginOver):
        half_logins.finish(ticket, code=ponsel.another(shown))
    jam.lewat(seconds=11)
    with pytest.raises(HalfLoginOver):
        half_logins.finish(ticket, code=shown)
    assert _verbs(budi).count("masuk") == 1


def test_akun_yang_dimatikan_di_antara_kedua_langkah_tidak_masuk(
    orang: dict[str, Actor], budi: Actor, jam: Jam
) -> None:
    secret, _ = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    ticket = half_logins.begin(budi)
    rights.switch_off(orang["pak_eko"], budi.id)
    with pytest.raises(CodeRefused):
        half_logins.finish(ticket, code=ponsel.code(secret))


def test_ponsel_lama_berlaku_sampai_yang_baru_membuktikan_diri(budi: Actor, jam: Jam) -> None:
    old, old_codes = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    enrolment.begin(budi, factories.PASSWORD)
    new = enrolment.state(budi, "Kantor Uji").secret
    assert new and new != old
    assert _enter(budi, code=ponsel.code(new)) == "CodeRefused"
    assert _enter(budi, code=ponsel.code(old)) == budi.name
    with pytest.raises(CodeRefused):
        enrolment.confirm(budi, ponsel.code(old), "")
    fresh = enrolment.confirm(budi, ponsel.code(new), "")
    jam.lewat(minutes=1)
    assert [_enter(budi, code=ponsel.code(old)), _enter(budi, recovery_code=old_codes[0])] == ["CodeRefused"] * 2
    assert [_enter(budi, code=ponsel.code(new)), _enter(budi, recovery_code=fresh[0])] == [budi.name] * 2


def test_memasang_mengakhiri_sesi_lain_dan_yang_ini_sudah_dengan_kode(budi: Actor) -> None:
    here, there = sessions.begin(budi), sessions.begin(budi)
    enrolment.begin(budi, factories.PASSWORD)
    enrolment.confirm(budi, ponsel.code(enrolment.state(budi, "x").secret), here)
    entered = sessions.look(here)
    assert entered is not None and entered.second_step
    assert sessions.look(there) is None


def test_klik_ganda_saat_memasang_menunjukkan_sepuluh_kode_yang_berlaku(budi: Actor, jam: Jam) -> None:
    enrolment.begin(budi, factories.PASSWORD)
    shown = ponsel.code(enrolment.state(budi, "x").secret)
    first, second = (enrolment.confirm(budi, shown, "") for _ in range(2))
    assert (_enter(budi, recovery_code=first[0]), _enter(budi, recovery_code=second[0])) == ("CodeRefused", budi.name)
    assert _verbs(budi).count("dua_langkah_dipasang") == 1
    jam.lewat(minutes=2)
    with pytest.raises(CodeRefused):
        enrolment.confirm(budi, shown, "")


def test_rahasia_yang_tampil_terlalu_lama_atau_dibatalkan_tidak_dapat_dipasang(budi: Actor, jam: Jam) -> None:
    enrolment.begin(budi, factories.PASSWORD)
    secret = enrolment.state(budi, "x").secret
    enrolment.give_up(budi)
    with pytest.raises(CodeRefused):
        enrolment.confirm(budi, ponsel.code(secret), "")
    enrolment.begin(budi, factories.PASSWORD)
    secret = enrolment.state(budi, "x").secret
    jam.lewat(minutes=31)
    assert enrolment.state(budi, "x").secret == ""
    with pytest.raises(CodeRefused):
        enrolment.confirm(budi, ponsel.code(secret), "")
    assert not factors.is_on(budi.id)


@pytest.mark.parametrize("act", [enrolment.begin, enrolment.new_recovery_codes])
def test_setiap_perubahan_meminta_kata_sandi_dan_hanya_untuk_petugas(
    orang: dict[str, Actor], budi: Actor, act: Callable[[Actor, str], object]
) -> None:
    ponsel.put_on(budi)
    with pytest.raises(InvalidInput):
        act(budi, "salah")
    with pytest.raises(Forbidden):
        act(orang["bu_sari"], factories.PASSWORD)
    with unit_of_work() as session:
        session.get_one(User, budi.id).demo = True
    with pytest.raises(Forbidden, match="peragaan"):
        act(budi, factories.PASSWORD)


def test_dimatikan_hanya_bila_kantornya_tidak_mewajibkan(budi: Actor) -> None:
    ponsel.put_on(budi)
    with pytest.raises(Forbidden, match="mewajibkan"):
        enrolment.turn_off(budi, factories.PASSWORD, is_required=True)
    with pytest.raises(InvalidInput):
        enrolment.turn_off(budi, "salah", is_required=False)
    assert factors.is_on(budi.id)
    enrolment.turn_off(budi, factories.PASSWORD, is_required=False)
    assert (factors.is_on(budi.id), factors.recovery_codes_left(budi.id)) == (False, 0)
    assert _letters() == ["Masuk dua langkah dimatikan", "Masuk dua langkah menyala"]


def test_hanya_admin_yang_mengatur_ulang_dan_semua_sesinya_berakhir(orang: dict[str, Actor], budi: Actor) -> None:
    ponsel.put_on(budi)
    ticket = sessions.begin(budi, second_step=True)
    for who in set(orang) - {"pak_eko"}:
        with pytest.raises(Forbidden):
            enrolment.reset(orang[who], budi.id)
    assert [enrolment.reset(orang["pak_eko"], budi.id) for _ in range(2)] == [True, False]
    assert (sessions.actor_of(ticket), factors.is_on(budi.id)) == (None, False)
    assert _verbs(budi)[-1] == "dua_langkah_diatur_ulang"


def test_di_bawah_secret_key_lain_kode_pemulihan_masih_membuka(sqlite_app: Flask, budi: Actor, jam: Jam) -> None:
    """A backup that was put back under another key: the phone's secret is lost, the paper is not."""
    secret, codes = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    keyring.bind("kunci lain yang sama panjangnya dengan yang dulu")
    heard = [_enter(budi, code=ponsel.code(secret)), _enter(budi, recovery_code=codes[0])]
    keyring.bind(sqlite_app.config["SECRET_KEY"])
    assert heard == ["CodeRefused", budi.name]


def test_alamat_dalam_gambar_menyebut_kantor_dan_akunnya(budi: Actor) -> None:
    enrolment.begin(budi, factories.PASSWORD)
    state = enrolment.state(budi, "Dukcapil Uji")
    assert re.fullmatch(
        r"otpauth://totp/Dukcapil%20Uji:budi%40contoh\.id\?secret=\w{32}&issuer=Dukcapil%20Uji", state.address
    )
    assert enrolment.state(budi, "x").codes_left == 0


def test_kode_dan_kode_pemulihan_yang_datang_delapan_kali_serentak_dipakai_sekali(
    postgresql_app: Flask, jam: Jam
) -> None:
    budi = cast()["pak_budi"]
    secret, codes = ponsel.put_on(budi)
    jam.lewat(minutes=1)
    shown = {"code": ponsel.code(secret), "recovery_code": codes[0]}
    store.session.remove()

    def take(kind: str) -> bool:
        with postgresql_app.app_context(), clock.using(jam):
            with unit_of_work() as session:
                if kind == "code":
                    taken = factors.take_code(session, budi.id, shown[kind], clock.now())
                else:
                    taken = factors.take_recovery_code(session, budi.id, shown[kind], clock.now())
            db.session.remove()
            return taken

    with ThreadPoolExecutor(8) as crowd:
        for kind in shown:
            assert sum(crowd.map(take, [kind] * 8)) == 1, kind


def test_tahanan_berlaku_juga_bagi_yang_memasang(budi: Actor) -> None:
    enrolment.begin(budi, factories.PASSWORD)
    right = ponsel.code(enrolment.state(budi, "x").secret)
    for _ in range(10):
        with pytest.raises(CodeRefused):
            enrolment.confirm(budi, ponsel.another(right), "")
    with pytest.raises(TooManyAttempts):
        enrolment.confirm(budi, right, "")
