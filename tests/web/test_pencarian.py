"""The search box: a NIK is asked for what, answered without itself in any address, and logged."""

from flask import Flask

from app.models import Access
from app.services import store
from app.services.portal import drafts, submissions
from app.services.privacy import readers
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.kasus import publish
from tests.support.peramban import isi, sign_in

NIK = factories.CAST["bu_sari"].nik or ""


def test_nik_dicari_dengan_tujuan_dan_tercatat_sebagai_pembacaan(situs: Flask) -> None:
    sari = factories.actor("bu_sari")
    with situs.app_context():
        publish()
        draft_id = fill_hilang(sari)
        number = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version, confirmed=True).number
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.post("/inbox/cari", data={"cari": NIK}))
    assert all(word in page for word in ("Tugas ini", "Telepon pemohon", "Loket", "Aduan"))
    assert number not in page
    page = isi(browser.post("/inbox/cari", data={"cari": NIK, "tujuan": "telepon"}))
    assert number in page and NIK not in page
    with situs.app_context():
        logged = store.session.query(Access).filter_by(purpose="cari nik: telepon").one()
        assert (logged.actor, logged.route) == ("uji-pak-budi", "POST /inbox/cari")
        assert "Mencari NIK Anda karena Anda menelepon" in [line.why for line in readers.mine(sari).lines]
    for written in ("  ".join(NIK), " - ".join(NIK), "\u00a0\u00a0".join(NIK), "/".join(NIK)):
        assert browser.post("/inbox/cari", data={"cari": written}).status_code == 200, "not into an address"
    answer = browser.post("/inbox/cari", data={"cari": "3402999999900001", "tujuan": "telepon"})
    assert answer.status_code == 422 and "NIK ini tidak mungkin benar" in isi(answer)


def test_hasil_menurut_nama_menyebut_di_tangan_siapa(situs: Flask) -> None:
    sari = factories.actor("bu_sari")
    with situs.app_context():
        publish()
        draft_id = fill_hilang(sari)
        submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version, confirmed=True)
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox/cari?q=puspita"))
    assert "Sari Puspitarini" in page and "Membuka permohonan: di antrean" in page
    assert "Tak ada yang cocok." in isi(browser.get("/inbox/cari?q=zzz"))
