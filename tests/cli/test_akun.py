"""The accounts that an operator makes at the command line."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.domain.actors import SYSTEM
from app.domain.errors import Forbidden, LoginRefused
from app.extensions import db
from app.models import Event
from app.services import store
from app.services.accounts import people, staff
from app.services.signin import sessions
from tests import factories
from tests.support import databases, ponsel

PASSWORD = "kata-sandi-pertama-1"
FIRST = ("add", "--email", "Ratih@contoh.go.id", "--name", "Ratih", "--role", "admin", "--password-stdin")


def run(app: Flask, *arguments: str, typed: str = PASSWORD + "\n") -> Result:
    store.session.rollback()
    result = app.test_cli_runner().invoke(args=["account", *arguments], input=typed)
    assert result.exit_code == 0 or "Error: " in result.output, result.output
    assert PASSWORD not in result.output
    return result


def verbs() -> list[str]:
    store.session.rollback()
    return list(store.session.scalars(select(Event.verb).where(Event.stream.like("akun:%")).order_by(Event.id)))


def test_orang_pertama_dibuat_lalu_masuk_dan_tercatat(app: Flask) -> None:
    made = run(app, *FIRST)
    assert (made.exit_code, "ALUR_MODE=demo" in made.output) == (0, True)
    actor = people.authenticate("ratih@contoh.go.id", PASSWORD)
    assert (actor.name, actor.roles, actor.posts) == ("Ratih", {"admin"}, frozenset())
    assert verbs() == ["akun_dibuat", "masuk"]
    assert "ratih@contoh.go.id" in run(app, "list").output


def test_kata_sandi_diketik_dua_kali_dan_tidak_tampak(app: Flask) -> None:
    arguments = FIRST[:-1]
    assert run(app, *arguments, typed=f"{PASSWORD}\nlain-sama-sekali\n").exit_code != 0
    assert run(app, *arguments, typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    assert people.authenticate("ratih@contoh.go.id", PASSWORD)


@pytest.mark.parametrize(
    ("change", "typed", "said"),
    [
        (("--role", "juru_sapu"), PASSWORD, "Yang ada: petugas_layanan, petugas_cetak"),
        (("--role", "pemohon"), PASSWORD, "warga mendaftar sendiri"),
        (("--role", "kasi:999999"), PASSWORD, "Kode kapanewon '999999' tidak ada"),
        ((), "pendek", "12 sampai"),
        ((), "ratih@contoh.go.id", "tidak boleh sama"),
        (("--email", "ratih"), PASSWORD, "Isi alamat email"),
        (("--name", " "), PASSWORD, "Isi nama"),
    ],
)
def test_akun_yang_keliru_ditolak_dengan_sebabnya(
    sqlite_app: Flask, change: tuple[str, ...], typed: str, said: str
) -> None:
    refused = run(sqlite_app, *FIRST, *change, typed=typed + "\n")
    assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    assert staff.every(SYSTEM) == []


def test_email_yang_sudah_ada_ditolak(app: Flask) -> None:
    assert run(app, *FIRST).exit_code == 0
    again = run(app, *FIRST)
    assert (again.exit_code, "Sudah ada akun" in again.output) == (1, True)


def test_peran_diganti_akun_dimatikan_dan_dihidupkan(app: Flask) -> None:
    run(app, *FIRST)
    ticket = sessions.begin(people.authenticate("ratih@contoh.go.id", PASSWORD))
    assert run(app, "roles", "ratih@contoh.go.id", "--role", "kasi:340210", "--role", "auditor").exit_code == 0
    assert sessions.actor_of(ticket) is None
    assert people.authenticate("ratih@contoh.go.id", PASSWORD).roles == {"kasi", "auditor"}
    assert run(app, "off", "ratih@contoh.go.id").exit_code == 0
    with pytest.raises(LoginRefused):
        people.authenticate("ratih@contoh.go.id", PASSWORD)
    assert "nonaktif" in run(app, "list").output
    assert run(app, "on", "ratih@contoh.go.id").exit_code == 0
    assert people.authenticate("ratih@contoh.go.id", PASSWORD)


def test_kata_sandi_baru_mengakhiri_sesi_dan_yang_lama_tidak_berlaku(app: Flask) -> None:
    run(app, *FIRST)
    ticket = sessions.begin(people.authenticate("ratih@contoh.go.id", PASSWORD))
    changed = run(app, "password", "ratih@contoh.go.id", "--password-stdin", typed="kata-sandi-kedua-2\n")
    assert changed.exit_code == 0
    assert sessions.actor_of(ticket) is None
    assert people.authenticate("ratih@contoh.go.id", "kata-sandi-kedua-2")
    with pytest.raises(LoginRefused):
        people.authenticate("ratih@contoh.go.id", PASSWORD)
    assert "kata_sandi_diatur" in verbs()


def test_ponsel_yang_hilang_dilepas_dan_tercatat(sqlite_app: Flask) -> None:
    run(sqlite_app, *FIRST)
    ratih = people.authenticate("ratih@contoh.go.id", PASSWORD)
    assert "memang belum terpasang" in run(sqlite_app, "second-factor-reset", "ratih@contoh.go.id").output
    ponsel.put_on(ratih, PASSWORD)
    ticket = sessions.begin(ratih, second_step=True)
    assert "dua langkah" in run(sqlite_app, "list").output
    assert "diatur ulang" in run(sqlite_app, "second-factor-reset", "ratih@contoh.go.id").output
    assert sessions.actor_of(ticket) is None
    assert sessions.begin(people.authenticate("ratih@contoh.go.id", PASSWORD))
    assert verbs()[2:] == ["dua_langkah_dipasang", "dua_langkah_diatur_ulang", "masuk"]


def test_email_yang_tidak_dikenal_disebut(sqlite_app: Flask) -> None:
    for command in (
        ("off",),
        ("on",),
        ("second-factor-reset",),
        ("password", "--password-stdin"),
        ("roles", "--role", "kasi"),
    ):
        refused = run(sqlite_app, command[0], "siapa@contoh.id", *command[1:])
        assert (refused.exit_code, "Tidak ada akun dengan email siapa@contoh.id" in refused.output) == (1, True)


def test_hanya_admin_yang_mengurus_akun(sqlite_app: Flask) -> None:
    someone = factories.actor("pak_budi")
    with pytest.raises(Forbidden):
        staff.every(someone)
    with pytest.raises(Forbidden):
        staff.add(someone, email="a@contoh.id", name="A", password=PASSWORD, roles=[("admin", "")])


def test_di_produksi_admin_yang_dibuat_perintah_dapat_masuk(postgresql_url: str, tmp_path: Path) -> None:
    config = databases.config_for(
        postgresql_url, tmp_path / "var", mode="production", base_url="https://alur.contoh.id"
    )
    app = create_app(config)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        made = run(app, *FIRST)
        assert (made.exit_code, "ALUR_MODE=production" in made.output) == (0, True), made.output
    client = app.test_client()
    site = {"base_url": "https://alur.contoh.id", "headers": {"Referer": "https://alur.contoh.id/masuk"}}
    answer = client.post("/masuk", data={"email": "ratih@contoh.go.id", "password": PASSWORD}, **site)
    assert answer.status_code in (302, 303), answer.text[-2000:]
    assert "Ratih" in client.get("/pengaturan", **site).text
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
