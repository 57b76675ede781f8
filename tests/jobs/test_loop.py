"""The loop of worker and sweeper: what it says when the database is away, and when its starter is gone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.jobs import loop

CHILD = """
import logging, pathlib, threading
from app.jobs import loop
logging.basicConfig(filename={log!r})
loop.repeat(lambda: pathlib.Path({ready!r}).touch() or 0, threading.Event(), 0.05)
"""


def test_sebab_basis_data_tidak_melayani_disebut_tanpa_sandinya() -> None:
    engine = create_engine("postgresql+psycopg://alur:rahasia@127.0.0.1:1/alur")
    with pytest.raises(OperationalError) as away:
        engine.connect()
    said = loop.reason(away.value)
    assert said.startswith("OperationalError: ") and "127.0.0.1" in said
    assert "rahasia" not in said and "\n" not in said
    quoted = OperationalError("", {}, Exception("password=rahasia postgresql://alur:rahasia@db/alur"))
    assert loop.reason(quoted) == "OperationalError: password=*** postgresql://alur:***@db/alur"


def test_galat_lain_yang_mungkin_mengutip_data_hanya_disebut_jenisnya() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE t (a TEXT UNIQUE)"))
        connection.execute(text("INSERT INTO t VALUES ('x')"))
        with pytest.raises(IntegrityError) as refused:
            connection.execute(text("INSERT INTO t VALUES ('x')"))
    assert loop.reason(refused.value) == "IntegrityError"


def test_yang_ditinggal_induknya_berhenti_dan_mencatat_sebabnya(tmp_path: Path) -> None:
    log = tmp_path / "catatan"
    child = CHILD.format(log=str(log), ready=str(tmp_path / "siap"))
    starter = (
        f"import os, subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"while not os.path.exists({str(tmp_path / 'siap')!r}): time.sleep(0.05)\n"
    )
    subprocess.run([sys.executable, "-c", starter], cwd=Path(__file__).parents[2], env=os.environ, check=True)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not (log.exists() and log.read_text()):
        time.sleep(0.1)
    assert log.read_text().count("the process that started this one has ended") == 1
