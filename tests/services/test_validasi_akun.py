"""Whether an account is whose it says: compared by an officer, corrected at most three times, blocked, unblocked."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor, Office, can
from app.domain.errors import FourEyes, InvalidInput, NotFound
from app.models import Access, Case, DataRequest, Mail, Notice, Task, Upload
from app.services import clock, store
from app.services.accounts import contact, people
from app.services.background import timers
from app.services.flow import cases, tasks
from app.services.joining import blocks, faces, objections, proposals, validation
from app.services.privacy import answering, erasure, own_data, readers, requests
from app.services.signin import sessions
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun
from tests.support.akun import FITS, FITS_NOT, NIK
from tests.support.kasus import Jam, cast, open_steps, run_all


@pytest.fixture
def orang(app: Flask, jam: Jam) -> dict[str, Actor]:
    akun.publish()
    return cast()


def _mails() -> list[tuple[str, str]]:
    run_all("surat")
    return [(mail.to, mail.subject) for mail in store.session.scalars(select(Mail).order_by(Mail.sent_at))]


def test_akun_yang_cocok_menjadi_pemohon_tanpa_keluar_dari_sesinya(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    ticket = sessions.begin(tuti)
    assert not can(tuti, "file", Office()) and validation.mine(tuti).kind == validation.WAITS
    akun.decide(orang["pak_budi"], case_id, FITS)
    now = sessions.actor_of(ticket)
    assert now is not None and now.roles == {"pemohon"} and can(now, "file", Office())
    assert (akun.user(tuti).nik, akun.user(tuti).phone, akun.case(case_id).outcome) == (NIK, "6281100000077", "sah")
    assert _mails() == [("tuti.baru@contoh.id", "Akun Anda sudah divalidasi")]


def test_yang_tidak_cocok_diperbaiki_dan_yang_berlaku_data_terakhir(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register(nik="3402995508950005")
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    seen = validation.mine(tuti)
    assert (seen.kind, seen.correction, seen.note) == (validation.MEND, 1, FITS_NOT["pesan_pemohon"])
    akun.mend(tuti, case_id)
    akun.decide(orang["pak_budi"], case_id, FITS)
    assert akun.user(tuti).nik == NIK


def test_nik_yang_tidak_ada_di_layar_hanya_disahkan_bila_dicocokkan_di_siak(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    with pytest.raises(InvalidInput) as refused:
        akun.decide(orang["pak_budi"], case_id, {**FITS, "sumber": "layar"})
    assert "tidak ada di data kependudukan di layar ini" in str(refused.value.errors)
    akun.decide(orang["pak_budi"], case_id, FITS)
    assert akun.user(tuti).nik == NIK


def test_perbaikan_ketiga_yang_ditolak_memblokir_dan_menutup_semua_sesi(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    ticket = sessions.begin(tuti)
    for _ in range(3):
        akun.decide(orang["pak_budi"], case_id, FITS_NOT)
        assert not blocks.is_blocked(email="tuti.baru@contoh.id")
        akun.mend(tuti, case_id)
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    assert akun.case(case_id).outcome == "diblokir" and sessions.actor_of(ticket) is None
    assert blocks.is_blocked(email="tuti.baru@contoh.id") and blocks.is_blocked(phone="6281100000077")
    again = people.authenticate("tuti.baru@contoh.id", akun.factories.PASSWORD)
    assert again.roles == {"pendaftar"} and validation.mine(again).kind == validation.BLOCKED
    assert ("tuti.baru@contoh.id", "Akun Anda diblokir") in _mails()


def test_pendaftar_yang_memakai_nik_orang_lain_tidak_mengunci_pemiliknya(orang: dict[str, Actor]) -> None:
    impostor, case_id = akun.register("palsu@contoh.id", phone="6281100000088")
    for _ in range(3):
        akun.decide(orang["pak_budi"], case_id, FITS_NOT)
        akun.mend(impostor, case_id, nomor_hp="081100000088")
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    assert not blocks.is_blocked(nik=NIK) and blocks.times_failed(NIK) == 1
    owner, theirs = akun.register()
    akun.decide(orang["bu_rini"], theirs, FITS)
    assert akun.user(owner).nik == NIK


def test_nik_akun_yang_sudah_sah_tidak_dapat_disahkan_lagi(orang: dict[str, Actor]) -> None:
    _, first = akun.register()
    akun.decide(orang["pak_budi"], first, FITS)
    _, second = akun.register("lain@contoh.id", phone="6281100000099")
    with pytest.raises(InvalidInput) as refused:
        akun.decide(orang["pak_budi"], second, FITS)
    assert "sudah dipakai akun lain" in str(refused.value.errors)
    known = {"keputusan": "tidak_valid", "pesan_pemohon": "Anda sudah terdaftar."}
    akun.decide(orang["pak_budi"], second, {**FITS, **known})
    assert open_steps(second) == ["perbaiki_akun"]


@pytest.mark.parametrize(
    "answers",
    [
        {**FITS, "wajah_cocok": "beda"},
        {**FITS, "keputusan": "tidak_valid", "pesan_pemohon": "Salah."},
        {**FITS_NOT, "pesan_pemohon": ""},
    ],
)
def test_keputusan_yang_tidak_sesuai_pencocokannya_ditolak(orang: dict[str, Actor], answers: dict[str, str]) -> None:
    _, case_id = akun.register()
    with pytest.raises(InvalidInput):
        akun.decide(orang["pak_budi"], case_id, answers)
    assert open_steps(case_id) == ["cocokkan_data"]


def test_yang_tidak_diperbaiki_sampai_batas_ditutup_dan_emailnya_boleh_mendaftar_lagi(
    orang: dict[str, Actor], jam: Jam
) -> None:
    tuti, case_id = akun.register()
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    jam.lewat(days=80)
    while timers.sweep(jam.at):
        pass
    run_all("otomatis")
    assert akun.case(case_id).outcome == "ditutup" and not akun.user(tuti).active
    again, _ = akun.register()
    assert validation.mine(again).kind == validation.WAITS


def test_orang_lain_dan_kasi_yang_tidak_punya_lajur_tidak_melihat_kasus_akun(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    assert cases.load(tuti, case_id).subject_id == tuti.id
    for who in ("bu_sari", "pak_joko", "bu_wulan", "pak_agus", "pak_eko"):
        with pytest.raises(NotFound):
            cases.load(orang[who], case_id)


def test_swafoto_milik_kasusnya_dan_petugas_diberi_tahu_bila_sudah_diperbaiki(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    photo = store.session.scalars(select(Upload).where(Upload.case_id == case_id)).one()
    assert (photo.owner_id, photo.step, photo.field) == (tuti.id, "daftar_akun", "swafoto")
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    akun.mend(tuti, case_id)
    told = store.session.scalars(select(Notice.title).where(Notice.user_id == orang["pak_budi"].id)).all()
    assert any("sudah diperbaiki" in title for title in told)


def _valid(orang: dict[str, Actor]) -> Actor:
    who, case_id = akun.register()
    akun.decide(orang["pak_budi"], case_id, FITS)
    return people.as_actor(akun.user(who))


def _propose(orang: dict[str, Actor], who: Actor) -> str:
    """A proposal from a case of this resident's; the id of the case about it."""
    seen = store.session.scalars(select(Case.id).where(Case.subject_id == who.id)).first()
    number = proposals.propose(orang["pak_budi"], seen or "", "dokumen_palsu", "KTP-nya hasil suntingan.")
    return store.session.scalars(select(Case.id).where(Case.number == number)).one()


