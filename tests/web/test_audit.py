"""The auditor's room: found by what is exactly theirs, read as it stands, verified and taken away."""

import io
import os
import re
import resource
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from app.domain.actors import SYSTEM
from app.models import AuditRun, Event, Job, Task, UserRole
from app.services import clock, store
from app.services.auditing import runs
from app.services.background import job_rows, jobs
from app.services.flow import tasks
from app.services.records import export, seals, trail, trail_rows
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import finish, open_kk, publish
from tests.support.peramban import isi, sign_in


def _case(situs: Flask) -> str:
    """A case of Bu Sari that Pak Budi has opened."""
    with situs.app_context():
        people = {key: factories.actor(key) for key in factories.CAST}
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        return case_id


def _work(situs: Flask) -> None:
    with situs.app_context():
        for job_id in list(jobs.due_job_ids(clock.now())):
            jobs.run_one(job_id)


def test_masuk_sebagai_auditor_langsung_di_ruangnya(situs: Flask) -> None:
    client = situs.test_client()
    sent = {"email": factories.CAST["bu_tuti"].email, "password": factories.PASSWORD}
    assert client.post("/masuk", data=sent).location == "/audit"
    assert 'href="/audit"' in isi(client.get("/audit"))


def test_mencari_dengan_nik_lengkap_menyebut_tujuan_dan_tercatat(situs: Flask) -> None:
    case_id, tuti = _case(situs), sign_in(situs, "bu_tuti")
    nik = factories.CAST["bu_sari"].nik
    without = tuti.post("/audit/cari", data={"cari": nik})
    assert without.status_code == 422 and "Pilih tujuan pemeriksaan." in isi(without) and str(nik) in isi(without)
    assert "Tidak ada yang cocok" in isi(tuti.post("/audit/cari", data={"cari": str(nik)[:9], "tujuan": "aduan"}))
    page = isi(tuti.post("/audit/cari", data={"cari": nik, "tujuan": "aduan"}))
    sari = factories.actor("bu_sari")
    assert f"/audit/akun/{sari.id}" in page and f"/audit/kasus/{case_id}" in page
    with situs.app_context():
        written = store.session.scalars(select(Event).where(Event.verb == "audit_mencari").order_by(Event.seq)).all()
        assert written[-1].payload == {"tujuan": "aduan", "kasus": [case_id], "orang": [sari.id]}
        assert str(nik) not in str([one.payload for one in written])
    assert "Petugas Unit Layanan" in isi(tuti.post("/audit/cari", data={"cari": "budi", "tujuan": "dugaan"}))


def test_riwayat_satu_kasus_dibaca_utuh_lalu_ketahuan_bila_diubah(situs: Flask) -> None:
    case_id, tuti = _case(situs), sign_in(situs, "bu_tuti")
    page = isi(tuti.get(f"/audit/kasus/{case_id}"))
    assert "utuh dan bersambung" in page and "kasus_dibuka" in page and factories.CAST["pak_budi"].name in page
    assert str(factories.CAST["bu_sari"].nik) not in page
    readers = isi(tuti.get(f"/audit/kasus/{case_id}/pembaca"))
    assert "Memeriksa riwayat" in readers, "the auditor's own reading stands there too"
    assert "GET /audit/kasus/&lt;case_id&gt;" in isi(tuti.get(f"/audit/akun/{factories.actor('bu_tuti').id}/membaca"))
    with situs.app_context(), unit_of_work() as session:
        altered = "UPDATE events SET payload = '[]' WHERE stream = :stream AND verb = 'langkah_selesai'"
        session.execute(text(altered), {"stream": trail.case_stream(case_id)})
    broken = tuti.get(f"/audit/kasus/{case_id}")
    assert broken.status_code == 200
    assert "Rangkaian ini tidak utuh" in isi(broken) and "diubah" in isi(broken)


def test_riwayat_panjang_berhalaman_dan_tetap_bersambung(situs: Flask) -> None:
    tuti = sign_in(situs, "bu_tuti")
    with situs.app_context(), unit_of_work() as session:
        for number in range(120):
            trail.append(session, trail.OFFICE, SYSTEM.id, f"uji_{number}", {}, clock.now())
    page, seen = isi(tuti.get("/audit/kantor")), 1
    while "Lebih lama" in page:
        assert "utuh dan bersambung" in page
        older = re.search(r'href="(/audit/kantor\?sebelum=\d+)"', page)
        assert older
        page = isi(tuti.get(older[1]))
        seen += 1
    assert seen == 3 and "uji_0<" in page and "utuh dan bersambung" in page
    for nonsense in ("x", "-1", "0", "9" * 30):
        assert tuti.get(f"/audit/kantor?sebelum={nonsense}").status_code == 404


