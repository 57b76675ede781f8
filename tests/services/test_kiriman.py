"""What becomes of messages: WhatsApp beside the letter, reports from outside, and what did not arrive after all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from app import create_app
from app.domain.actors import SYSTEM, Actor
from app.extensions import db
from app.models import Delivery, Event, Job, User
from app.services import store
from app.services.background import job_rows, jobs
from app.services.messages import notices, outcomes, outgoing, preferences, reports, undelivered
from app.services.messages.outcomes import News
from app.services.records import audit
from app.services.work import unit_of_work
from app.settings.mail import Mail
from tests.support.databases import config_for
from tests.support.kasus import (
    cast,
    finish,
    go_to_archive,
    jam_uji,
    job_of,
    open_kk,
    publish,
    return_to_applicant,
    run_all,
)
from tests.support.pantulan import dsn
from tests.support.servers import Mailbox
from tests.support.whatsapp import Server, report, whatsapp_server

NIK = "3402995207900001"


@pytest.fixture(params=["sqlite", "postgresql"])
def kantor(request: pytest.FixtureRequest, tmp_path: Path, smtp: Mailbox) -> Iterator[Server]:
    """The application with a real SMTP server and a WhatsApp behind it, on each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    mail = Mail(server=smtp.host, port=smtp.port, security="none", sender="alur@contoh.id")
    with whatsapp_server() as server, _app(url, tmp_path, mail, server):
        yield server


@pytest.fixture
def kantor_sqlite(sqlite_url: str, tmp_path: Path, smtp: Mailbox) -> Iterator[Server]:
    mail = Mail(server=smtp.host, port=smtp.port, security="none", sender="alur@contoh.id")
    with whatsapp_server() as server, _app(sqlite_url, tmp_path, mail, server):
        yield server


@contextmanager
def _app(url: str, folder: Path, mail: Mail, server: Server) -> Iterator[Flask]:
    app = create_app(config_for(url, folder / "var", mail=mail, whatsapp=server.account))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def consenting() -> dict[str, Actor]:
    people = cast()
    preferences.choose(people["bu_sari"], email=True, whatsapp=True)
    return people


def row(job_id: str) -> Delivery:
    store.session.rollback()
    return store.session.get_one(Delivery, job_id, populate_existing=True)


def job(job_id: str) -> Job:
    store.session.rollback()
    return store.session.get_one(Job, job_id, populate_existing=True)


def test_yang_setuju_mendapat_whatsapp_berisi_status_dan_tautan_saja(kantor: Server) -> None:
    with jam_uji():
        people, version = consenting(), publish()
        case_id = open_kk(people, version)
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return_to_applicant(case_id, people, f"Foto KTP {NIK} buram.")
        open_kk(people, version, subject="pak_joko")
        run_all()
        first, second = kantor.messages
        words = [part["text"] for part in second["template"]["components"][0]["parameters"]]
        assert words[0].startswith("Permohonan KK-2026-")
        assert words[0].endswith("perlu dilengkapi")
        assert words[1] == f"http://localhost/permohonan/{case_id}"
        assert (first["to"], NIK in str(kantor.messages)) == ("6281100000001", False)
        sent = store.session.scalars(select(Delivery).where(Delivery.remote_id == "wamid.2")).one()
        assert (sent.state, sent.to) == ("terkirim", "0811****0001")


def test_persetujuan_yang_ditarik_menghentikan_yang_masih_antre(kantor: Server, smtp: Mailbox) -> None:
    with jam_uji():
        people = consenting()
        case_id = open_kk(people, publish())
        waiting = job_of(case_id, "whatsapp").id
        preferences.choose(people["bu_sari"], email=False, whatsapp=False)
        run_all()
        assert (kantor.messages, row(waiting).state) == ([], "batal")
        assert len(smtp.messages) == 1, "the compulsory letter goes out whatever was chosen"


def test_email_yang_wajib_tidak_dapat_dimatikan_yang_lain_dapat(kantor_sqlite: Server, smtp: Mailbox) -> None:
    with jam_uji():
        people = cast()
        preferences.choose(people["bu_sari"], email=False, whatsapp=False)
        go_to_archive(open_kk(people, publish()), people)
        run_all()
        sari, told = [mail for mail in smtp.messages if mail["To"] == "sari@contoh.id"], notices.mine(people["bu_sari"])
        assert ["sudah kami terima" in sari[0]["Subject"], "siap diunduh" in sari[1]["Subject"]] == [True, True]
        assert (len(sari), len(told.notices)) == (2, 6)
        states = store.session.scalars(select(Delivery.state)).all()
        assert sorted(states) == ["batal"] * 4 + ["terkirim"] * 2


