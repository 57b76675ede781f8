"""The pages of an account that is not valid: what happens next, correcting, being blocked; and the officer's screen."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.actors import Actor
from app.services import store
from app.services.accounts import rights
from app.services.flow import tasks
from tests import factories
from tests.support import akun
from tests.support.akun import FITS_NOT, NIK
from tests.support.kasus import Jam, cast
from tests.support.peramban import sign_in, versi
from tests.support.tantangan import answered


@pytest.fixture
def orang(sqlite_app: Flask, jam: Jam) -> dict[str, Actor]:
    sqlite_app.config["WTF_CSRF_ENABLED"] = False
    akun.publish()
    return cast()


def _sign_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/masuk", data={"email": email, "password": factories.PASSWORD})
    assert answer.status_code == 302
    return client


def test_pendaftar_mendarat_di_status_akun_dan_tidak_membuka_apa_pun_selain_itu(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    akun.register()
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")
    page = client.get("/akun").text
    assert "sedang divalidasi" in page and "Anda boleh menutup halaman ini" in page and NIK not in page
    assert [
        client.get(path).status_code for path in ("/permohonan", "/inbox", "/permohonan/baru/kk-perubahan-data")
    ] == [
        403,
        403,
        403,
    ]


def test_pendaftar_yang_juga_petugas_tetap_membaca_status_akunnya(sqlite_app: Flask, orang: dict[str, Actor]) -> None:
    tuti, _ = akun.register()
    rights.set_roles(orang["pak_eko"], tuti.id, [("pendaftar", ""), ("petugas_cetak", "")])
    page = _sign_in(sqlite_app, "tuti.baru@contoh.id").get("/akun")
    assert page.status_code == 200 and "sedang divalidasi" in page.text


def test_layanan_dan_permohonan_menyebut_bahwa_akun_masih_divalidasi(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    akun.publish("kk-perubahan-data")
    akun.register()
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")
    service = client.get("/layanan/kk-perubahan-data").text
    assert 'href="/akun">Lihat status akun' in service and "/permohonan/baru" not in service
    for path in ("/permohonan", "/permohonan/riwayat", "/permohonan/baru/kk-perubahan-data"):
        page = client.get(path)
        assert page.status_code == 403 and "hubungi admin" not in page.text
        assert (
            "permohonan bisa diajukan sesudah akun sah" in page.text and 'href="/akun">Lihat status akun' in page.text
        )
    assert "Anda tidak berhak" in client.get("/inbox").text


def test_pendaftar_memperbaiki_datanya_dari_ponsel(sqlite_app: Flask, orang: dict[str, Actor]) -> None:
    _, case_id = akun.register()
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")
    page = client.get("/akun").text
    assert FITS_NOT["pesan_pemohon"] in page and "perbaikan ke-1" in page
    path = f"/akun/langkah/{akun.open_task(case_id, 'perbaiki_akun')}"
    form = client.get(path)
    assert form.status_code == 200 and f'value="{NIK}"' in form.text
    sent = {
        "versi": versi(form.text),
        "kunci": "k" * 16,
        "nama": "Tuti Baru",
        "nik": NIK,
        "nomor_kk": akun.NOMOR_KK,
        "nomor_hp": "0811 0000 0077",
    }
    assert "Swafoto" not in form.text
    answer = client.post(path, data={**sent, "nama": "Tuti 😀", "aksi": "lanjut"})
    assert answer.status_code == 422 and "Huruf saja" in answer.text and "Tuti 😀" in answer.text
    answer = client.post(path, data={**sent, "aksi": "lanjut"})
    assert (answer.status_code, answer.location) == (302, "/akun")
    assert "sedang divalidasi" in client.get("/akun").text


def test_swafoto_baru_hanya_diminta_bila_swafotonya_diragukan_dan_tetap_berlaku_sesudahnya(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    _, case_id = akun.register()
    akun.decide(orang["pak_budi"], case_id, {**FITS_NOT, "wajah_cocok": "tidak_layak"})
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")

    def mend(**also: object) -> str:
        path = f"/akun/langkah/{akun.open_task(case_id, 'perbaiki_akun')}"
        known = {"nama": "Tuti Baru", "nik": NIK, "nomor_kk": akun.NOMOR_KK, "nomor_hp": "0811 0000 0077"}
        key = f"{len(also)}" * 16
        return client.post(
            path, data={**known, "versi": versi(client.get(path).text), "kunci": key, "aksi": "lanjut", **also}
        ).text

    assert "Unggah fotonya." in mend()
    mend(**{"unggah:swafoto": (io.BytesIO(factories.photo()), "wajah.jpg")})
    photo = akun.case(case_id).data["answers"]["perbaiki_akun"]["swafoto"]
    akun.decide(orang["pak_budi"], case_id, FITS_NOT)
    mend()
    assert akun.case(case_id).data["answers"]["perbaiki_akun"]["swafoto"] == photo


def test_akun_yang_diblokir_membaca_sebab_dan_nomornya(sqlite_app: Flask, orang: dict[str, Actor]) -> None:
    who, case_id = akun.register()
    akun.fail(orang["pak_budi"], who, case_id)
    page = _sign_in(sqlite_app, "tuti.baru@contoh.id").get("/akun").text
    assert "Akun Anda diblokir" in page and akun.case(case_id).number in page and "Loket Aduan" in page


def test_akun_yang_diblokir_membaca_penjelasan_petugas_di_tempat_ia_berkeberatan(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    who, case_id = akun.register()
    akun.fail(orang["pak_budi"], who, case_id)
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")
    for path in ("/akun", "/keberatan"):
        assert f"Penjelasan petugas: {FITS_NOT['pesan_pemohon']}" in client.get(path).text
    assert "Akun Anda diblokir, jadi permohonan tidak dapat diajukan" in client.get("/permohonan").text


def test_keberatan_tanpa_akun_dapat_ditemukan_dari_masuk_dan_kontak(sqlite_app: Flask, orang: dict[str, Actor]) -> None:
    for path in ("/masuk", "/kontak", "/ketentuan"):
        assert 'href="/keberatan"' in sqlite_app.test_client().get(path).text


def test_petugas_melihat_data_pendaftar_di_samping_data_kependudukan(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    _, case_id = akun.register()
    task_id = akun.open_task(case_id, "cocokkan_data")
    officer = sign_in(sqlite_app, "pak_budi")
    before = officer.get(f"/tugas/{task_id}").text
    assert "Dibandingkan dengan data kependudukan" in before and NIK not in before
    tasks.claim(orang["pak_budi"], task_id)
    store.session.rollback()
    page = officer.get(f"/tugas/{task_id}").text
    assert NIK in page and "tidak ada di data kependudukan" in page


def test_keberatan_tanpa_masuk_menyebut_yang_salah_dan_menyimpan_yang_diketik(
    sqlite_app: Flask, orang: dict[str, Actor], jam: Jam
) -> None:
    akun.publish("keberatan-akun")
    client = sqlite_app.test_client()
    typed = {"nomor_blokir": "AKUN-2026-000009", "nama": "Wali", "email": "bukan", "nomor_hp": "0274", "uraian": "Tak."}
    question = answered(client.get("/keberatan").text)
    jam.lewat(seconds=5)
    answer = client.post("/keberatan", data={**typed, **question})
    assert answer.status_code == 422
    for said in ("tidak kami kenal", "nama@contoh.id", "nomor WhatsApp"):
        assert said in answer.text
    assert 'value="Wali"' in answer.text and ">Tak.</textarea>" in answer.text


def test_keberatan_yang_terkirim_menyebut_nomornya(sqlite_app: Flask, orang: dict[str, Actor]) -> None:
    akun.publish("keberatan-akun")
    who, case_id = akun.register()
    akun.fail(orang["pak_budi"], who, case_id)
    client = _sign_in(sqlite_app, "tuti.baru@contoh.id")
    assert client.post("/keberatan", data={"uraian": "  "}).status_code == 422
    assert client.post("/keberatan", data={"uraian": "Data saya benar."}).location == "/akun"
    page = client.get("/akun").text
    assert "sedang diperiksa" in page and "Ajukan keberatan" not in page
    assert "sudah diajukan" in client.post("/keberatan", data={"uraian": "Lagi."}).text


def test_petugas_mengusulkan_pemblokiran_dari_layar_tugas_dan_sekali_saja(
    sqlite_app: Flask, orang: dict[str, Actor]
) -> None:
    akun.publish("blokir-akun")
    _, case_id = akun.register()
    path = f"/tugas/{akun.open_task(case_id, 'cocokkan_data')}"
    officer = sign_in(sqlite_app, "pak_budi")
    sent = {"sebab": "dokumen_palsu", "uraian": "KTP hasil suntingan."}
    said = [officer.post(f"{path}/usul-blokir", data=sent, follow_redirects=True).text for _ in range(2)]
    assert "dikirim kepada kepala seksi" in said[0] and "sudah diajukan" in said[1]
    assert "Isi" in officer.post(f"{path}/usul-blokir", data={"sebab": "", "uraian": ""}, follow_redirects=True).text
