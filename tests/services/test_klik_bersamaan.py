"""What two people or two clicks write down at the same moment: one of everything and no fault, on each database."""

from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import InvalidInput
from app.models import CannedAnswer, CaseTag, Pengumuman, SavedFilter
from app.services import clock, store
from app.services.accounts import absences
from app.services.accounts.absences import Post
from app.services.desk import saved, tags
from app.services.desk.inbox_views import Filters
from app.services.discussion import canned
from app.services.portal import announcements
from tests.services.test_klaim_bersamaan import app, at_once, office  # noqa: F401  fixtures
from tests.support.kantor import Kantor

LOST = Filters(kind="hilang")


def count(table: type[CaseTag] | type[SavedFilter] | type[Pengumuman] | type[CannedAnswer]) -> int:
    store.session.rollback()
    return store.session.scalar(select(func.count()).select_from(table)) or 0


def test_yang_ditulis_bersamaan_tersimpan_sekali(app: Flask, office: Kantor) -> None:  # noqa: F811
    budi, rini, eko = (office.people[key] for key in ("pak_budi", "bu_rini", "pak_eko"))
    cases, today = [office.case() for _ in range(4)], clock.today()

    done = at_once(app, [lambda one=one: tags.put_on(budi, one, "segera") for one in cases])  # type: ignore[misc]
    assert (done, count(CaseTag)) == (["segera"] * 4, 4)

    own = at_once(app, [lambda: saved.save(budi, "Hilang", "antrean", LOST)] * 4)
    assert (len(set(own)), count(SavedFilter)) == (1, 1)
    by_two = [lambda one=one: saved.save(one, "Kita", "antrean", LOST, "petugas_layanan") for one in (budi, rini) * 2]
    shared = at_once(app, by_two)  # type: ignore[arg-type]
    assert count(SavedFilter) == 2 and sum(isinstance(one, InvalidInput) for one in shared) == 2

    put_up = [lambda: announcements.put_up(eko, title="A", body="B", shown_from=today, shown_until=today)] * 3
    assert (len(set(at_once(app, put_up))), count(Pengumuman)) == (1, 1)
    answers = at_once(app, [lambda: canned.save(budi, "", 0, "Judul", "isi")] * 3)
    assert (len(set(answers)), count(CannedAnswer)) == (1, 1)


def test_dua_orang_yang_saling_menggantikan_tidak_saling_mengunci(app: Flask, office: Kantor) -> None:  # noqa: F811
    eko, today = office.people["pak_eko"], clock.today()
    wulan, heru = office.people["bu_wulan"].id, office.people["pak_heru"].id
    crossed = at_once(
        app,
        [
            lambda: absences.record(eko, wulan, today, today, "cuti", "", [Post("kasi", heru, "Plh.")]),
            lambda: absences.record(eko, heru, today, today, "cuti", "", [Post("kabid", wulan, "Plh.")]),
        ],
    )
    assert sorted(type(one).__name__ for one in crossed) == ["InvalidInput", "str"], crossed
