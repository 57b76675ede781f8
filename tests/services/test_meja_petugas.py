"""What officers put beside a case: notes, tags, priority, a day until a task rests; saved filters; what is new."""

from datetime import date

import pytest
from flask import Flask

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, NotFound, TaskNotYours
from app.models import Case, CaseNik, CaseNote, Event, Job, Notice, SavedFilter, TagWord, Task, TaskAside, User
from app.services import clock, store
from app.services.background import jobs
from app.services.desk import asides, finding, freshness, inbox, notes, priority, saved, tags
from app.services.desk.inbox_statements import SCANNED
from app.services.desk.inbox_views import ANTREAN, DITAHAN, TUGAS_SAYA, Filters
from app.services.flow import cases, tasks
from app.services.privacy import erasure
from app.services.records import riwayat
from app.services.work import unit_of_work
from tests.support.kasus import Jam, cast, open_kk, publish

KEY = "k" * 16
NONE = Filters()


class Meja:
    def __init__(self) -> None:
        self.people = cast()
        self.version_id = publish()
        self.budi = self.people["pak_budi"]

    def case(self, subject: str = "bu_sari") -> str:
        return open_kk(self.people, self.version_id, subject=subject)

    def task(self, case_id: str) -> str:
        query = store.session.query(Task.id).filter(Task.case_id == case_id, Task.closed_at.is_(None))
        return str(query.one().id)

    def held(self) -> tuple[str, str]:
        """A case with a task in Pak Budi's hands."""
        case_id = self.case()
        return case_id, tasks.claim(self.budi, self.task(case_id)).task_id

    def ids(self, who: Actor, view: str, filters: Filters = NONE) -> list[str]:
        return [row.task_id for row in inbox.page(who, view, filters).rows]

    def told(self, who: Actor, case_id: str) -> str:
        return " ".join(entry.sentence for entry in riwayat.timeline(who, cases.load(who, case_id)).entries)


@pytest.fixture
def meja(app: Flask, jam: Jam) -> Meja:
    return Meja()


def _events(case_id: str, *verbs: str) -> list[dict[str, object]]:
    query = store.session.query(Event).filter(Event.stream == f"kasus:{case_id}", Event.verb.in_(verbs))
    return [dict(event.payload) for event in query.order_by(Event.seq)]


# --- Notes, tags, priority ---


def test_catatan_hanya_bertambah_dan_hanya_untuk_petugas(meja: Meja) -> None:
    case_id, sari = meja.case(), meja.people["bu_sari"]
    notes.write(meja.budi, case_id, "Sudah ditelepon.\nNIK 3402995207900001 benar.", KEY)
    notes.write(meja.budi, case_id, "Sudah ditelepon.", KEY)  # a double click
    (note,) = notes.of_case(case_id)
    assert (note.text, note.who) == ("Sudah ditelepon.\nNIK ************0001 benar.", "Budi Prakosa")
    (event,) = _events(case_id, notes.VERB)
    assert "ditelepon" not in str(event) and event["catatan"] == store.session.query(CaseNote.id).scalar()
    assert "Catatan petugas ditulis." in meja.told(meja.budi, case_id)
    assert "Catatan" not in meja.told(sari, case_id)
    with pytest.raises(NotFound):
        notes.write(sari, case_id, "Halo", KEY)
    with pytest.raises(Forbidden):
        notes.write(meja.people["bu_tuti"], case_id, "Halo", KEY)
    with pytest.raises(InvalidInput):
        notes.write(meja.budi, case_id, " ", KEY)


def test_tanda_dari_daftar_pendek_tampil_dan_menyaring(meja: Meja) -> None:
    case_id, other = meja.case(), meja.case("pak_joko")
    assert tags.put_on(meja.budi, case_id, " Perlu  DITELEPON ") == "perlu ditelepon"
    tags.put_on(meja.budi, case_id, "perlu ditelepon")
    tags.put_on(meja.budi, case_id, "keluarga pindah")
    assert "keluarga pindah" in tags.words()
    rows = {row.case_id: row.tags for row in inbox.page(meja.budi, ANTREAN, NONE).rows}
    assert rows == {case_id: ("keluarga pindah", "perlu ditelepon"), other: ()}
    assert meja.ids(meja.budi, ANTREAN, Filters(tag="perlu ditelepon")) == [meja.task(case_id)]
    tags.take_off(meja.budi, case_id, "keluarga pindah")
    assert "keluarga pindah" not in tags.words(), "a word that no case wears leaves the list"
    assert [event["tanda"] for event in _events(case_id, tags.ON, tags.OFF)] == [
        "perlu ditelepon",
        "keluarga pindah",
        "keluarga pindah",
    ]
    for word in ("", "prioritas", "3402995207900001", "x" * 25):
        with pytest.raises(InvalidInput):
            tags.put_on(meja.budi, case_id, word)