def test_seluruh_riwayat_diperiksa_pekerja_sekali_walau_ditekan_dua_kali(situs: Flask) -> None:
    case_id, tuti = _case(situs), sign_in(situs, "bu_tuti")
    with situs.app_context():
        seals.seal_now(SYSTEM, clock.now())
    first, second = tuti.post("/audit/periksa"), tuti.post("/audit/periksa")
    assert first.location == second.location and "Sedang dikerjakan" in isi(tuti.get(first.location))
    _work(situs)
    assert "Riwayat utuh" in isi(tuti.get(first.location)) and "Utuh" in isi(tuti.get("/audit"))
    with situs.app_context(), unit_of_work() as session:
        session.execute(text("DELETE FROM events WHERE stream = :name"), {"name": trail.case_stream(case_id)})
    again = tuti.post("/audit/periksa").location
    assert again != first.location
    _work(situs)
    page = isi(tuti.get(again))
    assert "temuan" in page and f"kasus:{case_id}" in page


def test_ekspor_dibuat_pekerja_diunduh_dan_dapat_diperiksa_tanpa_alur(situs: Flask, tmp_path: Path) -> None:
    _case(situs)
    tuti = sign_in(situs, "bu_tuti")
    with situs.app_context():
        seals.seal_now(SYSTEM, clock.now())
    where = tuti.post("/audit/ekspor").location
    assert "sudah tidak disimpan" in isi(tuti.post(f"{where}/unduh", follow_redirects=True))
    _work(situs)
    answer = tuti.post(f"{where}/unduh")
    assert answer.mimetype == "application/zip" and answer.headers["Content-Disposition"].endswith("riwayat-alur.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        bundle.extractall(tmp_path)
    command = [sys.executable, "periksa_riwayat.py", ".", "--kunci", "kunci-umum.pem"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    with situs.app_context():
        verbs = store.session.scalars(select(Event.verb).where(Event.stream == trail.OFFICE)).all()
        assert {"riwayat_ekspor_diminta", "riwayat_diekspor", "ekspor_diunduh"} <= set(verbs)
        (kept,) = (store.files_dir / "ekspor").glob("*.zip")
        os.utime(kept, (clock.now().timestamp(), clock.now().timestamp()))
        assert runs.forget_exports(clock.now() + runs.KEPT - timedelta(hours=1)) == 0
        assert runs.forget_exports(clock.now() + runs.KEPT + timedelta(hours=1)) == 1
        assert store.session.scalars(select(AuditRun)).one().done_at is not None


def test_ekspor_yang_sudah_diminta_jadi_juga_walau_pemintanya_tak_lagi_auditor(situs: Flask) -> None:
    tuti = sign_in(situs, "bu_tuti")
    where = tuti.post("/audit/ekspor").location
    with situs.app_context(), unit_of_work() as session:
        session.execute(delete(UserRole).where(UserRole.user_id == factories.actor("bu_tuti").id))
    _work(situs)
    with situs.app_context():
        assert store.session.scalars(select(AuditRun)).one().done_at is not None
        assert not store.session.scalars(select(Job.id).where(Job.error != "")).all()
    assert tuti.post(f"{where}/unduh").mimetype != "application/zip", "the file is for auditors"


def test_ekspor_yang_menyerah_tidak_menghalangi_yang_baru(situs: Flask) -> None:
    tuti = sign_in(situs, "bu_tuti")
    dead = tuti.post("/audit/ekspor").location
    with situs.app_context():
        lease = job_rows.lease(jobs.due_job_ids(clock.now())[0], clock.now())
        assert lease
        job_rows.give_up(lease, "OSError: cakram penuh")
    assert "Tidak berhasil dikerjakan" in isi(tuti.get(dead)) and "Gagal" in isi(tuti.get("/audit"))
    anew = tuti.post("/audit/ekspor").location
    assert anew != dead
    _work(situs)
    assert "Unduh ekspor (ZIP)" in isi(tuti.get(anew))


def test_cakram_penuh_disebut_tanpa_meninggalkan_separuh_berkas(situs: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tuti = sign_in(situs, "bu_tuti")
    where = tuti.post("/audit/ekspor").location
    fill = export._fill

    def limited(*asked: Any) -> Any:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            return fill(*asked)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    with monkeypatch.context() as patched:
        patched.setattr(export, "_fill", limited)
        _work(situs)
    page = isi(tuti.get(where))
    assert "Tempat penyimpanan kantor penuh" in page and "dicoba lagi sendiri" in page
    with situs.app_context(), unit_of_work() as session:
        assert list((store.files_dir / "ekspor").iterdir()) == []
        session.execute(update(Job).values(due_at=clock.now()))
    _work(situs)
    assert "Unduh ekspor (ZIP)" in isi(tuti.get(where))


def test_ekspor_mesin_lain_dapat_diunduh_dan_sisa_yang_terbunuh_dibuang(situs: Flask, tmp_path: Path) -> None:
    tuti = sign_in(situs, "bu_tuti")
    where = tuti.post("/audit/ekspor").location
    with situs.app_context():
        mine, shared = store.data_dir, store.files_dir
        store.data_dir = tmp_path  # of another machine: it shares only the folder of files
        for job_id in list(jobs.due_job_ids(clock.now())):
            jobs.run_one(job_id)
        store.data_dir = mine
        left = shared / "ekspor" / ".alur-ekspor-mati" / "ekspor"
        left.mkdir(parents=True)
        (left / "catatan.jsonl").write_text("{}")
        for path in (left / "catatan.jsonl", left, left.parent):
            os.utime(path, (clock.now().timestamp(), clock.now().timestamp()))
        runs.forget_exports(clock.now())
        assert left.exists(), "somebody may be at it"
        runs.forget_exports(clock.now() + timedelta(hours=2))
        assert not left.parent.exists()
    assert tuti.post(f"{where}/unduh").mimetype == "application/zip"


def test_pekerjaan_panjang_tetap_milik_pekerjanya(situs: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trail that takes longer than a lease must not be begun anew by every worker, and never be done."""
    _case(situs)
    tuti = sign_in(situs, "bu_tuti")
    tuti.post("/audit/ekspor")
    monkeypatch.setattr(trail_rows, "BATCH", 2)
    monkeypatch.setattr(runs, "EVERY", 0)
    with situs.app_context():
        (job_id,) = [one for one in jobs.due_job_ids(clock.now()) if store.session.get_one(Job, one).kind == runs.KIND]
        long_ago = clock.now() - job_rows.LEASE + timedelta(seconds=30)
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.id == job_id).values(due_at=long_ago))
        job = job_rows.lease(job_id, long_ago)
        assert job
        runs._telling(job, job.payload["run"])(4)
        assert job_rows.lease(job_id, clock.now() + timedelta(minutes=2)) is None


def test_kemajuan_disebut_selama_riwayat_dikerjakan(
    situs: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _case(situs)
    tuti = sign_in(situs, "bu_tuti")
    where = tuti.post("/audit/ekspor").location
    assert "Menunggu giliran" in isi(tuti.get(where))
    monkeypatch.setattr(trail_rows, "BATCH", 2)
    monkeypatch.setattr(runs, "EVERY", 0)
    heard: list[int] = []
    with situs.app_context():
        made = export.export(SYSTEM, tmp_path / "e.zip", clock.now(), heard.append)
    assert heard == list(range(2, made.entries + 1, 2)) != []
    _work(situs)
    with situs.app_context():
        assert store.session.scalars(select(AuditRun.total)).one() >= made.entries
    with situs.app_context(), unit_of_work() as session:
        session.execute(update(AuditRun).values(done_at=None, entries=3, total=8))
    page = isi(tuti.get(where))
    assert "3 dari 8 catatan" in page and '<progress class="w-100" max="8" value="3"' in page


def test_auditor_hanya_membaca(situs: Flask) -> None:
    case_id, tuti = _case(situs), sign_in(situs, "bu_tuti")
    with situs.app_context():
        task = store.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
        holder, task_id = task.claimed_by, task.id
    assert tuti.post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16}).status_code == 403
    with situs.app_context():
        assert tasks.load(factories.actor("pak_budi"), task_id).task.claimed_by == holder
