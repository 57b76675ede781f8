"""The people of a demonstration."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.domain.actors import ROLES
from app.models import Penduduk, User
from app.services import store
from app.services.accounts import people
from app.services.rehearsal import demo
from tests.support import databases


def _seed(app: Flask, *options: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["demo", "seed", *options])
    return result.exit_code, result.output


def test_semua_peran_ada_dan_dapat_masuk(app: Flask) -> None:
    listed = demo.seed()
    assert {person["role"] for person in listed} == set(ROLES) - {"pendaftar"}
    for person in listed:
        assert person["email"].endswith("@contoh.id")
        actor = people.authenticate(person["email"], person["password"], is_demo=True)
        assert (actor.name, actor.roles) == (person["name"], {person["role"]})


def test_dijalankan_dua_kali_tidak_menambah_apa_pun(app: Flask) -> None:
    assert demo.seed() == demo.seed()
    assert store.session.scalar(select(func.count()).select_from(User)) == len(demo.PEOPLE)
    assert store.session.scalar(select(func.count()).select_from(Penduduk)) == 25


def test_pemohon_peragaan_tercantum_di_registri_dengan_nama_yang_sama(app: Flask) -> None:
    demo.seed()
    for person in demo.PEOPLE:
        if person.nik:
            resident = store.session.get(Penduduk, person.nik)
            assert (resident.nama, resident.nomor_kk) == (person.name, person.nomor_kk)


def test_perintahnya_mencetak_json_saja(sqlite_app: Flask) -> None:
    code, output = _seed(sqlite_app, "--json")
    assert code == 0
    printed = json.loads(output)
    assert printed == demo.listing()
    assert set(printed[0]) == {"role", "email", "password", "name"}


def test_ditolak_pada_produksi(sqlite_url: str, tmp_path: Path) -> None:
    config = databases.config_for(sqlite_url, tmp_path / "var", mode="production", base_url="https://alur.contoh.id")
    app = create_app(config)
    with app.app_context():
        code, output = _seed(app)
        assert code != 0 and "production" in output
        assert store.session.scalar(select(func.count()).select_from(User)) == 0
