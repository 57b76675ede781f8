"""Lists of many: nothing that they leave out, or that is asked too much of them, goes unsaid."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from app.models import Task
from app.services import clock
from app.services.desk import bulk, inbox_statements
from app.services.work import unit_of_work
from tests.support.kasus import Jam
from tests.support.peramban import isi
from tests.support.situs import Situs

MANY = [f"{number:022}:1" for number in range(10_000)]
DOORS = (
    ("pak_agus", "/inbox/massal/arsipkan"),
    ("pak_agus", "/cetak/arsip/arsipkan"),
    ("pak_agus", "/cetak/kirim"),
    ("pak_agus", "/cetak/unggah/lampirkan"),
    ("pak_agus", "/cetak/unggah/buang"),
    ("bu_kartika", "/tanda-tangan/tanda_tangan_kk"),
    ("pak_dwi", "/inbox/bagi"),
)


@pytest.fixture
def situs(site: Flask) -> Iterator[Situs]:
    jam = Jam()
    with clock.using(jam):
        yield Situs(site, jam)


def test_sepuluh_ribu_pilihan_ditolak_dengan_jelas_dan_tak_satu_pun_dikerjakan(situs: Situs) -> None:
    sent = {"pilih": MANY, "kunci": "k" * 16, "kepada": "uji-bu-rini", "aksi": "tandai", "sudah": "ya"}
    for who, door in DOORS:
        answer = situs.browser(who).post(door, data=sent)
        assert answer.status_code == 422 and "dan 10000 dipilih. Belum ada yang dikerjakan." in isi(answer), door


def test_daftar_massal_menyebut_yang_tidak_dimuatnya(situs: Situs, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        situs.case("arsipkan")
    with situs.site.app_context(), unit_of_work() as session:
        session.execute(update(Task).where(Task.step == "arsipkan").values(claimed_by=None, claimed_at=None))
    agus = situs.browser("pak_agus")
    for door in ("/inbox/massal/arsipkan", "/cetak/arsip/arsipkan"):
        whole = isi(agus.get(door))
        assert "2 permohonan menunggu" in whole and "yang paling mendesak" not in whole
        with monkeypatch.context() as patched:
            patched.setattr(bulk, "LISTED", 1)
            page = isi(agus.get(door))
            assert "1+ permohonan menunggu" in page and "Ini 1 yang paling mendesak" in page
        with monkeypatch.context() as patched:
            patched.setattr(inbox_statements, "LOOKED_AT", 1)
            page = isi(agus.get(door))
            assert "Baru dilihat 5.000 tugas pertama di antrean" in page and "langkah=arsipkan" in page