def test_pemblokiran_dari_permohonan_diputuskan_orang_kedua_dan_memblokir_juga_nik(orang: dict[str, Actor]) -> None:
    akun.publish("blokir-akun")
    who = _valid(orang)
    ticket = sessions.begin(who)
    case_id = _propose(orang, who)
    with pytest.raises(InvalidInput, match=r"."):
        _propose(orang, who)
    akun.decide(orang["bu_wulan"], case_id, {"keputusan": "blokir", "pesan_pemohon": "KTP palsu."}, "putuskan_blokir")
    held = blocks.of(who.id)
    assert held is not None and held.ground == "dokumen_palsu" and sessions.actor_of(ticket) is None
    assert blocks.is_blocked(nik=NIK) and blocks.is_blocked(email="tuti.baru@contoh.id")
    with pytest.raises(NotFound):
        cases.load(people.as_actor(akun.user(who)), case_id)


def test_yang_diusulkan_diblokir_tidak_mendengarnya_sebelum_diputuskan(orang: dict[str, Actor]) -> None:
    akun.publish("blokir-akun")
    who = _valid(orang)
    case_id = _propose(orang, who)
    number = akun.case(case_id).number
    with unit_of_work() as session:
        read = {"at": clock.now(), "actor": "uji-bu-wulan", "kind": "dibaca", "purpose": "tugas", "case_id": case_id}
        session.add(Access(**read, object_id="", route="", status=200))
    assert number not in str([*own_data.of_person(who), *own_data.cases(who), *own_data.opened(who)])
    assert number not in "".join(own_data.as_json(who)) and len(own_data.of_person(who)) == 1
    with pytest.raises(NotFound):
        readers.mine(who, case_id)
    akun.decide(orang["bu_wulan"], case_id, {"keputusan": "blokir", "pesan_pemohon": "KTP palsu."}, "putuskan_blokir")
    assert number in [one.number for one in own_data.of_person(who)]


