"""The inbox: who sees what, in which order, page by page, and that it walks its indexes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event, insert, text, update

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Forbidden, NotFound
from app.extensions import db
from app.models import Case, Permohonan, Task, new_id
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.desk import duties, inbox, inbox_statements
from app.services.desk.inbox_statements import end_of_look, rows_of, stages
from app.services.desk.inbox_views import ANTREAN, MENUNGGU, SELESAI, TUGAS_SAYA, Filters, Query
from app.services.flow import published
from app.services.paging import Cursor
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI

ROOT = Path(__file__).parents[2]
UNIT = "petugas_layanan"
KASI = "kabid|kasi"
NONE = Filters()


@pytest.fixture
def office(app: Flask) -> Iterator["Office"]:
    """A published procedure, everybody of the cast, and Monday 08.00."""
    with clock.using(lambda: SENIN_PAGI):
        version = published.publish(SYSTEM, read_folder(ROOT)["kk-perubahan-data"])
        with unit_of_work() as session:
            people = factories.add_cast(session)
        yield Office(version.id, people)


class Office:
    """Puts cases and tasks straight into the tables: the inbox only reads them."""

    def __init__(self, version_id: str, people: dict[str, Actor]) -> None:
        self.version_id, self.people, self.count = version_id, people, 0

    def case(self, subject: str = "bu_sari", unit: str = "340210", jenis: str = "perubahan") -> str:
        self.count += 1
        case = Case(
            id=new_id(),
            number=f"KK-2026-{self.count:06d}",
            version_id=self.version_id,
            subject_id=self.people[subject].id,
            opened_by=self.people[subject].id,
            unit=unit,
            state=b"",
            data={"answers": {}, "visits": {}, "actors": {}},
            status="",
            status_at=SENIN_PAGI,
            opened_at=SENIN_PAGI,
        )
        with unit_of_work() as session:
            session.add(case)
            session.flush()
            session.add(Permohonan(case_id=case.id, jenis=jenis, draft_id=new_id()))
        return str(case.id)

    def task(self, case_id: str = "", *, due: int | None = 60, **changes: object) -> str:
        """`due`: minutes from Monday 08.00."""
        self.count += 1
        values: dict[str, object] = {
            "id": new_id(),
            "case_id": case_id or self.case(),
            "token": f"t{self.count}",
            "step": "periksa_berkas",
            "lane": "",
            "queue": UNIT,
            "unit": "340210",
            "opened_at": SENIN_PAGI + timedelta(seconds=self.count),
            "due_at": None if due is None else SENIN_PAGI + timedelta(minutes=due),
        }
        values.update(changes)
        with unit_of_work() as session:
            session.add(Task(**values))
        return str(values["id"])

    def ids(self, person: str, view: str = ANTREAN, filters: Filters = NONE) -> list[str]:
        return [row.task_id for row in inbox.page(self.people[person], view, filters).rows]


def test_antrean_hanya_yang_boleh_diambil_orang_itu(office: Office) -> None:
    free = office.task()
    budi = office.people["pak_budi"].id
    office.task(claimed_by=budi, claimed_at=SENIN_PAGI)
    office.task(queue=KASI, step="verifikasi_draft")
    office.task(closed_at=SENIN_PAGI, closed_how="selesai")
    later = SENIN_PAGI + timedelta(hours=1)
    office.task(reserved_for=office.people["bu_rini"].id, reserved_until=later)
    mine = office.task(reserved_for=budi, reserved_until=later)
    expired = office.task(reserved_for=office.people["bu_rini"].id, reserved_until=SENIN_PAGI)
    assert set(office.ids("pak_budi")) == {free, mine, expired}


def test_petugas_kapanewon_hanya_melihat_wilayahnya(office: Office) -> None:
    here = office.task(unit="340210")
    elsewhere = office.task(unit="340211")
    assert office.ids("pak_tarno") == [here]
    assert set(office.ids("pak_budi")) == {here, elsewhere}


def test_permohonan_sendiri_tidak_ada_di_antrean(office: Office) -> None:
    office.task(office.case(subject="pak_budi"))
    assert office.ids("pak_budi") == []
    assert len(office.ids("bu_rini")) == 1


def test_pengentri_tidak_ditawari_verifikasi_kasusnya(office: Office) -> None:
    case_id = office.case()
    kasi = office.people["bu_wulan"]
    closed = {"closed_at": SENIN_PAGI, "closed_how": "selesai", "completed_at": SENIN_PAGI}
    office.task(case_id, step="entri_siak", completed_by=kasi.id, **closed)
    verify = office.task(case_id, step="verifikasi_draft", queue=KASI)
    assert office.ids("bu_wulan") == []
    assert office.ids("pak_heru") == [verify]


def test_urut_jatuh_tempo_lalu_yang_tanpa_batas(office: Office) -> None:
    unlimited_first = office.task(due=None)
    late = office.task(due=90)
    soon = office.task(due=5)
    unlimited_last = office.task(due=None)
    assert office.ids("pak_budi") == [soon, late, unlimited_first, unlimited_last]


def test_halaman_demi_halaman_tiap_tugas_tepat_sekali(office: Office) -> None:
    case_id = office.case()
    expected = {office.task(case_id, due=number % 3 if number < 9 else None) for number in range(13)}
    seen: list[str] = []
    after: Cursor | None = None
    for _ in range(10):
        page = inbox.page(office.people["pak_budi"], ANTREAN, NONE, after, size=4)
        seen += [row.task_id for row in page.rows]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert len(seen) == 13
    assert set(seen) == expected


def test_dua_antrean_satu_urutan(office: Office) -> None:
    """Somebody with two roles gets one list, in one order, across both queues."""
    both = Actor("uji-dua", "Dua Peran", frozenset({"petugas_layanan", "petugas_cetak"}))
    made = [
        office.task(due=minutes, queue=queue, step=step)
        for minutes, queue, step in [
            (30, UNIT, "periksa_berkas"),
            (10, "petugas_cetak", "kirim_kk"),
            (20, UNIT, "periksa_berkas"),
            (40, "petugas_cetak", "kirim_kk"),
        ]
    ]
    first = inbox.page(both, ANTREAN, NONE, size=3)
    rest = inbox.page(both, ANTREAN, NONE, first.next, size=3)
    order = [row.task_id for row in (*first.rows, *rest.rows)]
    assert order == [made[1], made[2], made[0], made[3]]


@pytest.mark.parametrize("text", ["", "x", "!!", "WyJkIiwxLDJd", "W10", "A" * 500])
def test_penanda_halaman_yang_dikarang_ditolak(text: str) -> None:
    with pytest.raises(NotFound):
        Cursor.parse(text)


def test_saringan(office: Office) -> None:
    lost = office.task(office.case(jenis="hilang"), due=-5)
    changed = office.task(office.case(subject="pak_joko"))
    assert office.ids("pak_budi", filters=Filters(kind="hilang")) == [lost]
    assert office.ids("pak_budi", filters=Filters(late=True)) == [lost]
    assert office.ids("pak_budi", filters=Filters(step="entri_siak")) == []
    assert set(office.ids("pak_budi", filters=Filters(service="kk-perubahan-data"))) == {lost, changed}
    assert office.ids("pak_budi", filters=Filters(service="lain")) == []


def test_baris_memuat_kata_untuk_petugas(office: Office) -> None:
    office.task(due=80, visit=2)
    row = inbox.page(office.people["pak_budi"], ANTREAN, NONE).rows[0]
    assert (row.number, row.applicant, row.kind) == ("KK-2026-000002", "Sari Puspitarini", "Perubahan data")
    assert row.step_name == "Meneliti berkas"
    assert (row.remaining.words, row.remaining.level) == ("1 j 20 m", "aman")
    assert row.flags == ("dikembalikan",)


def test_sisa_waktu_segera_dan_lewat(office: Office) -> None:
    office.task(due=29)
    office.task(due=-15)
    rows = inbox.page(office.people["pak_budi"], ANTREAN, NONE).rows
    assert [(row.remaining.words, row.remaining.level) for row in rows] == [
        ("Lewat 15 m", "lewat"),
        ("29 m", "segera"),
    ]


def test_tugas_saya_menunggu_pemohon_dan_selesai_hari_ini(office: Office) -> None:
    budi = office.people["pak_budi"].id
    case_id = office.case()
    held = office.task(claimed_by=budi, claimed_at=SENIN_PAGI)
    done_today = {"closed_at": SENIN_PAGI, "closed_how": "selesai", "completed_at": SENIN_PAGI, "completed_by": budi}
    done = office.task(case_id, **done_today)
    office.task(case_id, step="buka_permohonan", **done_today)
    yesterday = SENIN_PAGI - timedelta(hours=8, minutes=30)
    office.task(**{**done_today, "completed_at": yesterday, "closed_at": yesterday})
    waiting = office.task(case_id, step="lengkapi_berkas", queue="pemohon", due=None, asked_by=budi)
    office.task(case_id, step="terima_kk", queue="pemohon", due=None, asked_by=budi)
    office.task(step="lengkapi_berkas", queue="pemohon", due=None, asked_by=office.people["bu_rini"].id)
    assert office.ids("pak_budi", TUGAS_SAYA) == [held]
    assert office.ids("pak_budi", MENUNGGU) == [waiting]
    assert office.ids("pak_budi", SELESAI) == [done]
    assert dict(inbox.counts(office.people["pak_budi"])) == {
        ANTREAN: "0",
        TUGAS_SAYA: "1",
        MENUNGGU: "1",
        SELESAI: "1",
    }
    assert inbox.next_of_mine(office.people["pak_budi"]) == held


def test_hitungan_berhenti_di_99(office: Office) -> None:
    case_id = office.case()
    for _ in range(101):
        office.task(case_id)
    assert inbox.counts(office.people["pak_budi"])[ANTREAN] == "99+"


def test_pemohon_tidak_punya_inbox(office: Office) -> None:
    with pytest.raises(Forbidden):
        inbox.page(office.people["bu_sari"], ANTREAN, NONE)
    with pytest.raises(NotFound):
        inbox.page(office.people["pak_budi"], "semua", NONE)


def test_antrean_petugas_dari_lajur_prosedur(office: Office) -> None:
    assert duties.queues_of(office.people["bu_wulan"]) == (KASI,)
    assert duties.queues_of(office.people["bu_sari"]) == ()
    assert duties.queues_of(office.people["pak_eko"]) == ()


def test_jumlah_perintah_sql_tidak_naik_dengan_isi_halaman(office: Office) -> None:
    case_id = office.case()
    for _ in range(3):
        office.task(case_id)
    inbox.page(office.people["pak_budi"], ANTREAN, NONE)
    few = _statements(lambda: inbox.page(office.people["pak_budi"], ANTREAN, NONE))
    for _ in range(30):
        office.task(office.case(subject="pak_joko"))
    assert _statements(lambda: inbox.page(office.people["pak_budi"], ANTREAN, NONE)) == few <= 6


def _statements(read: object) -> int:
    seen: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    store.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    read()  # type: ignore[operator]
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_tiap_tampilan_membaca_indeksnya(office: Office) -> None:
    _fill(office, 8000)
    actor = office.people["pak_budi"]
    for view, index in [(ANTREAN, "ix_tasks_inbox"), (TUGAS_SAYA, "ix_tasks_mine"), (SELESAI, "ix_tasks_done")]:
        query = Query(actor, duties.duties_of(actor), view, NONE, SENIN_PAGI)
        stage, _ = stages(query, None)[0]
        looked = end_of_look(replace(query, filters=Filters(step="periksa_berkas")), stage, None)
        assert (looked is not None) == (view == ANTREAN)
        plan = _plan(rows_of(query, stage, None, 51))
        assert index in plan, plan
        for each in (plan, "" if looked is None else _plan(looked)):  # of a short queue all may be read, and sorted
            assert "Seq Scan on tasks" not in each
            assert "SCAN tasks" not in each


@pytest.mark.parametrize("filters", [Filters(kind="hilang"), Filters(step="entri_siak"), Filters(tag="prioritas")])
def test_saringan_yang_hampir_kosong_melihat_sebagian_antrean_lalu_mengatakannya(
    office: Office, filters: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_statements, "LOOKED_AT", 5)
    case_id = office.case()
    for number in range(11):
        office.task(case_id, due=number if number < 7 else None)
    actor = office.people["pak_budi"]
    first = inbox.page(actor, ANTREAN, filters)
    assert first.rows == () and first.cut and first.next is not None
    second = inbox.page(actor, ANTREAN, filters, first.next)  # the two left with a limit, the four without
    assert second.rows == () and not second.cut and second.next is None


def test_yang_cocok_di_antrean_panjang_ditemukan_sekali_sambil_mencari_terus(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_statements, "LOOKED_AT", 4)
    plain, lost = office.case(), office.case(jenis="hilang")
    wanted = [office.task(lost if number % 6 == 5 else plain, due=number) for number in range(24)][5::6]
    found: list[str] = []
    after: Cursor | None = None
    for _ in range(12):
        page = inbox.page(office.people["pak_budi"], ANTREAN, Filters(kind="hilang"), after, size=1)
        found += [row.task_id for row in page.rows]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert found == wanted


def _fill(office: Office, count: int) -> None:
    """A full office: every fourth task is open, most of those wait unclaimed, in three queues."""
    sari, people = office.people["bu_sari"].id, [office.people[key].id for key in ("pak_budi", "bu_rini", "pak_agus")]
    case_ids = [new_id() for _ in range(count // 5)]
    cases = [
        {
            "id": case_id,
            "number": f"KK-2026-9{number:05d}",
            "version_id": office.version_id,
            "subject_id": sari,
            "opened_by": sari,
            "unit": "340210",
            "state": b"",
            "data": {},
            "status": "",
            "status_at": SENIN_PAGI,
            "opened_at": SENIN_PAGI,
        }
        for number, case_id in enumerate(case_ids)
    ]
    queues = [UNIT, "petugas_cetak", KASI]
    tasks = [
        {
            "id": new_id(),
            "case_id": case_ids[number % len(case_ids)],
            "token": f"isi{number}",
            "step": "periksa_berkas",
            "lane": "",
            "queue": queues[number % 3] if number % 10 == 0 else UNIT,
            "unit": "340210",
            "closed_how": "selesai" if number % 4 else "",
            "opened_at": SENIN_PAGI - timedelta(minutes=number),
            "due_at": SENIN_PAGI + timedelta(minutes=number),
            "claimed_by": people[number % 3] if number % 4 or number % 40 == 0 else None,
            "completed_by": people[number % 3] if number % 4 else None,
            "completed_at": SENIN_PAGI - timedelta(hours=number) if number % 4 else None,
            "closed_at": SENIN_PAGI - timedelta(hours=number) if number % 4 else None,
        }
        for number in range(count)
    ]
    with unit_of_work() as session:
        session.execute(insert(Case), cases)
        session.execute(insert(Task), tasks)
        session.execute(text("ANALYZE"))


def _plan(statement: object) -> str:
    prefix = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = store.session.connection().exec_driver_sql(prefix + _literal(statement))
    return "\n".join(" ".join(str(cell) for cell in row) for row in rows)


def _literal(statement: object) -> str:
    return str(statement.compile(db.engine, compile_kwargs={"literal_binds": True})).replace("%", "%%")  # type: ignore[attr-defined]


def test_unit_tiap_peran_sendiri_di_antrean_dan_di_tangan(office: Office) -> None:
    """Officer of one unit, section head of another: no queue of either role in the other's unit."""
    posts = frozenset({("petugas_layanan", "340210"), ("kasi", "340211")})
    both = Actor(office.people["pak_tarno"].id, "Tarno Mulya", frozenset({"petugas_layanan", "kasi"}), posts)
    office.people["dua"] = both
    made = {
        (queue, unit): office.task(queue=queue, step=step, unit=unit)
        for queue, step in ((UNIT, "periksa_berkas"), (KASI, "verifikasi_draft"))
        for unit in ("340210", "340211")
    }
    mine = {made[UNIT, "340210"], made[KASI, "340211"]}
    assert set(office.ids("dua")) == mine
    assert inbox.counts(both)[ANTREAN] == "2"
    with unit_of_work() as session:
        session.execute(update(Task).values(claimed_by=both.id, claimed_at=SENIN_PAGI))
    assert set(office.ids("dua", TUGAS_SAYA)) == mine, "what he may not finish is not his"
