"""The administration's rooms for people, through HTTP and without JavaScript."""

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Absence, Access, User, UserRole
from app.services import store
from app.services.records import reads
from app.services.signin import sessions
from tests import factories
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in


def roles(situs: Flask, user_id: str) -> set[tuple[str, str]]:
    with situs.app_context():
        rows = store.session.execute(select(UserRole.role, UserRole.unit).where(UserRole.user_id == user_id))
        return {(role, unit) for role, unit in rows}


def admin(situs: Flask) -> FlaskClient:
    return sign_in(situs, "pak_eko")


def test_menambah_petugas_dengan_kapanewonnya_dan_isian_yang_salah_tetap(situs: Flask) -> None:
    eko = admin(situs)
    typed = {"nama": "Wening", "email": "sari@contoh.id", "peran": ["petugas_layanan:340210", "kasi:"]}
    refused = eko.post("/admin/petugas/baru", data=typed)
    page = isi(refused)
    assert refused.status_code == 422 and "Sudah ada akun dengan email ini" in page and 'value="Wening"' in page
    assert re.search(r'value="petugas_layanan:340210" checked', page) and 'value="kasi:" checked' in page
    answer = isi(eko.post("/admin/petugas/baru", data={**typed, "email": "wening@contoh.id"}, follow_redirects=True))
    assert "Akun dibuat." in answer and "belum dipakai; berlaku sampai" in answer
    with situs.app_context():
        user_id = store.session.scalars(select(User.id).where(User.email == "wening@contoh.id")).one()
    assert roles(situs, user_id) == {("petugas_layanan", "340210"), ("kasi", "")}
    assert "Wening" in isi(eko.get("/admin/petugas?cari=wening")) and "Wening" not in isi(
        eko.get("/admin/petugas?cari=heru")
    )


def test_peran_data_dan_matinya_akun_diubah_dari_halamannya(situs: Flask) -> None:
    eko, budi = admin(situs), "uji-pak-budi"
    with situs.app_context():
        ticket = sessions.begin(factories.actor("pak_budi"))
    eko.post(f"/admin/petugas/{budi}/peran", data={"peran": ["kasi:", "kasi:340210", "petugas_cetak:340299"]})
    assert roles(situs, budi) == {("kasi", ""), ("petugas_cetak", "340299")}
    none = eko.post(f"/admin/petugas/{budi}/peran", data={})
    assert none.status_code == 422 and "Pilih sedikitnya satu peran." in isi(none)
    wrong = eko.post(f"/admin/petugas/{budi}/data", data={"nama": "", "email": "budi@contoh.id", "ponsel": ""})
    assert wrong.status_code == 422 and "Isi nama" in isi(wrong)
    assert "Data disimpan" in isi(
        eko.post(
            f"/admin/petugas/{budi}/data",
            data={"nama": "Budi P.", "email": "budi@contoh.id", "ponsel": ""},
            follow_redirects=True,
        )
    )
    silent = eko.post(f"/admin/petugas/{budi}/matikan", data={"alasan": " "})
    assert silent.status_code == 422 and "Tulis alasan mematikan akun ini." in isi(silent)
    off = isi(eko.post(f"/admin/petugas/{budi}/matikan", data={"alasan": "Pensiun."}, follow_redirects=True))
    assert "Semua sesinya berakhir" in off and "Hidupkan akun" in off
    with situs.app_context():
        assert sessions.actor_of(ticket) is None
    assert "Akun dapat dipakai lagi." in isi(eko.post(f"/admin/petugas/{budi}/hidupkan", follow_redirects=True))


def test_dua_admin_tidak_saling_menimpa_tanpa_tahu(situs: Flask) -> None:
    """Both opened the same officer; the second is told what counts by now, and may send again."""
    eko, page = admin(situs), "/admin/petugas/uji-pak-budi"
    data, nik, peran = re.findall(r'name="dasar" value="(\w+)"', isi(eko.get(page)))
    named = {"nama": "Budi Satu", "email": "budi@contoh.id", "ponsel": "081234567890", "dasar": data}
    assert [eko.post(f"{page}/data", data=named).status_code for _ in range(2)] == [302, 302], (
        "a double click is no clash"
    )
    second = eko.post(f"{page}/data", data={**named, "nama": "Budi Dua"})
    said = isi(second)
    assert second.status_code == 409 and "yang berlaku sekarang: Budi Satu, budi@contoh.id" in said
    assert 'value="Budi Dua"' in said
    fresh = re.findall(r'name="dasar" value="(\w+)"', said)[0]
    assert eko.post(f"{page}/data", data={**named, "nama": "Budi Dua", "dasar": fresh}).status_code == 302
    assert eko.post(f"{page}/peran", data={"peran": ["kasi:"], "dasar": peran}).status_code == 302
    late = eko.post(f"{page}/peran", data={"peran": ["petugas_cetak:"], "dasar": peran})
    assert late.status_code == 409 and "yang berlaku sekarang: Kepala Seksi" in isi(late)
    assert roles(situs, "uji-pak-budi") == {("kasi", "")}
    number, rini = {"nik": "3402994101800088", "nomor_kk": "", "dasar": nik}, "/admin/petugas/uji-bu-rini"
    assert eko.post(f"{rini}/nik", data=number).status_code == 302
    assert eko.post(f"{rini}/nik", data={**number, "nik": ""}).status_code == 409


