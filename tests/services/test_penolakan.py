"""Who was turned away: listed newest first, and told to the admins once when it does not stop."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, NotFound
from app.models import Job, Notice
from app.services import store
from app.services.paging import Cursor
from app.services.records import reads, refusals
from tests.support.kasus import Jam, cast, run_all


@pytest.fixture
def orang(app: Flask, jam: Jam) -> Iterator[dict[str, Actor]]:
    reads.forget_what_was_written()
    yield cast()
    reads.forget_what_was_written()


def turn_away(person: Actor, times: int, start: int = 0) -> None:
    for number in range(start, start + times):
        if reads.note_refusal(person, [f"benda{number}"], "GET /tugas/<task_id>", 403):
            refusals.watch(person)


def test_daftar_terbaru_dulu_dan_halaman_demi_halaman(
    orang: dict[str, Actor], jam: Jam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "PAGE", 2)
    for number in range(3):
        turn_away(orang["pak_budi"], 1, number)
        jam.lewat(minutes=1)
    reads.note(orang["pak_budi"], [reads.Reading("a", reads.TASK)], "GET /x", 200)
    first, cursor = refusals.page(orang["pak_eko"])
    assert [(one.name, one.route, one.status) for one in first] == [("Budi Prakosa", "GET /tugas/<task_id>", 403)] * 2
    assert first[0].at > first[1].at and cursor is not None
    rest, end = refusals.page(orang["bu_tuti"], cursor)
    assert len(rest) == 1 and end is None and rest[0].at < first[1].at
    with pytest.raises(Forbidden):
        refusals.page(orang["pak_dwi"])
    with pytest.raises(NotFound):
        refusals.page(orang["pak_eko"], Cursor("r", jam.at, "abc"))


def test_ditolak_berulang_kali_diberitahukan_kepada_admin_sekali_sehari(orang: dict[str, Actor], jam: Jam) -> None:
    turn_away(orang["pak_budi"], refusals.BURST - 1)
    assert store.session.scalars(select(Job)).all() == []
    turn_away(orang["pak_budi"], 30, refusals.BURST)
    jam.lewat(minutes=20)
    turn_away(orang["pak_budi"], 30, 100)
    run_all(refusals.KIND)
    [told] = store.session.scalars(select(Notice)).all()
    assert told.user_id == orang["pak_eko"].id and told.path == "/admin/penolakan"
    assert told.body.startswith("Budi Prakosa ditolak 20 kali")
    jam.lewat(days=1)
    turn_away(orang["pak_budi"], refusals.BURST)
    run_all(refusals.KIND)
    assert len(store.session.scalars(select(Notice)).all()) == 2


def test_yang_jarang_ditolak_tidak_diberitahukan(orang: dict[str, Actor], jam: Jam) -> None:
    for number in range(refusals.BURST + 5):
        turn_away(orang["pak_budi"], 1, number)
        jam.lewat(minutes=1)
    assert store.session.scalars(select(Job)).all() == []
