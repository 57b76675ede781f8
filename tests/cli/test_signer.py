"""The certificates that an operator makes at the command line."""

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.models import Event, User
from app.services import store
from app.services.rehearsal import demo
from app.services.signing import signers
from app.services.work import unit_of_work
from tests import factories

PASSPHRASE = "frasa sandi bu kartika"


def run(app: Flask, *arguments: str, typed: str = PASSPHRASE + "\n") -> Result:
    store.session.rollback()
    result = app.test_cli_runner().invoke(args=["signer", *arguments], input=typed)
    assert PASSPHRASE not in result.output
    return result


def test_sertifikat_dibuat_sekali_dan_tercatat_tanpa_frasanya(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        factories.add_person(session, "bu_kartika")
    assert "NO_CERTIFICATE" in run(sqlite_app, "status", "kartika@contoh.id").output
    assert "dibuat" in run(sqlite_app, "create", "Kartika@contoh.id", "--passphrase-stdin").output
    assert "ISSUE" in run(sqlite_app, "status", "kartika@contoh.id").output
    assert "tidak diubah" in run(sqlite_app, "create", "kartika@contoh.id", "--passphrase-stdin").output
    events = store.session.scalars(select(Event).where(Event.verb == "sertifikat_dibuat")).all()
    assert [event.payload for event in events] == [{"cara": "lokal"}]
    assert "belum disetel" in run(sqlite_app, "status", "kartika@contoh.id", "--cara", "bsre").output


def test_akun_tak_dikenal_dan_frasa_pendek_ditolak_dengan_kalimat(sqlite_app: Flask) -> None:
    answer = run(sqlite_app, "create", "siapa@contoh.id", "--passphrase-stdin")
    assert answer.exit_code != 0 and "Tidak ada akun" in answer.output
    answer = run(sqlite_app, "create", "siapa@contoh.id", "--passphrase-stdin", typed="abc\n")
    assert answer.exit_code != 0 and "paling sedikit 8" in answer.output


def test_kepala_dinas_peragaan_dapat_menandatangani(sqlite_app: Flask) -> None:
    demo.seed()
    assert signers.local().status(signers.signatory(_head())) == "ISSUE"


def _head() -> str:
    return str(store.session.scalar(select(User.id).where(User.email == "kartika@contoh.id")))
