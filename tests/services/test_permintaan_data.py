"""Requests about personal data: 72 hours, an officer's answer with a reason, and what erasing an account leaves."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, LoginRefused, NotFound, TooManyAttempts
from app.models import Case, DataRequest, Draft, Event, Job, Notice, Upload, User, UserSession
from app.services import clock, store
from app.services.accounts import people
from app.services.messages import letters, preferences
from app.services.operations import health
from app.services.privacy import answering, requests
from app.services.privacy.answering import Corrected
from app.services.records import audit
from app.services.signin import sessions
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.kantor import Kantor, snapshot
from tests.support.kasus import Jam, cast, run_all


@pytest.fixture
def orang(sqlite_app: Flask, jam: Jam) -> dict[str, Actor]:
    return cast()


def minta(actor: Actor, kind: str = requests.CORRECT, text: str = "Nama saya kurang satu huruf.") -> str:
    """The id of a new request."""
    number = requests.ask(actor, kind, text, factories.PASSWORD)
    store.session.rollback()
    return store.session.scalars(select(DataRequest.id).where(DataRequest.number == number)).one()


def user(actor: Actor) -> User:
    store.session.rollback()
    return store.session.get_one(User, actor.id)


def test_permintaan_bernomor_berbatas_72_jam_dan_kantor_diberi_tahu(orang: dict[str, Actor], jam: Jam) -> None:
    minta(orang["bu_sari"])
    (mine,) = requests.mine(orang["bu_sari"])
    assert (mine.number, mine.due_at - mine.at) == ("DP-2026-000001", requests.WITHIN)
    told = store.session.scalars(select(Notice.user_id)).all()
    assert set(told) == {orang["pak_eko"].id, orang["bu_nining"].id}
    assert "perbaikan data" in store.session.scalars(select(Notice.body)).first()
    assert "kurang satu huruf" not in repr(store.session.scalars(select(Event.payload)).all())


def test_permintaan_yang_sama_dua_kali_tetap_satu(orang: dict[str, Actor]) -> None:
    assert minta(orang["bu_sari"]) == minta(orang["bu_sari"])
    assert minta(orang["bu_sari"], requests.HOLD) != minta(orang["bu_sari"])


def test_meminta_dan_membatalkan_terus_tidak_membanjiri_kantor(orang: dict[str, Actor], jam: Jam) -> None:
    for _ in range(requests.MOST_A_DAY):
        requests.cancel(orang["bu_sari"], minta(orang["bu_sari"]))
    before = snapshot()
    with pytest.raises(TooManyAttempts):
        minta(orang["bu_sari"])
    assert snapshot() == before
    jam.lewat(days=1)
    minta(orang["bu_sari"])


@pytest.mark.parametrize(("kind", "text"), [("koreksi", " "), ("batasi", "x" * 2001)])
def test_permintaan_tanpa_isi_ditolak(orang: dict[str, Actor], kind: str, text: str) -> None:
    before = snapshot()
    with pytest.raises(InvalidInput):
        requests.ask(orang["bu_sari"], kind, text)
    with pytest.raises(NotFound):
        requests.ask(orang["bu_sari"], "apa saja", "isi")
    assert snapshot() == before


def test_penghapusan_diminta_dengan_kata_sandi(orang: dict[str, Actor]) -> None:
    with pytest.raises(InvalidInput) as refused:
        requests.ask(orang["bu_sari"], requests.ERASE, "", "salah")
    assert list(refused.value.errors) == ["sandi"]
    assert requests.mine(orang["bu_sari"]) == []


def test_yang_lewat_72_jam_tampak_di_pemantauan_dan_di_daftar(orang: dict[str, Actor], jam: Jam) -> None:
    minta(orang["bu_sari"])
    jam.lewat(hours=72)
    assert requests.overdue(clock.now()) == 0
    jam.lewat(seconds=1)
    found = health.parts(clock.now(), redis_url="", disk_min_mb=1)
    (part,) = (one for one in found if one.name == "permintaan_data")
    assert part.state == health.POOR and "/data-warga" in part.advice
    assert [one.is_late for one in answering.waiting(orang["pak_eko"]).lines] == [True]


def test_dijawab_sekali_dengan_alasan_dan_warga_diberi_tahu(orang: dict[str, Actor]) -> None:
    request_id = minta(orang["bu_sari"])
    with pytest.raises(InvalidInput) as refused:
        answering.answer(orang["pak_eko"], request_id, "entahlah", "")
    assert set(refused.value.errors) == {"keputusan", "jawaban"}
    answering.answer(orang["pak_eko"], request_id, "ditolak", "Sudah sesuai KTP.", Corrected("Tidak Boleh Berubah"))
    (mine,) = requests.mine(orang["bu_sari"])
    assert (mine.decision, mine.answer) == ("ditolak", "Sudah sesuai KTP.")
    assert user(orang["bu_sari"]).name == "Sari Puspitarini", "what is refused changes nothing"
    assert any("Sudah sesuai KTP." in body for body in store.session.scalars(select(Notice.body)))
    with pytest.raises(NotFound):
        answering.answer(orang["bu_nining"], request_id, "dikabulkan", "Lain lagi.")
    assert [one.number for one in answering.answered(orang["pak_eko"]).lines] == [mine.number]


def test_perbaikan_yang_dikabulkan_mengubah_akun(orang: dict[str, Actor]) -> None:
    request_id = minta(orang["bu_sari"])
    eko, reason = orang["pak_eko"], "Sudah dicocokkan."
    with pytest.raises(InvalidInput):
        answering.answer(eko, request_id, "dikabulkan", reason, Corrected(nik="123"))
    with pytest.raises(InvalidInput, match="perbaiki"):
        taken = factories.CAST["pak_joko"].nik or ""
        answering.answer(eko, request_id, "dikabulkan", reason, Corrected(nik=taken))
    assert requests.mine(orang["bu_sari"])[0].decision == ""
    answering.answer(eko, request_id, "dikabulkan", reason, Corrected("Sari Puspita Rini", nomor_kk="3402990101200007"))
    changed = user(orang["bu_sari"])
    assert (changed.name, changed.nik, changed.nomor_kk) == (
        "Sari Puspita Rini",
        factories.CAST["bu_sari"].nik,
        "3402990101200007",
    )


def test_penarikan_yang_dikabulkan_mematikan_whatsapp(orang: dict[str, Actor]) -> None:
    preferences.choose(orang["bu_sari"], email=True, whatsapp=True)
    answering.answer(orang["pak_eko"], minta(orang["bu_sari"], requests.WITHDRAW), "dikabulkan", "Sudah dimatikan.")
    assert not preferences.of(orang["bu_sari"]).whatsapp


def test_permintaan_sendiri_dijawab_orang_lain_dan_dibatalkan_hanya_oleh_pemiliknya(orang: dict[str, Actor]) -> None:
    eko, sari = orang["pak_eko"], orang["bu_sari"]
    own = minta(eko)
    with pytest.raises(Forbidden):
        answering.answer(eko, own, "dikabulkan", "Saya setuju dengan saya.")
    request_id = minta(sari)
    for who in set(orang) - {"pak_eko", "bu_nining"}:
        with pytest.raises(Forbidden):
            answering.look(orang[who], request_id)
    with pytest.raises(NotFound):
        requests.cancel(orang["pak_joko"], request_id)
    requests.cancel(sari, request_id)
    assert requests.mine(sari)[0].decision == requests.CANCELLED
    with pytest.raises(NotFound):
        answering.answer(eko, request_id, "ditolak", "Terlambat.")


def test_akun_yang_masih_punya_permohonan_berjalan_belum_dapat_dihapus(sqlite_app: Flask, jam: Jam) -> None:
    kantor = Kantor.open()
    kantor.case()
    sari, eko = kantor.people["bu_sari"], kantor.people["pak_eko"]
    request_id = minta(sari, requests.ERASE, "")
    before = snapshot()
    with pytest.raises(InvalidInput) as refused:
        answering.answer(eko, request_id, "dikabulkan", "Akun dihapus.")
    assert "KK-2026-" in refused.value.errors["keputusan"][0]
    assert snapshot() == before
    assert "KK-2026-" in repr(answering.look(eko, request_id).running)


def test_akun_petugas_tidak_terhapus_lewat_permintaan(orang: dict[str, Actor]) -> None:
    request_id = minta(orang["pak_budi"], requests.ERASE, "")
    with pytest.raises(InvalidInput):
        answering.answer(orang["pak_eko"], request_id, "dikabulkan", "Akun dihapus.")
    assert user(orang["pak_budi"]).active


def test_akun_dihapus_tanpa_sisa_data_pribadi_dan_jejaknya_tetap_utuh(app: Flask, jam: Jam) -> None:
    kantor = Kantor.open()
    sari, eko = kantor.people["bu_sari"], kantor.people["pak_eko"]
    case_id = kantor.case()
    with unit_of_work() as session:
        session.get_one(Case, case_id).ended_at = clock.now()
    fill_hilang(sari)
    ticket = sessions.begin(sari)
    run_all()
    with unit_of_work() as session:
        words = {"title": "Sandi", "body": "Halo Sari Puspitarini", "path": "/", "at": clock.now()}
        letters.write(session, key="gagal", address="sari@contoh.id", user_id=sari.id, **words)
        session.scalars(select(Job).where(Job.key == "surat:gagal")).one().failed_at = clock.now()
    request_id = minta(sari, requests.ERASE, "")
    answering.answer(eko, request_id, "dikabulkan", "Sesuai permintaan.")
    gone = user(sari)
    assert (gone.name, gone.nik, gone.nomor_kk, gone.phone, gone.active) == ("Akun dihapus", None, None, None, False)
    assert sessions.actor_of(ticket) is None
    for table in (Notice, UserSession):
        assert store.session.scalars(select(table).where(table.user_id == sari.id)).all() == []
    assert store.session.scalars(select(Draft).where(Draft.owner_id == sari.id)).all() == []
    assert store.session.scalars(select(Upload.id).where(Upload.case_id.is_(None))).all() == []
    with pytest.raises(LoginRefused):
        people.authenticate("sari@contoh.id", factories.PASSWORD)
    letter = store.session.scalars(select(Job).where(Job.key == f"surat:data:{request_id}:dihapus")).one()
    assert letter.payload["to"] == "sari@contoh.id"
    run_all("surat")
    store.session.rollback()
    left = repr([snapshot()[name] for name in ("users", "jobs", "notices", "data_requests", "events", "mail_tokens")])
    for trace in ("Sari Puspitarini", "sari@contoh.id", factories.CAST["bu_sari"].nik or "", "6281100000001"):
        assert trace not in left
    assert store.session.get_one(Case, case_id).data["answers"], "what ended is archive, and stays"
    assert list(audit.verify(kantor.people["bu_tuti"]).findings) == []
