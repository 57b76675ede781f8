"""Taking from the inbox: past one that is late only with a reason; and the keys, which can be switched off."""

import re

import pytest
from flask import Flask

from app.models import Event, Task
from app.services import store
from app.services.desk import inbox_statements, tags
from app.services.flow import cases, tasks
from app.services.records import riwayat
from app.web.desk.pintasan import SHORTCUTS
from tests import factories
from tests.support.kasus import Jam, finish, open_kk, publish
from tests.support.peramban import field, isi, sign_in

KEY = {"kunci": "k" * 16}


@pytest.fixture
def dua(situs: Flask, jam: Jam) -> tuple[str, str]:
    """Tasks of two cases: the first one late, the second one not."""
    with situs.app_context():
        people = {key: factories.actor(key) for key in factories.CAST}
        version = publish()
        late = open_kk(people, version)
        finish(late, "buka_permohonan", people["pak_budi"])
        jam.lewat(hours=9)
        other = open_kk(people, version, subject="pak_joko")
        finish(other, "buka_permohonan", people["pak_budi"])
        found = tuple(_open_task(case_id) for case_id in (late, other))
        for task_id in found:
            task = store.session.get_one(Task, task_id)
            tasks.release(people["pak_budi"], task_id, task.version, "uji")
    return found[0], found[1]


def test_melompati_yang_lewat_batas_ditanya_alasannya_dulu(situs: Flask, dua: tuple[str, str]) -> None:
    late, other = dua
    browser = sign_in(situs, "pak_budi")
    answer = browser.post(f"/tugas/{other}/ambil", data=KEY)
    assert answer.status_code == 409
    page = isi(answer)
    assert "sudah lewat batas" in page and f"/tugas/{late}/ambil" in page
    assert all(word in page for word in ("Prioritas", "Pemohon di loket", "Satu keluarga", "Alasan lain"))
    assert _holder(situs, other) is None
    assert browser.post(f"/tugas/{other}/ambil", data={**KEY, "alasan": "karangan"}).status_code == 409
    answer = browser.post(f"/tugas/{other}/ambil", data={**KEY, "alasan": "loket"})
    assert answer.status_code == 302
    assert _holder(situs, other) == "uji-pak-budi"
    with situs.app_context():
        case_id = store.session.get_one(Task, other).case_id
        event = store.session.query(Event).filter_by(stream=f"kasus:{case_id}", verb="tugas_diambil").one()
        assert event.payload["mendahului"] == "loket"
        told = {}
        for key in ("pak_budi", "pak_joko"):
            actor = factories.actor(key)
            entries = riwayat.timeline(actor, cases.load(actor, case_id)).entries
            told[key] = " ".join(entry.sentence for entry in entries)
    assert "diambil mendahului yang lewat batas (pemohon di loket)" in told["pak_budi"]
    assert "mendahului" not in told["pak_joko"]


def test_yang_paling_dulu_dan_klik_kedua_tidak_ditanya_apa_pun(situs: Flask, dua: tuple[str, str]) -> None:
    late, other = dua
    browser = sign_in(situs, "pak_budi")
    for task_id in (late, late, other):
        assert browser.post(f"/tugas/{task_id}/ambil", data=KEY).status_code == 302


def test_lihat_saja_tidak_mengambil_dan_tidak_ditanya(situs: Flask, dua: tuple[str, str]) -> None:
    _, other = dua
    assert sign_in(situs, "pak_budi").get(f"/tugas/{other}").status_code == 200
    assert _holder(situs, other) is None


def test_pintasan_satu_daftar_dan_dapat_dimatikan(situs: Flask) -> None:
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox"))
    assert 'data-buka-dialog="pintasan"' in page and 'data-pintasan="mati"' not in page
    assert all(shortcut.does in page for group in SHORTCUTS.values() for shortcut in group)
    assert browser.post("/pintasan", data={"pintasan": "mati", "kembali": "/inbox"}).location == "/inbox"
    assert 'data-pintasan="mati"' in isi(browser.get("/inbox"))
    browser.post("/pintasan", data={"pintasan": "hidup"})
    assert 'data-pintasan="mati"' not in isi(browser.get("/inbox"))


def test_keadaan_kosong_dengan_kata_yang_disepakati(situs: Flask) -> None:
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox"))
    assert "Antrean kosong." in page and "Terakhir diperbarui 08.00." in page and page.count('id="diperbarui"') == 1
    assert "Belum ada tugas. Tekan N untuk mengambil." in isi(browser.get("/inbox?tampil=tugas-saya"))
    page = isi(browser.get("/inbox?lewat=1"))
    assert "Tak ada yang cocok." in page and "Hapus saringan" in page


def _open_task(case_id: str) -> str:
    query = store.session.query(Task.id).filter(Task.case_id == case_id, Task.closed_at.is_(None))
    return str(query.one().id)


def _holder(situs: Flask, task_id: str) -> str | None:
    with situs.app_context():
        return store.session.get_one(Task, task_id).claimed_by


def test_ambil_berikutnya_di_balik_saringan_juga_ditanya(situs: Flask, dua: tuple[str, str]) -> None:
    late, other = dua
    with situs.app_context():
        case_id = store.session.get_one(Task, other).case_id
        tags.put_on(factories.actor("pak_budi"), case_id, "perlu ditelepon")
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox?tanda=perlu ditelepon"))
    sent = {"tugas": field(page, "tugas"), **KEY}
    assert sent["tugas"] == other
    assert browser.post("/inbox/berikutnya", data=sent).status_code == 409
    assert _holder(situs, other) is None
    page = isi(browser.get("/inbox"))
    browser.post("/inbox/berikutnya", data={"tugas": field(page, "tugas"), **KEY})
    assert _holder(situs, late) == "uji-pak-budi"


def test_saringan_tanpa_hasil_di_awal_antrean_menawarkan_mencari_lebih_jauh(
    situs: Flask, dua: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_statements, "LOOKED_AT", 1)
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox?tanda=prioritas"))
    assert "Tak ada yang cocok di bagian ini." in page and "masih ada sesudahnya" in page
    for _ in range(3):
        further = re.search(r'href="(/inbox[^"]*sesudah=[^"]*)"', page)
        if further is None:
            break
        assert "tanda=prioritas" in further[1] and "Cari lebih jauh" in page
        page = isi(browser.get(further[1].replace("&amp;", "&")))
    assert "Tak ada yang cocok." in page and "Cari lebih jauh" not in page
