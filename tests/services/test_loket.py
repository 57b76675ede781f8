"""An officer files for whoever stands at the counter: with an account, without, known to the registry or not."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.adapters.registry import DEMO_CSV, TableRegistry, Warga, read_csv
from app.domain.actors import Actor
from app.domain.errors import Forbidden, FourEyes, InvalidInput, LoginRefused, NotFound, TooManyAttempts
from app.models import Access, Case, Delivery, Draft, Event, Job, Notice, Permohonan, Task, User, new_id
from app.services import clock, store
from app.services.accounts import lookup, people, walkins
from app.services.counter import assistance, filing, papers
from app.services.desk import inbox
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.flow import cases, tasks
from app.services.messages import undelivered
from app.services.portal import drafts, portal_views, status_check, submissions
from app.services.privacy import readers
from app.services.records import reads, riwayat
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun
from tests.support.draf import APPLICANT, REGION, save, upload
from tests.support.kasus import SLUG, Jam, cast, finish, open_steps, publish, return_to_applicant, run_all

MBAH = {"nama": "Mbah Karso Utomo", "nomor_kk": "3402990101200044", "cocok": "ya"}
NIK = "3402990101450044"


@pytest.fixture
def orang(sqlite_app: Flask, jam: Jam) -> dict[str, Actor]:
    publish()
    reads.forget_what_was_written()
    return cast()


def _fill(officer: Actor, draft_id: str, **changed: Any) -> None:
    """KK hilang, as the person at the counter says it."""
    here = {key: APPLICANT[key] for key in ("alamat", "rt")} | {"wilayah": REGION}
    save(officer, draft_id, "jenis", {"jenis": "hilang"})
    save(officer, draft_id, "pemohon", {**here, **changed})
    save(officer, draft_id, "untuk", {"untuk": "diri_sendiri"})
    save(officer, draft_id, "berkas", {one: [upload(officer, draft_id, one)] for one in ("surat_hilang", "ktp")})
    save(officer, draft_id, "kirim", {"bisa_cetak": "tidak"})
    save(officer, draft_id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})


def _send(officer: Actor, draft_id: str, *, present: bool = True) -> submissions.Submitted:
    version = drafts.load(officer, draft_id).version
    return submissions.submit(officer, draft_id, version, is_present=present)


def _file(officer: Actor, nik: str = NIK, given: dict[str, str] | None = None) -> submissions.Submitted:
    draft_id = filing.begin(officer, filing.find(officer, nik), SLUG, "", given or MBAH)
    _fill(officer, draft_id)
    return _send(officer, draft_id)


def _subject(case_id: str) -> User:
    return store.session.get_one(User, store.session.get_one(Case, case_id).subject_id)


def test_tanpa_nomor_whatsapp_tidak_ditawarkan(orang: dict[str, Actor]) -> None:
    officer = orang["pak_budi"]
    draft_id = filing.begin(officer, filing.find(officer, NIK), SLUG, "", MBAH)
    _fill(officer, draft_id)
    save(officer, draft_id, "kirim", {"bisa_cetak": "tidak", "kanal": ["whatsapp"]})
    assert "kanal" not in _kept(officer, draft_id)
    here = {key: APPLICANT[key] for key in ("alamat", "rt")} | {"wilayah": REGION, "nomor_hp": "081100000055"}
    save(officer, draft_id, "pemohon", here)
    save(officer, draft_id, "kirim", {"bisa_cetak": "tidak", "kanal": ["whatsapp"]})
    assert _kept(officer, draft_id)["kanal"] == ["whatsapp"]


def _kept(officer: Actor, draft_id: str) -> Any:
    return drafts.load(officer, draft_id).context.own


def test_orang_tanpa_akun_dan_tanpa_email_diajukan_petugas(orang: dict[str, Actor]) -> None:
    sent = _file(orang["pak_budi"])
    who, view = _subject(sent.case_id), cases.load(orang["pak_budi"], sent.case_id)
    assert (who.name, who.nik, who.has_account, who.contact) == ("Mbah Karso Utomo", NIK, False, None)
    assert view.answers["isi_permohonan"]["nik"] == NIK and "email" not in view.answers["isi_permohonan"]
    assert (view.status, view.unit) == ("Menunggu diperiksa", "340299")
    assert status_check.look(sent.number, sent.pin).status == "Menunggu diperiksa"
    mark = assistance.of_case(sent.case_id)
    assert mark is not None and (mark.officer, mark.counter) == ("Budi Prakosa", "loket kantor dinas")


def test_tanda_dibantu_petugas_di_jejak_inbox_dan_daftar_yang_dibantu(orang: dict[str, Actor]) -> None:
    sent = _file(orang["pak_budi"])
    view = cases.load(orang["bu_rini"], sent.case_id)
    said = [one.sentence for one in riwayat.timeline(orang["bu_rini"], view).entries]
    assert any("bantuan petugas di loket kantor dinas" in one and "menyetujui" in one for one in said)
    (row,) = inbox.page(orang["bu_rini"], ANTREAN, Filters()).rows
    assert inbox.ASSISTED in row.flags
    assert [one.number for one in filing.filed_lately(orang["pak_budi"])] == [sent.number]
    assert filing.filed_lately(orang["bu_rini"]) == []


def test_tanpa_centang_hadir_dan_setuju_tidak_terkirim(orang: dict[str, Actor]) -> None:
    draft_id = filing.begin(orang["pak_budi"], filing.find(orang["pak_budi"], NIK), SLUG, "", MBAH)
    _fill(orang["pak_budi"], draft_id)
    with pytest.raises(InvalidInput) as refused:
        _send(orang["pak_budi"], draft_id, present=False)
    assert "hadir dan menyetujui" in refused.value.errors[""][0]
    assert store.session.scalar(select(Case.id)) is None


def test_ktp_dicocokkan_dan_isian_orang_baru_lengkap_lebih_dulu(orang: dict[str, Actor]) -> None:
    found = filing.find(orang["pak_budi"], NIK)
    with pytest.raises(InvalidInput) as refused:
        filing.begin(orang["pak_budi"], found, SLUG, "", {"nama": "", "nomor_kk": "12", "email": "x", "wa": "ya"})
    assert set(refused.value.errors) == {"nama", "nomor_kk", "email", "nomor_hp", "cocok"}
    assert store.session.scalar(select(User.id).where(User.nik == NIK)) is None


def test_kunjungan_kedua_menemukan_catatan_yang_sama(orang: dict[str, Actor]) -> None:
    first = _file(orang["pak_budi"])
    found = filing.find(orang["bu_rini"], NIK)
    assert found.person is not None and not found.person.has_account and found.name == "Mbah Karso Utomo"
    draft_id = filing.begin(orang["bu_rini"], found, SLUG, "", {"nomor_hp": "0811 0000 0044", "cocok": "ya"})
    assert drafts.load(orang["bu_rini"], draft_id).subject_id == _subject(first.case_id).id
    assert (_subject(first.case_id).phone, _subject(first.case_id).nomor_kk) == ("6281100000044", MBAH["nomor_kk"])
    assert [line.number for line in papers.of_person(orang["bu_rini"], found.person.id)] == [first.number]


def test_nama_dan_kk_dari_data_kependudukan_bila_dikenal(orang: dict[str, Actor]) -> None:
    known = read_csv(DEMO_CSV, clock.today())[0]
    with unit_of_work() as session:
        TableRegistry(session).put([known])
    found = filing.find(orang["pak_budi"], known.nik)
    assert found.person is None and isinstance(found.registered, Warga)
    draft_id = filing.begin(orang["pak_budi"], found, SLUG, "", {"nama": "Palsu", "nomor_kk": "1", "cocok": "ya"})
    view = drafts.load(orang["pak_budi"], draft_id)
    assert (view.for_name, view.answers["nomor_kk"], view.answers["alamat"]) == (
        known.nama,
        known.nomor_kk,
        known.alamat,
    )


def test_yang_punya_akun_menjadi_pemohonnya_dan_melihat_tandanya(orang: dict[str, Actor]) -> None:
    sari = orang["bu_sari"]
    nik = str(factories.CAST["bu_sari"].nik)
    draft_id = filing.begin(orang["pak_budi"], filing.find(orang["pak_budi"], nik), SLUG, "", {"cocok": "ya"})
    assert drafts.mine(sari) == [] == drafts.mine(orang["pak_budi"])
    assert [card.for_name for card in drafts.for_others(orang["pak_budi"])] == ["Sari Puspitarini"]
    with pytest.raises(NotFound):
        drafts.load(sari, draft_id)
    _fill(orang["pak_budi"], draft_id, nomor_hp="081100000001", email="sari@contoh.id")
    sent = _send(orang["pak_budi"], draft_id)
    view = portal_views.own_case(sari, sent.case_id)
    told = [one for one in riwayat.timeline(sari, view).entries if "bantuan petugas" in one.sentence]
    assert len(told) == 1 and "Anda hadir" in told[0].sentence and told[0].who != "Budi Prakosa"
    (line, *_) = readers.mine(sari).lines
    assert line.why == "Melayani Anda di loket (dibantu petugas)"


def test_pencarian_nik_dicatat_dengan_tujuan_tanpa_nik_dan_dibatasi(orang: dict[str, Actor]) -> None:
    nik = str(factories.CAST["bu_sari"].nik)
    filing.find(orang["pak_budi"], nik)
    filing.find(orang["pak_budi"], NIK)
    rows = store.session.scalars(select(Access).order_by(Access.id)).all()
    assert [(row.actor, row.purpose, row.case_id) for row in rows] == [(orang["pak_budi"].id, "loket", None)] * 2
    assert rows[0].object_id == orang["bu_sari"].id
    assert all(NIK not in value and nik not in value for row in rows for value in (row.object_id, row.route))
    for _ in range(lookup.MOST - 2):
        filing.find(orang["pak_budi"], NIK)
    with pytest.raises(TooManyAttempts):
        filing.find(orang["pak_budi"], NIK)


@pytest.mark.parametrize("who", ["bu_sari", "bu_tuti", "pak_agus", "bu_wulan"])
def test_hanya_petugas_layanan_mencari_untuk_loket(orang: dict[str, Actor], who: str) -> None:
    with pytest.raises(Forbidden):
        filing.find(orang[who], NIK)
    with pytest.raises(Forbidden):
        lookup.by_nik(orang[who], NIK, "sembarang")
    assert store.session.scalar(select(Access.id)) is None


def test_petugas_tidak_mengajukan_untuk_dirinya_dan_hanya_di_loketnya(orang: dict[str, Actor]) -> None:
    with unit_of_work() as session:
        session.execute(update(User).where(User.id == orang["pak_budi"].id).values(nik=NIK))
    with pytest.raises(Forbidden, match="sendiri"):
        filing.find(orang["pak_budi"], NIK)
    found = filing.find(orang["pak_tarno"], "3402990101450045")
    with pytest.raises(InvalidInput):
        filing.begin(orang["pak_tarno"], found, SLUG, "340299", MBAH)
    assert filing.begin(orang["pak_tarno"], found, SLUG, "340210", MBAH)


def test_draf_hilang_dari_petugas_yang_perannya_dicabut(orang: dict[str, Actor]) -> None:
    draft_id = filing.begin(orang["pak_budi"], filing.find(orang["pak_budi"], NIK), SLUG, "", MBAH)
    stripped = Actor(orang["pak_budi"].id, "Budi", frozenset({"pemohon", "kasi"}))
    with pytest.raises(NotFound):
        drafts.load(stripped, draft_id)


def test_yang_mengajukan_tidak_memverifikasi_dan_tidak_memutus_penolakan(orang: dict[str, Actor]) -> None:
    budi = orang["pak_budi"]
    both = Actor(budi.id, budi.name, frozenset({"petugas_layanan", "kasi"}))
    sent = _file(both)
    finish(sent.case_id, "buka_permohonan", orang["bu_rini"])
    finish(sent.case_id, "periksa_berkas", orang["bu_rini"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
    finish(sent.case_id, "ajukan_cetak", orang["bu_rini"])
    task = store.session.scalars(select(Task).where(Task.step == "verifikasi_draft")).one()
    with pytest.raises(FourEyes):
        tasks.claim(both, task.id)
    assert task.id not in [row.task_id for row in inbox.page(both, ANTREAN, Filters()).rows]
    assert tasks.claim(orang["bu_wulan"], task.id).task_id == task.id


def test_surat_wajib_tanpa_alamat_menjadi_pekerjaan_loket_dan_yang_lain_selesai(orang: dict[str, Actor]) -> None:
    sent = _file(orang["pak_budi"])
    finish(sent.case_id, "buka_permohonan", orang["bu_rini"])
    return_to_applicant(sent.case_id, {**orang, "pak_budi": orang["bu_rini"]})
    run_all("surat")
    letters = store.session.scalars(select(Job).where(Job.kind == "surat").order_by(Job.created_at, Job.id)).all()
    assert [bool(job.done_at) != bool(job.failed_at) for job in letters] == [True] * len(letters)
    (waiting,) = undelivered.listed(orang["pak_budi"])
    assert "perlu dilengkapi" in waiting.title and waiting.address == "tanpa email dan telepon"
    states = {job.payload["title"]: store.session.get(Delivery, job.id) for job in letters if job.done_at}
    handed = next(row for title, row in states.items() if "sudah kami terima" in title)
    assert handed is not None and handed.reason == "diserahkan tercetak di loket"
    undelivered.delivered_otherwise(orang["pak_budi"], waiting.job_id, "Disampaikan di loket.")
    assert undelivered.listed(orang["pak_budi"]) == ()


def test_langkah_pemohon_dikerjakan_petugas_bersamanya_di_loket(orang: dict[str, Actor]) -> None:
    sent = _file(orang["pak_budi"])
    for step, who, answers in (
        ("buka_permohonan", "bu_rini", {}),
        ("periksa_berkas", "bu_rini", {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}),
        ("ajukan_cetak", "bu_rini", {}),
        ("verifikasi_draft", "bu_wulan", {"keputusan": "valid"}),
        ("tanda_tangan_kk", "bu_kartika", {"keputusan": "ditandatangani"}),
    ):
        finish(sent.case_id, step, orang[who], answers)
    run_all("otomatis")
    finish(sent.case_id, "kirim_kk", orang["pak_agus"], {"keputusan": "terkirim"})
    (line,) = papers.of_person(orang["bu_rini"], _subject(sent.case_id).id)
    assert line.waits
    view = tasks.load(orang["bu_rini"], line.task_id)
    assert view.assisting and view.step.id == "terima_kk"
    tasks.complete(orang["bu_rini"], line.task_id, view.task.version, new_id(), {"hasil": "baik"})
    assert "terima_kk" not in open_steps(sent.case_id)


def test_pin_hilang_diganti_di_loket_dan_bukti_hanya_dengan_pin_yang_berlaku(orang: dict[str, Actor]) -> None:
    sent = _file(orang["pak_budi"])
    fresh = papers.new_pin(orang["bu_rini"], sent.case_id)
    with pytest.raises(LoginRefused):
        status_check.look(sent.number, sent.pin)
    assert status_check.look(sent.number, fresh.pin).number == sent.number
    with pytest.raises(NotFound):
        papers.new_pin(orang["pak_tarno"], sent.case_id)  # another kapanewon's, and not filed by him
    verbs = store.session.scalars(select(Event.verb).where(Event.stream == f"kasus:{sent.case_id}")).all()
    assert verbs.count("pin_diganti") == 1


def test_akun_yang_disahkan_membawa_permohonan_loketnya(orang: dict[str, Actor]) -> None:
    akun.publish()
    sent = _file(orang["pak_budi"], akun.NIK, {**MBAH, "nama": "Tuti Baru", "nomor_kk": akun.NOMOR_KK})
    old = _subject(sent.case_id).id
    begun = filing.begin(orang["bu_rini"], filing.find(orang["bu_rini"], akun.NIK), SLUG, "", MBAH)
    tuti, case_id = akun.register()
    with pytest.raises(NotFound):
        portal_views.own_case(tuti, sent.case_id)
    akun.decide(orang["pak_budi"], case_id, akun.FITS)
    tuti = people.as_actor(akun.user(tuti))
    assert portal_views.own_case(tuti, sent.case_id).number == sent.number
    assert store.session.get_one(Draft, begun, populate_existing=True).subject_id == tuti.id
    left = store.session.get_one(User, old, populate_existing=True)
    assert (left.nik, left.phone, left.active) == (None, None, False) and "Tuti" not in left.name
    assert store.session.scalar(select(Notice.id).where(Notice.user_id == old)) is None
    said = [one.sentence for one in riwayat.timeline(tuti, portal_views.own_case(tuti, sent.case_id)).entries]
    assert any("terbawa ke akunnya" in one for one in said)
    assert status_check.look(sent.number, sent.pin).number == sent.number


def test_pendaftaran_dengan_nik_orang_lain_tidak_melihat_dan_tidak_menghalangi(orang: dict[str, Actor]) -> None:
    akun.publish()
    sent = _file(orang["pak_budi"], akun.NIK, {**MBAH, "nama": "Tuti Baru", "nomor_kk": akun.NOMOR_KK})
    stranger, case_id = akun.register("orang.lain@contoh.id")
    akun.decide(orang["pak_budi"], case_id, akun.FITS_NOT)
    with pytest.raises(NotFound):
        portal_views.own_case(people.as_actor(akun.user(stranger)), sent.case_id)
    found = filing.find(orang["pak_budi"], akun.NIK)
    assert found.person is not None and found.person.id == _subject(sent.case_id).id


def test_draf_yang_dikirim_sesudah_akunnya_sah_menjadi_permohonan_akun(orang: dict[str, Actor]) -> None:
    akun.publish()
    found = filing.find(orang["pak_budi"], akun.NIK)
    draft_id = filing.begin(orang["pak_budi"], found, SLUG, "", {**MBAH, "nomor_kk": akun.NOMOR_KK})
    _fill(orang["pak_budi"], draft_id)
    tuti, case_id = akun.register()
    akun.decide(orang["bu_rini"], case_id, akun.FITS)
    sent = _send(orang["pak_budi"], draft_id)
    assert _subject(sent.case_id).id == tuti.id
    assert store.session.get_one(Permohonan, sent.case_id).assisted_by == orang["pak_budi"].id


def test_di_postgresql_dua_loket_sekaligus_membuat_satu_catatan(postgresql_app: Flask, jam: Jam) -> None:
    publish()
    orang = cast()
    given = walkins.Given("Mbah Karso Utomo", "3402990101200044", None, None)
    with unit_of_work() as session:
        at = clock.now()
        twice = [walkins._add(session, orang["pak_budi"].id, NIK, given, at).id for _ in range(2)]
    assert twice[0] == twice[1]
    found = {one: filing.find(orang[one], NIK) for one in ("pak_budi", "bu_rini")}
    made = [filing.begin(orang[one], found[one], SLUG, "", MBAH) for one in found]
    subjects = set(store.session.scalars(select(Draft.subject_id).where(Draft.id.in_(made))))
    assert len(made) == 2 and len(subjects) == 1
