"""Who writes to the office without an account, as they say it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.identity import InvalidIdentity, parse_phone
from app.domain.names import fault_in_name
from app.domain.texts import visible
from app.procedures.values import Refused, plain_email

LONGEST_NAME = 120


@dataclass(frozen=True)
class Writer:
    """`email`: where the answer goes; nobody has proved it theirs."""

    name: str
    email: str
    phone: str | None


def read(given: Mapping[str, str]) -> tuple[Writer | None, dict[str, list[str]]]:
    """`given`: nama, email, nomor_hp, as typed. None with the errors: field -> sentences."""
    errors: dict[str, list[str]] = {}
    name = " ".join(visible(given["nama"]).split())
    if not 0 < len(name) <= LONGEST_NAME:
        errors["nama"] = ["Isi nama lengkap."]
    elif fault_in_name(name):
        errors["nama"] = [fault_in_name(name)]
    email = phone = None
    try:
        email = plain_email(given["email"])
        if email is None:
            errors["email"] = ["Isi email."]
    except Refused as refused:
        errors["email"] = [str(refused)]
    try:
        phone = parse_phone(given["nomor_hp"]) if given["nomor_hp"].strip() else None
    except InvalidIdentity as refused:
        errors["nomor_hp"] = [refused.pesan]
    return (Writer(name, str(email), phone) if not errors else None), errors
