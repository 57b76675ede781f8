"""Papers through HTTP: who gets the receipt and the filled form, and what the receipt's QR tells the world."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.actors import Actor
from app.models import Case, Permohonan
from app.services import clock, store
from app.services.portal import drafts, submissions
from tests import factories
from tests.support import pdf
from tests.support.draf import APPLICANT, fill_hilang, save, upload
from tests.support.kasus import SLUG, Jam, cast, finish, publish

SARI = factories.CAST["bu_sari"]
MEMBERS = [
    {"nama": SARI.name, "nik": SARI.nik, "shdk": "3"},
    {"nama": "Bagas Ŝetiawán", "nik": "3402990107850002", "shdk": "1"},
]
JOB = {"elemen": "pekerjaan", "semula": "2", "menjadi": "Karyawan Swasta", "dasar": "Surat keterangan kerja"}


class Kantor:
    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site, self.jam = site, jam
        with site.app_context():
            self.people = cast()
            publish()

    @property
    def sari(self) -> Actor:
        return self.people["bu_sari"]

    def browser(self, person: str = "bu_sari") -> FlaskClient:
        client = self.site.test_client()
        data = {"email": factories.CAST[person].email, "password": factories.PASSWORD}
        assert client.post("/masuk", data=data).status_code == 302
        return client

    def submitted(self) -> str:
        with self.site.app_context():
            draft_id = fill_hilang(self.sari)
            return submissions.submit(self.sari, draft_id, drafts.load(self.sari, draft_id).version).case_id

    def token(self, case_id: str) -> str:
        with self.site.app_context():
            permohonan = store.session.get(Permohonan, case_id)
            assert permohonan is not None
            return permohonan.receipt_token

    def number(self, case_id: str) -> str:
        with self.site.app_context():
            case = store.session.get(Case, case_id)
            assert case is not None
            return case.number

    def changing_draft(self, changes: int = 1, *, finished: bool = True) -> str:
        """A draft of a perubahan up to the photographs."""
        with self.site.app_context():
            draft_id = drafts.start(self.sari, SLUG)
            save(self.sari, draft_id, "jenis", {"jenis": "perubahan"})
            save(self.sari, draft_id, "jenis_kk_lama", {"kk_lama": "ada"})
            save(self.sari, draft_id, "pemohon", APPLICANT)
            save(self.sari, draft_id, "keluarga", {"anggota": MEMBERS})
            if finished:
                proof = upload(self.sari, draft_id, "perubahan.0.bukti")
                row = {**JOB, "anggota": SARI.name, "bukti": [proof]}
                other = {**row, "elemen": "lainnya", "semula": "lama", "menjadi": "baru"}
                more = [{**other, "elemen_lainnya": f"Data ke-{n}"} for n in range(1, changes)]
                save(self.sari, draft_id, "perubahan", {"perubahan": [row, *more]})
            return draft_id


@pytest.fixture
def kantor(site: Flask) -> Iterator[Kantor]:
    jam = Jam()
    with clock.using(jam):
        yield Kantor(site, jam)


def unduhan(draft_id: str, name: str = "f106_terisi") -> str:
    return f"/permohonan/draf/{draft_id}/unduhan/{name}.pdf"


def test_bukti_memuat_nomor_layanan_nama_dan_berkas_tetapi_nik_tertutup(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    answer = kantor.browser().get(f"/permohonan/{case_id}/bukti.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"].endswith("no-store")
    text = pdf.text(answer.data)
    assert kantor.number(case_id) in text
    assert "************0001" in text
    assert str(SARI.nik) not in text
    assert "Foto Surat Keterangan Hilang dari Kepolisian 1 halaman" in text
    assert "Menunggu diperiksa, sejak Senin, 23 November 2026" in text
    assert "Bantul, 23 November 2026" in text
    assert "Pasal 5 ayat (1) UU ITE" in text
    assert "tidak membutuhkan tandatangan petugas Dinas Kependudukan" in text


def test_qr_memuat_kode_acak_bukan_nomor(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    data = kantor.browser().get(f"/permohonan/{case_id}/bukti.pdf").data
    (url,) = pdf.links(data)
    assert url.endswith(f"/verifikasi?t={kantor.token(case_id)}")
    assert kantor.number(case_id) not in url
    assert SARI.name not in str(pdf.facts(data))


def test_bukti_mengikuti_status_dan_sama_selama_status_sama(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    url, browser = f"/permohonan/{case_id}/bukti.pdf", kantor.browser()
    first = browser.get(url).data
    kantor.jam.lewat(minutes=5)
    assert browser.get(url).data == first
    with kantor.site.app_context():
        finish(case_id, "buka_permohonan", kantor.people["pak_budi"])
    assert "Sedang diperiksa, sejak" in pdf.text(browser.get(url).data)


@pytest.mark.parametrize(
    ("person", "status"), [("pak_budi", 200), ("bu_wulan", 200), ("pak_joko", 404), ("pak_tarno", 404)]
)
def test_bukti_hanya_untuk_yang_boleh_melihat_kasus(kantor: Kantor, person: str, status: int) -> None:
    case_id = kantor.submitted()
    assert kantor.browser(person).get(f"/permohonan/{case_id}/bukti.pdf").status_code == status


def test_bukti_kasus_yang_tidak_ada(kantor: Kantor) -> None:
    assert kantor.browser().get("/permohonan/tiada/bukti.pdf").status_code == 404


def test_verifikasi_menyebut_status_tanpa_data_pribadi(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    answer = kantor.site.test_client().get(f"/verifikasi?t={kantor.token(case_id)}")
    assert answer.status_code == 200
    assert kantor.number(case_id) in answer.text
    assert "Menunggu diperiksa" in answer.text
    assert "23 November 2026" in answer.text
    assert SARI.name not in answer.text
    assert str(SARI.nik) not in answer.text
    assert "****" not in answer.text
    assert case_id not in answer.text


@pytest.mark.parametrize("token", ["tiada", "x" * 5000, "½", "KK-2026-000001", "' OR 1=1"])
def test_kode_yang_tidak_dikenal_dijelaskan(kantor: Kantor, token: str) -> None:
    kantor.submitted()
    answer = kantor.site.test_client().get("/verifikasi", query_string={"t": token})
    assert answer.status_code == 404
    assert "Bukti ini tidak dikenal" in answer.text


def test_verifikasi_tanpa_kode_menawarkan_isian(kantor: Kantor) -> None:
    answer = kantor.site.test_client().get("/verifikasi")
    assert answer.status_code == 200
    assert 'name="t"' in answer.text


def test_halaman_terkirim_dan_kasus_bertautan_ke_bukti(kantor: Kantor) -> None:
    with kantor.site.app_context():
        draft_id = fill_hilang(kantor.sari)
        version = drafts.load(kantor.sari, draft_id).version
    browser = kantor.browser()
    sent = browser.post(f"/permohonan/draf/{draft_id}/periksa", data={"versi": version, "aksi": "lanjut"})
    url = next(part for part in sent.text.split('"') if part.endswith("/bukti.pdf"))
    assert browser.get(url).mimetype == "application/pdf"
    assert url in browser.get(url.removesuffix("/bukti.pdf")).text


def test_f106_terisi_dari_isian_dengan_nik_penuh(kantor: Kantor) -> None:
    answer = kantor.browser().get(unduhan(kantor.changing_draft()))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="f106_terisi.pdf"'
    text = pdf.text(answer.data)
    for part in (SARI.name, SARI.nik, SARI.nomor_kk, "Bagas Ŝetiawán", "3402990107850002", "Kepala Keluarga"):
        assert str(part) in text
    for part in ("F-1.06", "Mengurus Rumah Tangga Karyawan Swasta Surat keterangan kerja", "METERAI", "Bantul, ...."):
        assert part in text
    assert SARI.name not in str(pdf.facts(answer.data))


def test_f106_dengan_empat_puluh_perubahan_memuat_semuanya(kantor: Kantor) -> None:
    made = pdf.pages(kantor.browser().get(unduhan(kantor.changing_draft(40))).data)
    text = " ".join(made)
    assert [n for n in range(1, 40) if f"Data ke-{n} lama baru" not in text] == []
    assert "Lainnya (sebutkan)" in made[2]
    assert f"Halaman {len(made)} dari {len(made)}" in made[-1]
    assert "METERAI" in made[-1]


def test_tombol_unduh_ada_di_isian_f106_dan_dapat_dibuka(kantor: Kantor) -> None:
    draft_id = kantor.changing_draft()
    browser = kantor.browser()
    page = browser.get(f"/permohonan/draf/{draft_id}/berkas").text
    assert f'href="{unduhan(draft_id)}"' in page
    assert page.count("/unduhan/") == 1


def test_f106_menunggu_halaman_yang_belum_selesai(kantor: Kantor) -> None:
    answer = kantor.browser().get(unduhan(kantor.changing_draft(finished=False)))
    assert answer.status_code == 422
    assert "Data yang berubah" in answer.text


@pytest.mark.parametrize(("person", "status"), [("pak_joko", 404), ("pak_budi", 404), ("bu_wulan", 403)])
def test_f106_hanya_untuk_pemilik_draf(kantor: Kantor, person: str, status: int) -> None:
    draft_id = kantor.changing_draft()
    assert kantor.browser(person).get(unduhan(draft_id)).status_code == status


def test_f106_tidak_ada_untuk_kk_hilang_dan_nama_lain(kantor: Kantor) -> None:
    browser = kantor.browser()
    assert browser.get(unduhan(kantor.changing_draft(), "lain")).status_code == 404
    with kantor.site.app_context():
        lost = fill_hilang(kantor.sari)
    assert browser.get(unduhan(lost)).status_code == 404


def test_tautan_qr_dapat_dibuka_siapa_pun(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    (url,) = pdf.links(kantor.browser().get(f"/permohonan/{case_id}/bukti.pdf").data)
    parts = urlsplit(url)
    answer = kantor.site.test_client().get(f"{parts.path}?{parts.query}")
    assert "Bukti ini dikenal" in answer.text
