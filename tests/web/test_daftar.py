"""Registering through HTTP: what is typed stays, nothing tells who is known here, a letter opens the account."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from app.domain.errors import InvalidInput
from app.models import Case, Event, MailToken, Registration, StoredFile, Upload, User
from app.services import clock, store
from app.services.background import tidying
from app.services.files import file_store
from app.services.joining import applicant, blocks, registrations
from app.services.records import trail
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun
from tests.support.kasus import Jam, cast
from tests.support.pendaftaran import (
    DIRI,
    SANDI,
    account_form,
    letters_to,
    register,
    secret_in,
    to_account,
    to_selfie,
)
from tests.support.peramban import isi

VECTORS = json.loads((Path(__file__).parents[1] / "domain" / "vektor-identitas.json").read_text(encoding="utf-8"))
SARI, JOKO = factories.CAST["bu_sari"], factories.CAST["pak_joko"]


@pytest.fixture
def jam() -> Jam:
    return Jam()


@pytest.fixture
def situs(site: Flask, jam: Jam) -> Iterator[Flask]:
    with clock.using(jam):
        with site.app_context():
            cast()
            akun.publish()
        yield site


def surat(situs: Flask, address: str) -> list[str]:
    with situs.app_context():
        return letters_to(address)


def count(situs: Flask, model: type) -> int:
    with situs.app_context():
        return store.session.scalar(select(func.count()).select_from(model)) or 0


def test_mendaftar_sampai_masuk(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    assert "Langkah 1 dari 3" in isi(browser.get("/daftar", follow_redirects=True))
    assert "Langkah 2 dari 3" in isi(to_selfie(browser))
    sent, ticked = register(browser, jam, whatsapp="ya"), jam.at.isoformat()
    jam.lewat(minutes=9)
    assert (sent.status_code, sent.location) == (303, "/daftar/terkirim")
    page = isi(browser.get("/daftar/terkirim"))
    assert "ratih@contoh.id" in page and "Spam" in page
    assert count(situs, User) == len(factories.CAST)
    (letter,) = surat(situs, "ratih@contoh.id")
    secret = secret_in(letter)
    assert "Ya, ini email saya" in isi(browser.get(f"/daftar/konfirmasi?t={secret}"))
    assert browser.post("/daftar/konfirmasi", data={"t": secret}).location == "/akun"
    assert "sedang divalidasi" in isi(browser.get("/akun"))
    with situs.app_context():
        user = store.session.scalars(select(User).where(User.email == "ratih@contoh.id")).one()
        assert (user.name, user.nik, user.nomor_kk, user.phone) == (DIRI["nama"], None, None, None)
        assert ([role.role for role in user.roles], user.whatsapp_consent) == (["pendaftar"], True)
        first = store.session.scalars(
            select(Event).where(Event.stream == trail.account_stream(user.id), Event.verb == "mendaftar")
        ).one()
        assert (first.payload["privasi"], first.payload["whatsapp"]) == ("privasi-2026-1", "whatsapp-2026-2")
        assert first.payload["pada"] == ticked
        case = store.session.scalars(select(Case).where(Case.subject_id == user.id)).one()
        photo = store.session.scalars(select(Upload).where(Upload.case_id == case.id)).one()
        assert (photo.owner_id, photo.step, photo.field) == (user.id, "daftar_akun", "swafoto")
        said = case.data["answers"]["daftar_akun"]
        assert said == {
            **{name: DIRI[name] for name in ("nama", "nik", "nomor_kk", "email")},
            "nomor_hp": "6281234567890",
            "swafoto": [photo.id],
        }
    assert count(situs, Registration) == 0


def test_membuka_tautan_tidak_mengubah_apa_pun_dan_tombolnya_berlaku_sekali(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    register(browser, jam)
    secret = secret_in(surat(situs, DIRI["email"])[0])
    for _ in range(3):
        assert situs.test_client().get(f"/daftar/konfirmasi?t={secret}").status_code == 200
    assert count(situs, User) == len(factories.CAST)
    assert browser.post("/daftar/konfirmasi", data={"t": secret}).status_code == 303
    doubled = situs.test_client().post("/daftar/konfirmasi", data={"t": secret})
    assert doubled.location == "/akun", "a double click: the other answer signs this browser in"
    assert "Set-Cookie" not in doubled.headers
    jam.lewat(minutes=5)
    again = situs.test_client().post("/daftar/konfirmasi", data={"t": secret, "kata_sandi": SANDI})
    assert again.status_code == 422 and "tidak berlaku lagi" in isi(again)
    assert count(situs, User) == len(factories.CAST) + 1


def test_peramban_lain_ditanya_kata_sandi_supaya_alamat_orang_tidak_membuka_akun_bagi_yang_mengetiknya(
    situs: Flask, jam: Jam
) -> None:
    register(situs.test_client(), jam)
    secret = secret_in(surat(situs, DIRI["email"])[0])
    reader = situs.test_client()
    assert "Yang Anda buat waktu mendaftar" in isi(reader.get(f"/daftar/konfirmasi?t={secret}"))
    assert reader.post("/daftar/konfirmasi", data={"t": secret}).status_code == 422
    assert reader.post("/daftar/konfirmasi", data={"t": secret, "kata_sandi": "bukan itu sandinya"}).status_code == 422
    assert count(situs, User) == len(factories.CAST)
    assert reader.post("/daftar/konfirmasi", data={"t": secret, "kata_sandi": SANDI}).status_code == 303
    assert "sedang divalidasi" in isi(reader.get("/akun"))


def test_sesudah_dua_jam_peramban_yang_sama_pun_ditanya_kata_sandi(situs: Flask, jam: Jam) -> None:
    """The next person at a shared computer can neither read the address, change it, nor press the button."""
    browser = situs.test_client()
    register(browser, jam)
    secret = secret_in(surat(situs, DIRI["email"])[0])
    jam.lewat(hours=2)
    assert DIRI["email"] not in isi(browser.get("/daftar/terkirim"))
    browser.post("/daftar/ubah-email", data={"email": "orang.lain@contoh.id"})
    assert surat(situs, "orang.lain@contoh.id") == []
    assert browser.post("/daftar/konfirmasi", data={"t": secret}).status_code == 422
    assert browser.post("/daftar/konfirmasi", data={"t": secret, "kata_sandi": SANDI}).location == "/akun"


def test_tautan_yang_kedaluwarsa_ditolak(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    register(browser, jam)
    secret = secret_in(surat(situs, DIRI["email"])[0])
    jam.lewat(hours=24)
    assert browser.get(f"/daftar/konfirmasi?t={secret}").status_code == 422
    assert browser.post("/daftar/konfirmasi", data={"t": secret}).status_code == 422


def blokir(situs: Flask) -> None:
    """Pak Joko's account was valid, and is blocked."""
    with situs.app_context():
        at = clock.now()
        with unit_of_work() as session:
            user = session.get_one(User, JOKO.id)
            claimed = (str(JOKO.phone), str(JOKO.nik))
            blocks.put(session, user, case_id="k", number="AK-2026-1", ground="dokumen_palsu", claimed=claimed, at=at)


