"""Bounces from a pipe and from a Maildir."""

import mailbox
from pathlib import Path

from flask import Flask

from app.models import Delivery
from app.services import store
from app.services.background import jobs
from app.services.messages import outgoing
from tests.support.kasus import cast, jam_uji, job_of, open_kk, publish
from tests.support.pantulan import dsn


def run(app: Flask, *arguments: str, typed: bytes = b"") -> str:
    store.session.remove()
    result = app.test_cli_runner().invoke(args=["mail", "bounces", *arguments], input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def test_email_yang_kembali_dicatat_dari_masukan_dan_dari_maildir(sqlite_app: Flask, tmp_path: Path) -> None:
    with jam_uji():
        people, version = cast(), publish()
        letters = [job_of(open_kk(people, version), "surat").id for _ in range(1)]
        assert jobs.run_one(letters[0])
        letters.append(job_of(open_kk(people, version), "surat").id)
        assert jobs.run_one(letters[1])
        first, second = (dsn(outgoing.message_id(letter)) for letter in letters)
        assert "1 email" in run(sqlite_app, typed=first)
        assert "0 email" in run(sqlite_app, typed=b"Subject: Di luar kantor\r\n\r\nSaya cuti.")
        box = mailbox.Maildir(tmp_path / "kembali")
        for mail in (second, first, b"Subject: lain\r\n\r\n"):
            box.add(mail)
        assert "1 email" in run(sqlite_app, "--maildir", str(tmp_path / "kembali"))
        assert len(box) == 0
        store.session.remove()
        assert {store.session.get_one(Delivery, letter).state for letter in letters} == {"pantul"}
