"""Who is told what: inside the step's transaction, in the procedure's own words, once."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.models import Job, Mail, Notice, Task
from app.services import store
from app.services.flow.case_run import CaseRun
from app.services.messages import mailbox, notices
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import (
    cast,
    finish,
    go_to_signed,
    jam_uji,
    open_kk,
    publish,
    return_to_applicant,
    run_all,
)


def open_task(case_id: str) -> str:
    query = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))
    return store.session.scalars(query).one()


def titles(actor) -> list[str]:
    return [notice.title for notice in notices.mine(actor).notices]


def test_pengajuan_memberi_tahu_pemohon_di_aplikasi_dan_surat(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish(), facts={"pin": "482913"})
        (notice,) = notices.mine(people["bu_sari"]).notices
        assert notice.title.startswith("Permohonan KK-2026-")
        assert "Sari Puspitarini" in notice.body
        assert "PIN cek status: 482913" in notice.body
        said = "Unduh bukti permohonan (PDF) dan lihat perkembangannya di halaman permohonan"
        assert said in notice.body, "its address is a button there"

        assert run_all("surat") == 1
        (mail,) = mailbox.page(people["pak_eko"]).letters
        assert (mail.to, mail.subject) == ("sari@contoh.id", notice.title)
        assert mail.message_id.endswith("@localhost>")
        assert "Dinas Kependudukan dan Pencatatan Sipil" in mail.body
        assert f"http://localhost/permohonan/{case_id}" in mail.body
        letter = store.session.scalars(select(Job).where(Job.kind == "surat")).one()
        assert set(letter.payload) == {"user", "title"}, "what has gone out is not kept a second time"


def test_dikembalikan_menyebut_pesan_dan_tidak_menampilkan_nik(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return_to_applicant(case_id, people, "Foto KTP 3402995207900001 buram.")
        (notice,) = [n for n in notices.mine(people["bu_sari"]).notices if "perlu dilengkapi" in n.title]
        assert "Pesan petugas: Foto KTP ************0001 buram." in notice.body
        assert "Lengkapi sebelum Senin, 7 Desember 2026" in notice.body


def test_tanpa_pesan_petugas_disebut_berkas_mana_dan_apa_kurangnya(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return_to_applicant(case_id, people, "")
        (notice,) = [n for n in notices.mine(people["bu_sari"]).notices if "perlu dilengkapi" in n.title]
        assert "Foto KTP-el pemohon: Tidak terbaca" in notice.body


def test_yang_mengembalikan_diberi_tahu_sesudah_dilengkapi(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return_to_applicant(case_id, people)
        finish(case_id, "lengkapi_berkas", people["bu_sari"])
        (notice,) = [n for n in notices.mine(people["pak_budi"]).notices if "sudah dilengkapi" in n.title]
        assert "http" not in notice.body, "a line that is only an address is a button there"
        assert titles(people["bu_rini"]) == []


def test_satu_peran_diberi_tahu_oleh_pekerjaan_hanya_yang_aktif_dan_melayani_unitnya(app: Flask) -> None:
    with jam_uji():
        with unit_of_work() as session:
            people = {
                key: factories.add_person(session, key, active=key != "pak_agus")
                for key in ("bu_sari", "pak_budi", "bu_wulan", "bu_kartika", "pak_agus", "pak_tarno", "bu_rini")
            }
        old = "kepada: [pelaku periksa_berkas, peran petugas_cetak]"
        new = "kepada: [peran petugas_layanan, peran petugas_cetak]"
        case_id = open_kk(people, publish(lambda text: text.replace(old, new)))
        go_to_signed(case_id, people)
        assert run_all() >= 3
        told = store.session.scalars(select(Notice.user_id).where(Notice.title.contains("sudah ditandatangani"))).all()
        assert sorted(told) == sorted([people["pak_budi"].id, people["bu_rini"].id])


def test_tugas_yang_menunggu_di_antrean_peran_tidak_menambah_yang_belum_dibaca(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        assert run_all() >= 2
        assert any("sudah ditandatangani" in title for title in titles(people["pak_agus"]))
        assert notices.unread_count(people["pak_agus"]) == 0, "it stands in the queue of petugas cetak"
        assert notices.unread_count(people["pak_budi"]) >= 1, "it is nowhere in the queue of who examined it"


def test_langkah_yang_gagal_tidak_memberi_tahu_siapa_pun(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        before = titles(people["bu_sari"])
        letters = select(func.count()).select_from(Job).where(Job.kind == "surat")
        sent = store.session.scalar(letters)
        with pytest.raises(RuntimeError), unit_of_work() as session:
            run = CaseRun.lock(session, jam.at, case_id=case_id)
            task = next(iter(run.tasks.values()))
            run.complete(task["token"], task["step"], people["pak_budi"])
            run.save()
            raise RuntimeError("listrik padam")
        assert titles(people["bu_sari"]) == before
        assert store.session.scalar(letters) == sent


def test_menandai_terbaca_hanya_milik_sendiri(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        version = publish()
        open_kk(people, version)
        jam.lewat(minutes=1)
        open_kk(people, version)
        joko = open_kk(people, version, subject="pak_joko")
        assert joko
        assert notices.unread_count(people["bu_sari"]) == 2
        newest = notices.mine(people["bu_sari"]).notices[0]
        assert notices.mark_read(people["pak_joko"], [newest.id]) == 0
        assert notices.mark_read(people["bu_sari"], [newest.id]) == 1
        assert notices.mark_read(people["bu_sari"]) == 1
        assert notices.unread_count(people["bu_sari"]) == 0
        assert notices.unread_count(people["pak_joko"]) == 1


def test_halaman_pemberitahuan_bersambung_tanpa_celah(app: Flask) -> None:
    """Also where many notices were written in the same moment."""
    with jam_uji():
        people = cast()
        version = publish()
        for _ in range(notices.PAGE + 5):
            open_kk(people, version)
        first = notices.mine(people["bu_sari"])
        second = notices.mine(people["bu_sari"], first.before)
        assert (len(first.notices), len(second.notices), second.before) == (notices.PAGE, 5, None)
        seen = {notice.id for notice in (*first.notices, *second.notices)}
        assert len(seen) == notices.PAGE + 5
        assert notices.mine(people["pak_joko"], first.before).notices == []


def test_kotak_surat_menerima_satu_message_id_sekali(app: Flask) -> None:
    with jam_uji():
        people = cast()
        for _ in range(2):
            mailbox.MailboxMailer().send("<sama@localhost>", "a@contoh.id", "Judul", "Isi")
        assert [mail.message_id for mail in mailbox.page(people["bu_sari"]).letters] == ["<sama@localhost>"]
        assert store.session.scalar(select(func.count()).select_from(Mail)) == 1