def test_daftar_tanda_tetap_pendek(meja: Meja) -> None:
    case_id = meja.case()
    with unit_of_work() as session:
        there = session.query(TagWord).count()
        session.add_all(TagWord(word=f"kata {number}") for number in range(tags.MOST_WORDS - there))
    with pytest.raises(InvalidInput):
        tags.put_on(meja.budi, case_id, "satu lagi")
    for number in range(tags.MOST):
        tags.put_on(meja.budi, case_id, f"kata {number}")
    with pytest.raises(InvalidInput):
        tags.put_on(meja.budi, case_id, "kata 9")


def test_prioritas_diberi_dan_dicabut_dengan_alasan_tanpa_mengubah_urutan(meja: Meja, jam: Jam) -> None:
    first = meja.case()
    jam.lewat(minutes=5)
    second = meja.case("pak_joko")
    order = meja.ids(meja.budi, ANTREAN)
    with pytest.raises(InvalidInput):
        priority.turn(meja.budi, second, on=True, reason=" ")
    priority.turn(meja.budi, second, on=True, reason="Sakit, perlu KK untuk rumah sakit.")
    priority.turn(meja.people["bu_wulan"], second, on=True, reason="Sama")
    assert meja.ids(meja.budi, ANTREAN) == order == [meja.task(first), meja.task(second)]
    assert inbox.page(meja.budi, ANTREAN, NONE).rows[1].flags == ("prioritas",)
    assert meja.ids(meja.budi, ANTREAN, Filters(tag="prioritas")) == [meja.task(second)]
    assert _events(second, priority.GIVEN) == [{"alasan": "Sakit, perlu KK untuk rumah sakit."}]
    priority.turn(meja.people["bu_wulan"], second, on=False, reason="Sudah pulang.")
    assert not store.session.get_one(Case, second).priority
    assert "Prioritas dicabut. Alasan: Sudah pulang." in meja.told(meja.budi, second)
    assert "rioritas" not in meja.told(meja.people["pak_joko"], second)
    with pytest.raises(Forbidden):
        priority.turn(meja.people["pak_agus"], second, on=True, reason="x")


# --- Tahan ---


def test_ditahan_pindah_bagian_jamnya_berjalan_dan_kembali_sendiri_dengan_kabar(meja: Meja, jam: Jam) -> None:
    case_id, task_id = meja.held()
    due = store.session.get_one(Task, task_id).due_at
    until = asides.put(meja.budi, task_id, "2026-11-28", "Menunggu telepon.")  # a Saturday
    assert clock.calendar().is_open(until) and until.date() == date(2026, 11, 30)
    assert meja.ids(meja.budi, TUGAS_SAYA) == [] and meja.ids(meja.budi, DITAHAN) == [task_id]
    assert inbox.counts(meja.budi)[TUGAS_SAYA] == "0"
    assert asides.of_tasks([task_id])[task_id].reason == "Menunggu telepon."
    task = store.session.get_one(Task, task_id)
    assert (task.due_at, task.paused_at, task.held_at) == (due, None, None), "the clock runs"
    assert "ditahan sampai 30 November 2026. Sebab: Menunggu telepon." in meja.told(meja.budi, case_id)
    assert "ditahan" not in meja.told(meja.people["bu_sari"], case_id)
    jam.at = until
    assert meja.ids(meja.budi, TUGAS_SAYA) == [task_id] and meja.ids(meja.budi, DITAHAN) == []
    _run(asides.KIND)
    (notice,) = store.session.query(Notice).filter(Notice.user_id == meja.budi.id, Notice.title.like("%kembali%"))
    assert notice.path == f"/tugas/{task_id}" and "Menunggu telepon." in notice.body
    assert store.session.query(TaskAside).count() == 0


def test_tahan_berakhir_bersama_klaimnya_atau_lebih_awal(meja: Meja, jam: Jam) -> None:
    _, task_id = meja.held()
    asides.put(meja.budi, task_id, "2026-11-30", "Nanti")
    asides.bring_back(meja.budi, task_id)
    asides.bring_back(meja.budi, task_id)
    assert meja.ids(meja.budi, TUGAS_SAYA) == [task_id]
    until = asides.put(meja.budi, task_id, "2026-11-30", "Nanti")
    tasks.release(meja.budi, task_id, store.session.get_one(Task, task_id).version, "Pindah")
    jam.lewat(minutes=1)
    tasks.claim(meja.budi, task_id)
    assert meja.ids(meja.budi, TUGAS_SAYA) == [task_id], "claimed anew it is not aside"
    jam.at = until
    _run(asides.KIND)
    assert store.session.query(Notice).filter(Notice.title.like("%kembali%")).count() == 0


def test_yang_diundur_lagi_dikabari_pada_hari_yang_baru_saja(meja: Meja, jam: Jam) -> None:
    _, task_id = meja.held()
    first = asides.put(meja.budi, task_id, "2026-11-25", "Nanti")
    second = asides.put(meja.budi, task_id, "2026-11-27", "Nanti lagi")
    told = []
    for at in (first, second):
        jam.at = at
        _run(asides.KIND)
        told.append(store.session.query(Notice).filter(Notice.title.like("%kembali%")).count())
    assert told == [0, 1]


