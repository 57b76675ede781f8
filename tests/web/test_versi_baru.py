"""A changed procedure is published while people are in the middle of things: nothing of theirs is lost or bent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.actors import SYSTEM
from app.models import Case, Task
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.flow import published
from app.services.portal import drafts, submissions
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.kasus import SLUG, Jam, cast, publish
from tests.support.peramban import field, lihat_berkas, sign_in, versi

CHECK = f"forms/{SLUG}/periksa_berkas.yaml"
FIRST = f"forms/{SLUG}/isi_permohonan.yaml"
LENGKAP = {
    "jenis_ditetapkan": "hilang",
    "berkas.ktp.nilai": "sesuai",
    "berkas.surat_hilang.nilai": "sesuai",
    "dicocokkan": ["data_pemohon", "anggota", "bukti"],
    "keputusan": "lengkap",
}


class Loket:
    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.app_context():
            self.people = cast()
            self.first_version = publish()

    def publish(self, path: str, before: str, after: str) -> str:
        with self.site.app_context():
            files = read_folder(Path(__file__).parents[2])[SLUG]
            text = files.files[path].decode()
            assert before in text
            changed = {**files.files, path: text.replace(before, after, 1).encode()}
            return published.publish(SYSTEM, type(files)(files.slug, changed)).id

    def browser(self, person: str) -> FlaskClient:
        return sign_in(self.site, person)

    def draft(self) -> str:
        with self.site.app_context():
            return fill_hilang(self.people["bu_sari"])

    def submitted(self) -> str:
        with self.site.app_context():
            sari = self.people["bu_sari"]
            draft_id = fill_hilang(sari)
            sent = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version, confirmed=True)
            return sent.case_id

    def open_task(self, case_id: str) -> tuple[str, str]:
        """Its id and step."""
        with self.site.app_context():
            query = store.session.query(Task.id, Task.step).filter(Task.case_id == case_id, Task.closed_at.is_(None))
            found = query.one()
            return str(found.id), str(found.step)

    def version_of(self, case_id: str) -> str:
        with self.site.app_context():
            case = store.session.get(Case, case_id)
            assert case is not None
            return case.version_id


@pytest.fixture
def loket(site: Flask) -> Iterator[Loket]:
    with clock.using(Jam()):
        yield Loket(site)


def take(browser: FlaskClient, task_id: str) -> tuple[str, str]:
    answer = browser.post(f"/tugas/{task_id}/ambil", data={"kunci": "k" * 16})
    page = browser.get(answer.location).get_data(as_text=True)
    lihat_berkas(browser, page)
    return answer.location, page


def form_of(page: str, **typed: object) -> dict[str, object]:
    names = ("versi", "kunci", "ditampilkan")
    return {**{name: field(page, name) for name in names}, "aksi": "lanjut", **typed}


def with_new_field(loket: Loket) -> str:
    after = "      - {id: nomor_agenda, jenis: teks, label: Nomor agenda}\n      - id: keputusan\n"
    return loket.publish(CHECK, "      - id: keputusan\n", after)


def test_halaman_petugas_yang_dibuka_sebelum_terbit_tetap_dapat_dikirim(loket: Loket) -> None:
    case_id = loket.submitted()
    budi = loket.browser("pak_budi")
    address, page = take(budi, loket.open_task(case_id)[0])
    with_new_field(loket)
    answer = budi.post(address, data=form_of(page, **LENGKAP))
    assert answer.status_code == 302
    assert loket.open_task(case_id)[1] == "ajukan_cetak"
    assert loket.version_of(case_id) == loket.first_version


def test_kasus_lama_dan_baru_berdampingan_masing_masing_dengan_formulirnya(loket: Loket) -> None:
    old = loket.submitted()
    newer = with_new_field(loket)
    young = loket.submitted()
    assert (loket.version_of(old), loket.version_of(young)) == (loket.first_version, newer)
    budi = loket.browser("pak_budi")
    _, old_page = take(budi, loket.open_task(old)[0])
    address, young_page = take(budi, loket.open_task(young)[0])
    assert "Nomor agenda" not in old_page
    assert "Nomor agenda" in young_page
    refused = budi.post(address, data=form_of(young_page, **LENGKAP))
    assert refused.status_code == 422
    assert "Nomor agenda" in refused.get_data(as_text=True)
    again = form_of(refused.get_data(as_text=True), **LENGKAP, nomor_agenda="7/2026")
    assert budi.post(address, data=again).status_code == 302


def test_draf_menceritakan_perubahan_lalu_meminta_isian_baru_tanpa_kehilangan_yang_lama(loket: Loket) -> None:
    draft_id = loket.draft()
    new_field = "      - id: bisa_cetak\n"
    added = "      - {id: punya_hp, jenis: ya_tidak, label: Punya ponsel pintar}\n" + new_field
    newer = loket.publish(FIRST, new_field, added)
    sari = loket.browser("bu_sari")

    def send() -> tuple[int, str]:
        url = f"/permohonan/draf/{draft_id}/periksa"
        page = sari.get(url).get_data(as_text=True)
        answer = sari.post(url, data={"versi": versi(page)}, follow_redirects=True)
        return answer.status_code, answer.get_data(as_text=True)

    status, told = send()
    assert status == 409
    assert "Isian baru: Punya ponsel pintar." in told
    _, asked = send()
    assert "Punya ponsel pintar" in asked
    with loket.site.app_context():
        kept = drafts.load(loket.people["bu_sari"], draft_id)
        assert kept.draft.version_id == newer
        assert kept.kept.clean["alamat"] == "Padukuhan Contoh Asri"


def test_jam_mesin_yang_mundur_tidak_merusak_langkah_dan_riwayat(loket: Loket) -> None:
    case_id = loket.submitted()
    budi = loket.browser("pak_budi")
    address, page = take(budi, loket.open_task(case_id)[0])
    with clock.using(Jam(factories.SENIN_PAGI.replace(hour=0, minute=10))):  # fifty minutes earlier
        assert budi.post(address, data=form_of(page, **LENGKAP)).status_code == 302
        task_id, step = loket.open_task(case_id)
        assert step == "ajukan_cetak"
        assert budi.get(f"/tugas/{task_id}").status_code == 200
        assert loket.browser("bu_sari").get(f"/permohonan/{case_id}").status_code == 200
