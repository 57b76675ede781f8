"""The page of figures: what it says, that each number leads to what it counts, and who may see which."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.models import Case, CaseFigures, Task
from app.services import clock, store
from app.services.accounts import people as accounts
from app.services.flow import tasks
from app.services.oversight import gathering
from app.services.work import unit_of_work
from tests import factories
from tests.support import pdf
from tests.support.kasus import Jam, cast, finish, open_kk, publish, return_to_applicant
from tests.support.peramban import isi, sign_in

SLUG = "kk-perubahan-data"
ELSEWHERE = "340201"
_FIGURE = re.compile(r'<a href="(/pantau/daftar/[^"]+)">(?:Lihat )?(\d+)(?: permohonan)?</a>')
NIK = re.compile(r"\d{16}")


@pytest.fixture
def kantor(site: Flask, jam: Jam) -> Flask:
    """Four cases: one not opened, one looked into, one sent back, one of another kapanewon; then they are counted."""
    with clock.using(jam), site.app_context():
        people, version = cast(), publish()
        _, looked_into, back, other = (open_kk(people, version) for _ in range(4))
        jam.lewat(minutes=6)
        for case_id in (looked_into, back):
            finish(case_id, "buka_permohonan", people["pak_budi"])
        jam.lewat(minutes=4)
        return_to_applicant(back, people)
        with unit_of_work() as session:
            for model, key in ((Case, Case.id), (Task, Task.case_id)):
                session.execute(update(model).where(key == other).values(unit=ELSEWHERE))
            posts = [("supervisor", ELSEWHERE)]
            hashed = factories.password_hash()
            accounts.add(session, email="unit@contoh.id", name="Pengawas", password_hash=hashed, roles=posts)
        assert gathering.gather(clock.now(), 60)
        store.session.remove()
    return site


def test_satu_kalimat_dulu_lalu_satu_klik_ke_yang_menumpuk(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        supervisor = sign_in(kantor, "pak_dwi")
        text = _words(isi(supervisor.get("/pantau")))
        told = "Hari ini: 4 masuk, 0 selesai, 0 lewat batas. Paling menumpuk: Membuka permohonan (2; tertua 10 m)."
        assert told in text
        assert "Dihitung 08.10 dari riwayat." in text
        found = isi(supervisor.get(f"/pantau/daftar/antre?layanan={SLUG}&langkah=buka_permohonan"))
        assert "2 permohonan" in found
        assert found.count('<a href="/tugas/') == 2
        assert "/inbox/bagi?langkah=buka_permohonan&amp;pilihan=antrean" in found
        held = isi(supervisor.get("/pantau/daftar/petugas?petugas=uji-pak-budi"))
        assert "/inbox/bagi?pilihan=uji-pak-budi" in held
        assert "/inbox/bagi" not in isi(
            supervisor.get(f"/pantau/daftar/selesai?layanan={SLUG}&langkah=buka_permohonan")
        )


def test_setiap_angka_membuka_daftar_sebanyak_itu(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        supervisor = sign_in(kantor, "pak_dwi")
        figures = _FIGURE.findall(isi(supervisor.get("/pantau")))
        assert len(figures) > 10
        for address, number in dict(figures).items():
            page = _words(isi(supervisor.get(html.unescape(address))))
            assert re.search(rf"\b{number} permohonan\b", page), (address, number)


def test_yang_mendahului_giliran_terhitung_menurut_alasannya(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        with kantor.app_context():
            task_id = store.session.scalars(
                select(Task.id).where(Task.step == "buka_permohonan", Task.unit == ELSEWHERE)
            ).one()
            tasks.claim(factories.actor("pak_budi"), task_id, skipping="keluarga")
            assert gathering.gather(clock.now(), 60)
            store.session.remove()
        supervisor = sign_in(kantor, "pak_dwi")
        page = isi(supervisor.get("/pantau"))
        (address,) = re.findall(r'Satu keluarga</th><td class="n"><a href="([^"]+)">1</a>', page)
        listed = _words(isi(supervisor.get(html.unescape(address))))
        assert "Diambil mendahului yang lewat batas (satu keluarga)" in listed and "1 permohonan" in listed
        assert "Satu keluarga;1" in supervisor.get("/pantau/unduh/mendahului.csv").get_data(as_text=True)


def test_yang_dihitung_termasuk_sebab_dan_pengembalian(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        supervisor = sign_in(kantor, "pak_dwi")
        table = supervisor.get("/pantau/unduh/sebab.csv").get_data(as_text=True)
        (line,) = [row for row in table.splitlines() if row.endswith(";1")]
        assert "Tidak terbaca" in line
        assert "KTP" in line
        steps = supervisor.get("/pantau/unduh/langkah.csv").get_data(as_text=True)
        assert any("Meneliti berkas" in row and ";1;1;100;" in row for row in steps.splitlines())


def test_angka_yang_terlambat_mengatakannya(kantor: Flask, jam: Jam) -> None:
    jam.lewat(minutes=9)
    with clock.using(jam):
        text = _words(isi(sign_in(kantor, "pak_dwi").get("/pantau")))
    assert "Angka terakhir 08.10; pembaruan tertunda." in text


def test_perkiraan_menyebut_rentang_dan_contohnya(kantor: Flask, jam: Jam) -> None:
    soon = clock.calendar().shift(jam.at, timedelta(hours=5))
    with kantor.app_context(), unit_of_work() as session:
        expected = {"expect_low": soon, "expect_mid": soon, "expect_high": soon + timedelta(days=2), "samples": 44}
        late = {"promise_at": jam.at + timedelta(hours=1), "will_break": True}
        session.execute(update(CaseFigures).where(CaseFigures.unit == ELSEWHERE).values(**expected, **late))
    with clock.using(jam):
        supervisor = sign_in(kantor, "pak_dwi")
        assert "1 lagi diperkirakan akan melewatinya" in _words(isi(supervisor.get("/pantau")))
        for what in ("perkiraan", "akan-meleset"):
            page = _words(isi(supervisor.get(f"/pantau/daftar/{what}")))
            assert "23 Nov sampai 25 Nov (dari 44 contoh)" in page
    jam.lewat(days=3)
    with clock.using(jam):
        assert "lebih lama dari biasanya" in _words(isi(sign_in(kantor, "pak_dwi").get("/pantau/daftar/perkiraan")))


def test_supervisor_satu_kapanewon_hanya_melihat_angkanya(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        browser = kantor.test_client()
        sent = {"email": "unit@contoh.id", "password": factories.PASSWORD}
        assert browser.post("/masuk", data=sent).headers["Location"] == "/pantau"
        assert "Hari ini: 1 masuk" in _words(isi(browser.get("/pantau")))
        assert "1 permohonan" in _words(isi(browser.get("/pantau/daftar/masuk")))
        assert browser.get(f"/pantau?unit={ELSEWHERE}").status_code == 200
        for address in (
            "/pantau?unit=340299",
            "/pantau/daftar/masuk?unit=340299",
            "/pantau/unduh/langkah.csv?unit=340299",
        ):
            assert browser.get(address).status_code == 404


def test_rentang_tanpa_permohonan_dan_daftar_yang_tidak_ada(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        supervisor = sign_in(kantor, "pak_dwi")
        assert "Belum ada permohonan pada rentang ini." not in isi(supervisor.get("/pantau?rentang=7hari"))
        assert "Belum ada permohonan pada rentang ini." in isi(supervisor.get("/pantau?rentang=2026-09"))
        for nothing in ("daftar/entah", "daftar/antre", "unduh/entah.csv", "laporan/2027-01.pdf", "diagram/entah.bpmn"):
            assert supervisor.get(f"/pantau/{nothing}").status_code == 404


def test_unduhan_daftar_memuat_semuanya_berapa_pun(kantor: Flask, jam: Jam, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rows and no word about the rest: a table that is wrong."""
    with clock.using(jam):
        head = sign_in(kantor, "bu_kartika")
        with kantor.app_context(), unit_of_work() as session:
            (row, *_) = session.scalars(select(CaseFigures)).all()
            like = {name: getattr(row, name) for name in CaseFigures.__table__.columns.keys()}  # noqa: SIM118
            new = [{**like, "case_id": f"c{n}", "number": f"KK-2026-9{n:05}"} for n in range(1100)]
            session.execute(insert(CaseFigures), new)
        listed = head.get("/pantau/daftar/masuk.csv").get_data(as_text=True)
        assert listed.startswith("\ufeffNomor;") and len(set(listed.splitlines())) == 1 + 4 + 1100
        assert head.get("/pantau/daftar/entah.csv").status_code == 404


def test_laporan_bulanan_memuat_angka_yang_sama_tanpa_data_pribadi(kantor: Flask, jam: Jam) -> None:
    with clock.using(jam):
        head = sign_in(kantor, "bu_kartika")
        made = head.get("/pantau/laporan/2026-11.pdf")
        listed = head.get("/pantau/daftar/masuk.csv").get_data(as_text=True)
    text = pdf.text(made.data)
    for words in (
        "LAPORAN PELAYANAN BULAN NOVEMBER 2026",
        "4 permohonan masuk dan 0 selesai",
        "Kepala Dinas",
        "Halaman 1",
    ):
        assert words in text
    assert text.count("Meneliti berkas") >= 1
    assert len(listed.splitlines()) == 5
    for paper in (text, listed):
        assert not NIK.search(paper)
        assert factories.CAST["bu_sari"].name not in paper


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html.unescape(page)).split())
