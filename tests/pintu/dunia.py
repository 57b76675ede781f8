"""A whole small office for the tests of doors: real cases in several steps, files, a draft, notices, an incident.

It is built once for each process; every module works on a copy. `WHO` is everybody who may knock.
"""

import re
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app import create_app
from app.domain.actors import ROLES, SYSTEM, Actor
from app.extensions import db
from app.models import Base, DataIncident, Job, Notice, Permohonan, StoredFile, Task, Upload, User, UserRole
from app.services import clock, store
from app.services.accounts import absences, rights
from app.services.auditing import runs
from app.services.delivery import runs as bulk_runs
from app.services.desk import saved
from app.services.desk.inbox_views import Filters
from app.services.discussion import canned
from app.services.flow import tasks
from app.services.joining import validation
from app.services.operations import heartbeats
from app.services.portal import announcements, consulting, drafts, submissions
from app.services.privacy import requests
from app.services.records import reads
from app.services.work import unit_of_work
from app.web import assets
from tests import factories
from tests.factories import SENIN_PAGI
from tests.support import akun, databases
from tests.support.draf import fill_hilang, fill_perubahan
from tests.support.kantor import Kantor
from tests.support.kasus import SLUG, Jam, finish, return_to_applicant

NEWCOMER = "pendaftar"
ANON, OWNER, OTHER, OWN_OFFICER = "anonim", "pemohon", "pemohon_lain", "petugas_pemohonnya"
SAME_UNIT, OTHER_UNIT, SWITCHED_OFF = "petugas_unit_itu", "petugas_unit_lain", "nonaktif"
UNIT = "340299"

BY_ROLE = {role: next(key for key, one in factories.CAST.items() if one.roles == (role,)) for role in ROLES}
"""Role -> who of the cast has it, for the whole office."""

PERSON = {
    **BY_ROLE,
    OTHER: "pak_joko",
    OTHER_UNIT: "pak_tarno",
    SAME_UNIT: "bu_lestari",
    OWN_OFFICER: "bu_ningsih",
    SWITCHED_OFF: "bu_rini",
}
WHO = (ANON, *PERSON)

# Beside the cast: an officer of the unit the cases are of, and one who is the pemohon of a case herself.
_MORE = {
    "bu_lestari": ("lestari@contoh.id", "Lestari Handayeni", [("petugas_layanan", UNIT)], None),
    "bu_ningsih": (
        "ningsih@contoh.id",
        "Ningsih Widayanti",
        [("pemohon", ""), ("petugas_layanan", ""), ("kasi", ""), ("kepala_dinas", ""), ("supervisor", "")],
        "3402996203880003",
    ),
}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SENIN = SENIN_PAGI.date()
NOT_COMPARED = {"access_log", "sessions"}


@dataclass
class Place:
    """Addresses of somebody's things: parameter of a route -> value, and more that a test may ask for by name."""

    things: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.things[name]


