"""Questions and complaints: routed by topic, timed by kind, asked again, closed, reopened by whoever asked."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, NotFound, TooManyAttempts
from app.models import Case, Discussion, Mail, Notice, Task, User, new_id
from app.services import clock, store
from app.services.background import timers
from app.services.desk import finding, inbox, papers
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.discussion import posting
from app.services.flow import cases, reopening, tasks
from app.services.portal import consulting, portal_views, status_check, uploads
from app.services.records import riwayat
from tests import factories
from tests.support import akun
from tests.support.kasus import Jam, cast, open_steps, run_all

ASKED = {"jenis": "informasi", "topik": "nik", "judul": "NIK tidak ditemukan", "uraian": "Di bank NIK saya tidak ada."}
ANSWER = {"keputusan": "dijawab", "pesan_pemohon": "Sudah kami sinkronkan. Coba lagi besok."}


class Berjalan(Jam):
    """Nothing happens in the same moment as something else."""

    def __call__(self) -> datetime:
        return self.lewat(seconds=1)


@pytest.fixture
def jam() -> Iterator[Jam]:
    jam = Berjalan()
    with clock.using(jam):
        yield jam


@pytest.fixture
def orang(sqlite_app: Flask, jam: Jam) -> dict[str, Actor]:
    akun.publish("konsultasi")
    return cast()


def _ask(who: Actor, **changed: str) -> str:
    return consulting.file(who, {**ASKED, **changed}, new_id())


def _forward(officer: Actor, case_id: str, kind: str, topic: str) -> None:
    said = {"keputusan": "teruskan", "jenis_ditetapkan": kind, "topik_ditetapkan": topic}
    akun.decide(officer, case_id, said, "telaah")


def _respond(who: Actor, case_id: str, **answers: str) -> None:
    task_id = akun.open_task(case_id, "tanggapi")
    tasks.complete(who, task_id, store.session.get_one(Task, task_id).version, new_id(), answers)


def _answered(orang: dict[str, Actor]) -> str:
    case_id = _ask(orang["bu_sari"])
    _forward(orang["pak_budi"], case_id, "informasi", "nik")
    akun.decide(orang["bu_wulan"], case_id, ANSWER, "jawab_informasi")
    return case_id


@pytest.mark.parametrize(
    ("kind", "topic", "step", "days", "who"),
    [
        ("informasi", "nik", "jawab_informasi", 5, "bu_wulan"),
        ("pengaduan", "adminduk", "jawab_pengaduan", 14, "bu_wulan"),
        ("informasi", "pelayanan", "jawab_layanan_informasi", 5, ""),
        ("pengaduan", "pelayanan", "jawab_layanan", 14, ""),
        ("pengawasan", "adminduk", "jawab_pengawasan", 60, ""),
    ],
)
def test_topik_menentukan_yang_menjawab_dan_jenis_menentukan_waktunya(
    orang: dict[str, Actor], jam: Jam, kind: str, topic: str, step: str, days: int, who: str
) -> None:
    case_id = _ask(orang["bu_sari"])
    looked = store.session.get_one(Task, akun.open_task(case_id, "telaah"))
    _forward(orang["pak_budi"], case_id, kind, topic)
    assert open_steps(case_id) == [step]
    task = store.session.get_one(Task, akun.open_task(case_id, step))
    calendar = clock.calendar()
    assert looked.due_at is not None and task.due_at is not None
    assert calendar.working_days(jam.at.date(), looked.due_at.date()) == 3
    assert calendar.working_days(jam.at.date(), task.due_at.date()) == days
    assert task.queue == ("kabid|kasi" if who else "sekretaris")


def test_pertanyaan_lanjutan_kembali_kepada_yang_menjawab_dan_semuanya_terbaca_berurutan(
    orang: dict[str, Actor],
) -> None:
    case_id, sari = _answered(orang), orang["bu_sari"]
    _respond(sari, case_id, keputusan="bertanya", pertanyaan="Bank mana saja?")
    akun.decide(orang["bu_wulan"], case_id, {**ANSWER, "pesan_pemohon": "Semua bank."}, "jawab_informasi")
    talk = consulting.conversation(consulting.own(sari, case_id))
    assert [(one.by_office, one.text) for one in talk] == [
        (False, ASKED["uraian"]),
        (True, ANSWER["pesan_pemohon"]),
        (False, "Bank mana saja?"),
        (True, "Semua bank."),
    ]
    _respond(sari, case_id, keputusan="puas")
    assert (akun.case(case_id).outcome, akun.case(case_id).status) == ("selesai", "Selesai")


def test_jawaban_yang_tidak_ditanggapi_sepuluh_hari_kerja_menutup_konsultasi(orang: dict[str, Actor], jam: Jam) -> None:
    case_id = _answered(orang)
    jam.lewat(days=11)
    timers.sweep(jam.at)
    assert open_steps(case_id) == ["tanggapi"]
    jam.lewat(days=6)
    while timers.sweep(jam.at):
        pass
    assert akun.case(case_id).outcome == "selesai"


def test_pemohon_membuka_kembali_konsultasinya_sendiri_selama_tiga_puluh_hari(
    orang: dict[str, Actor], jam: Jam
) -> None:
    case_id, sari = _answered(orang), orang["bu_sari"]
    _respond(sari, case_id, keputusan="puas")
    ended = jam.at
    jam.lewat(days=29)
    assert reopening.offer(sari, consulting.own(sari, case_id)) is not None
    with pytest.raises(NotFound):
        reopening.reopen(orang["pak_joko"], case_id, new_id(), "Punya orang.")
    key = new_id()
    task_id = reopening.reopen(sari, case_id, key, "Masih ada pertanyaan.")
    assert open_steps(case_id) == ["tanggapi"] and reopening.reopen(sari, case_id, key, "Sekali lagi.") == task_id
    _respond(sari, case_id, keputusan="puas")
    jam.at = max(jam.at, ended)
    jam.lewat(days=31)
    assert reopening.offer(sari, consulting.own(sari, case_id)) is None
    with pytest.raises(Forbidden):
        reopening.reopen(sari, case_id, new_id(), "Terlambat.")


def test_pendaftar_boleh_mengadu_dan_orang_lain_tidak_melihatnya(orang: dict[str, Actor]) -> None:
    akun.publish("validasi-akun")
    tuti, _ = akun.register()
    case_id = _ask(tuti, jenis="pengaduan", topik="pelayanan")
    page = portal_views.my_cases(tuti, portal_views.RUNNING, about=consulting.ABOUT)
    assert [card.id for card in page.cards] == [case_id]
    for who in ("bu_sari", "pak_joko", "pak_agus"):
        with pytest.raises(NotFound):
            cases.load(orang[who], case_id)


def test_kiriman_yang_sama_dua_kali_satu_konsultasi_dan_banjir_ditahan(orang: dict[str, Actor]) -> None:
    sari, key = orang["bu_sari"], new_id()
    assert consulting.file(sari, ASKED, key) == consulting.file(sari, ASKED, key)
    for _ in range(consulting.MOST - 1):
        _ask(sari)
    with pytest.raises(TooManyAttempts):
        _ask(sari)


def test_aduan_tanpa_akun_dijawab_utuh_lewat_surat_lalu_selesai(orang: dict[str, Actor]) -> None:
    who = {"nama": "Warga Peduli", "email": "warga@contoh.id", "nomor_hp": ""}
    number = consulting.file_without_account(ASKED, who)
    case_id = store.session.scalars(select(Case.id).where(Case.number == number)).one()
    _forward(orang["pak_budi"], case_id, "informasi", "nik")
    akun.decide(orang["bu_wulan"], case_id, ANSWER, "jawab_informasi")
    assert open_steps(case_id) == [] and akun.case(case_id).outcome == "selesai"
    run_all("surat")
    letters = store.session.scalars(select(Mail).where(Mail.to == "warga@contoh.id")).all()
    assert {one.subject for one in letters} == {
        f"Konsultasi {number} sudah kami terima",
        f"Jawaban untuk konsultasi {number}",
    }
    assert any(ANSWER["pesan_pemohon"] in one.body for one in letters)
    assert not any("/konsultasi/" in one.body for one in letters), "a page that they can't open"
    subject = store.session.get_one(User, akun.case(case_id).subject_id)
    assert not subject.has_account


@pytest.mark.parametrize("changed", [{"nama": ""}, {"email": "bukan email"}, {"uraian": ""}, {"jenis": "lain"}])
def test_aduan_tanpa_akun_yang_kurang_ditolak_dengan_isiannya(orang: dict[str, Actor], changed: dict[str, Any]) -> None:
    given = {**ASKED, "nama": "Warga", "email": "warga@contoh.id", "nomor_hp": "", **changed}
    with pytest.raises(InvalidInput) as refused:
        consulting.file_without_account(given, given)
    assert set(refused.value.errors) == set(changed)


def test_yang_bukan_wewenang_ditutup_dengan_penjelasan(orang: dict[str, Actor]) -> None:
    case_id = _ask(orang["bu_sari"])
    said = {"keputusan": "bukan_wewenang", "pesan_pemohon": "Soal pajak: datang ke kantor pajak."}
    akun.decide(orang["pak_budi"], case_id, said, "telaah")
    assert akun.case(case_id).outcome == "bukan_wewenang"
    talk = consulting.conversation(consulting.own(orang["bu_sari"], case_id))
    assert talk[-1].by_office and talk[-1].text == said["pesan_pemohon"]


def test_salah_bidang_kembali_ke_penelaah_dan_sampai_kepada_yang_lain_tanpa_memberi_tahu_pemohon(
    orang: dict[str, Actor],
) -> None:
    case_id, budi = _ask(orang["bu_sari"]), orang["pak_budi"]
    _forward(budi, case_id, "informasi", "nik")
    wrong = {"keputusan": "salah_bidang", "alasan_salah_bidang": "Soal loket: Sekretaris."}
    akun.decide(orang["bu_wulan"], case_id, wrong, "jawab_informasi")
    _forward(budi, case_id, "pengaduan", "nik")
    akun.decide(orang["bu_wulan"], case_id, ANSWER, "jawab_pengaduan")
    assert open_steps(case_id) == ["tanggapi"], "the answer of the step left behind counts no more"
    talk = consulting.conversation(consulting.own(orang["bu_sari"], case_id))
    assert [one.text for one in talk] == [ASKED["uraian"], ANSWER["pesan_pemohon"]]


def test_yang_minta_dirahasiakan_hanya_dikenal_petugas_langkahnya(orang: dict[str, Actor]) -> None:
    case_id = consulting.file(orang["bu_sari"], {**ASKED, "jenis": "pengawasan", "rahasia": ["ya"]}, new_id())
    name, budi = "Sari Puspitarini", orang["pak_budi"]
    assert cases.load(budi, case_id).names[orang["bu_sari"].id] == name
    for other in ("bu_wulan", "bu_nining", "pak_dwi", "bu_tuti"):
        view = cases.load(orang[other], case_id)
        assert view.hides_name and name not in view.names.values()
        assert all(name not in one.who for one in riwayat.timeline(orang[other], view).entries)
    (row,) = inbox.page(budi, ANTREAN, Filters()).rows
    assert (row.applicant, row.case_id) == ("Dirahasiakan", case_id)
    assert finding.by_text(budi, "Puspitarini").cases == ()
    assert finding.by_text(budi, row.number).cases[0].applicant == "Dirahasiakan"
    assert finding.by_nik(budi, "3402995207900001", "tugas").cases == ()
    _forward(budi, case_id, "pengawasan", "pelayanan")
    assert cases.load(budi, case_id).hides_name
    assert cases.load(orang["bu_nining"], case_id).names[orang["bu_sari"].id] == name
    assert not consulting.own(orang["bu_sari"], case_id).hides_name


def test_berkas_ikut_konsultasi_pertama_dibersihkan_dan_terbaca_kedua_pihak(orang: dict[str, Actor]) -> None:
    files = [io.BytesIO(factories.photo(gps=True)), io.BytesIO(factories.pdf())]
    case_id = consulting.file(orang["bu_sari"], ASKED, new_id(), files)
    (said,) = consulting.conversation(consulting.own(orang["bu_sari"], case_id))
    assert len(said.files) == 2
    opened = uploads.open_for(orang["pak_budi"], said.files[0])
    assert b"KameraUji" not in opened.stream.read()
    (paper,) = papers.papers(cases.load(orang["pak_budi"], case_id))
    assert (paper.label, len(paper.sheets)) == ("Foto atau PDF", 2)


def test_berkas_yang_ditolak_menyebut_yang_mana_dan_tidak_membuka_apa_pun(orang: dict[str, Actor]) -> None:
    with pytest.raises(InvalidInput) as refused:
        consulting.file(orang["bu_sari"], ASKED, new_id(), [io.BytesIO(factories.photo()), io.BytesIO(b"<html>")])
    assert list(refused.value.errors) == ["lampiran"] and "Berkas ke-2" in refused.value.errors["lampiran"][0]
    with pytest.raises(InvalidInput) as many:
        consulting.file(orang["bu_sari"], ASKED, new_id(), [io.BytesIO(b"")] * 6)
    assert "Paling banyak 5" in many.value.errors["lampiran"][0]
    assert store.session.scalar(select(Case.id)) is None


def test_aduan_tanpa_akun_diikuti_dengan_nomor_dan_pin_dari_suratnya(orang: dict[str, Actor]) -> None:
    given = {"nama": "Wiji", "email": "wiji@contoh.id", "nomor_hp": ""}
    number = consulting.file_without_account(ASKED, given, "192.0.2.1", [io.BytesIO(factories.photo())])
    run_all("surat")
    body = store.session.scalars(select(Mail.body)).one()
    pin = re.search(r"PIN[^:]*: ([0-9]{6})", body)
    assert pin is not None
    found = status_check.look(number, pin[1])
    assert (found.number, found.status) == (number, "Menunggu ditelaah")


def test_riwayat_dan_pemberitahuan_konsultasi_tidak_menyebut_permohonan(orang: dict[str, Actor]) -> None:
    case_id = _answered(orang)
    view = consulting.own(orang["bu_sari"], case_id)
    said = [one.sentence for one in riwayat.timeline(orang["bu_sari"], view).entries]
    said += store.session.scalars(select(Notice.body).where(Notice.user_id == orang["bu_sari"].id)).all()
    assert said and not [one for one in said if "permohonan" in one.casefold()]


def test_pesan_pengirim_sampai_ke_kantor_bukan_kepada_dirinya_sendiri(orang: dict[str, Actor]) -> None:
    case_id, sari = _answered(orang), orang["bu_sari"]
    posting.post(sari, case_id, "Masih belum bisa.", [], new_id(), 0)
    told = store.session.scalars(select(Notice.user_id).where(Notice.title.startswith("Pesan baru"))).all()
    assert told == [orang["bu_wulan"].id]
    other = _ask(sari)
    posting.post(sari, other, "Halo?", [], new_id(), 0)
    assert store.session.get_one(Discussion, other).asked_queue == "petugas_layanan"
