"""Code lists by date: what a form offers on its day, what stays readable for ever, and what is refused."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain import codes
from app.domain.tanggal import format_date
from app.models import Draft, ProcedureVersion
from app.procedures.options import code_options
from app.services import clock, store
from app.services.office import taking
from app.services.portal import drafts
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import SLUG, publish
from tests.support.peramban import isi, sign_in

AGAMA = "/admin/daftar-kode/agama"
BARU = {"versi": "0", "kode": "99", "nama": "Kepercayaan baru", "mulai": "2026-12-01", "alasan": "Permendagri baru."}
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def kantor(situs: Flask) -> Iterator[Flask]:
    yield situs
    taking.reset()


def labels(on: date | None = None) -> list[str]:
    return [option.label for option in code_options("kode/agama", on)]


def test_kode_baru_ditawarkan_mulai_tanggalnya(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    saved = eko.post(AGAMA, data=BARU, follow_redirects=True)
    assert "Daftar kode disimpan" in isi(saved) and "Mulai 1 Desember 2026" in isi(saved)
    assert "Kepercayaan baru" not in labels(date(2026, 11, 30)) and "Kepercayaan baru" in labels(date(2026, 12, 1))
    assert "Kode agama ditambah: 99" in isi(eko.get("/admin/daftar-kode"))


def test_kode_yang_berakhir_tidak_ditawarkan_tetapi_tetap_terbaca(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    first = codes.code_list("agama")[0]
    sent = {"versi": "0", "kode": first.kode, "sampai": "2026-12-31", "alasan": "Dihapus peraturan."}
    assert eko.post(f"{AGAMA}/akhiri", data=sent).status_code == 302
    assert first.nama in labels(date(2026, 12, 31)) and first.nama not in labels(NEXT_YEAR)
    assert first.nama in labels(), "answers of before keep their name"
    eko.post(f"{AGAMA}/akhiri", data={**sent, "versi": "1", "sampai": ""})
    assert first.nama in labels(NEXT_YEAR)


def test_draf_menawarkan_yang_berlaku_pada_hari_ia_dimulai(kantor: Flask) -> None:
    with kantor.app_context():
        publish()
        sari = factories.actor("bu_sari")
        draft_id = drafts.start(sari, SLUG)
        with unit_of_work() as session:
            begun = clock.now() - timedelta(days=3)
            session.execute(update(Draft).where(Draft.id == draft_id).values(created_at=begun))
        assert drafts.load(sari, draft_id).context.codes_day == clock.today() - timedelta(days=3)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kode": "1"}, "kode"),
        ({"nama": ""}, "nama"),
        ({"nama": "islam"}, "nama"),
        ({"mulai": "besok"}, "mulai"),
        ({"sampai": "2026-01-01"}, "sampai"),
        ({"alasan": ""}, "alasan"),
    ],
)
def test_yang_keliru_ditunjuk_di_isiannya(kantor: Flask, changed: dict[str, str], field: str) -> None:
    answer = sign_in(kantor, "pak_eko").post(AGAMA, data={**BARU, **changed})
    assert answer.status_code == 422 and f'id="{field}-galat"' in isi(answer)


def test_daftar_tidak_dapat_dikosongkan_dan_yang_tidak_ada_404(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    for number, code in enumerate(each.kode for each in codes.code_list("jenis_kelamin")):
        sent = {"versi": str(number), "kode": code, "sampai": "2030-12-31", "alasan": "Uji saja."}
        last = eko.post("/admin/daftar-kode/jenis_kelamin/akhiri", data=sent)
    assert last.status_code == 422 and "akan kosong" in isi(last)
    assert eko.get("/admin/daftar-kode/tidak-ada").status_code == 404
    assert eko.post(f"{AGAMA}/akhiri", data={"versi": "0", "kode": "tidak", "alasan": "Uji saja."}).status_code == 404


def test_kode_yang_baru_berlaku_kelak_tidak_menggantikan_yang_berakhir_sekarang(kantor: Flask) -> None:
    eko = sign_in(kantor, "pak_eko")
    eko.post(AGAMA, data={**BARU, "mulai": "2099-01-01"})
    for number, code in enumerate((each.kode for each in codes.code_list("agama")), start=1):
        sent = {"versi": str(number), "kode": code, "sampai": "2026-01-01", "alasan": "Uji saja."}
        last = eko.post(f"{AGAMA}/akhiri", data=sent)
    assert last.status_code == 422 and "akan kosong" in isi(last) and labels(clock.today())


def test_versi_prosedur_yang_terbit_terlihat_dengan_tanggal_dan_sidiknya(kantor: Flask) -> None:
    with kantor.app_context():
        version = store.session.get_one(ProcedureVersion, publish())
        shown, since = version.hash[:16], format_date(version.valid_from)
    page = isi(sign_in(kantor, "pak_eko").get("/admin/daftar-kode"))
    assert shown in page and since in page and "Berlaku" in page
