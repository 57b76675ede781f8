"""People and families of a demonstration: invented, of a region that does not exist, one password for all."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.registry import DEMO_CSV, TableRegistry, read_csv
from app.domain.actors import SYSTEM
from app.models import User
from app.services import clock, store
from app.services.accounts import people
from app.services.portal import announcements
from app.services.signin import hashing
from app.services.signing import signers
from app.services.work import unit_of_work

PASSWORD = "peragaan-alur-2026"
"""Written on the login page of a demonstration; production refuses these people."""
PASSPHRASE = "frasa-peragaan-2026"
"""Of the head of office's local certificate; written on the signing page of a demonstration."""


@dataclass(frozen=True)
class DemoPerson:
    name: str
    email: str
    role: str
    nik: str | None = None
    nomor_kk: str | None = None
    phone: str | None = None


PEOPLE = (
    DemoPerson(
        "Sari Puspitarini", "sari@contoh.id", "pemohon", "3402995207900001", "3402990101200001", "6281200000001"
    ),
    DemoPerson("Joko Wirasana", "joko@contoh.id", "pemohon", "3402990107850002", "3402990503180002", "6281200000002"),
    DemoPerson(
        "Lestari Handayeni", "lestari@contoh.id", "pemohon", "3402997001790008", "3402991108210003", "6281200000003"
    ),
    DemoPerson("Budi Prakosa", "budi@contoh.id", "petugas_layanan"),
    DemoPerson("Rini Astuwati", "rini@contoh.id", "petugas_layanan"),
    DemoPerson("Agus Nuryadin", "agus@contoh.id", "petugas_cetak"),
    DemoPerson("Wulan Sasmita", "wulan@contoh.id", "kasi"),
    DemoPerson("Heru Candraka", "heru@contoh.id", "kabid"),
    DemoPerson("Kartika Hapsara", "kartika@contoh.id", "kepala_dinas"),
    DemoPerson("Nining Prawesti", "nining@contoh.id", "sekretaris"),
    DemoPerson("Dwi Santika", "dwi@contoh.id", "supervisor"),
    DemoPerson("Maya Larasning", "maya@contoh.id", "pemilik_proses"),
    DemoPerson("Eko Waskita", "eko@contoh.id", "admin"),
    DemoPerson("Tuti Rahayuning", "tuti@contoh.id", "auditor"),
)


def seed() -> list[dict[str, str]]:
    """Make the people and families that are not there yet; `[{role, email, password, name}]` of all of them."""
    known = set(store.session.scalars(select(User.email)))
    missing = [person for person in PEOPLE if person.email not in known]
    password_hash = hashing.digest(PASSWORD) if missing else ""
    residents = read_csv(DEMO_CSV, clock.today())
    with unit_of_work() as session:
        registry = TableRegistry(session)
        registry.put(each for each in residents if registry.find(each.nik) is None)
        for person in missing:
            _add(session, person, password_hash)
    if not announcements.every(SYSTEM):
        _announce()
    for person in PEOPLE:
        if person.role == "kepala_dinas":
            signers.create(SYSTEM, person.email, PASSPHRASE)
    return listing()


def listing() -> list[dict[str, str]]:
    """Who can be tried out, for the login page of a demonstration and for scripts."""
    return [
        {"role": person.role, "email": person.email, "password": PASSWORD, "name": person.name} for person in PEOPLE
    ]


def _announce() -> None:
    today = clock.today()
    announcements.put_up(
        SYSTEM,
        title="Cetak KK sendiri di kertas HVS A4 80 gram",
        body="KK bertanda tangan elektronik sah tanpa kertas khusus. Tidak punya printer? Pakai Anjungan Dukcapil "
        "Mandiri di kantor atau di mal pelayanan publik.",
        shown_from=today,
        shown_until=today + timedelta(days=90),
    )


def _add(session: Session, person: DemoPerson, password_hash: str) -> None:
    people.add(
        session,
        email=person.email,
        name=person.name,
        password_hash=password_hash,
        roles=[(person.role, "")],
        nik=person.nik,
        nomor_kk=person.nomor_kk,
        phone=person.phone,
        demo=True,
    )