@dataclass
class Dunia:
    """The prepared site. `cookies`: who -> (session cookie, CSRF token) of somebody who has long signed in.

    `sari`, `ningsih`: things of the pemohon, and of the officer who is a pemohon too.
    """

    site: Flask
    folder: Path
    cookies: Mapping[str, tuple[str, str]]
    sari: Place
    ningsih: Place

    def knock(
        self,
        who: str,
        method: str,
        address: str,
        data: Mapping[str, Any] | None = None,
        *,
        csrf: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """One request in a browser of its own; POST with a valid CSRF token unless told otherwise."""
        client = self.site.test_client()
        cookie, token = self.cookies[who]
        client.set_cookie("alur", cookie)
        sent = {**(data or {}), **({"csrf_token": token} if csrf else {})} if method == "POST" else None
        return client.open(address, method=method, data=sent, headers=dict(headers or {}))

    def address(self, rule: str, who: str = OWNER, **other: str) -> str:
        """The route with real things in it: her own for the officer who is a pemohon. `other`: parameter -> thing."""
        place = self.ningsih if who == OWN_OFFICER else self.sari
        return re.sub(r"<([a-z_]+)>", lambda found: place[other.get(found[1], found[1])], rule)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row but those of the doors themselves."""
        with self.site.app_context():
            rows = {
                table.name: sorted(map(tuple, store.session.execute(text(f'SELECT * FROM "{table.name}"'))), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name not in NOT_COMPARED
            }
            store.session.rollback()
            return rows

    def keep(self) -> None:
        """What is here now is what `restore` goes back to."""
        with sqlite3.connect(self.folder / "awal.db") as kept, sqlite3.connect(self.folder / "alur.db") as used:
            used.backup(kept)
        kept.close()
        used.close()

    def restore(self) -> None:
        """Everything as it was when the module began, or when it was last kept."""
        with sqlite3.connect(self.folder / "awal.db") as kept, sqlite3.connect(self.folder / "alur.db") as used:
            kept.backup(used)
        kept.close()
        used.close()
        reads.forget_what_was_written()


def build(template: databases.SqliteTemplate, folder: Path) -> Dunia:
    """The office as every module finds it."""
    url = template.new(folder)
    site = create_app(databases.config_for(url, folder / "var"))
    site.config["WTF_CSRF_ENABLED"] = False
    jam = Jam()
    with clock.using(jam):
        with site.app_context():
            kantor = Kantor.open()
            akun.publish("konsultasi")
            people = {**kantor.people, **_add_more()}
            kantor.people = people
        cookies = {who: _sign_in(site, who, people) for who in WHO}
        with site.app_context():
            rights.switch_off(people["pak_eko"], people["bu_rini"].id)
            sari = _things(kantor, jam, people["bu_sari"])
            ningsih = _things(kantor, jam, people["bu_ningsih"])
            away = absences.record(people["pak_eko"], people["bu_rini"].id, _SENIN, _SENIN, "sakit", "", [])
            for place in (sari, ningsih):
                place.things |= {"petugas": people["pak_agus"].id, "cuti": away}
            sari.things["kasus_siak"], sari.things["tugas_siak"] = _at_siak(kantor)
            ningsih.things["tugas_siak"] = ningsih["tugas_dipegang"]
            account = _account_to_mend(kantor)
            sari.things |= account
            ningsih.things |= account
            db.session.remove()
            db.engine.dispose()
    with sqlite3.connect(folder / "alur.db") as made:
        made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    return Dunia(site, folder, cookies, sari, ningsih)


def copy_of(made: Dunia, folder: Path) -> Dunia:
    """A fresh application on a copy, CSRF and all; close it with `close`."""
    shutil.copytree(made.folder / "var", folder / "var")
    shutil.copy(made.folder / "alur.db", folder / "alur.db")
    site = create_app(databases.config_for(f"sqlite:///{folder / 'alur.db'}", folder / "var"))
    with site.app_context():
        for kind in (heartbeats.WORKER, heartbeats.SWEEPER):
            heartbeats.Pulse(kind).beat()
    with sqlite3.connect(folder / "alur.db") as used, sqlite3.connect(folder / "awal.db") as kept:
        used.backup(kept)
    used.close()
    kept.close()
    reads.forget_what_was_written()
    return Dunia(site, folder, made.cookies, made.sari, made.ningsih)


def close(made: Dunia) -> None:
    with made.site.app_context():
        db.session.remove()
        db.engine.dispose()


def _add_more() -> dict[str, Actor]:
    found = {}
    with unit_of_work() as session:
        for key, (email, name, roles, nik) in _MORE.items():
            user = User(
                id=f"uji-{key.replace('_', '-')}",
                email=email,
                name=name,
                nik=nik,
                nomor_kk="3402990101200009" if nik else None,
                phone="6281100000009" if nik else None,
                password_hash=factories.password_hash(),
                created_at=clock.now(),
                roles=[UserRole(role=role, unit=unit) for role, unit in roles],
            )
            session.add(user)
            posts = frozenset((role, unit) for role, unit in roles if unit)
            found[key] = Actor(user.id, name, frozenset(role for role, _ in roles), posts)
    return found


def _sign_in(site: Flask, who: str, people: Mapping[str, Actor]) -> tuple[str, str]:
    client = site.test_client()
    if who != ANON:
        key = PERSON[who]
        email = _MORE[key][0] if key in _MORE else factories.CAST[key].email
        assert client.post("/masuk", data={"email": email, "password": factories.PASSWORD}).status_code == 302, who
    found = _TOKEN.search(client.get("/tentang").text)
    cookie = client.get_cookie("alur")
    assert found is not None and cookie is not None
    return cookie.value, found[1]


def _things(kantor: Kantor, jam: Jam, subject: Actor) -> Place:
    """Three cases of this pemohon (queued, back with them, in an officer's hands), a draft with a file, notices."""
    sent = submit(subject)
    back, held = submit(subject), submit(subject, ktp=factories.pdf())
    jam.lewat(minutes=2)
    for case_id in (back, held):
        finish(case_id, "buka_permohonan", kantor.people["pak_budi"])
    jam.lewat(minutes=2)
    return_to_applicant(back, dict(kantor.people))
    kantor.run_jobs()
    holding = tasks.claim(kantor.people["pak_budi"], waiting(held)).task_id
    with unit_of_work() as session:
        job = session.scalars(select(Job).limit(1)).one()
        job.failed_at, job.done_at = clock.now(), None
        letter = session.scalars(select(Job).where(Job.kind == "surat", Job.case_id == sent).limit(1)).one()
        letter.failed_at, letter.done_at = clock.now(), None
    draft_id = fill_perubahan(subject)
    requests.ask(subject, requests.CORRECT, "Nama saya salah tulis.")
    uploads = dict(store.session.execute(select(Upload.case_id, Upload.id).where(Upload.owner_id == subject.id)).all())
    of_held = select(Upload.id).join(StoredFile, StoredFile.digest == Upload.digest).where(Upload.case_id == held)
    notice = store.session.scalars(select(Notice.id).where(Notice.user_id == subject.id).limit(1)).one()
    token = store.session.get_one(Permohonan, sent).receipt_token
    asked = answered_question(subject, kantor)
    incident = _incident(sent)
    agus = kantor.people["pak_agus"]
    return Place(
        {
            "case_id": sent,
            "task_id": waiting(sent),
            "user_id": subject.id,
            "run_id": runs.ask(kantor.people["bu_tuti"], runs.VERIFY),
            "draft_id": draft_id,
            "upload_id": uploads[sent],
            "berkas_pdf": store.session.scalars(of_held.where(StoredFile.mime == "application/pdf")).one(),
            "halaman": "1",
            "slug": SLUG,
            "section_id": "keluarga",
            "tabel": "anggota",
            "nomor": "0",
            "name": "f106_terisi",
            "step": "tanda_tangan_kk",
            "langkah_arsip": "arsipkan",
            "batch": "0" * 64,
            "job_id": job.id,
            "daftar_kode": "agama",
            "surat_sistem": "sandi_lupa",
            "pengumuman": announcements.put_up(
                SYSTEM, title="Libur", body="Kantor tutup.", shown_from=clock.today(), shown_until=clock.today()
            ),
            "jawaban_siap": canned.save(kantor.people["pak_budi"], "", 0, "Terima kasih", "Terima kasih, {nama}."),
            "saringan": saved.save(kantor.people["pak_budi"], "Hilang", "antrean", Filters(kind="hilang")),
            "surat_gagal": letter.id,
            "kasus_kembali": back,
            "tugas_kembali": waiting(back),
            "kasus_dipegang": held,
            "tugas_dipegang": holding,
            "versi_dipegang": str(store.session.get_one(Task, holding).version),
            "versi_draf": str(drafts.load(subject, draft_id).version),
            "berkas_aset": next(path.name for path in sorted(assets.DIST.glob("alur-*.css"))),
            "berkas_draf": uploads.get(None, ""),  # type: ignore[call-overload]
            "pemberitahuan": notice,
            "request_id": requests.mine(subject)[0].id,
            "bukti": token,
            "rahasia": "a" * 43,
            "what": "masuk",
            "tabel_angka": "langkah",
            "month": f"{clock.today():%Y-%m}",
            "konsultasi": asked,
            "tugas_konsultasi": waiting(asked),
            "insiden": incident,
            "arsip": "arsipkan",
            "proses": bulk_runs.start(agus, "arsipkan", "Mengarsip", [holding], f"kunci-{sent}", {"salinan_lepas": []}),
        }
    )


def answered_question(subject: Actor, kantor: Kantor) -> str:
    asked = {"jenis": "informasi", "topik": "nik", "judul": "NIK", "uraian": "NIK saya tidak ditemukan."}
    case_id = consulting.file(subject, asked, f"kunci-{subject.id}")
    said = {"keputusan": "teruskan", "jenis_ditetapkan": "informasi", "topik_ditetapkan": "nik"}
    finish(case_id, "telaah", kantor.people["pak_budi"], said)
    finish(
        case_id,
        "jawab_informasi",
        kantor.people["bu_wulan"],
        {"keputusan": "dijawab", "pesan_pemohon": "Sudah kami perbaiki."},
    )
    return case_id


def _incident(case_id: str) -> str:
    at = clock.now()
    with unit_of_work() as session:
        one = DataIncident(
            case_id=case_id, source="petugas", opened_by="sistem", uploads=[], opened_at=at, due_at=at, measures=""
        )
        session.add(one)
        session.flush()
        return one.id


def _at_siak(kantor: Kantor) -> tuple[str, str]:
    """A case, and its step whose clock may be stopped, in an officer's hands."""
    task = kantor.walk(kantor.case(jenis="perubahan", kk_lama="ada"), "entri_siak")
    case_id, task_id, is_held = task.case_id, task.id, task.claimed_by
    return case_id, task_id if is_held else tasks.claim(kantor.people["pak_budi"], task_id).task_id


def _account_to_mend(kantor: Kantor) -> dict[str, str]:
    """What waits for the newcomer: the correction of her own account."""
    akun.publish("validasi-akun", "blokir-akun")
    asih = kantor.people[PERSON[NEWCOMER]]
    with unit_of_work() as session:
        stated = {"nama": asih.name, "nik": akun.NIK, "nomor_kk": akun.NOMOR_KK, "nomor_hp": "6281100000003"}
        user = session.get_one(User, asih.id)
        case_id = validation.open_case(session, user, {**stated, "email": user.email, "swafoto": []}, clock.now())
    akun.decide(kantor.people["pak_budi"], case_id, akun.FITS_NOT)
    return {"kasus_akun": case_id, "tugas_akun": akun.open_task(case_id, "perbaiki_akun")}


def waiting(case_id: str) -> str:
    query = select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))
    return store.session.scalars(query).one()


def submit(subject: Actor, ktp: bytes | None = None) -> str:
    draft_id = fill_hilang(subject, ktp)
    version = drafts.load(subject, draft_id).version
    return submissions.submit(subject, draft_id, version, confirmed=True).case_id
