"""The mailbox of a demonstration, page by page."""

from datetime import timedelta

import pytest
from flask import Flask

from app.domain.errors import NotFound
from app.models import Mail
from app.services.messages import mailbox
from app.services.work import unit_of_work
from tests.support.kasus import cast, jam_uji


def test_surat_semenit_yang_sama_tidak_hilang_di_antara_halaman(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        with unit_of_work() as session:
            for number in range(2 * mailbox.PAGE + 5):
                at = jam.at - timedelta(minutes=number // 70)
                session.add(
                    Mail(message_id=f"<{number:04d}@contoh.id>", to="x@contoh.id", subject="", body="", sent_at=at)
                )
        seen: list[str] = []
        before: str | None = ""
        while before is not None:
            page = mailbox.page(people["bu_sari"], before)
            seen += [letter.message_id for letter in page.letters]
            before = page.before
        assert len(seen) == len(set(seen)) == 2 * mailbox.PAGE + 5
        with pytest.raises(NotFound):
            mailbox.page(people["bu_sari"], "<tidak-ada@contoh.id>")
