"""Limits on failures: exact in a burst, across processes, and equal for accounts that exist and those that do not."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import LoginRefused, NotFound, TooManyAttempts
from app.extensions import db
from app.models import Counter, User
from app.services import clock, store
from app.services.accounts import people
from app.services.portal import receipts, status_check
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import Jam, cast, open_kk, publish

ROOT = Path(__file__).parents[2]
ADDRESS = "192.0.2.7"
# A process of its own: so many wrong passwords, then what each was answered.
PROGRAM = """
import sys
from app import create_app
from app.domain.errors import LoginRefused, TooManyAttempts
from app.services import clock
from app.services.accounts import people
from app.services.signin import hashing
from tests import factories
from tests.support import databases
from tests.support.kasus import Jam
from pathlib import Path

hashing.use(factories.CHEAP)
app = create_app(databases.config_for(sys.argv[1], Path(sys.argv[2])))
with app.app_context(), clock.using(Jam()):
    for _ in range(int(sys.argv[3])):
        try:
            people.authenticate("sari@contoh.id", "salah", "192.0.2.7")
        except TooManyAttempts:
            print("ditahan")
        except LoginRefused:
            print("salah")
"""


def answer(act: Callable[[], object]) -> str:
    try:
        act()
    except TooManyAttempts:
        return "ditahan"
    except (LoginRefused, NotFound):
        return "salah"
    return "masuk"


def wrong(email: str = "sari@contoh.id", address: str = ADDRESS) -> str:
    return answer(lambda: people.authenticate(email, "salah", address))


def test_tiga_puluh_percobaan_serentak_tetap_hanya_sepuluh_yang_diperiksa(app: Flask, jam: Jam) -> None:
    cast()
    heard: list[str] = []
    start = threading.Barrier(30)

    def attempt() -> None:
        with app.app_context(), clock.using(jam):
            start.wait()
            heard.append(wrong())
            db.session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["ditahan"] * 20 + ["salah"] * 10


def test_beberapa_proses_melihat_hitungan_yang_sama(sqlite_app: Flask, jam: Jam, tmp_path: Path) -> None:
    cast()
    store.session.remove()
    command = [sys.executable, "-c", PROGRAM, db.engine.url.render_as_string(False), str(tmp_path / "var"), "6"]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    heard = [line for process in running for line in process.communicate(timeout=100)[0].split()]
    assert sorted(heard) == ["ditahan"] * 2 + ["salah"] * 10
    assert answer(lambda: people.authenticate("sari@contoh.id", factories.PASSWORD, ADDRESS)) == "ditahan"


def test_yang_ditahan_tidak_membuat_orang_sekantor_ikut_ditahan(app: Flask, jam: Jam) -> None:
    cast()
    for _ in range(150):
        wrong()
    assert answer(lambda: people.authenticate("budi@contoh.id", factories.PASSWORD, ADDRESS)) == "masuk"


def test_banyak_akun_dari_satu_alamat_ditahan(app: Flask, jam: Jam) -> None:
    cast()
    heard = [wrong(f"orang{number}@contoh.id") for number in range(101)]
    assert heard == ["salah"] * 100 + ["ditahan"]
    assert answer(lambda: people.authenticate("budi@contoh.id", factories.PASSWORD, ADDRESS)) == "ditahan"
    assert answer(lambda: people.authenticate("budi@contoh.id", factories.PASSWORD, "198.51.100.1")) == "masuk"


def test_satu_akun_dari_banyak_alamat_ditahan_juga_dengan_ipv6_yang_diganti_ganti(app: Flask, jam: Jam) -> None:
    cast()
    assert [wrong(address=f"198.51.100.{n}") for n in range(51)] == ["salah"] * 50 + ["ditahan"]
    assert [wrong("joko@contoh.id", f"2001:db8::{n:x}") for n in range(11)] == ["salah"] * 10 + ["ditahan"]


def test_yang_berhasil_masuk_tidak_menghabiskan_jatah_kantornya(app: Flask, jam: Jam) -> None:
    cast()
    for _ in range(120):
        assert answer(lambda: people.authenticate("budi@contoh.id", factories.PASSWORD, ADDRESS)) == "masuk"
    assert set(store.session.scalars(select(Counter.value).where(Counter.name.startswith("gagal:")))) <= {0}


def test_kalimatnya_sama_untuk_akun_yang_ada_tidak_ada_dan_nonaktif(app: Flask, jam: Jam) -> None:
    cast()
    with unit_of_work() as session:
        session.get_one(User, factories.actor("pak_joko").id).active = False
    said = {}
    for email in ("sari@contoh.id", "joko@contoh.id", "tidak-ada@contoh.id"):
        sentences = []
        for _ in range(12):
            with pytest.raises(LoginRefused) as refused:
                people.authenticate(email, "salah", ADDRESS)
            sentences.append(refused.value.pesan)
        said[email] = tuple(sentences)
    assert len(set(said.values())) == 1
    assert "Coba lagi pukul 08.15." in said["sari@contoh.id"][-1]


def test_cek_status_ditahan_sama_untuk_nomor_yang_ada_dan_tidak(app: Flask, jam: Jam) -> None:
    people_, version = cast(), publish()
    case = open_kk(people_, version)
    number = f"KK-2026-{case[:6]}"
    for tried in (number, "KK-2026-TIADA"):
        heard = [answer(lambda: status_check.look(tried, "000000", ADDRESS)) for _ in range(11)]  # noqa: B023
        assert heard == ["salah"] * 10 + ["ditahan"]


def test_kode_bukti_yang_ditebak_tebak_ditahan_menurut_alamat(app: Flask, jam: Jam) -> None:
    heard = [answer(lambda: receipts.verify("tebakan", ADDRESS)) for _ in range(61)]
    assert heard == ["salah"] * 60 + ["ditahan"]
    assert answer(lambda: receipts.verify("tebakan", "198.51.100.1")) == "salah"
