"""Whoever stands in for somebody sees so on every page, for as long as it lasts."""

from datetime import date

from flask import Flask

from app.services.accounts import absences
from app.services.accounts.absences import Post
from tests import factories
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in

BAR = "Anda menandatangani sebagai Plh. Kepala Dinas, 23–24 November 2026, menggantikan Kartika Hapsara."


def test_bilah_plh_tampil_selama_menggantikan_dan_hanya_baginya(situs: Flask, jam: Jam) -> None:
    with situs.app_context():
        eko, head, substitute = (factories.actor(key) for key in ("pak_eko", "bu_kartika", "pak_heru"))
        posts = [Post("kepala_dinas", substitute.id, "Plh.")]
        absences.record(eko, head.id, date(2026, 11, 23), date(2026, 11, 24), "cuti", "", posts)
    heru = sign_in(situs, "pak_heru")
    assert BAR in isi(heru.get("/inbox"))
    assert "Plh." not in isi(sign_in(situs, "bu_kartika").get("/inbox"))
    jam.lewat(hours=10)
    heru = sign_in(situs, "pak_heru")
    assert BAR in isi(heru.get("/inbox"))
    jam.lewat(days=2)
    assert "Plh." not in isi(sign_in(situs, "pak_heru").get("/inbox"))
