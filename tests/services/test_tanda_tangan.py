"""Letters of the office: drawn, seen, signed many at once with one passphrase, none of them twice."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from app.adapters.signature_proof import is_intact
from app.adapters.signer_bsre import BsreSigner
from app.domain.actors import SYSTEM
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.models import Case, Event, OfficeLetter, Signature, StoredFile, User
from app.services import clock, store
from app.services.accounts import absences, acting
from app.services.accounts.absences import Post
from app.services.files import file_store
from app.services.flow import cases, tasks
from app.services.portal import portal_views, uploads
from app.services.records import audit, riwayat
from app.services.signing import batches, incoming, letters, shown, sightings, signers, waiting
from app.services.work import unit_of_work
from tests import factories
from tests.support import bsre
from tests.support.bsre import Server, bsre_server
from tests.support.kasus import Jam, finish, job_of, open_steps, run_all
from tests.support.penerbit import issuer
from tests.support.surat import PASSPHRASE, STEP, Surat, signed_letters, states

KEY = "kunci-halaman-"


@pytest.fixture
def surat(sqlite_app: Flask, jam: Jam) -> Surat:
    return Surat.open()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with bsre_server(tmp_path) as server:
        signers.bind(bsre=BsreSigner(server.account, timeout=5))
        yield server
        signers.bind(bsre=None)


def outcome(case_id: str) -> str:
    store.session.rollback()
    return store.session.get_one(Case, case_id).outcome


def text_of(digest: str) -> str:
    with file_store().open(digest) as stream:
        return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(stream.read())).pages)


def letters_of(case_id: str) -> list[OfficeLetter]:
    store.session.rollback()
    query = select(OfficeLetter).where(OfficeLetter.case_id == case_id).order_by(OfficeLetter.created_at)
    return list(store.session.scalars(query))


def sign(surat: Surat, chosen: list[tuple[str, int]], passphrase: str = PASSPHRASE, key: str = "1") -> batches.Batch:
    batch = batches.begin(surat.head, STEP, chosen, KEY + key)
    return batches.proceed(surat.head, batch, passphrase)


def test_dari_permintaan_sampai_surat_terunduh(surat: Surat, jam: Jam) -> None:
    case_id = surat.case()
    surat.checked(case_id)
    (letter,) = letters_of(case_id)
    assert letter.number == "470/0001/2026"
    said = text_of(letter.digest)
    assert "SURAT KETERANGAN" in said and "3402995207900001" in said and "KK-2026-000001" in said
    assert "Ditandatangani" not in said  # nothing of a signature before there is one
    surat.verified(case_id)
    jam.lewat(minutes=5)
    done = sign(surat, surat.see(case_id))
    assert (done.total, done.done, done.failed, done.stopped) == (1, 1, 0, "")
    assert outcome(case_id) == "selesai"
    sari = surat.people["bu_sari"]
    (result,) = portal_views.delivered(cases.load(sari, case_id))
    (kept,) = signed_letters(case_id)
    assert result == kept.id
    with file_store().open(kept.digest) as stream:
        data = stream.read()
    assert is_intact(data)
    with file_store().open(letter.digest) as stream:
        assert data.startswith(stream.read())  # what was seen is what was signed
    history = " ".join(entry.sentence for entry in riwayat.timeline(sari, cases.load(sari, case_id)).entries)
    assert "470/0001/2026 ditandatangani secara elektronik oleh Kepala Dinas" in history
    assert list(audit.verify(SYSTEM).findings) == []


def test_ditolak_petugas_memberi_tahu_alasannya(surat: Surat) -> None:
    case_id = surat.case()
    answers = {"keputusan": "tolak", "pesan_pemohon": "Permohonan itu sudah selesai."}
    finish(case_id, "periksa_surat", surat.people["pak_budi"], answers)
    assert (outcome(case_id), open_steps(case_id)) == ("ditolak", [])
    assert letters_of(case_id) == []


def test_salah_dan_dikembalikan_kembali_ke_orangnya_dan_nomornya_tetap(surat: Surat, jam: Jam) -> None:
    case_id = surat.checked(surat.case())
    finish(case_id, "verifikasi_surat", surat.people["bu_wulan"], {"keputusan": "salah", "catatan_petugas": "Alamat."})
    assert open_steps(case_id) == ["periksa_surat"]
    jam.lewat(minutes=5)
    surat.verified(surat.checked(case_id))
    first, second = letters_of(case_id)
    assert first.number == second.number and first.superseded_at and not second.superseded_at
    task = surat.task(case_id)
    version = tasks.claim(surat.head, task.id) and surat.task(case_id).version
    raw = {"keputusan": "dikembalikan", "alasan_kembali": "Keperluannya belum jelas."}
    tasks.complete(surat.head, task.id, version, KEY, raw)
    assert open_steps(case_id) == ["verifikasi_surat"]
    surat.verified(case_id)
    assert sign(surat, surat.see(case_id)).done == 1
    assert outcome(case_id) == "selesai"


def test_nomor_surat_berurut_tanpa_lubang_dan_gambar_ulang_memberi_byte_yang_sama(surat: Surat) -> None:
    ids = [surat.case() for _ in range(3)]
    for case_id in ids:
        finish(case_id, "periksa_surat", surat.people["pak_budi"], {"keputusan": "buat", "benar_berjalan": True})
    job = job_of(ids[0], "otomatis")
    procedure = cases.load(surat.people["pak_budi"], ids[0]).procedure
    case = store.session.get_one(Case, ids[0])
    arguments = procedure.automation["susun_surat"].arguments
    drawn = letters.draw(case, procedure, arguments, job.id)
    again = letters.draw(store.session.get_one(Case, ids[0]), procedure, arguments, job.id)
    assert (drawn.digest, drawn.number) == (again.digest, again.number)
    run_all("otomatis")
    assert sorted(letters_of(one)[0].number for one in ids) == [f"470/000{n}/2026" for n in (1, 2, 3)]


def test_hanya_yang_sudah_dilihat_dan_belum_berubah(surat: Surat) -> None:
    seen, unseen, changed = surat.waiting(3)
    chosen = [*surat.see(seen, changed), (surat.task(unseen).id, surat.task(unseen).version)]
    with unit_of_work() as session:
        case = session.get_one(Case, changed)
        answers = case.data["answers"]
        case.data = {**case.data, "answers": {**answers, "minta_surat": {**answers["minta_surat"], "jenis": "bpjs"}}}
    done = sign(surat, chosen)
    assert (done.done, done.failed) == (1, 2)
    assert {line.cause for line in done.lines if line.cause} == {sightings.NotSeen.pesan}
    assert [len(signed_letters(one)) for one in (seen, unseen, changed)] == [1, 0, 0]
    surat.see(unseen, changed)
    batches.again(surat.head, done.id)
    assert batches.proceed(surat.head, done.id, PASSPHRASE).done == 3


def test_dokumen_yang_berubah_sesudah_dipilih_tidak_ditandatangani(surat: Surat) -> None:
    (case_id,) = surat.waiting(1)
    batch = batches.begin(surat.head, STEP, surat.see(case_id), KEY)
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        case.data = {**case.data, "answers": {**case.data["answers"], "periksa_surat": {"keputusan": "tolak"}}}
    done = batches.proceed(surat.head, batch, PASSPHRASE)
    assert (done.done, done.failed, done.lines[0].cause) == (0, 1, sightings.NotSeen.pesan)
    assert signed_letters(case_id) == []


def test_yang_ditampilkan_harus_sama_dengan_yang_ditandai_dilihat(surat: Surat) -> None:
    (case_id,) = surat.waiting(1)
    task_id = surat.task(case_id).id
    with pytest.raises(sightings.Changed):
        sightings.note(surat.head, STEP, task_id, "0" * 64)
    with pytest.raises(NotFound):
        sightings.note(surat.people["pak_budi"], STEP, task_id, shown.digests([case_id], STEP)[case_id])
    found = waiting.load(surat.head, STEP)
    assert [(row.seen, row.what.row.task_id) for row in found.rows] == [(False, task_id)]
    surat.see(case_id)
    assert [row.seen for row in waiting.load(surat.head, STEP).rows] == [True]
    assert (found.way, found.noun, found.sent_back) == ("lokal", "surat", 0)


def test_frasa_salah_tidak_menandatangani_apa_pun_dan_dapat_dicoba_lagi(surat: Surat, jam: Jam) -> None:
    ids = surat.waiting(2)
    batch = batches.begin(surat.head, STEP, surat.see(*ids), KEY)
    wrong = batches.proceed(surat.head, batch, "bukan frasanya")
    assert (wrong.done, wrong.failed, wrong.left, wrong.stopped) == (0, 0, 2, "Frasa sandi salah.")
    assert [signed_letters(one) for one in ids] == [[], []]
    assert batches.proceed(surat.head, batch, PASSPHRASE).done == 2
    for _ in range(batches.MOST_WRONG):
        batches.proceed(surat.head, batch, "x")  # nothing is left, so nothing is wrong
    (more,) = surat.waiting(1)
    batch = batches.begin(surat.head, STEP, surat.see(more), KEY + "2")
    with pytest.raises(TooManyAttempts):
        for _ in range(batches.MOST_WRONG + 1):
            batches.proceed(surat.head, batch, "bukan frasanya")
    jam.lewat(minutes=16)
    assert batches.proceed(surat.head, batch, PASSPHRASE).done == 1


def test_formulir_yang_sama_dua_kali_tidak_menandatangani_dua_kali(app: Flask, jam: Jam) -> None:
    surat = Surat.open()
    ids = surat.waiting(2)
    chosen = surat.see(*ids)
    assert sign(surat, chosen).done == 2
    assert sign(surat, chosen).done == 2
    assert [len(signed_letters(one)) for one in ids] == [1, 1]
    assert states() == {"selesai": 2}
    with pytest.raises(InvalidInput):
        batches.begin(surat.head, STEP, [], KEY)


def test_layar_tugas_tidak_dapat_menyatakan_ditandatangani(surat: Surat) -> None:
    (case_id,) = surat.waiting(1)
    task_id = surat.task(case_id).id
    tasks.claim(surat.head, task_id)
    upload = uploads.receive(surat.head, field="surat", stream=io.BytesIO(factories.pdf()), task_id=task_id)
    raw = {"keputusan": "ditandatangani", "surat": [upload.id]}
    with pytest.raises(InvalidInput, match="Ada isian"):
        tasks.complete(surat.head, task_id, surat.task(case_id).version, KEY, raw)
    assert open_steps(case_id) == [STEP]


def test_dari_lima_puluh_satu_gagal_lalu_diulang_tak_satu_pun_dua_kali(
    sqlite_app: Flask, jam: Jam, server: Server
) -> None:
    surat = Surat.open("bsre")
    ids = surat.waiting(50)
    chosen = surat.see(*ids)

    def fault(number: int) -> bsre.Answer | None:
        server.status = "EXPIRED" if number == 23 else "ISSUE"
        return (400, {"error": "Sertifikat tidak berlaku", "status_code": 2099}) if number == 23 else None

    real_status = server.status
    server.refuse = fault

    class Forgiving(BsreSigner):
        def sign(self, order, who, passphrase):  # type: ignore[no-untyped-def]
            server.status = real_status  # renewed before the next letter
            return super().sign(order, who, passphrase)

    signers.bind(bsre=Forgiving(server.account, timeout=5))
    batch = batches.begin(surat.head, STEP, chosen, KEY)
    first = batches.proceed(surat.head, batch, bsre.PASSPHRASE, budget_s=300)
    assert (first.done, first.failed, first.left, first.stopped) == (49, 1, 0, "")
    (failed,) = [line for line in first.lines if line.state == "gagal"]
    assert failed.cause == "sertifikat habis"
    server.refuse = lambda _: None
    batches.again(surat.head, batch)
    second = batches.proceed(surat.head, batch, bsre.PASSPHRASE, budget_s=300)
    assert (second.done, second.failed) == (50, 0)
    assert [len(signed_letters(one)) for one in ids] == [1] * 50
    assert len(server.signed) == 50 == len(set(server.signed))
    assert {outcome(one) for one in ids} == {"selesai"}
    events = store.session.scalars(select(Event).where(Event.verb == "dokumen_ditandatangani")).all()
    assert len({event.payload["tugas"] for event in events}) == len(events) == 50


def test_tanpa_stempel_waktu_surat_itu_gagal_yang_lain_jalan_terus_tak_satu_pun_dua_kali(
    sqlite_app: Flask, jam: Jam
) -> None:
    surat = Surat.open()
    ids = surat.waiting(3)
    batch = batches.begin(surat.head, STEP, surat.see(*ids), KEY)
    with issuer() as penerbit:
        signers.bind(bsre=None, tsa=f"{penerbit.url}/tsa")
        try:
            penerbit.fails_at = 3  # the first letter asks twice, to learn how long a timestamp is
            first = batches.proceed(surat.head, batch, PASSPHRASE, budget_s=300)
            assert (first.done, first.failed, first.left, first.stopped) == (2, 1, 0, "")
            assert [line.cause for line in first.lines if line.cause] == ["layanan stempel waktu tidak menjawab"]
            assert sorted(len(signed_letters(one)) for one in ids) == [0, 1, 1]
            batches.again(surat.head, batch)
            second = batches.proceed(surat.head, batch, PASSPHRASE, budget_s=300)
        finally:
            signers.bind(bsre=None)
    assert (second.done, second.failed) == (3, 0)
    assert [len(signed_letters(one)) for one in ids] == [1, 1, 1]


def test_layanan_mati_di_tengah_berhenti_dan_dilanjutkan(sqlite_app: Flask, jam: Jam, server: Server) -> None:
    surat = Surat.open("bsre")
    ids = surat.waiting(4)
    batch = batches.begin(surat.head, STEP, surat.see(*ids), KEY)
    server.refuse = lambda number: (503, {}) if number == 3 else None
    stopped = batches.proceed(surat.head, batch, bsre.PASSPHRASE)
    assert (stopped.done, stopped.failed, stopped.left) == (2, 0, 2)
    assert "tidak menjawab" in stopped.stopped
    assert batches.proceed(surat.head, batch, bsre.PASSPHRASE).done == 4
    assert len(server.signed) == 4


def test_anggaran_waktu_habis_sisanya_menunggu_dan_selalu_maju_satu(surat: Surat) -> None:
    ids = surat.waiting(3)
    batch = batches.begin(surat.head, STEP, surat.see(*ids), KEY)
    assert [batches.proceed(surat.head, batch, PASSPHRASE, budget_s=0).done for _ in ids] == [1, 2, 3]


def test_jawaban_yang_sudah_di_cakram_dipakai_lagi_tanpa_tanda_tangan_kedua(
    sqlite_app: Flask, jam: Jam, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    surat = Surat.open("bsre")
    (case_id,) = surat.waiting(1)
    batch = batches.begin(surat.head, STEP, surat.see(case_id), KEY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            batches.proceed(surat.head, batch, bsre.PASSPHRASE)
    assert states() == {"dikirim": 1}
    assert batches.proceed(surat.head, batch, bsre.PASSPHRASE).done == 1
    assert (len(server.signed), len(signed_letters(case_id))) == (1, 1)
    assert incoming.find(surat_task(case_id)) is None


def test_mati_sebelum_jawaban_datang_ditunggu_dulu_lalu_diminta_lagi_satu_surat_saja(
    sqlite_app: Flask, jam: Jam, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    surat = Surat.open("bsre")
    (case_id,) = surat.waiting(1)
    batch = batches.begin(surat.head, STEP, surat.see(case_id), KEY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "put", killed)
        with pytest.raises(KeyboardInterrupt):
            batches.proceed(surat.head, batch, bsre.PASSPHRASE)
    waits = batches.proceed(surat.head, batch, bsre.PASSPHRASE)
    assert (waits.done, waits.left, waits.stopped) == (0, 1, batches.AlreadyAtIt.pesan)
    jam.lewat(seconds=batches.LEASE.total_seconds() + 1)
    assert batches.proceed(surat.head, batch, bsre.PASSPHRASE).done == 1
    assert len(signed_letters(case_id)) == 1
    assert store.session.get_one(Signature, surat_task(case_id)).attempts == 2  # asked twice, and the row says so


def test_plh_menandatangani_sebagai_plh_di_surat_dan_di_riwayat(surat: Surat) -> None:
    (case_id,) = surat.waiting(1)
    heru, senin = surat.people["pak_heru"], clock.today()
    post = Post("kepala_dinas", heru.id, "Plh.")
    absences.record(surat.people["pak_eko"], surat.head.id, senin, senin, "cuti", "", [post])
    stand_in = acting.actor_of(store.session(), store.session.get_one(User, heru.id))
    signers.create(SYSTEM, "heru@contoh.id", PASSPHRASE)
    task = surat.task(case_id)
    task_id, version = task.id, task.version
    sightings.note(stand_in, STEP, task_id, shown.digests([case_id], STEP)[case_id])
    batch = batches.begin(stand_in, STEP, [(task_id, version)], KEY)
    assert batches.proceed(stand_in, batch, PASSPHRASE).done == 1
    event = store.session.scalars(select(Event).where(Event.verb == "dokumen_ditandatangani")).one()
    assert event.payload["sebagai"] == "Plh. Kepala Dinas"


def test_surat_bertanda_tangan_ada_di_tabel_berkas_dengan_ukurannya(surat: Surat) -> None:
    (case_id,) = surat.waiting(1)
    sign(surat, surat.see(case_id))
    (kept,) = signed_letters(case_id)
    stored = store.session.get_one(StoredFile, kept.digest)
    assert stored.mime == "application/pdf" and stored.size > 5000
    assert file_store().verify(kept.digest)


def surat_task(case_id: str) -> str:
    store.session.rollback()
    return str(store.session.scalar(select(Signature.task_id).where(Signature.case_id == case_id)))


@pytest.mark.parametrize("kept", [False, True])
def test_yang_ditinggalkan_plh_di_tengah_jalan_ditandatangani_kepala_dinas(surat: Surat, jam: Jam, kept: bool) -> None:
    (case_id,), signed = surat.waiting(1), _signed_page(surat)
    heru, senin = surat.people["pak_heru"], clock.today()
    post = Post("kepala_dinas", heru.id, "Plh.")
    absences.record(surat.people["pak_eko"], surat.head.id, senin, senin, "cuti", "", [post])
    heru = acting.actor_of(store.session(), store.session.get_one(User, heru.id))
    task_id, version = surat.task(case_id).id, surat.task(case_id).version
    sightings.note(heru, STEP, task_id, shown.digests([case_id], STEP)[case_id])
    batches.begin(heru, STEP, [(task_id, version)], KEY + "plh")
    tasks.claim(heru, task_id)
    with unit_of_work() as session:  # killed while the signer was at it
        session.get_one(Signature, task_id).state = "dikirim"
        session.get_one(Signature, task_id).sent_at = clock.now()
    incoming.put(task_id, signed)
    if kept:  # or only after its answer was filed
        incoming.keep(heru, task_id)
    jam.lewat(days=1)
    run_all()
    assert sign(surat, surat.see(case_id)).done == 1
    (letter,) = signed_letters(case_id)
    row = store.session.get_one(Signature, task_id, populate_existing=True)
    assert (row.user_id, row.upload_id, row.capacity) == (surat.head.id, letter.id, "Kepala Dinas")
    assert outcome(case_id) == "selesai" and incoming.find(task_id) is None
    assert list(audit.verify(SYSTEM).findings) == []


def _signed_page(surat: Surat) -> bytes:
    """Some letter that is signed."""
    (other,) = surat.waiting(1)
    assert sign(surat, surat.see(other), key="lain").done == 1
    with file_store().open(signed_letters(other)[0].digest) as stream:
        return stream.read()