def test_yang_diblokir_diberi_tahu_lewat_surat_dan_tidak_menjadi_akun(situs: Flask, jam: Jam) -> None:
    """Also when the block came after the letter with the link."""
    browser = situs.test_client()
    register(browser, jam, {**DIRI, "ponsel": str(JOKO.phone)})
    secret = secret_in(surat(situs, DIRI["email"])[0])
    blokir(situs)
    assert browser.post("/daftar/konfirmasi", data={"t": secret}).location == "/daftar/terkirim"
    for diri in ({**DIRI, "email": JOKO.email}, {**DIRI, "nik": JOKO.nik, "email": "f@contoh.id"}):
        register(situs.test_client(), jam, diri)
    for address in (DIRI["email"], JOKO.email, "f@contoh.id"):
        letter = surat(situs, address)[-1]
        assert "diblokir" in letter and "/keberatan" in letter and "konfirmasi" not in letter
    assert count(situs, User) == len(factories.CAST)


def test_nomor_yang_diblokir_tidak_menakuti_pemilik_akun_lain(situs: Flask, jam: Jam) -> None:
    """Whoever types a blocked number beside a stranger's address makes us write nothing about a block."""
    blokir(situs)
    register(situs.test_client(), jam, {**DIRI, "email": SARI.email, "ponsel": str(JOKO.phone)})
    (letter,) = surat(situs, SARI.email)
    assert "sudah punya akun" in letter and "diblokir" not in letter