@pytest.mark.parametrize("until", ["", "besok", "2026-11-23", "2026-12-24"])
def test_tanggal_tahan_sesudah_hari_ini_dan_tidak_jauh(meja: Meja, until: str) -> None:
    _, task_id = meja.held()
    with pytest.raises(InvalidInput):
        asides.put(meja.budi, task_id, until, "Nanti")


def test_hanya_pemegangnya_yang_menahan(meja: Meja) -> None:
    _, task_id = meja.held()
    with pytest.raises(TaskNotYours):
        asides.put(meja.people["bu_rini"], task_id, "2026-11-25", "Nanti")
    with pytest.raises(InvalidInput):
        asides.put(meja.budi, task_id, "2026-11-25", " ")


# --- Saved filters ---


def test_saringan_tersimpan_milik_sendiri_dan_bersama_satu_peran(meja: Meja) -> None:
    meja.case()
    lost = Filters(kind="hilang")
    own = saved.save(meja.budi, "Hilang", ANTREAN, lost)
    saved.save(meja.budi, "Bersama", ANTREAN, Filters(late=True), "petugas_layanan")
    assert saved.save(meja.budi, "Hilang", ANTREAN, Filters(kind="rusak")) == own, "the same name means the new thing"
    listed = saved.listed(meja.budi)
    assert [(one.name, one.role, one.removable, one.count) for one in listed] == [
        ("Hilang", "", True, "0"),
        ("Bersama", "Petugas Unit Layanan & Entri", True, "0"),
    ]
    assert saved.filters_of(listed[0].asked) == Filters(kind="rusak")
    assert [one.name for one in saved.listed(meja.people["bu_rini"])] == ["Bersama"]
    assert saved.listed(meja.people["pak_agus"]) == []
    for who, error in (("bu_rini", NotFound), ("pak_agus", NotFound)):
        with pytest.raises(error):
            saved.remove(meja.people[who], own)
    with pytest.raises(Forbidden):
        saved.save(meja.budi, "X", ANTREAN, lost, "kasi")
    for name, filters in (("", lost), ("Semua", NONE)):
        with pytest.raises(InvalidInput):
            saved.save(meja.budi, name, ANTREAN, filters)
    saved.remove(meja.budi, own)
    assert store.session.query(SavedFilter).count() == 1
    verbs = [event.verb for event in store.session.query(Event).filter_by(stream=f"akun:{meja.budi.id}")]
    assert verbs == [saved.SAVED] * 3 + [saved.REMOVED]


def test_hitungan_saringan_berhenti_dan_mengatakannya(meja: Meja, jam: Jam, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        case_id = meja.case()
        jam.lewat(minutes=1)
        if number < 2:
            tags.put_on(meja.budi, case_id, "perlu ditelepon")
    worn = (ANTREAN, Filters(tag="perlu ditelepon"))
    assert inbox.narrowed_counts(meja.budi, [worn, (TUGAS_SAYA, worn[1])]) == ["2", "0"]
    monkeypatch.setattr("app.services.desk.inbox_statements.SCANNED", 3)
    monkeypatch.setattr("app.services.desk.inbox.SCANNED", 3)
    assert inbox.narrowed_counts(meja.budi, [worn]) == ["2+"]
    assert SCANNED >= 100


# --- What is new ---


def test_kabar_menyebut_yang_baru_dan_siapa_yang_mengambil(meja: Meja, jam: Jam) -> None:
    cases_ = [meja.case() for _ in range(3)]
    shown = meja.ids(meja.budi, ANTREAN)
    assert freshness.since(meja.budi, ANTREAN, NONE, shown) == freshness.News(0, {}, jam.at)
    jam.lewat(minutes=15)
    taken = meja.task(cases_[0])
    tasks.claim(meja.people["bu_rini"], taken)
    meja.case("pak_joko")
    news = freshness.since(meja.budi, ANTREAN, NONE, shown)
    assert (news.new, news.gone) == (1, {taken: "Sudah diambil Rini Astuwati pukul 08.15."})
    with pytest.raises(NotFound):
        freshness.since(meja.budi, "karangan", NONE, [])


def _run(kind: str) -> None:
    for job_id in list(jobs.due_job_ids(clock.now())):
        if store.session.get_one(Job, job_id).kind == kind:
            jobs.run_one(job_id)


def test_menghapus_akun_mengosongkan_catatan_dan_pencarian_tentangnya(meja: Meja, jam: Jam) -> None:
    case_id, sari = meja.case(), meja.people["bu_sari"]
    notes.write(meja.budi, case_id, "Ibu Sari sakit.", KEY)
    nik = store.session.get_one(User, sari.id).nik
    with unit_of_work() as session:
        session.add(CaseNik(nik=nik, case_id=case_id))
        session.get_one(Case, case_id).ended_at = jam.at
    with unit_of_work() as session:
        erasure.erase(session, sari.id, "uji", "DP-1", jam.at)
    assert [note.text for note in notes.of_case(case_id)] == [""]
    assert finding.by_text(meja.budi, "sari").cases == ()
    assert finding.by_nik(meja.budi, str(nik), "loket").cases == ()
