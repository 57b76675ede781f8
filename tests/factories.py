"""Named people, photographs and PDFs for every test. Nobody here exists: NIK and KK are of region 340299.

People: `add_person(session, "bu_sari")` in the test's unit of work, or `actor("bu_sari")` without a database.
Files: `photo()`, `pdf()` and their broken relatives, all made on the spot.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pillow_heif
from argon2 import PasswordHasher
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.models import User, UserRole

PASSWORD = "kata-sandi-uji-2026"
SENIN_PAGI = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday 23 November 2026, 08.00 WIB: the office is open."""

# Cheap on purpose: the hash carries its own cost, so authenticate() verifies it like any other.
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass(frozen=True)
class Person:
    """Somebody of the cast. `id` is fixed, so that `actor()` and the row are the same person."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    units: tuple[str, ...] = ()
    nik: str | None = None
    nomor_kk: str | None = None
    phone: str | None = None


CAST: dict[str, Person] = {
    person.id.removeprefix("uji-").replace("-", "_"): person
    for person in (
        Person(
            "uji-bu-sari",
            "Sari Puspitarini",
            "sari@contoh.id",
            ("pemohon",),
            nik="3402995207900001",
            nomor_kk="3402990101200001",
            phone="6281100000001",
        ),
        Person(
            "uji-pak-joko",
            "Joko Wirasana",
            "joko@contoh.id",
            ("pemohon",),
            nik="3402990107850002",
            nomor_kk="3402990503180002",
            phone="6281100000002",
        ),
        Person("uji-mbak-asih", "Asih Nurwening", "asih@contoh.id", ("pendaftar",), phone="6281100000003"),
        Person("uji-pak-budi", "Budi Prakosa", "budi@contoh.id", ("petugas_layanan",)),
        Person("uji-bu-rini", "Rini Astuwati", "rini@contoh.id", ("petugas_layanan",)),
        Person("uji-pak-tarno", "Tarno Mulya", "tarno@contoh.id", ("petugas_layanan",), units=("340210",)),
        Person("uji-pak-agus", "Agus Nuryadin", "agus@contoh.id", ("petugas_cetak",)),
        Person("uji-bu-wulan", "Wulan Sasmita", "wulan@contoh.id", ("kasi",)),
        Person("uji-pak-heru", "Heru Candraka", "heru@contoh.id", ("kabid",)),
        Person("uji-bu-kartika", "Kartika Hapsara", "kartika@contoh.id", ("kepala_dinas",)),
        Person("uji-bu-nining", "Nining Prawesti", "nining@contoh.id", ("sekretaris",)),
        Person("uji-pak-dwi", "Dwi Santika", "dwi@contoh.id", ("supervisor",)),
        Person("uji-bu-maya", "Maya Larasning", "maya@contoh.id", ("pemilik_proses",)),
        Person("uji-pak-eko", "Eko Waskita", "eko@contoh.id", ("admin",)),
        Person("uji-bu-tuti", "Tuti Rahayuning", "tuti@contoh.id", ("auditor",)),
    )
}


@cache
def password_hash() -> str:
    return CHEAP.hash(PASSWORD)


def actor(key: str) -> Actor:
    """The person as the services see them; nothing is written."""
    person = CAST[key]
    posts = frozenset((role, unit) for role in person.roles for unit in person.units)
    return Actor(person.id, person.name, frozenset(person.roles), posts)


def add_person(session: Session, key: str, *, active: bool = True) -> Actor:
    """Put one of the cast into `session` (flushed, not committed). Password: PASSWORD."""
    session.add(_row(key, active))
    session.flush()
    return actor(key)


def add_cast(session: Session) -> dict[str, Actor]:
    """Everybody at once: key -> Actor."""
    session.add_all(_row(key, True) for key in CAST)
    session.flush()
    return {key: actor(key) for key in CAST}


def _row(key: str, active: bool) -> User:
    person = CAST[key]
    user = User(
        id=person.id,
        email=person.email,
        name=person.name,
        password_hash=password_hash(),
        active=active,
        nik=person.nik,
        nomor_kk=person.nomor_kk,
        phone=person.phone,
        created_at=SENIN_PAGI,
    )
    user.roles = [UserRole(role=role, unit=unit) for role in person.roles for unit in (person.units or ("",))]
    return user


def photo(
    width: int = 640,
    height: int = 480,
    *,
    kind: str = "JPEG",
    gps: bool = False,
    orientation: int = 1,
    text: str = "KARTU KELUARGA (CONTOH)",
) -> bytes:
    """A picture with a red left edge (to see turning). `gps`: with camera name and a place in its EXIF."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, max(1, width // 10), height), fill="red")
    draw.text((width // 4, height // 2), text, fill="black")
    exif = Image.Exif()
    exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "KameraUji"
        exif.get_ifd(0x8825).update({1: "S", 2: (7.0, 53.0, 15.5), 3: "E", 4: (110.0, 19.0, 40.0)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def heic(width: int = 320, height: int = 240) -> bytes:
    """A photograph as an iPhone makes it."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (width, height), "teal")).save(out, quality=60)
    return out.getvalue()


def huge_picture(width: int = 12_000, height: int = 12_000) -> bytes:
    """A small file that unpacks to 144 megapixels."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG", optimize=True)
    return out.getvalue()


def pdf(
    pages: int = 1,
    *,
    password: str = "",
    javascript: bool = False,
    attachment: bool = False,
    author: str = "",
) -> bytes:
    """A PDF of blank A4 pages; on request locked, with a script, a file inside or an author's name."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if javascript:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('halo')"))
        document.Root.OpenAction = document.make_indirect(script)
    if attachment:
        document.attachments["rahasia.txt"] = b"isi lampiran"
    if author:
        document.docinfo["/Author"] = author
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()