def bodies(situs: Flask, jam: Jam, diri: dict[str, str]) -> list[str]:
    """Every page that registering shows, without what differs each time whoever registers."""
    browser = situs.test_client()
    sent = register(browser, jam, diri)
    pages = [f"{sent.status_code} {sent.location}", isi(browser.get("/daftar/terkirim"))]
    jam.lewat(minutes=2)
    again = browser.post("/daftar/kirim-ulang")
    pages += [f"{again.status_code} {again.location}", isi(browser.get("/daftar/terkirim"))]
    moved = browser.post("/daftar/ubah-email", data={"email": f"x{diri['email']}"})
    pages += [f"{moved.status_code} {moved.location}", isi(browser.get("/daftar/terkirim"))]
    jam.lewat(minutes=13)
    return [re.sub(r'(csrf_token" value=)"[^"]+"', r"\1", page.replace(diri["email"], "EMAIL")) for page in pages]


def test_jawabannya_sama_bagi_siapa_pun(situs: Flask, jam: Jam) -> None:
    """Known address, NIK, KK or phone, a blocked one, or nothing known: the same pages to the last byte."""
    blokir(situs)
    cases = {
        "tak dikenal": DIRI,
        "email": {**DIRI, "email": SARI.email},
        "nik": {**DIRI, "nik": SARI.nik, "email": "a@contoh.id"},
        "kk": {**DIRI, "nomor_kk": SARI.nomor_kk, "email": "b@contoh.id"},
        "ponsel": {**DIRI, "ponsel": SARI.phone, "email": "c@contoh.id"},
        "email diblokir": {**DIRI, "email": JOKO.email},
        "ponsel diblokir": {**DIRI, "ponsel": JOKO.phone, "email": "d@contoh.id"},
        "nik diblokir": {**DIRI, "nik": JOKO.nik, "email": "e@contoh.id"},
    }
    start, seen = jam.at, {}
    for name, diri in cases.items():
        jam.at = start
        with situs.app_context():
            store.session.execute(Registration.__table__.delete())
            store.session.commit()
        seen[name] = bodies(situs, jam, diri)
    for one in seen.values():
        assert one == seen["tak dikenal"]


def test_pemilik_alamat_yang_sudah_punya_akun_diberi_tahu_dan_tidak_ada_yang_berubah(situs: Flask, jam: Jam) -> None:
    register(situs.test_client(), jam, {**DIRI, "email": " SARI@contoh.id "})
    (letter,) = surat(situs, "sari@contoh.id")
    assert "Anda sudah punya akun" in letter and "konfirmasi" not in letter and "/masuk" in letter
    assert count(situs, User) == len(factories.CAST)


def test_alamat_yang_sementara_itu_menjadi_akun_tidak_dibuatkan_lagi(situs: Flask, jam: Jam) -> None:
    one, other = situs.test_client(), situs.test_client()
    register(one, jam)
    first = secret_in(surat(situs, DIRI["email"])[0])
    register(other, jam, {**DIRI, "nama": "Orang Lain Uji"})
    second = secret_in(surat(situs, DIRI["email"])[1])
    one.post("/daftar/konfirmasi", data={"t": first})
    answer = other.post("/daftar/konfirmasi", data={"t": second})
    assert (answer.status_code, answer.location) == (303, "/daftar/terkirim")
    assert other.get("/pengaturan").status_code == 302
    assert count(situs, User) == len(factories.CAST) + 1
    assert "Anda sudah punya akun" in surat(situs, DIRI["email"])[2]