def test_tanpa_akun_whatsapp_kantor_tidak_ada_yang_antre(sqlite_app: Flask) -> None:
    with jam_uji():
        people = consenting()
        open_kk(people, publish())
        assert store.session.scalars(select(Job.kind).distinct()).all() == ["surat"]


def test_server_whatsapp_yang_sibuk_dicoba_lagi_nomor_yang_ditolak_menjadi_pekerjaan_petugas(
    kantor_sqlite: Server,
) -> None:
    with jam_uji() as jam:
        people = consenting()
        case_id = open_kk(people, publish())
        message = job_of(case_id, "whatsapp").id
        kantor_sqlite.refuse(130429, 429)
        assert jobs.run_one(message)
        assert (job(message).attempts, job(message).failed_at) == (1, None)
        kantor_sqlite.refuse(131026)
        jam.at = job(message).due_at
        assert jobs.run_one(message)
        (one,) = undelivered.listed(people["pak_agus"])
        assert (one.job_id, one.channel, one.address) == (message, "whatsapp", "0811****0001")
        kantor_sqlite.answer = None
        undelivered.send_again(people["pak_agus"], message)
        assert jobs.run_one(message)
        assert len(kantor_sqlite.messages) == 1


def test_laporan_whatsapp_hanya_maju_dan_sekali(kantor_sqlite: Server) -> None:
    with jam_uji():
        people = consenting()
        case_id = open_kk(people, publish())
        message = job_of(case_id, "whatsapp").id
        assert jobs.run_one(message)
        account = kantor_sqlite.account
        told = [
            reports.from_whatsapp(account, report(status, "wamid.1", reference))
            for status, reference in (
                ("delivered", ""),
                ("sent", message),
                ("delivered", message),
                ("failed", message),
                ("read", message),
                ("read", ""),
                ("deleted", message),
            )
        ]
        assert told == [1, 0, 0, 0, 1, 0, 0]
        assert row(message).state == "dibaca"
        assert reports.from_whatsapp(account, report("read", "wamid.x", "bukan-pekerjaan")) == 0


def test_whatsapp_yang_gagal_belakangan_menjadi_pekerjaan_petugas(kantor: Server) -> None:
    with jam_uji():
        people = consenting()
        case_id = open_kk(people, publish())
        message = job_of(case_id, "whatsapp").id
        assert jobs.run_one(message)
        news = report("failed", "wamid.1", message, code=131026)
        assert [reports.from_whatsapp(kantor.account, news) for _ in range(2)] == [1, 0]
        (one,) = undelivered.listed(people["pak_agus"])
        assert "131026" in one.reason
        undelivered.send_again(people["pak_agus"], message)
        assert jobs.run_one(message)
        assert kantor.messages[1]["biz_opaque_callback_data"] == f"{message}.2"
        assert reports.from_whatsapp(kantor.account, news) == 0, "late news of the first sending"
        assert row(message).state == "terkirim"
        assert list(audit.verify(SYSTEM).findings) == []


@pytest.mark.parametrize(("status", "then"), [("sent", "terkirim"), ("delivered", "sampai"), ("failed", "gagal")])
def test_laporan_yang_mendahului_pencatatan_kita_tidak_hilang(kantor_sqlite: Server, status: str, then: str) -> None:
    """Meta is faster than our commit: the report comes while the worker still holds the job."""
    with jam_uji():
        people = consenting()
        message = job_of(open_kk(people, publish()), "whatsapp").id
        account, app = kantor_sqlite.account, current_app._get_current_object()

        def overtake(taken: dict[str, str]) -> None:  # in the server's thread, so in a session of its own
            with app.app_context():
                reports.from_whatsapp(account, report(status, "wamid.1", taken["biz_opaque_callback_data"]))
                db.session.remove()

        kantor_sqlite.taken = overtake
        assert jobs.run_one(message)
        assert (row(message).state, row(message).to) == (then, "0811****0001")
        assert (job(message).failed_at is not None) == (then == "gagal")


