"""The discussion of a case: who writes, what the other side sees, what the trail keeps, who is told and how often."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select, update

from app.domain.actors import SYSTEM, Actor, CaseRef, can
from app.domain.chain import salted_digest
from app.domain.errors import DiscussionClosed, Forbidden, InvalidInput, NotFound, StaleForm, UploadRefused
from app.models import Case, DiscussionMessage, Event, Job, Mail, Notice, Upload, new_id
from app.services import clock, store
from app.services.background import job_rows, tidying
from app.services.desk import inbox
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.discussion import attachments, canned, marks, posting, telling, views
from app.services.discussion.views import Talk
from app.services.flow import cases, tasks
from app.services.messages import notices
from app.services.portal import portal_views, uploads
from app.services.records import audit, riwayat
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun
from tests.support.kasus import Jam, cast, finish, jam_uji, open_kk, publish, run_all


@dataclass
class Ruang:
    """One case and its people. `tulis`: post as somebody who has just looked."""

    jam: Jam
    people: dict[str, Actor]
    case_id: str

    def lihat(self, who: str, **more: Any) -> Talk:
        return views.look(self.people[who], cases.load(self.people[who], self.case_id), **more)

    def tulis(self, who: str, text: str, *files: str, seen: int | None = None, key: str = "") -> None:
        newest = self.lihat(who).newest if seen is None else seen
        posting.post(self.people[who], self.case_id, text, files, key or new_id(), newest)

    def lampirkan(self, who: str, data: bytes | None = None) -> str:
        return attachments.receive(self.people[who], self.case_id, io.BytesIO(data or factories.photo()))

    def kabar(self, who: str) -> list[str]:
        return [n.title for n in notices.mine(self.people[who]).notices if n.key.startswith("diskusi")]

    def surat(self) -> list[str]:
        run_all()
        query = select(Mail.body).where(Mail.subject.startswith("Pesan dari petugas")).order_by(Mail.sent_at)
        return list(store.session.scalars(query))


def ruang_baru(jam: Jam) -> Ruang:
    people = cast()
    return Ruang(jam, people, open_kk(people, publish()))


@pytest.fixture
def ruang(sqlite_app: Flask) -> Iterator[Ruang]:
    with jam_uji() as jam:
        yield ruang_baru(jam)


def test_kedua_sisi_saling_membaca_dan_belum_dibaca_hanya_milik_pembacanya(ruang: Ruang) -> None:
    ruang.tulis("bu_sari", "Apakah surat hilang\r\nboleh difoto?")
    officer = ruang.lihat("pak_budi")
    assert [(line.who, line.text, line.is_new) for line in officer.lines] == [
        ("Sari Puspitarini", "Apakah surat hilang\nboleh difoto?", True)
    ]
    assert (officer.unread, ruang.lihat("bu_sari").unread) == (1, 0)
    ruang.tulis("pak_budi", "Boleh, di tempat terang.")
    resident = ruang.lihat("bu_sari")
    assert [(line.who, line.is_new) for line in resident.lines] == [("Anda", False), ("Petugas", True)]
    assert (resident.unread, ruang.lihat("pak_budi").unread) == (1, 0)
    assert views.unread_of(ruang.people["bu_sari"].id, [ruang.case_id]) == {ruang.case_id: 1}
    assert ruang.lihat("bu_wulan").unread == 0, "answered by a colleague: nothing waits for the next officer"
    marks.mark_read(ruang.people["bu_sari"], ruang.case_id, resident.newest)
    assert ruang.lihat("bu_sari").unread == 0
    assert views.unread_of(ruang.people["bu_sari"].id, [ruang.case_id]) == {}


def test_yang_masuk_selagi_menulis_tetap_belum_dibaca(ruang: Ruang) -> None:
    ruang.tulis("bu_sari", "satu")
    ruang.tulis("bu_sari", "dua")
    ruang.tulis("pak_budi", "menjawab yang pertama", seen=1)
    assert ruang.lihat("pak_budi").unread == 1
    assert views.new_for_office(ruang.people["bu_wulan"], [ruang.case_id]) == {ruang.case_id}
    ruang.tulis("bu_sari", "terima kasih", seen=2)
    assert ruang.lihat("bu_sari").unread == 1


def test_orang_lain_tidak_menemukan_diskusi_dan_auditor_hanya_membaca(ruang: Ruang) -> None:
    for stranger in ("pak_joko", "pak_eko", "pak_tarno"):
        with pytest.raises(NotFound):
            posting.post(ruang.people[stranger], ruang.case_id, "halo", (), new_id(), 0)
        with pytest.raises(NotFound):
            attachments.receive(ruang.people[stranger], ruang.case_id, io.BytesIO(factories.photo()))
        with pytest.raises(NotFound):
            marks.mark_read(ruang.people[stranger], ruang.case_id, 1)
    ruang.tulis("bu_sari", "halo")
    assert ruang.lihat("bu_tuti").may_write is False
    with pytest.raises(Forbidden):
        ruang.tulis("bu_tuti", "halo")
    assert ruang.lihat("bu_sari").newest == 1


def test_pendaftar_berdiskusi_tentang_akunnya_dan_kasus_milik_kantor_tidak_punya_diskusi(ruang: Ruang) -> None:
    """Of any procedure in which a resident has a part; one who is to be blocked must not hear of it."""
    akun.publish()
    newcomer, case_id = akun.register()
    account = Ruang(ruang.jam, {**ruang.people, "tuti": newcomer}, case_id)
    account.tulis("tuti", "Foto saya sudah benar?")
    account.tulis("pak_budi", "Sudah.")
    assert [line.who for line in account.lihat("tuti").lines] == ["Anda", "Petugas"] and account.kabar("tuti")
    assert not can(ruang.people["bu_wulan"], "discuss", CaseRef("k", newcomer.id, "", frozenset({"kasi", "kabid"})))


def test_jejak_memuat_sidik_bergaram_dan_bukan_isinya(ruang: Ruang) -> None:
    file_id = ruang.lampirkan("bu_sari")
    ruang.tulis("bu_sari", "NIK saya 3402995207900001", file_id)
    event = store.session.scalars(select(Event).where(Event.verb == posting.VERB)).one()
    message = store.session.scalars(select(DiscussionMessage)).one()
    digest = store.session.get_one(Upload, file_id).digest
    assert event.payload["isi"] == salted_digest(message.salt, posting.written(message, [digest]))
    assert event.payload["isi"] != salted_digest("", posting.written(message, [digest]))
    assert "3402995207900001" not in str(event.payload) and event.payload["berkas"] == [file_id]
    assert list(audit.verify(SYSTEM).findings) == []
    ruang.tulis("pak_budi", "Baik.")
    story = riwayat.timeline(ruang.people["bu_sari"], cases.load(ruang.people["bu_sari"], ruang.case_id))
    assert [one.sentence for one in story.entries][-2:] == [
        "Anda menulis di diskusi dengan 1 lampiran.",
        "Pesan dari petugas di diskusi.",
    ]


def test_dua_klik_sekali_terkirim_dan_kunci_ganjil_ditolak(ruang: Ruang) -> None:
    ruang.tulis("bu_sari", "halo", key="k" * 16)
    ruang.tulis("bu_sari", "halo", key="k" * 16)
    assert ruang.lihat("bu_sari").newest == 1
    assert posting.was_posted(ruang.people["bu_sari"], ruang.case_id, "k" * 16)
    with pytest.raises(StaleForm):
        ruang.tulis("bu_sari", "halo", key="x")


def test_pesan_kosong_dan_terlalu_panjang_ditolak_dengan_ramah(ruang: Ruang) -> None:
    with pytest.raises(InvalidInput) as empty:
        ruang.tulis("bu_sari", " \n ")
    assert "lampirkan foto atau PDF" in empty.value.errors["teks"][0]
    with pytest.raises(InvalidInput) as long:
        ruang.tulis("bu_sari", "a" * 10_001)
    assert "10.001 huruf; paling banyak 10.000" in long.value.errors["teks"][0]
    ruang.tulis("bu_sari", "a" * 10_000)
    assert ruang.lihat("bu_sari").newest == 1


def test_lampiran_terlihat_sesudah_terkirim_dan_hanya_oleh_yang_berhak(ruang: Ruang) -> None:
    sari, budi = ruang.people["bu_sari"], ruang.people["pak_budi"]
    file_id = ruang.lampirkan("bu_sari")
    with pytest.raises(NotFound):
        uploads.open_for(budi, file_id)
    uploads.open_for(sari, file_id).stream.close()
    ruang.tulis("bu_sari", "", file_id)
    ((shown,),) = [line.files for line in ruang.lihat("pak_budi").lines]
    assert (shown.id, shown.is_picture) == (file_id, True)
    uploads.open_for(budi, file_id).stream.close()
    answer = ruang.lampirkan("pak_budi")
    ruang.tulis("pak_budi", "Contoh foto yang baik", answer)
    uploads.open_for(sari, answer).stream.close()
    for stranger in ("pak_joko", "pak_eko"):
        with pytest.raises(NotFound):
            uploads.open_for(ruang.people[stranger], file_id)
    with pytest.raises(Forbidden):
        uploads.remove(sari, file_id)
    assert [each.id for each in portal_views.files(cases.load(sari, ruang.case_id))] == []


def test_lampiran_orang_lain_atau_yang_sudah_terkirim_tidak_dapat_ikut(ruang: Ruang) -> None:
    theirs, sent = ruang.lampirkan("pak_budi"), ruang.lampirkan("bu_sari")
    ruang.tulis("bu_sari", "satu", sent)
    for file_id in (theirs, sent, "x" * 22):
        with pytest.raises(InvalidInput):
            ruang.tulis("bu_sari", "dua", file_id)
    four = [ruang.lampirkan("bu_sari") for _ in range(4)]
    with pytest.raises(InvalidInput) as many:
        ruang.tulis("bu_sari", "dua", *four)
    assert "Paling banyak 3 berkas" in many.value.errors["lampiran"][0]
    with pytest.raises(UploadRefused) as odd:
        ruang.lampirkan("bu_sari", b"MZ bukan foto")
    assert "bukan foto atau PDF" in odd.value.pesan


def test_lampiran_yang_tidak_pernah_terkirim_dilepas_sesudah_dua_hari(ruang: Ruang) -> None:
    kept, sent = ruang.lampirkan("bu_sari"), ruang.lampirkan("bu_sari")
    ruang.tulis("bu_sari", "ini", sent)
    assert attachments.forget_unsent(ruang.jam.lewat(hours=47)) == 0
    assert attachments.forget_unsent(ruang.jam.lewat(hours=2)) == 1
    store.session.rollback()
    assert store.session.get(Upload, kept) is None and store.session.get(Upload, sent) is not None
    assert tidying.discard_unused_files(0) == 0, "the same bytes are in use by the message that was sent"


def test_banyak_pesan_terbagi_halaman(ruang: Ruang) -> None:
    for number in range(1, 26):
        ruang.tulis("bu_sari", f"pesan {number}", seen=0)
    newest = ruang.lihat("pak_budi", size=10)
    assert ([newest.lines[0].number, newest.lines[-1].number], newest.before, newest.unread) == ([16, 25], 16, 25)
    older = ruang.lihat("pak_budi", before=newest.before, size=10)
    oldest = ruang.lihat("pak_budi", before=older.before, size=10)
    assert [line.number for line in oldest.lines] == [1, 2, 3, 4, 5] and oldest.before is None


def test_nik_dalam_pesan_tersamar_bagi_petugas_yang_tidak_memegang_tugasnya(ruang: Ruang) -> None:
    ruang.tulis("bu_sari", "NIK saya 3402995207900001")
    finish(ruang.case_id, "buka_permohonan", ruang.people["pak_budi"])
    shown = {who: ruang.lihat(who).lines[0].text for who in ("bu_sari", "pak_budi", "bu_rini", "bu_tuti")}
    whole, masked = "NIK saya 3402995207900001", "NIK saya ************0001"
    assert shown == {"bu_sari": whole, "pak_budi": whole, "bu_rini": masked, "bu_tuti": masked}


def test_naskah_pemohon_tidak_dapat_membanjiri_kantor(ruang: Ruang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "IN_AN_HOUR", 5)
    for number in range(posting.IN_AN_HOUR):
        ruang.tulis("bu_sari", f"pesan {number}", seen=0)
    with pytest.raises(InvalidInput) as many:
        ruang.tulis("bu_sari", "satu lagi", seen=0)
    assert "Paling banyak 5 pesan dalam satu jam" in many.value.errors["teks"][0]
    ruang.tulis("pak_budi", "Sudah kami baca.")
    ruang.jam.lewat(hours=1)
    ruang.tulis("bu_sari", "Baik.")


def test_sesudah_berakhir_masih_dapat_ditulis_tiga_puluh_hari(ruang: Ruang) -> None:
    with unit_of_work() as session:
        session.execute(update(Case).where(Case.id == ruang.case_id).values(ended_at=clock.now()))
    ruang.jam.lewat(days=29)
    ruang.tulis("bu_sari", "Cara mencetaknya bagaimana?")
    ruang.jam.lewat(days=1)
    assert (ruang.lihat("bu_sari").is_closed, ruang.lihat("bu_sari").may_write) == (True, False)
    with pytest.raises(DiscussionClosed):
        ruang.tulis("bu_sari", "Halo?")
    with pytest.raises(DiscussionClosed):
        ruang.lampirkan("bu_sari")
    assert ruang.lihat("pak_budi").newest == 1


def test_sepuluh_pesan_dalam_lima_menit_satu_kabar_dan_satu_surat(ruang: Ruang) -> None:
    for number in range(10):
        ruang.tulis("pak_budi", f"pesan {number} untuk NIK 3402995207900001")
        ruang.jam.lewat(seconds=30)
    assert ruang.kabar("bu_sari") == [f"Pesan dari petugas: KK-2026-{ruang.case_id[:6]}"]
    (letter,) = ruang.surat()
    assert "pesan 0 untuk NIK ************0001" in letter and f"/diskusi/{ruang.case_id}" in letter
    ruang.jam.lewat(minutes=30)
    assert len(ruang.surat()) == 1, "the first one still leads to the newest message"
    ruang.tulis("pak_budi", "Masih kami tunggu.")
    assert len(ruang.surat()) == 2


def test_surat_yang_harus_menunggu_tidak_dikirim_bila_sudah_dibaca(ruang: Ruang) -> None:
    sari = ruang.people["bu_sari"]
    ruang.tulis("pak_budi", "satu")
    marks.mark_read(sari, ruang.case_id, 1)
    assert store.session.scalar(select(func.count()).where(Notice.user_id == sari.id, Notice.read_at.is_(None))) == 1
    ruang.jam.lewat(minutes=1)
    ruang.tulis("pak_budi", "dua")
    assert len(ruang.kabar("bu_sari")) == 2 and len(ruang.surat()) == 1, "inside at once, by mail later"
    marks.mark_read(sari, ruang.case_id, 2)
    ruang.jam.lewat(minutes=15)
    assert len(ruang.surat()) == 1
    ruang.tulis("pak_budi", "tiga")
    marks.mark_read(sari, ruang.case_id, 3)
    ruang.tulis("pak_budi", "empat")
    assert len(ruang.surat()) == 2
    ruang.jam.lewat(minutes=15)
    assert ["empat" in letter for letter in ruang.surat()] == [False, False, True]


def test_pekerjaan_surat_yang_terulang_tidak_menulis_dua_kali(ruang: Ruang) -> None:
    """A worker that was killed after its commit: the same lease once more changes nothing."""
    sari = ruang.people["bu_sari"]
    ruang.tulis("pak_budi", "satu")
    marks.mark_read(sari, ruang.case_id, 1)
    ruang.tulis("pak_budi", "dua")
    ruang.jam.lewat(minutes=15)
    job_id = store.session.scalars(select(Job.id).where(Job.kind == telling.KIND)).one()
    lease = job_rows.lease(job_id, clock.now())
    assert lease is not None
    telling.mail_later(lease)
    telling.mail_later(lease)
    letters = select(func.count()).where(Job.kind == "surat", Job.key.startswith("surat:diskusi"))
    assert store.session.scalar(letters) == 2 and len(ruang.surat()) == 2


def test_pemegang_tugas_diberi_tahu_sekali_sampai_ia_membaca(ruang: Ruang) -> None:
    budi = ruang.people["pak_budi"]
    finish(ruang.case_id, "buka_permohonan", budi)
    ruang.tulis("bu_sari", "satu")
    ruang.tulis("bu_sari", "dua")
    assert len(ruang.kabar("pak_budi")) == 1
    assert ruang.kabar("bu_rini") == []
    ruang.tulis("bu_rini", "Saya jawabkan.")
    ruang.tulis("bu_sari", "tiga")
    assert len(ruang.kabar("pak_budi")) == 2


def test_yang_belum_dipegang_siapa_pun_dirangkum_untuk_perannya(ruang: Ruang) -> None:
    other = open_kk(ruang.people, store.session.scalars(select(Case.version_id)).first() or "")
    ruang.tulis("bu_sari", "satu")
    posting.post(ruang.people["bu_sari"], other, "dua", (), new_id(), 0)
    assert ruang.kabar("pak_budi") == []
    ruang.jam.lewat(minutes=15)
    run_all()
    assert ruang.kabar("pak_budi") == ruang.kabar("bu_rini") == ["2 diskusi menunggu jawaban"]
    assert ruang.kabar("bu_wulan") == ruang.kabar("bu_sari") == []
    ruang.tulis("pak_budi", "Baik.")
    ruang.tulis("bu_sari", "tiga")
    ruang.jam.lewat(minutes=15)
    run_all()
    assert ruang.kabar("bu_rini")[0] == "2 diskusi menunggu jawaban"


def test_jawaban_siap_terisi_menurut_permohonannya_dan_dapat_diubah_petugas(ruang: Ruang) -> None:
    budi, sari = ruang.people["pak_budi"], ruang.people["bu_sari"]
    answer = canned.save(budi, "", 0, "Sapaan", "Halo {nama}, tentang {nomor}.")
    assert canned.save(budi, "", 0, "Sapaan", "Halo {nama}, tentang {nomor}.") == answer, "a double click makes one"
    assert canned.filled(budi, ruang.case_id, answer) == f"Halo Sari Puspitarini, tentang KK-2026-{ruang.case_id[:6]}."
    canned.save(ruang.people["bu_rini"], answer, 1, "Sapaan", "Selamat pagi {nama}.")
    with pytest.raises(StaleForm):
        canned.save(budi, answer, 1, "Sapaan", "Selamat siang {nama}.")
    with pytest.raises(InvalidInput) as unknown:
        canned.save(budi, "", 0, "Lain", "NIK {nik}")
    assert "{nik} tidak dikenal" in unknown.value.errors["isi"][0]
    for barred in (sari, ruang.people["bu_tuti"]):
        with pytest.raises(Forbidden):
            canned.save(barred, "", 0, "Lain", "Lain")
    canned.remove(budi, answer)
    canned.remove(budi, answer)
    with pytest.raises(NotFound):
        canned.filled(budi, ruang.case_id, answer)


def test_inbox_menandai_diskusi_baru(ruang: Ruang) -> None:
    budi = ruang.people["pak_budi"]
    (row,) = inbox.page(budi, ANTREAN, Filters()).rows
    assert "diskusi baru" not in row.flags
    ruang.tulis("bu_sari", "Halo?")
    (row,) = inbox.page(budi, ANTREAN, Filters()).rows
    assert "diskusi baru" in row.flags
    ruang.tulis("pak_budi", "Ya, Bu.")
    (row,) = inbox.page(budi, ANTREAN, Filters()).rows
    assert "diskusi baru" not in row.flags
    tasks.claim(budi, row.task_id)
    ruang.jam.lewat(minutes=1)
    assert timedelta(0) < clock.now() - row.moment


def test_banyak_yang_menulis_bersamaan_tidak_ada_yang_hilang_atau_kembar(app: Flask) -> None:
    """On each database: every message once, numbered without gaps, one chain, one piece of news for each side."""
    with jam_uji() as jam:
        ruang = ruang_baru(jam)
        finish(ruang.case_id, "buka_permohonan", ruang.people["pak_budi"])
        store.session.remove()
        gate, failed = threading.Barrier(8), []

        def write(number: int) -> None:
            who = ruang.people["bu_sari" if number % 2 else "pak_budi"]
            with app.app_context(), clock.using(jam):
                gate.wait()
                try:
                    for key in (f"kunci-nomor-{number}", f"kunci-nomor-{number}", f"kunci-lain-{number}"):
                        posting.post(who, ruang.case_id, key, (), key, 0)
                except Exception as problem:  # noqa: BLE001  whatever it is, the test shows it
                    failed.append(problem)
                finally:
                    store.session.remove()

        writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert failed == []
        rows = store.session.scalars(select(DiscussionMessage).order_by(DiscussionMessage.number)).all()
        assert [row.number for row in rows] == list(range(1, 17)) and len({row.text for row in rows}) == 16
        numbers = [event.payload["nomor"] for event in store.session.scalars(_written().order_by(Event.seq))]
        assert numbers == list(range(1, 17)) and list(audit.verify(SYSTEM).findings) == []
        assert len(ruang.kabar("bu_sari")) == len(ruang.kabar("pak_budi")) == len(ruang.surat()) == 1


def _written() -> Select[Event]:
    return select(Event).where(Event.verb == posting.VERB)
