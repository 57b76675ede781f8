"""Leave and who stands in: rights that begin and end by themselves, tasks that do not lie in an empty chair."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import DealtWith, Forbidden, FourEyes, InvalidInput, NotFound
from app.models import Case, Event, Notice, Task, User, UserRole, new_id
from app.services import store
from app.services.accounts import absences, acting, rights
from app.services.accounts.absences import Post
from app.services.desk import sharing
from app.services.flow import cases, handing_back, tasks
from app.services.messages import deliveries
from app.services.records import audit, riwayat
from app.services.signin import sessions
from app.services.work import unit_of_work
from tests.support.kantor import Kantor
from tests.support.kasus import Jam, run_all

SENIN, SELASA, RABU = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def kantor(app: Flask, jam: Jam) -> Kantor:
    return Kantor.open()


def now_is(kantor: Kantor, key: str) -> Actor:
    """The person as their next request would see them."""
    store.session.rollback()
    return acting.actor_of(store.session(), store.session.get_one(User, kantor.people[key].id))


def away(
    kantor: Kantor, who: str, *posts: tuple[str, str, str], first: date = SELASA, last: date = RABU, kind: str = "cuti"
) -> str:
    wanted = [Post(role, kantor.people[substitute].id, form) for role, substitute, form in posts]
    return absences.record(kantor.people["pak_eko"], kantor.people[who].id, first, last, kind, "", wanted)


def test_peran_pengganti_mulai_dan_berakhir_sendiri_tanpa_menyentuh_perannya(kantor: Kantor, jam: Jam) -> None:
    away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."))
    assert now_is(kantor, "pak_heru").roles == {"kabid"}

    jam.at = datetime(2026, 11, 23, 17, 0, tzinfo=jam.at.tzinfo)  # Tuesday, 00.00 WIB
    heru = now_is(kantor, "pak_heru")
    assert heru.roles == {"kabid", "kepala_dinas"}
    [instead] = heru.standing_in
    assert (instead.title, instead.first, instead.last) == ("Plh. Kepala Dinas", SELASA, RABU)
    assert heru.acting_as(frozenset({"kepala_dinas"}), "340299") == "Plh. Kepala Dinas"
    assert heru.acting_as(frozenset({"kabid"}), "340299") == ""

    jam.at = datetime(2026, 11, 25, 17, 0, tzinfo=jam.at.tzinfo)
    assert now_is(kantor, "pak_heru").roles == {"kabid"} and not now_is(kantor, "pak_heru").standing_in
    assert store.session.scalars(select(UserRole.role).where(UserRole.user_id == heru.id)).all() == ["kabid"]


def test_sesi_yang_sudah_terbuka_mendapat_dan_kehilangan_peran_itu(kantor: Kantor, jam: Jam) -> None:
    ticket = sessions.begin(kantor.people["pak_heru"])
    record = away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plt."), first=SENIN, last=SENIN, kind="kosong")
    entered = sessions.actor_of(ticket)
    assert entered is not None and entered.standing_in[0].title == "Plt. Kepala Dinas"

    absences.end(kantor.people["pak_eko"], record, "Kembali lebih awal.")
    back = sessions.actor_of(ticket)
    assert back is not None and back.roles == {"kabid"}
    with pytest.raises(DealtWith):
        absences.end(kantor.people["pak_eko"], record, "Kembali lebih awal.")


def test_pengganti_hanya_mendapat_unit_yang_digantikannya(kantor: Kantor) -> None:
    away(kantor, "pak_tarno", ("petugas_layanan", "pak_agus", ""), first=SENIN)
    agus = now_is(kantor, "pak_agus")
    assert agus.units_in({"petugas_layanan"}) == {"340210"} and agus.units_in({"petugas_cetak"}) is None
    assert agus.acting_as({"petugas_layanan"}, "340210") == "Pengganti Petugas Unit Layanan & Entri"
    assert not agus.serves("340299", {"petugas_layanan"})
    with unit_of_work() as session:  # what the absent officer loses, the substitute loses
        session.get_one(User, kantor.people["pak_tarno"].id).roles = []
    assert now_is(kantor, "pak_agus").roles == {"petugas_cetak"}


def test_yang_sudah_punya_peran_itu_tidak_bertindak_atas_nama_orang_lain(kantor: Kantor) -> None:
    away(kantor, "pak_budi", ("petugas_layanan", "bu_rini", ""), first=SENIN)
    rini = now_is(kantor, "bu_rini")
    assert rini.standing_in[0].for_name == "Budi Prakosa" and rini.units_in({"petugas_layanan"}) is None
    assert rini.acting_as({"petugas_layanan"}, "340299") == ""


def test_empat_mata_tetap_berlaku_bagi_pengganti(kantor: Kantor) -> None:
    away(kantor, "bu_wulan", ("kasi", "pak_budi", "Plh."), first=SENIN)
    task = kantor.walk(kantor.case(), "verifikasi_draft")
    with pytest.raises(FourEyes):
        tasks.claim(now_is(kantor, "pak_budi"), task.id)


def test_jejak_mencatat_sebagai_siapa(kantor: Kantor) -> None:
    away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."), first=SENIN)
    heru = now_is(kantor, "pak_heru")
    task = kantor.walk(kantor.case(), "tanda_tangan_kk")
    kantor.people = {**kantor.people, "pak_heru": heru}
    kantor.do(task, "pak_heru", keputusan="ditandatangani")

    done = select(Event.payload).where(Event.actor == heru.id, Event.verb.in_(["tugas_diambil", "langkah_selesai"]))
    assert [what["sebagai"] for what in store.session.scalars(done)] == ["Plh. Kepala Dinas"] * 2
    told = riwayat.timeline(kantor.people["pak_budi"], cases.load(kantor.people["pak_budi"], task.case_id)).entries
    assert "Heru Candraka (Plh. Kepala Dinas)" in {entry.who for entry in told}
    theirs = riwayat.timeline(kantor.people["bu_sari"], cases.load(kantor.people["bu_sari"], task.case_id)).entries
    assert not any("Heru" in entry.who for entry in theirs)
    assert list(audit.verify(SYSTEM).findings) == []


def test_pada_hari_pertama_tugas_yang_dipegang_kembali_dan_ditawarkan_kepada_pengganti(
    kantor: Kantor, jam: Jam
) -> None:
    first, second = (kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="pak_budi") for _ in range(2))
    assert {first.claimed_by, second.claimed_by} == {kantor.people["pak_budi"].id}
    tasks.release(kantor.people["pak_budi"], second.id, second.version, "Nanti.")
    away(kantor, "pak_budi", ("petugas_layanan", "pak_agus", ""))
    run_all(handing_back.KIND)
    assert store.session.get_one(Task, first.id).claimed_by == kantor.people["pak_budi"].id

    jam.at = datetime(2026, 11, 24, 0, 30, tzinfo=jam.at.tzinfo)
    run_all(handing_back.KIND)
    store.session.rollback()
    task = store.session.get_one(Task, first.id)
    assert (task.claimed_by, task.reserved_for) == (None, kantor.people["pak_agus"].id)
    agus = now_is(kantor, "pak_agus")
    tasks.claim(agus, first.id)

    jam.at = datetime(2026, 11, 26, 0, 30, tzinfo=jam.at.tzinfo)  # the leave is over: back to those whose role it is
    run_all(handing_back.KIND)
    store.session.rollback()
    assert store.session.get_one(Task, first.id).claimed_by is None
    with pytest.raises(Forbidden):
        tasks.claim(now_is(kantor, "pak_agus"), first.id)


def test_yang_dikembalikan_kepada_petugas_yang_cuti_masuk_antrean_perannya(kantor: Kantor) -> None:
    away(kantor, "pak_budi", first=SENIN)
    task = kantor.walk(kantor.case(), "verifikasi_draft", periksa_berkas="pak_budi", ajukan_cetak="pak_budi")
    kantor.do(task, keputusan="salah_entri")
    [back] = kantor.open_tasks(task.case_id)
    assert back.lane == "Petugas Unit Layanan & Entri" and back.reserved_for is None and back.claimed_by is None


def test_yang_sudah_disimpan_baginya_pun_masuk_antrean_saat_cuti_mulai(kantor: Kantor, jam: Jam) -> None:
    task = kantor.walk(kantor.case(), "verifikasi_draft")
    kantor.do(task, keputusan="salah_entri")
    [back] = kantor.open_tasks(task.case_id)
    assert back.reserved_for is not None
    who = next(key for key, person in kantor.people.items() if person.id == back.reserved_for)
    away(kantor, who, first=SENIN)
    jam.lewat(minutes=2)
    run_all(handing_back.KIND)
    assert kantor.open_tasks(task.case_id)[0].reserved_for is None


def test_admin_mengembalikan_yang_masih_dipegang_saat_itu_juga(kantor: Kantor, jam: Jam) -> None:
    task = kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="pak_budi")
    record = away(kantor, "pak_budi", first=SENIN)
    assert absences.hand_back_now(kantor.people["pak_eko"], record) == 1
    store.session.rollback()
    assert store.session.get_one(Task, task.id).claimed_by is None


def test_pemberitahuan_kepada_satu_peran_sampai_juga_kepada_pengganti(kantor: Kantor) -> None:
    away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."), first=SENIN)
    told = set(deliveries.people_of("kepala_dinas", "340299"))
    assert told == {kantor.people["bu_kartika"].id, kantor.people["pak_heru"].id}


def test_yang_cuti_dan_penggantinya_diberi_tahu_dan_semuanya_dicatat(kantor: Kantor) -> None:
    record = away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."))
    titles = {row.user_id: row.title for row in store.session.scalars(select(Notice))}
    assert titles[kantor.people["pak_heru"].id] == "Anda menjadi Plh. Kepala Dinas"
    assert kantor.people["bu_kartika"].id in titles
    noted = store.session.scalars(select(Event).where(Event.verb == "ketidakhadiran_dicatat")).all()
    assert {one.stream for one in noted} == {f"akun:{kantor.people[key].id}" for key in ("bu_kartika", "pak_heru")}
    assert all(one.payload["catatan"] == record and one.actor == kantor.people["pak_eko"].id for one in noted)


@pytest.mark.parametrize(
    ("who", "posts", "days", "field"),
    [
        ("bu_kartika", [("kepala_dinas", "pak_heru", "")], (SELASA, RABU), "pengganti"),
        ("bu_kartika", [("kepala_dinas", "bu_kartika", "Plh.")], (SELASA, RABU), "pengganti"),
        ("bu_kartika", [("kepala_dinas", "bu_sari", "Plh.")], (SELASA, RABU), "pengganti"),
        ("bu_kartika", [("kepala_dinas", "pak_eko", "Plh.")], (SELASA, RABU), "pengganti"),
        ("pak_budi", [("petugas_layanan", "bu_rini", "Plh.")], (SELASA, RABU), "pengganti"),
        ("pak_budi", [("kasi", "bu_rini", "Plh.")], (SELASA, RABU), "pengganti"),
        ("bu_tuti", [("auditor", "bu_rini", "")], (SELASA, RABU), "pengganti"),
        ("bu_kartika", [("kepala_dinas", "bu_tuti", "Plh.")], (SELASA, RABU), "pengganti"),
        ("pak_budi", [], (RABU, SELASA), "sampai"),
        ("pak_budi", [], (date(9999, 12, 30), date.max), "sampai"),
        ("pak_budi", [], (SENIN - timedelta(days=9), SENIN - timedelta(days=1)), "sampai"),
    ],
)
def test_pengganti_atau_hari_yang_tidak_mungkin_ditolak(
    kantor: Kantor, who: str, posts: list[tuple[str, str, str]], days: tuple[date, date], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        away(kantor, who, *posts, first=days[0], last=days[1])
    assert field in refused.value.errors


def test_yang_cuti_tidak_menggantikan_dan_yang_menggantikan_tidak_cuti_pada_hari_yang_sama(kantor: Kantor) -> None:
    away(kantor, "pak_heru", first=RABU, last=RABU)
    with pytest.raises(InvalidInput):
        away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."))
    away(kantor, "bu_kartika", ("kepala_dinas", "bu_nining", "Plh."))
    with pytest.raises(InvalidInput):
        away(kantor, "bu_nining", first=SELASA, last=SELASA)
    with pytest.raises(InvalidInput):
        away(kantor, "bu_kartika", first=RABU, last=RABU)


def test_klik_kedua_tidak_mencatat_dua_kali(kantor: Kantor, jam: Jam) -> None:
    post = ("kepala_dinas", "pak_heru", "Plh.")
    assert away(kantor, "bu_kartika", post) == away(kantor, "bu_kartika", post)
    assert len(store.session.scalars(select(Notice)).all()) == 2
    jam.lewat(minutes=2)
    with pytest.raises(InvalidInput):
        away(kantor, "bu_kartika", post)


def test_yang_dicatat_lagi_dengan_pengganti_bukan_klik_kedua_dan_tidak_ditelan(kantor: Kantor, jam: Jam) -> None:
    first = away(kantor, "bu_kartika", first=SENIN)
    with pytest.raises(InvalidInput) as refused:
        away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."), first=SENIN)
    assert "Hentikan yang itu dulu" in refused.value.errors["mulai"][0]
    absences.end(kantor.people["pak_eko"], first, "Kembali lebih awal.")
    away(kantor, "bu_kartika", ("kepala_dinas", "pak_heru", "Plh."), first=SENIN)
    assert now_is(kantor, "pak_heru").acting_as(frozenset({"kepala_dinas"}), "340299") == "Plh. Kepala Dinas"


def test_hanya_admin_yang_mencatat_cuti(kantor: Kantor) -> None:
    with pytest.raises(Forbidden):
        absences.record(kantor.people["pak_dwi"], kantor.people["pak_budi"].id, SELASA, RABU, "cuti", "", [])
    assert store.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_pengganti_yang_dimatikan_tidak_ditawari(kantor: Kantor, jam: Jam) -> None:
    task = kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="pak_budi")
    away(kantor, "pak_budi", ("petugas_layanan", "bu_rini", ""), first=SENIN)
    rights.switch_off(kantor.people["pak_eko"], kantor.people["bu_rini"].id)
    jam.lewat(minutes=2)
    run_all(handing_back.KIND)
    store.session.rollback()
    back = store.session.get_one(Task, task.id)
    assert (back.claimed_by, back.reserved_for) == (None, None)


def test_yang_dicabut_dari_yang_diganti_dicabut_juga_dari_penggantinya(kantor: Kantor, jam: Jam) -> None:
    away(kantor, "bu_wulan", ("kasi", "bu_nining", "Plh."), first=SENIN)
    task = kantor.walk(kantor.case(), "verifikasi_draft")
    task_id = task.id
    tasks.claim(now_is(kantor, "bu_nining"), task_id)
    rights.set_roles(kantor.people["pak_eko"], kantor.people["bu_wulan"].id, [("pemohon", "")])
    with pytest.raises(NotFound):
        tasks.load(now_is(kantor, "bu_nining"), task_id)
    (listed,) = [one for one in sharing.load(kantor.people["pak_dwi"], "verifikasi_draft").tasks if one.is_stranded]
    assert (listed.task_id, listed.holder) == (task_id, kantor.people["bu_nining"].name)
    jam.lewat(minutes=2)
    run_all(handing_back.KIND)
    store.session.rollback()
    assert store.session.get_one(Task, task_id).claimed_by is None
    rights.set_roles(kantor.people["pak_eko"], kantor.people["pak_heru"].id, [("kasi", "")])
    tasks.claim(now_is(kantor, "pak_heru"), task_id)


def test_yang_kemudian_terhalang_empat_mata_dapat_melepas_tugasnya(kantor: Kantor) -> None:
    task = kantor.walk(kantor.case(), "verifikasi_draft")
    wulan = kantor.people["bu_wulan"]
    tasks.claim(wulan, task.id)
    with unit_of_work() as session:
        case = session.get_one(Case, task.case_id)
        case.data = {**case.data, "actors": {**case.data["actors"], "ajukan_cetak": [wulan.id]}}
    store.session.rollback()
    version = store.session.get_one(Task, task.id).version
    with pytest.raises(FourEyes):
        tasks.complete(wulan, task.id, version, new_id(), kantor.raw(wulan, task.id, keputusan="valid"))
    tasks.release(wulan, task.id, version, "Saya yang mengajukan cetaknya.")
    store.session.rollback()
    assert store.session.get_one(Task, task.id).claimed_by is None


def test_yang_dikembalikan_pengganti_sehari_masuk_antrean_saat_ia_tidak_berhak_lagi(kantor: Kantor, jam: Jam) -> None:
    away(kantor, "pak_budi", ("petugas_layanan", "pak_agus", ""), first=SENIN, last=SENIN)
    agus = now_is(kantor, "pak_agus")
    kantor.people = {**kantor.people, "pak_agus": agus}
    task = kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="pak_agus")
    kantor.do(task, "pak_agus", keputusan="kurang")
    jam.lewat(days=1)
    (mending,) = kantor.open_tasks(task.case_id)
    kantor.do(mending)
    (back,) = kantor.open_tasks(task.case_id)
    assert (back.lane, back.reserved_for, back.claimed_by) == ("Petugas Unit Layanan & Entri", None, None)
    tasks.claim(now_is(kantor, "pak_budi"), back.id)


def test_yang_perannya_pindah_kapanewon_tidak_disimpani_yang_dikembalikannya(kantor: Kantor) -> None:
    task = kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="bu_rini")
    kantor.do(task, "bu_rini", keputusan="kurang")
    (mending,) = kantor.open_tasks(task.case_id)
    elsewhere = [("petugas_layanan", "340201")]
    rights.set_roles(kantor.people["pak_eko"], kantor.people["bu_rini"].id, elsewhere)
    kantor.do(mending)
    (back,) = kantor.open_tasks(task.case_id)
    assert (back.reserved_for, back.claimed_by) == (None, None)