def test_pengusul_tidak_dapat_memutuskan_usulnya_sendiri(orang: dict[str, Actor]) -> None:
    akun.publish("blokir-akun")
    who = _valid(orang)
    seen = store.session.scalars(select(Case.id).where(Case.subject_id == who.id)).one()
    both = Actor("uji-bu-wulan", "Wulan", frozenset({"kasi", "petugas_layanan"}))
    proposals.propose(both, seen, "dokumen_palsu", "Palsu.")
    case_id = store.session.scalars(select(Case.id).where(Case.subject_id == who.id, Case.ended_at.is_(None))).one()
    with pytest.raises(FourEyes):
        tasks.claim(both, akun.open_task(case_id, "putuskan_blokir"))


def test_akun_yang_diblokir_selagi_divalidasi_baru_menjadi_pemohon_sesudah_blokirnya_dibuka(
    orang: dict[str, Actor],
) -> None:
    akun.publish("blokir-akun", "keberatan-akun")
    who, validating = akun.register()
    case_id = _propose(orang, who)
    akun.decide(orang["bu_wulan"], case_id, {"keputusan": "blokir", "pesan_pemohon": "Palsu."}, "putuskan_blokir")
    akun.decide(orang["pak_budi"], validating, FITS)
    owner = people.as_actor(akun.user(who))
    assert owner.roles == {"pendaftar"} and not can(owner, "file", Office())
    assert validation.mine(owner).kind == validation.BLOCKED
    _grant(orang, owner)
    assert people.as_actor(akun.user(who)).roles == {"pemohon"} and akun.user(who).nik == NIK


def test_blokir_yang_dibuka_selagi_divalidasi_tidak_membuka_validasi_kedua(orang: dict[str, Actor]) -> None:
    akun.publish("blokir-akun", "keberatan-akun")
    who, validating = akun.register()
    case_id = _propose(orang, who)
    akun.decide(orang["bu_wulan"], case_id, {"keputusan": "blokir", "pesan_pemohon": "Palsu."}, "putuskan_blokir")
    _grant(orang, people.as_actor(akun.user(who)))
    running = select(Case.id).where(Case.subject_id == who.id, Case.ended_at.is_(None))
    assert store.session.scalars(running).all() == [validating]


def test_blokir_akun_yang_sudah_dihapus_dibuka_tanpa_menghidupkan_orangnya(orang: dict[str, Actor]) -> None:
    akun.publish("keberatan-akun")
    who, case_id = akun.register()
    akun.fail(orang["pak_budi"], who, case_id)
    number = requests.ask(people.as_actor(akun.user(who)), requests.ERASE, "", factories.PASSWORD)
    asked = store.session.scalars(select(DataRequest.id).where(DataRequest.number == number)).one()
    answering.answer(orang["pak_eko"], asked, "dikabulkan", "Dihapus.")
    given = {"nomor_blokir": akun.case(case_id).number, "nama": "Wali", "email": "wali@contoh.id", "nomor_hp": ""}
    objections.file_without_account({**given, "uraian": "Datanya benar."})
    _decide_objection(orang)
    assert not blocks.is_blocked(email="tuti.baru@contoh.id")
    assert store.session.scalars(select(Case.id).where(Case.ended_at.is_(None))).all() == []
    assert (akun.user(who).name, akun.user(who).nik) == (erasure.NAME, None)