def test_warga_tidak_dapat_dibuka_dan_akun_sendiri_tidak_dapat_diubah(situs: Flask) -> None:
    eko = admin(situs)
    assert eko.get("/admin/petugas/uji-bu-sari").status_code == 404
    own = isi(eko.get("/admin/petugas/uji-pak-eko"))
    assert "Ini akun Anda sendiri" in own and "Simpan peran" not in own
    assert eko.post("/admin/petugas/uji-pak-eko/peran", data={"peran": ["admin:", "kasi:"]}).status_code == 403


def test_cuti_dicatat_dengan_plh_lalu_dihentikan(situs: Flask, jam: Jam) -> None:
    eko = admin(situs)
    assert "Siapa yang tidak hadir?" in isi(eko.get("/admin/cuti/baru"))
    page = isi(eko.get("/admin/cuti/baru?petugas=uji-bu-kartika"))
    assert "pengganti_kepala_dinas" in page and 'value="uji-pak-eko"' not in page
    typed = {
        "petugas": "uji-bu-kartika",
        "jenis": "dinas_luar",
        "mulai": "2026-11-23",
        "sampai": "2026-11-20",
        "pengganti_kepala_dinas": "uji-pak-heru",
        "bentuk_kepala_dinas": "Plh.",
    }
    refused = eko.post("/admin/cuti/baru", data=typed)
    assert refused.status_code == 422 and "Hari terakhir harus sama dengan" in isi(refused)
    assert 'value="uji-pak-heru" selected' in isi(refused)
    listed = isi(eko.post("/admin/cuti/baru", data={**typed, "sampai": "2026-11-25"}, follow_redirects=True))
    assert "Dinas luar, 23–25 November 2026" in listed and "Plh. Kepala Dinas: Heru Candraka" in listed
    assert "Tidak hadir hari ini" in isi(eko.get("/admin/petugas?cari=kartika"))
    with situs.app_context():
        [absence] = store.session.scalars(select(Absence)).all()
        assert (absence.from_day, absence.until_day) == (date(2026, 11, 23), date(2026, 11, 25))
    assert "Anda tercatat tidak hadir sampai Rabu, 25 November 2026" in isi(sign_in(situs, "bu_kartika").get("/inbox"))
    address, why = f"/admin/cuti/{absence.id}/hentikan", {"alasan": "Kembali lebih awal."}
    assert "Tulis alasannya" in isi(eko.post(address, follow_redirects=True))
    for said in ("Dihentikan.", "sudah berakhir"):
        assert said in isi(eko.post(address, data=why, follow_redirects=True))
    assert "Anda tercatat tidak hadir" not in isi(sign_in(situs, "bu_kartika").get("/inbox"))


def test_penolakan_tampil_bagi_admin_dan_auditor(situs: Flask) -> None:
    assert sign_in(situs, "pak_budi").get("/admin/petugas").status_code == 403
    for who in ("pak_eko", "bu_tuti"):
        page = isi(sign_in(situs, who).get("/admin/penolakan"))
        assert "Budi Prakosa" in page and "ruang admin" in page and "tidak berhak" in page


def test_nik_petugas_dicatat_disamarkan_dan_dilihat_tercatat(situs: Flask) -> None:
    eko, page = admin(situs), "/admin/petugas/uji-pak-budi"
    nik = "3402994101800077"
    refused = eko.post(f"{page}/nik", data={"nik": "3402", "nomor_kk": ""})
    assert refused.status_code == 422 and 'value="3402"' in isi(refused)
    said = isi(eko.post(f"{page}/nik", data={"nik": nik, "nomor_kk": ""}, follow_redirects=True))
    assert "ditangani petugas lain" in said and "************0077" in said and nik not in said
    with situs.app_context():
        query = select(Access.object_id).where(Access.actor == "uji-pak-eko", Access.purpose == reads.IDENTITY)
        assert store.session.scalars(query).all() == ["uji-pak-budi"]
    assert "Belum dicatat" in isi(eko.get("/admin/petugas/uji-bu-rini"))