def test_pekerja_yang_mati_sesudah_whatsapp_menjawab_ya_tidak_mengirim_dua_kali_bila_sudah_dilaporkan(
    kantor_sqlite: Server,
) -> None:
    with jam_uji() as jam:
        people = consenting()
        message = job_of(open_kk(people, publish()), "whatsapp").id
        dying = job_rows.lease(message, jam.at)
        assert dying is not None
        assert job_rows.mark_sending(dying, jam.at)
        assert outgoing.whatsapp is not None
        remote = outgoing.whatsapp.send(outgoing.reference(message), "6281100000001", "Judul", "https://x")
        assert reports.from_whatsapp(kantor_sqlite.account, report("delivered", remote, message)) == 1
        jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert jobs.run_one(message)
        assert len(kantor_sqlite.messages) == 1
        assert (job(message).done_at is not None, row(message).state) == (True, "sampai")


def test_pekerja_mati_dan_whatsapp_melaporkan_gagal_petugas_dapat_mengulang(kantor_sqlite: Server) -> None:
    with jam_uji() as jam:
        people = consenting()
        message = job_of(open_kk(people, publish()), "whatsapp").id
        dying = job_rows.lease(message, jam.at)
        assert dying is not None
        assert job_rows.mark_sending(dying, jam.at)
        news = report("failed", "wamid.1", message, code=131026)
        assert reports.from_whatsapp(kantor_sqlite.account, news) == 1
        jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert jobs.run_one(message)
        assert kantor_sqlite.messages == []
        undelivered.send_again(people["pak_agus"], message)
        assert jobs.run_one(message)
        assert kantor_sqlite.messages[0]["biz_opaque_callback_data"] == f"{message}.2"
        assert row(message).state == "terkirim"


def test_email_yang_kembali_menjadi_pekerjaan_petugas_dan_pemohonnya_tahu(kantor: Server, smtp: Mailbox) -> None:
    with jam_uji():
        people = consenting()
        letter = job_of(open_kk(people, publish()), "surat").id
        assert jobs.run_one(letter)
        assert reports.from_mail(dsn(outgoing.message_id(letter), action="delayed", status="4.4.1")) == 0
        assert reports.from_mail(dsn(f"<{letter}@orang.lain>")) == 0
        assert row(letter).state == "terkirim"
        assert [reports.from_mail(dsn(outgoing.message_id(letter))) for _ in range(2)] == [1, 0]
        assert row(letter).state == "pantul"
        (one,) = undelivered.listed(people["pak_agus"])
        assert (one.address, "5.1.1" in one.reason) == ("sari@contoh.id", True)
        told = {notice.title: notice.body for notice in notices.mine(people["bu_sari"]).notices}
        assert "s***@contoh.id" in told["Email Anda tidak sampai"]

        undelivered.send_again(people["pak_agus"], letter, "sari.baru@contoh.id")
        assert jobs.run_one(letter)
        again = smtp.messages[-1]
        assert (again["To"], again["Message-ID"]) == ("sari.baru@contoh.id", outgoing.message_id(letter, 2))
        assert "sudah kami terima" in again.get_content()
        assert reports.from_mail(dsn(outgoing.message_id(letter))) == 0
        assert reports.from_mail(dsn(outgoing.message_id(letter, 2))) == 1
        verbs = select(Event.verb).where(Event.verb == outcomes.NOT_ARRIVED)
        assert len(store.session.scalars(verbs).all()) == 2
        assert list(audit.verify(SYSTEM).findings) == []


def test_alamat_yang_mati_diberitahukan_sekali_sehari(kantor_sqlite: Server, smtp: Mailbox) -> None:
    with jam_uji():
        people, version = cast(), publish()
        smtp.refuse = "550 kotak surat tidak ada"
        for _ in range(3):
            assert jobs.run_one(job_of(open_kk(people, version), "surat").id)
        titles = [notice.title for notice in notices.mine(people["bu_sari"]).notices]
        assert titles.count("Email Anda tidak sampai") == 1
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == people["bu_sari"].id).values(email="salah.lagi@contoh.id"))
        assert jobs.run_one(job_of(open_kk(people, version), "surat").id)
        titles = [notice.title for notice in notices.mine(people["bu_sari"]).notices]
        assert titles.count("Email Anda tidak sampai") == 2


def test_yang_disampaikan_dengan_cara_lain_tercatat_begitu(kantor_sqlite: Server, smtp: Mailbox) -> None:
    with jam_uji():
        people = cast()
        letter = job_of(open_kk(people, publish()), "surat").id
        assert jobs.run_one(letter)
        assert reports.from_mail(dsn(outgoing.message_id(letter))) == 1
        undelivered.delivered_otherwise(people["pak_agus"], letter, "Ditelepon.")
        assert (row(letter).state, row(letter).reason) == ("lain", "Ditelepon.")
        assert not outcomes.take(letter, News(outcomes.BOUNCED, 2))
