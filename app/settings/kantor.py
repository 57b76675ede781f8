"""The office as people reach it, from the environment: printed on /kontak, in /.well-known/security.txt, on papers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from app.domain.identity import InvalidIdentity, parse_phone
from app.settings.envs import ConfigError, text

# A demonstration has an office to look at, which nobody takes for the real one.
INVENTED = {
    "ALUR_KANTOR_ALAMAT": "Jalan Contoh Nomor 1 (alamat peragaan)",
    "ALUR_KANTOR_TELEPON": "(0000) 000000",
    "ALUR_KANTOR_EMAIL": "kantor@contoh.id",
    "ALUR_MASALAH_EMAIL": "aplikasi@contoh.id",
    "ALUR_KEAMANAN": "mailto:keamanan@contoh.id",
    "ALUR_PELINDUNG_DATA": "pelindung-data@contoh.id",
}


KEPT = {
    "nama": "Nama kantor",
    "singkat": "Nama singkat",
    "kota": "Tempat",
    "aplikasi": "Nama aplikasi",
    "alamat": "Alamat",
    "telepon": "Telepon",
    "whatsapp": "WhatsApp",
    "email": "Email",
    "situs": "Situs",
    "kepala_nama": "Nama kepala dinas",
    "kepala_nip": "NIP kepala dinas",
    "kepala_pangkat": "Pangkat kepala dinas",
    "kepala_jabatan": "Jabatan kepala dinas",
}
"""What the admin may keep in the database instead, with its label."""
LONGEST = 200


@dataclass(frozen=True)
class Kantor:
    """What is "" is not shown; `nama`, `singkat`, `kota`, `aplikasi`: "" = as in app/web/kata.yaml.

    `whatsapp`: 628…; `medsos`: (name, https address); `masalah_email`: where faults of the application are reported;
    `keamanan`: where security holes are, mailto: or https:; `pelindung_data`: the data protection officer's e-mail.
    `kepala_…`: the head of the office, kept by the admin only.
    """

    nama: str = ""
    singkat: str = ""
    kota: str = ""
    aplikasi: str = ""
    alamat: str = ""
    telepon: str = ""
    whatsapp: str = ""
    email: str = ""
    situs: str = ""
    medsos: tuple[tuple[str, str], ...] = ()
    masalah_email: str = ""
    keamanan: str = ""
    pelindung_data: str = ""
    kepala_nama: str = ""
    kepala_nip: str = ""
    kepala_pangkat: str = ""
    kepala_jabatan: str = ""

    def with_kept(self, values: Mapping[str, Any]) -> "Kantor":
        """This office with what the admin keeps in place of the environment's."""
        kept: dict[str, Any] = {name: str(values[name]) for name in KEPT if name in values}
        return replace(self, **kept)

    @classmethod
    def judge(cls, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """What the admin typed for KEPT: (field -> what is wrong with it, field -> its clean value)."""
        checks = {"whatsapp": _phone, "email": _email, "situs": _https, "kepala_nip": _nip}
        faults, clean = {}, {}
        for name, label in KEPT.items():
            value = " ".join(typed.get(name, "").split())
            check = checks.get(name)
            try:
                if len(value) > LONGEST:
                    raise ConfigError(f"{label} paling panjang {LONGEST} huruf.")
                clean[name] = check(label, value) if check and value else value
            except ConfigError as fault:
                faults[name] = str(fault)
        return faults, clean

    @classmethod
    def from_env(cls, env: Mapping[str, str], *, is_demo: bool) -> "Kantor":
        """Raises ConfigError naming every fault."""
        meanwhile = INVENTED if is_demo else {}
        faults: list[str] = []

        def read(name: str, check: Callable[[str, str], str] | None = None) -> str:
            value = text(env, name, meanwhile.get(name, ""))
            try:
                return check(name, value) if check and value else value
            except ConfigError as fault:
                faults.append(str(fault))
                return ""

        found = cls(
            nama=read("ALUR_KANTOR_NAMA"),
            singkat=read("ALUR_KANTOR_SINGKAT"),
            kota=read("ALUR_KANTOR_KOTA"),
            aplikasi=read("ALUR_KANTOR_APLIKASI"),
            alamat=read("ALUR_KANTOR_ALAMAT"),
            telepon=read("ALUR_KANTOR_TELEPON"),
            whatsapp=read("ALUR_KANTOR_WHATSAPP", _phone),
            email=read("ALUR_KANTOR_EMAIL", _email),
            situs=read("ALUR_KANTOR_SITUS", _https),
            medsos=_links(read("ALUR_KANTOR_MEDSOS", _named)),
            masalah_email=read("ALUR_MASALAH_EMAIL", _email),
            keamanan=read("ALUR_KEAMANAN", _contact),
            pelindung_data=read("ALUR_PELINDUNG_DATA", _email),
        )
        if faults:
            raise ConfigError("\n".join(faults))
        return found


def _phone(name: str, value: str) -> str:
    try:
        return parse_phone(value)
    except InvalidIdentity as fault:
        raise ConfigError(f"{name}: {fault.pesan}") from fault


def _nip(name: str, value: str) -> str:
    digits = value.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 18):
        raise ConfigError(f"{name} harus 18 angka.")
    return digits


def _email(name: str, value: str) -> str:
    before, at, after = value.partition("@")
    if not before or not at or "." not in after or " " in value:
        raise ConfigError(f"{name} harus alamat email, contoh layanan@contoh.go.id.")
    return value


def _https(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.netloc or " " in value:
        raise ConfigError(f"{name} harus alamat https://, contoh https://contoh.go.id.")
    return value


def _contact(name: str, value: str) -> str:
    """As security.txt wants it; a bare e-mail address is one too."""
    if value.startswith("https://"):
        return _https(name, value)
    return f"mailto:{_email(name, value.removeprefix('mailto:'))}"


def _named(name: str, value: str) -> str:
    for _, address in _links(value):
        try:
            _https(name, address)
        except ConfigError as fault:
            raise ConfigError(f"{name} ditulis: Nama=https://alamat, Nama=https://alamat.") from fault
    return value


def _links(value: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition("=") for part in value.split(",") if part.strip())
    return tuple((name.strip(), address.strip()) for name, _, address in pairs)
