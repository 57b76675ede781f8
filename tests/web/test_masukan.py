"""Whatever is posted to a form: never an error of ours, what was typed comes back, and nothing odd is stored."""

import io
import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import cycle

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.domain.actors import SYSTEM
from app.models import Draft, Event, Task, Upload
from app.services import clock, store
from app.services.flow import published, tasks
from app.services.portal import drafts, submissions
from tests import factories
from tests.support import masukan, serba
from tests.support.draf import fill_hilang, save
from tests.support.kasus import SLUG, Jam, cast, finish
from tests.support.peramban import isi, sign_in, versi

BRIEF = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
FORMS = serba.procedure().forms
FINE = (200, 302, 303, 422)


class Kantor:
    """A site that runs KK with every kind of field in it."""

    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.app_context():
            self.people = cast()
            published.publish(SYSTEM, serba.files())

    def browser(self, person: str) -> FlaskClient:
        return sign_in(self.site, person)

    def draft(self) -> str:
        with self.site.app_context():
            sari = self.people["bu_sari"]
            draft_id = fill_hilang(sari)
            save(sari, draft_id, "s_pilihan_bebas", {"s_saklar": "ya"})
            return draft_id

    def judging(self) -> str:
        """A task of Pak Budi, at the form with every kind of field."""
        with self.site.app_context():
            sari, budi = self.people["bu_sari"], self.people["pak_budi"]
            draft_id = fill_hilang(sari)
            for section in ("s_pilihan_bebas", "s_baris"):
                save(sari, draft_id, section, {})
            save(sari, draft_id, "s_aneh", {word: f"isi {word}" for word in serba.ODD})
            case_id = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id
            finish(case_id, "buka_permohonan", budi)
            store.session.rollback()
            query = store.session.query(Task.id).filter(Task.case_id == case_id, Task.closed_at.is_(None))
            task_id = str(query.one().id)
            store.session.rollback()
            if tasks.load(budi, task_id).claimable:
                tasks.claim(budi, task_id)
            return task_id


@pytest.fixture
def kantor(site: Flask) -> Iterator[Kantor]:
    with clock.using(Jam()):
        yield Kantor(site)


def _post(browser: FlaskClient, url: str, pairs: list[tuple[str, str]], **more: str) -> TestResponse:
    data = MultiDict([(key, value.encode("utf-8", "replace").decode()) for key, value in pairs if key])
    data.update({"versi": versi(isi(browser.get(url))), **more})
    return browser.post(url, data=data)


def test_halaman_draf_menerima_kiriman_apa_pun(kantor: Kantor) -> None:
    draft_id, browser = kantor.draft(), kantor.browser("bu_sari")

    @BRIEF
    @given(masukan.posted(FORMS[serba.FIRST], "s_"))
    def post(pairs: list[tuple[str, str]]) -> None:
        for section in ("s_pilihan_bebas", "s_bersyarat", "s_baris/s_tabel/baru"):
            answer = _post(browser, f"/permohonan/draf/{draft_id}/{section}", pairs)
            assert answer.status_code in FINE, isi(answer)
            assert "Traceback" not in isi(answer)
        assert browser.get(f"/permohonan/draf/{draft_id}/periksa").status_code == 200

    post()
    with kantor.site.app_context():
        kept = json.dumps(store.session.get(Draft, draft_id).answers, ensure_ascii=False, allow_nan=False)
        assert "\0" not in kept


def test_layar_tugas_menerima_kiriman_apa_pun(kantor: Kantor) -> None:
    task_id, browser = kantor.judging(), kantor.browser("pak_budi")
    shown = " ".join(field.id for section in FORMS[serba.JUDGING].sections for field in section.fields)

    @BRIEF
    @given(masukan.posted(FORMS[serba.JUDGING], "p_"))
    def post(pairs: list[tuple[str, str]]) -> None:
        for more in ({"aksi": "selesai"}, {"aksi": "selesai", "ditampilkan": shown}, {"aksi": "simpan"}):
            answer = _post(browser, f"/tugas/{task_id}", pairs, kunci="k" * 32, **more)
            assert answer.status_code in FINE, isi(answer)
        assert browser.post(f"/tugas/{task_id}/isian", data=MultiDict(pairs)).status_code == 200

    post()


def test_nama_isian_yang_aneh_disimpan_dan_tampil_kepada_petugas(kantor: Kantor) -> None:
    task_id = kantor.judging()
    page = isi(kantor.browser("pak_budi").get(f"/tugas/{task_id}"))
    assert all(f"isi {word}" in page for word in serba.ODD)


