"""Registering as a person does it: three pages, a question, a letter."""

import io
import re
from collections.abc import Mapping

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import Mail
from app.services import store
from tests import factories
from tests.support.kasus import Jam, run_all
from tests.support.peramban import field, isi
from tests.support.tantangan import answered

SANDI = "kalimat sandi pendaftar"
DIRI = {
    "nama": "Ratih Wulandari Uji",
    "nik": "3402995207900088",
    "nomor_kk": "3402990101200088",
    "email": "ratih@contoh.id",
    "ponsel": "0812 3456 7890",
}


def selfie(text: str = "SWAFOTO") -> tuple[io.BytesIO, str]:
    return io.BytesIO(factories.photo(320, 400, gps=True, text=text)), "IMG_0001.jpg"


def to_selfie(client: FlaskClient, diri: Mapping[str, str] = DIRI) -> TestResponse:
    """What follows the first page."""
    return client.post("/daftar", data={**diri, "langkah": "data"}, follow_redirects=True)


def to_account(client: FlaskClient, diri: Mapping[str, str] = DIRI) -> TestResponse:
    """What follows the second page, with a selfie; what was confirmed on the first page goes along."""
    sent = {**diri, "langkah": "swafoto", "aksi": "lanjut", "unggah:swafoto": selfie()}
    return client.post("/daftar", data=sent, content_type="multipart/form-data", follow_redirects=True)


def account_form(page: str, diri: Mapping[str, str] = DIRI, **other: str) -> dict[str, str]:
    """What the last page sends; `other` over it, "" = not ticked."""
    carried = {"langkah": "akun", "aksi": "daftar", "swafoto": field(page, "swafoto")}
    form = {**diri, **carried, "kata_sandi": SANDI, "privasi": "ya", **answered(page), **other}
    return {name: value for name, value in form.items() if value or name not in ("privasi", "whatsapp")}


def register(client: FlaskClient, jam: Jam, diri: Mapping[str, str] = DIRI, **other: str) -> TestResponse:
    """The answer to the last page."""
    page = isi(to_account(client, diri))
    jam.lewat(seconds=5)
    return client.post("/daftar", data=account_form(page, diri, **other))


def letters_to(address: str) -> list[str]:
    """What arrived there, oldest first. Inside the application's context."""
    run_all("surat")
    store.session.rollback()
    return list(store.session.scalars(select(Mail.body).where(Mail.to == address).order_by(Mail.sent_at)))


def secret_in(letter: str) -> str:
    """The secret of the link in a letter."""
    found = re.search(r"/daftar/konfirmasi\?t=([A-Za-z0-9_-]{43})", letter)
    assert found is not None, letter
    return found[1]
