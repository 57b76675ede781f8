"""Letters as jobs: one Message-ID for all attempts, pauses, final refusals, and people without an account any more."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import InvalidInput, NotFound
from app.extensions import db
from app.models import Job, User
from app.services import store
from app.services.background import incidents, job_rows, jobs
from app.services.flow import cases
from app.services.messages import outgoing, undelivered
from app.services.records import audit, riwayat
from app.services.work import unit_of_work
from app.settings.mail import Mail
from tests.support.databases import away, config_for
from tests.support.kasus import cast, jam_uji, job_of, open_kk, publish
from tests.support.servers import Mailbox


@pytest.fixture
def posting(sqlite_url: str, tmp_path: Path, smtp: Mailbox) -> Iterator[Flask]:
    """The application with a real SMTP server behind it."""
    with _posting(sqlite_url, tmp_path, smtp) as app:
        yield app


@contextmanager
def _posting(url: str, folder: Path, smtp: Mailbox) -> Iterator[Flask]:
    mail = Mail(server=smtp.host, port=smtp.port, security="none", sender="alur@contoh.id")
    app = create_app(config_for(url, folder / "var", mail=mail))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_ditunda_lalu_terkirim_dengan_message_id_yang_sama(posting: Flask, smtp: Mailbox) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        letter = job_of(case_id, "surat")
        smtp.refuse = "451 sedang sibuk"
        assert jobs.run_one(letter.id)
        waiting = job_of(case_id, "surat")
        assert (waiting.attempts, waiting.sending_at, waiting.failed_at) == (1, None, None)
        assert waiting.due_at > jam.at

        smtp.refuse = ""
        jam.at = waiting.due_at
        assert jobs.run_one(letter.id)
        (message,) = smtp.messages
        assert message["Message-ID"] == outgoing.message_id(letter.id)
        assert message["To"] == "sari@contoh.id"
        assert f"http://localhost/permohonan/{case_id}" in message.get_content()


def test_tolakan_tetap_langsung_menjadi_insiden(posting: Flask, smtp: Mailbox) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        smtp.refuse = "550 kotak surat tidak ada"
        assert jobs.run_one(job_of(case_id, "surat").id)
        (incident,) = incidents.page(people["pak_eko"]).incidents
        assert (incident.kind, incident.attempts) == ("surat", 1)
        assert "550" in incident.reason


def test_mati_saat_mengirim_diulang_dengan_message_id_yang_sama(posting: Flask, smtp: Mailbox) -> None:
    """Killed between the server's yes and our commit: sent again, and the reader's program can tell."""
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        letter = job_of(case_id, "surat")
        dying = job_rows.lease(letter.id, jam.at)
        assert dying is not None
        assert job_rows.mark_sending(dying, jam.at)
        outgoing.mailer.send(outgoing.message_id(letter.id), "sari@contoh.id", "Judul", "Isi")

        jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert not job_rows.mark_sending(job_rows_expired(dying), jam.at)
        assert jobs.run_one(letter.id)
        assert len({message["Message-ID"] for message in smtp.messages}) == 1


def job_rows_expired(lease: job_rows.Lease) -> job_rows.Lease:
    """The same lease after somebody else took the job."""
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id == lease.id).values(leased_by="orang-lain"))
    return lease


def test_surat_untuk_akun_yang_tidak_aktif_tidak_dikirim(posting: Flask, smtp: Mailbox) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == people["bu_sari"].id).values(active=False))
        assert jobs.run_one(job_of(case_id, "surat").id)
        assert smtp.messages == []
        assert store.session.scalars(select(Job.done_at).where(Job.kind == "surat")).one() is not None


def test_basis_data_yang_pergi_sesudah_server_surat_menjawab_ya_ditunggu(
    postgresql_url: str, tmp_path: Path, smtp: Mailbox
) -> None:
    """Longer than a connection is waited for; the letter goes out once."""
    with _posting(postgresql_url, tmp_path, smtp):
        people = cast()
        letter = job_of(open_kk(people, publish()), "surat")
        letter_id, absence = letter.id, ExitStack()

        def cut_off(_: object) -> None:
            absence.enter_context(away(postgresql_url))
            threading.Timer(6, absence.close).start()

        smtp.taken = cut_off
        assert jobs.run_one(letter_id)
        store.session.rollback()
        done = store.session.get_one(Job, letter_id)
        assert (done.attempts, len(smtp.messages)) == (1, 1)
        assert done.done_at is not None


def test_surat_yang_ditolak_menjadi_pekerjaan_petugas_cetak_dan_dikirim_ke_alamat_yang_benar(
    posting: Flask, smtp: Mailbox
) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        smtp.refuse = "550 kotak surat tidak ada"
        letter = job_of(case_id, "surat").id
        assert jobs.run_one(letter)
        for other in ("pak_budi", "bu_wulan", "bu_sari"):
            assert undelivered.listed(people[other]) == ()
            with pytest.raises(NotFound):
                undelivered.send_again(people[other], letter)
        agus = people["pak_agus"]
        (one,) = undelivered.listed(agus)
        assert (one.case_id, one.address, one.person) == (case_id, "sari@contoh.id", people["bu_sari"].name)
        assert "550" in one.reason
        with pytest.raises(InvalidInput):
            undelivered.send_again(agus, letter, "bukan alamat")
        smtp.refuse = ""
        undelivered.send_again(agus, letter, "sari.baru@contoh.id")
        assert undelivered.listed(agus) == ()
        assert jobs.run_one(letter)
        (message,) = smtp.messages
        assert message["To"] == "sari.baru@contoh.id"
        with pytest.raises(NotFound, match="sudah ditangani"):
            undelivered.send_again(agus, letter)
        assert store.session.get_one(Job, letter, populate_existing=True).payload.keys() == {"user", "title"}
        assert _told(people["pak_budi"], case_id)[-1].endswith("dikirim lagi ke alamat lain.")
        assert list(audit.verify(SYSTEM).findings) == []


def test_surat_yang_ditolak_dinyatakan_disampaikan_dengan_cara_lain(posting: Flask, smtp: Mailbox) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        smtp.refuse = "550 kotak surat tidak ada"
        letter = job_of(case_id, "surat").id
        assert jobs.run_one(letter)
        agus = people["pak_agus"]
        with pytest.raises(InvalidInput):
            undelivered.delivered_otherwise(agus, letter, "  ")
        undelivered.delivered_otherwise(agus, letter, "Ditelepon, NIK 3402994505850001 dicocokkan.")
        assert undelivered.listed(agus) == ()
        assert not incidents.page(people["pak_eko"]).incidents
        assert "disampaikan dengan cara lain: Ditelepon, NIK ************0001" in _told(people["pak_budi"], case_id)[-1]
        assert not any("Ditelepon" in said for said in _told(people["bu_sari"], case_id))


def _told(actor: Actor, case_id: str) -> list[str]:
    return [entry.sentence for entry in riwayat.timeline(actor, cases.load(actor, case_id)).entries]
