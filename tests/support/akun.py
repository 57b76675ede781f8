"""Accounts on their way to being valid: somebody who registered, and officers who compare."""

from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.models import Case, StoredFile, Task, Upload, User, new_id
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.accounts import people
from app.services.accounts.people import as_actor
from app.services.flow import published, tasks
from app.services.joining import validation
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import ROOT, run_all

NIK, NOMOR_KK = "3402995508950004", "3402990101200004"
FITS = {"sumber": "siak", "nik_cocok": "cocok", "kk_cocok": "cocok", "wajah_cocok": "cocok", "keputusan": "valid"}
FITS_NOT = {
    "nik_cocok": "cocok",
    "kk_cocok": "beda",
    "wajah_cocok": "cocok",
    "keputusan": "tidak_valid",
    "pesan_pemohon": "Nomor KK bukan milik Anda. Lihat KK terbaru.",
}


def publish(*slugs: str) -> None:
    for slug in slugs or ("validasi-akun",):
        published.publish(SYSTEM, read_folder(ROOT)[slug])


def register(email: str = "tuti.baru@contoh.id", *, nik: str = NIK, phone: str = "6281100000077") -> tuple[Actor, str]:
    """An account whose e-mail was just proved; with the id of its validation."""
    with unit_of_work() as session:
        user = people.add(
            session,
            email=email,
            name="Tuti Baru",
            password_hash=factories.password_hash(),
            roles=[("pendaftar", "")],
        )
        given = {
            "nama": "Tuti Baru",
            "nik": nik,
            "nomor_kk": NOMOR_KK,
            "nomor_hp": phone,
            "email": email,
            "swafoto": [_photo(session, user.id)],
        }
        return as_actor(user), validation.open_case(session, user, given, clock.now())


def decide(officer: Actor, case_id: str, answers: dict[str, Any], step: str = "cocokkan_data") -> None:
    """Claim the open step and complete it as the form does, then let the workers work."""
    task_id = open_task(case_id, step)
    tasks.claim(officer, task_id)
    version = store.session.get_one(Task, task_id, populate_existing=True).version
    tasks.complete(officer, task_id, version, new_id(), answers)
    run_all("otomatis")


def mend(who: Actor, case_id: str, **changed: str) -> None:
    """The resident corrects, with a new photograph, which counts where the form asks for one."""
    task_id = open_task(case_id, "perbaiki_akun")
    with unit_of_work() as session:
        photo = _photo(session, who.id, case_id=case_id, step="perbaiki_akun")
    stated = {"nama": "Tuti Baru", "nik": NIK, "nomor_kk": NOMOR_KK, "nomor_hp": "081100000077", **changed}
    version = store.session.get_one(Task, task_id, populate_existing=True).version
    tasks.complete(who, task_id, version, new_id(), {**stated, "swafoto": [photo]})
    run_all("otomatis")


def fail(officer: Actor, who: Actor, case_id: str) -> None:
    """Nothing fits, three corrections long: the account is blocked."""
    for _ in range(validation.CORRECTIONS):
        decide(officer, case_id, FITS_NOT)
        mend(who, case_id)
    decide(officer, case_id, FITS_NOT)


def open_task(case_id: str, step: str) -> str:
    store.session.rollback()
    query = select(Task.id).where(Task.case_id == case_id, Task.step == step, Task.closed_at.is_(None))
    return store.session.scalars(query).one()


def case(case_id: str) -> Case:
    return store.session.get_one(Case, case_id, populate_existing=True)


def user(actor: Actor) -> User:
    return store.session.get_one(User, actor.id, populate_existing=True)


def _photo(session: Any, owner_id: str, **where: str) -> str:
    digest = "ab" * 32
    if session.get(StoredFile, digest) is None:
        session.add(StoredFile(digest=digest, mime="image/jpeg", size=1, created_at=clock.now()))
        session.flush()
    upload = Upload(id=new_id(), owner_id=owner_id, digest=digest, created_at=clock.now(), field="swafoto")
    upload.step, upload.case_id = where.get("step", "daftar_akun"), where.get("case_id")
    session.add(upload)
    session.flush()
    return upload.id