def test_nomor_yang_diganti_sendiri_selagi_divalidasi_tetap_berlaku(orang: dict[str, Actor]) -> None:
    tuti, case_id = akun.register()
    contact.change_phone(tuti, factories.PASSWORD, "0812 9999 8888")
    akun.decide(orang["pak_budi"], case_id, FITS)
    assert akun.user(tuti).phone == "6281299998888"


def _grant(orang: dict[str, Actor], owner: Actor) -> None:
    """Their objection, and an officer who agrees."""
    objections.file(owner, "Itu KTP saya yang asli.")
    _decide_objection(orang)


def _decide_objection(orang: dict[str, Actor]) -> None:
    case_id = store.session.scalars(
        select(Task.case_id).where(Task.step == "putuskan_keberatan", Task.closed_at.is_(None))
    ).one()
    granted = {"keputusan": "diterima", "pesan_pemohon": "Maaf, KTP Anda asli."}
    akun.decide(orang["pak_heru"], case_id, granted, "putuskan_keberatan")


def test_keberatan_yang_diterima_membuka_blokir_akun_yang_dulu_sah(orang: dict[str, Actor]) -> None:
    akun.publish("blokir-akun", "keberatan-akun")
    who = _valid(orang)
    case_id = _propose(orang, who)
    akun.decide(orang["bu_wulan"], case_id, {"keputusan": "blokir", "pesan_pemohon": "Palsu."}, "putuskan_blokir")
    owner = people.as_actor(akun.user(who))
    objections.file(owner, "Itu KTP saya yang asli.")
    case_id = store.session.scalars(select(Case.id).where(Case.subject_id == who.id, Case.ended_at.is_(None))).one()
    granted = {"keputusan": "diterima", "pesan_pemohon": "Maaf, KTP Anda asli."}
    akun.decide(orang["pak_heru"], case_id, granted, "putuskan_keberatan")
    assert validation.mine(people.as_actor(akun.user(who))).kind == validation.VALID
    assert not blocks.is_blocked(nik=NIK) and not blocks.is_blocked(email="tuti.baru@contoh.id")
    assert ("tuti.baru@contoh.id", "Blokir akun sudah dibuka") in _mails()


def test_keberatan_tanpa_akun_dijawab_ke_emailnya_dan_yang_belum_sah_divalidasi_ulang(orang: dict[str, Actor]) -> None:
    akun.publish("keberatan-akun")
    who, case_id = akun.register()
    akun.fail(orang["pak_budi"], who, case_id)
    number = akun.case(case_id).number
    given = {"nomor_blokir": number.lower(), "nama": "Wali Tuti", "email": "wali@contoh.id", "nomor_hp": ""}
    with pytest.raises(InvalidInput):
        objections.file_without_account({**given, "nomor_blokir": "AKUN-2026-999999", "uraian": "Salah."})
    objections.file_without_account({**given, "uraian": "Fotonya memang buram, tetapi datanya benar."})
    objection = store.session.scalars(select(Case.id).where(Case.ended_at.is_(None))).one()
    granted = {"keputusan": "diterima", "pesan_pemohon": "Silakan divalidasi ulang."}
    akun.decide(orang["pak_heru"], objection, granted, "putuskan_keberatan")
    assert validation.mine(people.as_actor(akun.user(who))).kind == validation.WAITS
    assert {to for to, _ in _mails()} >= {"wali@contoh.id"}
    again = store.session.scalars(select(Case.id).where(Case.subject_id == who.id, Case.ended_at.is_(None))).one()
    akun.decide(orang["pak_budi"], again, FITS)
    assert people.as_actor(akun.user(who)).roles == {"pemohon"}


def test_swafoto_dihapus_tiga_puluh_hari_sesudah_keputusan_dan_tidak_sebelumnya(
    orang: dict[str, Actor], jam: Jam
) -> None:
    _, waiting = akun.register("menunggu@contoh.id", nik="3402995508950005")
    _, decided = akun.register()
    akun.decide(orang["pak_budi"], decided, FITS)
    jam.lewat(days=29)
    assert faces.forget(jam.at, 30) == 0
    jam.lewat(days=1)
    assert (faces.forget(jam.at, 30), faces.forget(jam.at, 30)) == (1, 0)
    assert set(store.session.scalars(select(Upload.case_id))) == {waiting}
