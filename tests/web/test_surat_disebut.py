"""A letter's request names another permohonan: its officer sees whose that is, and whether it goes on."""

from flask import Flask

from app.models import Task
from app.services import clock, store
from app.services.portal import drafts, submissions
from tests.support.draf import fill_hilang
from tests.support.kasus import Jam, publish
from tests.support.peramban import isi, sign_in
from tests.support.surat import Surat


def test_permohonan_yang_disebut_surat_tampil_dengan_keadaannya(site: Flask) -> None:
    with clock.using(Jam()), site.app_context():
        surat = Surat.open()
        publish()
        sari = surat.people["bu_sari"]
        draft_id = fill_hilang(sari)
        number = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).number
        cases = {about: surat.case(about) for about in (number, "KK-2026-009999")}
        tasks = {
            about: store.session.query(Task.id).filter_by(case_id=case_id, closed_at=None).scalar()
            for about, case_id in cases.items()
        }
        budi = sign_in(site, "pak_budi")
        page = isi(budi.get(f"/tugas/{tasks[number]}"))
        assert f"{number}</a>, milik pemohon ini, masih diproses (Menunggu diperiksa)." in page
        assert "<b>KK-2026-009999</b> tidak ada pada pemohon ini." in isi(budi.get(f"/tugas/{tasks['KK-2026-009999']}"))
        assert 'data-tombol="t"' in isi(
            budi.get(budi.post(f"/tugas/{tasks[number]}/ambil", data={"kunci": "k" * 16}).location)
        )