def test_teks_satu_megabita_ditolak_dengan_batasnya_dan_tetap_di_halaman(kantor: Kantor) -> None:
    draft_id, browser = kantor.draft(), kantor.browser("bu_sari")
    long = "panjang " * 131_072
    answer = _post(browser, f"/permohonan/draf/{draft_id}/s_pilihan_bebas", [("s_panjang", long)])
    assert answer.status_code == 422
    assert "paling banyak 300 huruf" in isi(answer)
    assert long.strip() in unescape(isi(answer))
    again = isi(browser.get(f"/permohonan/draf/{draft_id}/s_pilihan_bebas"))
    assert long.strip() in unescape(again)


@pytest.mark.parametrize("word", ["Budi\0man", "\0", "Budi\x1bman", "Budi\u202eman"])
def test_tanda_tak_terlihat_di_setiap_teks_tidak_pernah_menjadi_gangguan(app: Flask, word: str) -> None:
    """On both databases, outside the app's own context, as a server answers."""
    app.config["WTF_CSRF_ENABLED"] = False
    with clock.using(Jam()):
        kantor = Kantor(app)
        task_id, pemohon, petugas = kantor.judging(), kantor.browser("bu_sari"), kantor.browser("pak_budi")
        case_id = store.session.get(Task, task_id).case_id
        draft_id = drafts.start(kantor.people["pak_joko"], SLUG)
        joko = kantor.browser("pak_joko")
        seen = [
            _post(joko, f"/permohonan/draf/{draft_id}/pemohon", [("alamat", word)], aksi="simpan"),
            joko.get(f"/permohonan/draf/{draft_id}/pemohon"),
            petugas.post(f"/tugas/{task_id}/simpan", data={"p_teks": word, "ditampilkan": "p_teks"}),
            petugas.get("/inbox", query_string={"cari": word, "langkah": word, "sesudah": word}),
            petugas.post(f"/tugas/{task_id}/lepas", data={"versi": "2", "alasan": word}),
            pemohon.post(f"/permohonan/{case_id}/tarik", data={"kunci": "k" * 32, "alasan": word}),
            pemohon.get("/notifikasi", query_string={"sebelum": word}),
            app.test_client().post("/masuk", data={"email": word, "password": word}),
            app.test_client().post("/cek-status", data={"nomor": word, "pin": word}),
            app.test_client().get("/layanan", query_string={"cari": word}),
            pemohon.get(f"/permohonan/draf/{word}"),
            petugas.get(f"/tugas/{word}"),
            pemohon.get(f"/berkas/{word}"),
        ]
        assert [answer.status for answer in seen if answer.status_code >= 500] == []
        store.session.rollback()
        told = [event.payload for event in store.session.query(Event) if "alasan" in event.payload]
        assert not [each for each in told if re.search(r"[\x00\x1b]", each["alasan"])]


def test_alasan_melepas_yang_terlalu_panjang_tidak_dipotong_diam_diam(kantor: Kantor) -> None:
    task_id, browser = kantor.judging(), kantor.browser("pak_budi")
    version = versi(isi(browser.get(f"/tugas/{task_id}")))
    answer = browser.post(f"/tugas/{task_id}/lepas", data={"versi": version, "alasan": "sebab " * 60})
    assert answer.status_code == 422
    assert "paling banyak 200 huruf" in isi(answer)
    assert ("sebab " * 60) in isi(answer)


NAMES = ["../../etc/passwd", "C:\\jahat.jpg", "a\0b.jpg", "‮gpj.exe", "x" * 300 + ".jpg", "🙂.jpg", ".", "foto.php", " "]


def test_nama_dan_jenis_yang_disebut_pengirim_tidak_dipercaya(kantor: Kantor) -> None:
    draft_id, browser = kantor.draft(), kantor.browser("bu_sari")
    for name, mime in zip(NAMES, cycle(["image/jpeg", "text/html"]), strict=False):
        _is_judged_by_content(kantor, browser, draft_id, name, mime)


def _is_judged_by_content(kantor: Kantor, browser: FlaskClient, draft_id: str, name: str, mime: str) -> None:
    url = f"/permohonan/draf/{draft_id}/berkas"
    for data in (factories.photo(), b"<html><script>alert(1)</script>"):
        version = versi(isi(browser.get(url)))
        posted = {"versi": version, "aksi": "unggah:ktp", "unggah:ktp": (io.BytesIO(data), name, mime)}
        answer = browser.post(url, data=posted, content_type="multipart/form-data")
        assert answer.status_code == (302 if data.startswith(b"\xff\xd8") else 422)
    assert "bukan foto atau PDF" in isi(answer)
    with kantor.site.app_context():
        last = store.session.query(Upload).order_by(Upload.created_at.desc(), Upload.id).first()
    shown = browser.get(f"/berkas/{last.id}?unduh=1")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert re.search(r"filename=\"?draf-\w+-\d+\.jpg", shown.headers["Content-Disposition"])
