"""kill -9 while fifty sign: whoever was killed between the signer's yes and our commit leaves one letter, not two."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.adapters.signer_bsre import BsreSigner
from app.services import store
from app.services.signing import batches, signers
from tests.support import bsre
from tests.support.bsre import Server, bsre_server
from tests.support.kasus import Jam
from tests.support.surat import STEP, Surat, signed_letters, states

ROOT = Path(__file__).parents[2]
# What an officer's request does, in a process of its own: url, data folder, service's port, batch.
CHILD = """
import sys
from pathlib import Path
from app import create_app
from app.adapters.signer_bsre import Account, BsreSigner
from app.services import clock
from app.services.signing import batches, signers
from tests import factories
from tests.support import bsre, databases
url, folder, port, batch = sys.argv[1:]
app = create_app(databases.config_for(url, Path(folder)))
with app.app_context(), clock.using(lambda: factories.SENIN_PAGI):
    signers.bind(bsre=BsreSigner(Account(f"http://127.0.0.1:{port}", bsre.USER, bsre.PASSWORD)))
    batches.proceed(factories.actor("bu_kartika"), batch, bsre.PASSPHRASE)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with bsre_server(tmp_path) as server:
        yield server


def test_dibunuh_sesudah_layanan_berkata_ya_tetap_satu_surat(
    sqlite_app: Flask, sqlite_url: str, jam: Jam, server: Server
) -> None:
    surat = Surat.open("bsre")
    ids = surat.waiting(4)
    batch = batches.begin(surat.head, STEP, surat.see(*ids), "kunci-halaman-1")
    children: list[subprocess.Popen[bytes]] = []

    def strike(number: int) -> None:
        if number == 2:  # signed over there; the answer is not on its way yet
            os.kill(children[0].pid, signal.SIGKILL)

    server.taken = strike
    command = [sys.executable, "-c", CHILD, sqlite_url, str(store.data_dir), str(server.port), batch]
    children.append(subprocess.Popen(command, cwd=ROOT))
    assert children[0].wait(120) == -signal.SIGKILL
    assert states() == {"selesai": 1, "dikirim": 1, "menunggu": 2}
    signers.bind(bsre=BsreSigner(server.account))
    try:
        waits = batches.proceed(surat.head, batch, bsre.PASSPHRASE)
        assert (waits.done, waits.left, waits.stopped) == (3, 1, batches.AlreadyAtIt.pesan)  # it may be at it still
        jam.lewat(seconds=batches.LEASE.total_seconds() + 1)
        assert batches.proceed(surat.head, batch, bsre.PASSPHRASE).done == 4
    finally:
        signers.bind(bsre=None)
    assert [len(signed_letters(case_id)) for case_id in ids] == [1, 1, 1, 1]
    assert len(server.signed) == 5  # the service was asked once more for the one whose answer never came