def test_terkirim_dua_kali_menjadi_satu_pendaftaran_dan_satu_surat(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    page = isi(to_account(browser))
    jam.lewat(seconds=5)
    sent = [browser.post("/daftar", data=account_form(page)) for _ in range(2)]
    assert [one.location for one in sent] == ["/daftar/terkirim"] * 2
    assert (count(situs, Registration), len(surat(situs, DIRI["email"]))) == (1, 1)
    for _ in range(2):
        browser.post("/daftar/kirim-ulang")
    assert len(surat(situs, DIRI["email"])) == 1
    jam.lewat(minutes=1)
    for _ in range(2):
        browser.post("/daftar/kirim-ulang")
    assert len(surat(situs, DIRI["email"])) == 2


def test_surat_tidak_dapat_diminta_tanpa_batas(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    register(browser, jam)
    said = []
    for _ in range(4):
        jam.lewat(minutes=1)
        said.append(browser.post("/daftar/kirim-ulang").status_code)
    assert said == [303, 303, 429, 429]
    jam.lewat(minutes=15)
    assert browser.post("/daftar/kirim-ulang").status_code == 303
    assert len(surat(situs, DIRI["email"])) == 4


def test_alamat_yang_salah_diganti_dan_tautan_ke_alamat_lama_mati(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    register(browser, jam, {**DIRI, "email": "salah@contoh.id"})
    old = secret_in(surat(situs, "salah@contoh.id")[0])
    wrong = browser.post("/daftar/ubah-email", data={"email": "bukan alamat"})
    assert wrong.status_code == 422 and "bukan alamat" in isi(wrong)
    assert browser.post("/daftar/ubah-email", data={"email": "ratih@contoh.id"}).status_code == 303
    assert browser.get(f"/daftar/konfirmasi?t={old}").status_code == 422
    new = secret_in(surat(situs, "ratih@contoh.id")[0])
    browser.post("/daftar/konfirmasi", data={"t": new})
    with situs.app_context():
        assert store.session.scalar(select(User.email).where(User.name == DIRI["nama"])) == "ratih@contoh.id"


def test_di_situs_peragaan_suratnya_dapat_dibaca_oleh_yang_mendaftar_saja(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    register(browser, jam)
    assert "Belum ada surat" in isi(browser.get("/daftar/surat-peragaan"))
    secret = secret_in(surat(situs, DIRI["email"])[0])
    assert secret in isi(browser.get("/daftar/surat-peragaan"))
    assert secret not in isi(situs.test_client().get("/daftar/surat-peragaan"))
    situs.config["ALUR"] = replace(situs.config["ALUR"], mode="production", base_url="http://localhost")
    assert browser.get("/daftar/surat-peragaan").status_code == 404


def test_di_peramban_lain_pendaftaran_dibuka_dengan_email_dan_kata_sandi(situs: Flask, jam: Jam) -> None:
    register(situs.test_client(), jam)
    other = situs.test_client()
    assert "Buka pendaftaran saya" in isi(other.get("/daftar/terkirim"))
    said = [
        other.post("/daftar/lanjutkan", data={"email": email, "kata_sandi": password})
        for email, password in ((DIRI["email"], "bukan itu"), ("tak.ada@contoh.id", SANDI), (SARI.email, SANDI))
    ]
    assert {one.status_code for one in said} == {422}
    assert len({re.sub(r'value="[^"]*"', "", isi(one)) for one in said}) == 1
    assert other.post("/daftar/lanjutkan", data={"email": DIRI["email"], "kata_sandi": SANDI}).status_code == 303
    assert DIRI["email"] in isi(other.get("/daftar/terkirim"))


@pytest.mark.parametrize(
    ("field", "vectors"), [("nik", VECTORS["nik"]), ("nomor_kk", VECTORS["no_kk"]), ("ponsel", VECTORS["phone"])]
)
def test_vektor_identitas_lewat_formulir(client: FlaskClient, jam: Jam, field: str, vectors: list[dict]) -> None:
    """Every vector: right ones go on (perhaps after a question), impossible ones stay on the page as typed."""
    with clock.using(jam):
        for vector in vectors:
            answer = to_selfie(client, {**DIRI, field: vector["input"]})
            page, expect = isi(answer), vector["expect"]
            is_right = expect["ok"] if isinstance(expect, dict) else bool(expect)
            assert (f'id="{field}-galat"' not in page) == is_right, vector
            if is_right:
                assert answer.status_code == 200 or 'name="benar"' in page, vector
            else:
                assert answer.status_code == 422 and f'value="{vector["input"]}"' in page, vector


def test_yang_tidak_biasa_hanya_ditanyakan_dan_berlaku_untuk_nik_itu_saja(client: FlaskClient, jam: Jam) -> None:
    with clock.using(jam):
        for nik, words in (("3174995207900088", "di luar Kabupaten Bantul"), ("3402990101250005", "belum 17 tahun")):
            asked = to_selfie(client, {**DIRI, "nik": nik})
            assert asked.status_code == 422 and words in isi(asked)
            (mark,) = re.findall(r'name="benar" value="([^"]+)"', isi(asked))
            assert "Langkah 2 dari 3" in isi(to_selfie(client, {**DIRI, "nik": nik, "benar": mark}))
            other = f"{nik[:-1]}9"
            assert to_selfie(client, {**DIRI, "nik": other, "benar": mark}).status_code == 422


def test_yang_ditempel_dengan_tanda_tak_tampak_diterima_dan_tidak_membalik_nama(client: FlaskClient) -> None:
    pasted = {name: f"\u202a{text}\u202c\u200e" for name, text in DIRI.items()}
    page = isi(to_account(client, {**pasted, "nama": "Ratih \u202eiju irahaluW"}))
    assert 'name="kata_sandi"' in page
    today = clock.today()
    assert applicant.read({**pasted, "nama": "Ratih \u202eiju"}, today) == replace(
        applicant.read(DIRI, today), name="Ratih iju"
    )
    with pytest.raises(InvalidInput) as refused:
        applicant.read({**DIRI, "nama": "\u200b", "email": "\ufeff"}, today)
    assert sorted(refused.value.errors) == ["email", "nama"]


def test_semua_yang_kurang_disebut_sekaligus_dan_yang_diketik_tetap_ada(client: FlaskClient, jam: Jam) -> None:
    with clock.using(jam):
        page = isi(to_selfie(client, {"nama": "Ratih <b>", "nik": "12", "nomor_kk": "", "email": "x", "ponsel": "9"}))
        assert "Ada 5 hal yang perlu diperbaiki" in page and "dengan huruf saja" in page and "Ratih &lt;b&gt;" in page
        empty = isi(to_selfie(client, {"nik": "   "}))
        assert "Ada 5 hal" in empty and "Isi NIK Anda" in empty and "Isi nomor WhatsApp Anda" in empty
        assert "Isi nama lengkap Anda" in empty and "Isi alamat email Anda" in empty


def test_kembali_di_peramban_menampilkan_tiap_halaman_seperti_ditinggalkan(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    first = browser.get("/daftar")
    assert first.location == "/daftar?langkah=data"
    on = browser.post("/daftar", data={**DIRI, "langkah": "data"})
    assert (on.status_code, on.location) == (303, "/daftar?langkah=swafoto")
    page = isi(browser.get("/daftar?langkah=akun"))
    assert "Langkah 2 dari 3" in page, "without a selfie there is no third page"
    to_account(browser)
    for step, number in (("data", 1), ("swafoto", 2), ("akun", 3), ("data", 1)):
        answer = browser.get(f"/daftar?langkah={step}")
        assert f"Langkah {number} dari 3" in isi(answer) and answer.headers["Cache-Control"] == "no-store"
        assert f'name="nik" value="{DIRI["nik"]}"' in re.sub(r'name="nik"[^>]*value=', 'name="nik" value=', isi(answer))
    assert "data:image/jpeg;base64," in isi(browser.get("/daftar?langkah=swafoto"))
    cookies = " ".join(cookie.value for cookie in browser._cookies.values())
    assert DIRI["nik"] not in cookies and "ratih" not in cookies
    assert DIRI["nik"] not in isi(situs.test_client().get("/daftar?langkah=data"))
    jam.lewat(minutes=61)
    assert DIRI["nik"] not in isi(browser.get("/daftar?langkah=data"))
    to_selfie(browser)
    assert DIRI["nik"] in isi(browser.get("/daftar?langkah=data"))
    assert DIRI["nik"] not in isi(browser.get("/daftar", follow_redirects=True)), "the next person begins anew"
    assert DIRI["nik"] not in isi(browser.get("/daftar?langkah=data"))


def test_yang_salah_pun_berdiri_di_alamatnya_dan_isian_sepanjang_apa_pun_tidak_hilang(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    wrong = browser.post("/daftar", data={**DIRI, "nik": "12", "langkah": "data"})
    assert (wrong.status_code, wrong.location) == (303, "/daftar?langkah=data")
    for _ in range(2):
        page = browser.get(wrong.location)
        assert page.status_code == 422 and 'value="12"' in isi(page) and "perlu diperbaiki" in isi(page)
    bare = browser.post("/daftar", data={**DIRI, "langkah": "swafoto", "aksi": "lanjut"})
    assert bare.location == "/daftar?langkah=swafoto" and "Ambil swafoto, atau" in isi(browser.get(bare.location))
    long = dict.fromkeys(DIRI, "é" * 300)
    assert "é" * 300 in isi(browser.post("/daftar", data={**long, "langkah": "data"}, follow_redirects=True))


def test_sesudah_terkirim_isiannya_tidak_disimpan_di_peramban(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    assert register(browser, jam).status_code == 303
    assert "Langkah 1 dari 3" in isi(browser.get("/daftar?langkah=akun"))
    assert DIRI["nik"] not in isi(browser.get("/daftar?langkah=data"))


def test_swafoto_harus_foto_dan_dibersihkan_dan_tetap_ada_bila_ada_yang_salah(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()

    def send(data: bytes | None, **other: str) -> str:
        sent = {**DIRI, "langkah": "swafoto", "aksi": "lanjut", **other}
        if data is not None:
            sent["unggah:swafoto"] = (factories.io.BytesIO(data), "a")
        return isi(browser.post("/daftar", data=sent, content_type="multipart/form-data", follow_redirects=True))

    assert "Ambil swafoto" in send(None)
    assert "bukan PDF" in send(factories.pdf())
    assert "bukan foto" in send(b"halo")
    assert "Langkah 3 dari 3" in send(factories.heic())
    page = send(factories.photo(gps=True), aksi="unggah:swafoto")
    assert "Langkah 2 dari 3" in page and "data:image/jpeg;base64," in page
    ticket = re.search(r'name="swafoto" value="([^"]+)"', page)[1]
    with situs.app_context(), file_store().open(ticket.split(".")[0]) as stream, Image.open(stream) as kept:
        assert not kept.getexif()
    page = send(None, swafoto=ticket)
    assert "Langkah 3 dari 3" in page
    wrong = browser.post("/daftar", data={**DIRI, "langkah": "akun", "swafoto": ticket, "kata_sandi": "singkat-7"})
    said = isi(wrong)
    assert wrong.status_code == 422 and ticket in said and "singkat-7" not in said and "12 sampai" in said
    assert "Baca pemberitahuan privasi" in said
    forged = ticket.replace(ticket[:4], "0000")
    assert "Ambil swafoto" in send(None, swafoto=forged)
    assert "Sudah diterima" not in send(None, swafoto=ticket, aksi="lepas:swafoto")


def test_tanpa_jawaban_yang_benar_tidak_ada_pendaftaran(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    said = register(browser, jam, jawaban="entahlah")
    assert said.status_code == 422 and "Jawaban pertanyaan belum cocok" in isi(said)
    assert count(situs, Registration) == 0


def test_yang_tidak_dipastikan_dilupakan_bersama_swafotonya(situs: Flask, jam: Jam) -> None:
    register(situs.test_client(), jam)
    with situs.app_context():
        digest = store.session.scalars(select(Registration.selfie)).one()
        assert tidying.discard_unused_files(kept_hours=0) == 0
        registrations.forget_older_than(clock.now() + registrations.KEPT)
        assert store.session.scalar(select(func.count()).select_from(Registration)) == 1
        jam.lewat(days=7, minutes=1)
        registrations.forget_older_than(clock.now())
        assert tidying.discard_unused_files(kept_hours=0) == 1
        assert not file_store().exists(digest)
        assert store.session.get(StoredFile, digest) is None


def test_nomor_tidak_pernah_di_alamat_surat_atau_kuki(situs: Flask, jam: Jam) -> None:
    browser = situs.test_client()
    sent = register(browser, jam)
    with browser.session_transaction() as kept:
        told = repr(dict(kept))
    with situs.app_context():
        told += repr(store.session.scalars(select(MailToken.data)).all())
    told += repr(surat(situs, DIRI["email"])) + str(sent.location)
    for secret in (DIRI["nik"], DIRI["nomor_kk"], "6281234567890", SANDI):
        assert secret not in told
