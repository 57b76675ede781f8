"""Rating a case that has ended, and the index that everybody reads."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound
from app.domain.skm import KEYS
from app.models import Case, Event, Rating, RatingSum
from app.services import store
from app.services.portal import rating, satisfaction
from app.services.work import unit_of_work
from tests.support.kasus import Jam, cast, open_kk, publish

GOOD = dict.fromkeys(KEYS, "3")


def _ended(orang: dict[str, Actor], version_id: str, jam: Jam) -> str:
    case_id = open_kk(orang, version_id)
    with unit_of_work() as session:
        session.execute(update(Case).where(Case.id == case_id).values(ended_at=jam.at, outcome="selesai"))
    return case_id


def test_yang_selesai_dinilai_pemohonnya_satu_kali_saja(sqlite_app: Flask, jam: Jam) -> None:
    version_id, orang = publish(), cast()
    case_id, running = _ended(orang, version_id, jam), open_kk(orang, version_id)
    sari = orang["bu_sari"]
    for who, which in (
        (orang["pak_joko"], case_id),
        (orang["pak_budi"], case_id),
        (sari, running),
        (sari, "tidak-ada"),
    ):
        with pytest.raises(NotFound):
            rating.rate(who, which, GOOD)
    rating.rate(sari, case_id, {**GOOD, "saran": " Loketnya ditambah. "})
    rating.rate(sari, case_id, dict.fromkeys(KEYS, "1"))
    kept = store.session.scalars(select(Rating)).one()
    assert ((kept.u1, kept.u9), kept.remark, kept.unit) == ((3, 3), "Loketnya ditambah.", "340299")
    total = store.session.scalars(select(RatingSum)).one()
    assert (total.month, total.respondents, total.u5) == ("2026-11", 1, 3)
    acts = store.session.scalars(select(Event.payload).where(Event.verb == rating.VERB)).all()
    assert acts == [{}], "the trail says that it was rated, not how"


@pytest.mark.parametrize("wrong", ["0", "5", "", "tiga"])
def test_jawaban_di_luar_satu_sampai_empat_ditolak(sqlite_app: Flask, jam: Jam, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rating.rate(cast()["bu_sari"], "x", {**GOOD, "U4": wrong})
    assert set(refused.value.errors) == {"U4"}


def test_ikm_tampil_sesudah_lima_orang_dan_saran_hanya_untuk_pimpinan(sqlite_app: Flask, jam: Jam) -> None:
    version_id, orang = publish(), cast()
    for number in range(5):
        everybody, *_ = satisfaction.groups(2026)
        assert everybody.respondents == number and everybody.result is None
        rating.rate(orang["bu_sari"], _ended(orang, version_id, jam), {**GOOD, "U4": "4", "saran": "Cepat."})
    everybody, kk = satisfaction.groups(2026, "2")
    assert everybody.result is not None and kk.result is not None
    # (8 x 3 + 4) / 9 x 25 = 77.777…
    assert (everybody.result.index, everybody.result.grade, kk.slug) == (Decimal("77.78"), "B", "kk-perubahan-data")
    assert [one.respondents for one in satisfaction.groups(2026, "1")] == [0]
    assert satisfaction.remarks(None) == satisfaction.remarks(orang["bu_sari"]) == []
    assert [one.text for one in satisfaction.remarks(orang["bu_wulan"])] == ["Cepat."] * 5


def test_dua_klik_bersamaan_satu_penilaian(postgresql_app: Flask, jam: Jam) -> None:
    version_id, orang = publish(), cast()
    case_id = _ended(orang, version_id, jam)

    def click(_: int) -> None:
        with postgresql_app.app_context():
            rating.rate(orang["bu_sari"], case_id, GOOD)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(click, range(6)))
    store.session.rollback()
    assert store.session.scalar(select(func.count()).select_from(Rating)) == 1
    assert store.session.scalars(select(RatingSum.respondents)).one() == 1
