"""What a resident may choose to be sent, and what they may not."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.errors import InvalidInput
from app.models import Event, NoticePreference, User
from app.services import store
from app.services.messages import preferences
from app.services.work import unit_of_work
from tests.support.kasus import cast, jam_uji


def trail_of(user_id: str) -> list[dict[str, object]]:
    query = select(Event.payload).where(Event.stream == f"akun:{user_id}", Event.verb == preferences.CHOSEN)
    return list(store.session.scalars(query.order_by(Event.seq)))


def test_email_menyala_dan_whatsapp_mati_sampai_orangnya_memilih(app: Flask) -> None:
    with jam_uji():
        sari = cast()["bu_sari"]
        assert preferences.of(sari) == preferences.Choices(True, False, True, False)
        preferences.choose(sari, email=False, whatsapp=True)
        preferences.choose(sari, email=False, whatsapp=True)
        assert preferences.of(sari) == preferences.Choices(False, True, True, False)
        preferences.choose(sari, email=True, whatsapp=False)
        assert preferences.of(sari) == preferences.Choices(True, False, True, False)
        first, second = trail_of(sari.id)
        assert (first["email"], first["whatsapp"], second["whatsapp"]) == (False, True, False)
        assert str(first["teks"]).startswith("whatsapp-")
        assert store.session.scalars(select(NoticePreference.on)).all() == [True]


@pytest.mark.parametrize("phone", [None, "0274367890"])
def test_whatsapp_tidak_dapat_dinyalakan_tanpa_nomor_ponsel(sqlite_app: Flask, phone: str | None) -> None:
    with jam_uji():
        sari = cast()["bu_sari"]
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == sari.id).values(phone=phone))
        with pytest.raises(InvalidInput):
            preferences.choose(sari, email=False, whatsapp=True)
        assert preferences.of(sari) == preferences.Choices(True, False, False, False)
        assert trail_of(sari.id) == []
