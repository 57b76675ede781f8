"""Many people at once at one task: one of everything, clear messages for the rest, on each database."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.domain.actors import Actor
from app.domain.errors import TaskAlreadyClaimed, TaskClosed
from app.extensions import db
from app.models import Answer, Event, new_id
from app.services import clock, store
from app.services.accounts import people
from app.services.flow import tasks
from app.services.flow.case_run import CaseRun
from app.services.portal import drafts
from app.services.records import audit
from app.services.work import unit_of_work
from tests.factories import SENIN_PAGI
from tests.support.databases import config_for
from tests.support.kantor import SLUG, Kantor


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """As in conftest, with as many connections as a busy office has threads."""
    url = request.getfixturevalue(f"{request.param}_url")
    app = create_app(config_for(url, tmp_path / "var", threads=16))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def office(app: Flask) -> Iterator[Kantor]:
    with clock.using(lambda: SENIN_PAGI):
        yield Kantor.open()


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """Every act in a thread of its own, with its own application context; results or exceptions in order."""
    gate = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        gate.wait()
        with app.app_context(), clock.using(lambda: SENIN_PAGI):
            try:
                results[number] = acts[number]()
            except Exception as problem:  # noqa: BLE001  whatever it is, the test compares it
                results[number] = problem
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def hire(count: int) -> list[Actor]:
    """Officers of the service desk."""
    with unit_of_work() as session:
        users = [
            people.add(
                session,
                email=f"petugas-{n}@contoh.id",
                name=f"Petugas {n}",
                password_hash="!",
                roles=[("petugas_layanan", "")],
            )
            for n in range(count)
        ]
        return [Actor(user.id, user.name, frozenset({"petugas_layanan"})) for user in users]


def intact() -> bool:
    store.session.rollback()
    auditor = Actor("uji", "Uji", frozenset({"auditor"}))
    return not list(audit.verify(auditor).findings)


def test_seratus_klaim_bersamaan_hanya_satu_menang(app: Flask, office: Kantor) -> None:
    task_id = office.open_tasks(office.case())[0].id
    officers = hire(100)
    store.session.remove()

    results = at_once(app, [lambda who=who: tasks.claim(who, task_id) for who in officers])

    kinds = Counter(type(result).__name__ for result in results)
    assert kinds == {"Claimed": 1, "TaskAlreadyClaimed": 99}
    winner = next(who for who, result in zip(officers, results, strict=True) if isinstance(result, tasks.Claimed))
    for refusal in results:
        if isinstance(refusal, TaskAlreadyClaimed):
            assert (refusal.by, refusal.at) == (winner.name, SENIN_PAGI)
            assert refusal.pesan == (f"Sudah diambil {winner.name} pukul 08.00. Ambil tugas berikutnya dari antrean.")
    assert intact()


def test_seratus_klaim_bersamaan_pada_langkah_berformulir(app: Flask, office: Kantor) -> None:
    case_id = office.case()
    task_id = office.walk(case_id, "verifikasi_draft").id
    kasi = [Actor(who.id, who.name, frozenset({"kasi"})) for who in hire(100)]
    store.session.remove()

    results = at_once(app, [lambda who=who: tasks.claim(who, task_id) for who in kasi])

    assert Counter(type(result).__name__ for result in results) == {"Claimed": 1, "TaskAlreadyClaimed": 99}
    claims = select(func.count()).select_from(Event).where(Event.verb == "tugas_diambil")
    per_case = claims.where(Event.stream == f"kasus:{case_id}", Event.payload["tugas"].as_string() == task_id)
    assert store.session.scalar(per_case) == 1
    assert intact()


def test_formulir_yang_terkirim_sepuluh_kali_menyelesaikan_satu_kali(app: Flask, office: Kantor) -> None:
    case_id = office.case()
    task = office.walk(case_id, "verifikasi_draft")
    kasi = office.people["bu_wulan"]
    tasks.claim(kasi, task.id)
    raw = office.raw(kasi, task.id, keputusan="valid")
    task_id, key = task.id, new_id()
    store.session.remove()

    results = at_once(app, [lambda: tasks.complete(kasi, task_id, 2, key, raw)] * 10)

    assert results == [tasks.Completed(case_id, None)] * 10
    answers = select(func.count()).select_from(Answer).where(Answer.task_id == task_id)
    assert store.session.scalar(answers) == 1
    assert intact()


def test_sepuluh_formulir_berbeda_menyelesaikan_satu_kali(app: Flask, office: Kantor) -> None:
    """Ten tabs, each with a key of its own: one completes, the others learn that it is done."""
    case_id = office.case()
    task = office.walk(case_id, "verifikasi_draft")
    kasi = office.people["bu_wulan"]
    tasks.claim(kasi, task.id)
    raw = office.raw(kasi, task.id, keputusan="valid")
    task_id = task.id
    store.session.remove()

    results = at_once(app, [lambda: tasks.complete(kasi, task_id, 2, new_id(), raw)] * 10)

    assert Counter(type(result) for result in results) == {tasks.Completed: 1, TaskClosed: 9}
    assert intact()


def test_dua_cabang_satu_kasus_selesai_bersamaan(app: Flask, office: Kantor) -> None:
    """Different tasks of one case at the same moment: both count, and the chain of the trail stays whole."""
    pairs = []
    for _ in range(5):
        case_id = office.case()
        terima = office.walk(case_id, "terima_kk")
        office.run_jobs()
        arsip = office.walk(case_id, "arsipkan")
        pairs.append((case_id, terima.id, arsip.id, arsip.version))
    sari, agus = office.people["bu_sari"], office.people["pak_agus"]
    store.session.remove()

    for case_id, terima_id, arsip_id, version in pairs:
        results = at_once(
            app,
            [
                lambda task=terima_id: tasks.complete(sari, task, 1, new_id(), {"hasil": "baik"}),
                lambda task=arsip_id, version=version: tasks.complete(agus, task, version, new_id(), {}),
            ],
        )
        assert results == [tasks.Completed(case_id, None)] * 2
        store.session.rollback()
        assert not office.open_tasks(case_id)
    assert intact()


_CLAIM_IN_A_PROCESS = """
import sys
from pathlib import Path
from app import create_app
from app.domain.actors import Actor
from app.domain.errors import TaskAlreadyClaimed
from app.services.flow import tasks
from tests.support.databases import config_for

url, folder, task_id, *officers = sys.argv[1:]
with create_app(config_for(url, Path(folder))).app_context():
    print("siap", flush=True)
    sys.stdin.readline()
    for officer in officers:
        try:
            tasks.claim(Actor(officer, officer, frozenset({"petugas_layanan"})), task_id)
            print("menang", flush=True)
        except TaskAlreadyClaimed:
            print("sudah diambil", flush=True)
"""


def test_empat_proses_di_satu_sqlite_hanya_satu_menang(sqlite_app: Flask, sqlite_url: str, tmp_path: Path) -> None:
    with clock.using(lambda: SENIN_PAGI):
        office = Kantor.open()
        task_id = office.open_tasks(office.case())[0].id
    officers = [who.id for who in hire(20)]
    store.session.remove()
    command = [sys.executable, "-c", _CLAIM_IN_A_PROCESS, sqlite_url, str(tmp_path / "var"), task_id]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([*command, *officers[n : n + 5]], **pipes) for n in range(0, 20, 5)]
    try:
        for process in processes:
            assert process.stdout.readline() == "siap\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        said = Counter(line for process in processes for line in process.communicate(timeout=100)[0].splitlines())
    finally:
        for process in processes:
            process.kill()
    assert said == {"menang": 1, "sudah diambil": 19}


def test_yang_menunggu_kunci_melihat_tugas_yang_baru_dibuka(postgresql_app: Flask) -> None:
    """PostgreSQL answers a waiting lock from before the wait, for all but the locked rows themselves."""
    with clock.using(lambda: SENIN_PAGI):
        office = Kantor.open()
        case_id = office.case(jenis="hilang")
        first = office.open_tasks(case_id)[0]
        claimed = threading.Event()
        seen: list[set[str]] = []

        def wait_for_the_case() -> None:
            with postgresql_app.app_context(), clock.using(lambda: SENIN_PAGI), unit_of_work() as session:
                claimed.set()
                seen.append(
                    {task["step"] for task in CaseRun.lock(session, SENIN_PAGI, case_id=case_id).tasks.values()}
                )

        with unit_of_work() as session:
            run = CaseRun.lock(session, SENIN_PAGI, case_id=case_id)
            waiting = threading.Thread(target=wait_for_the_case)
            waiting.start()
            claimed.wait()
            time.sleep(0.3)
            task = run.task(first.id)
            assert task is not None
            run.claim(task, office.people["pak_budi"])
            run.complete(task["token"], task["step"], office.people["pak_budi"])
            opened = {task["step"] for task in run.tasks.values()}
            run.save(last=True)
        waiting.join()
        assert seen == [opened] != [{first.step}]


def test_yang_diketik_di_banyak_tab_sekaligus_tersimpan_semua(app: Flask, office: Kantor) -> None:
    """Typing is kept without a new token, so pages kept at the same moment must not overwrite each other."""
    sari = office.people["bu_sari"]
    draft_id = drafts.start(sari, SLUG)
    seen = drafts.load(sari, draft_id)
    version, pages = seen.version, [(page.id, page.fields[0].id) for page in seen.form.sections]
    store.session.remove()

    results = at_once(
        app,
        [
            lambda page=page, field=field: drafts.keep_section(
                sari, draft_id, version, page, {field: "diketik"}, is_typing=True
            )
            for page, field in pages
        ],
    )

    assert results == [version] * len(pages)
    assert drafts.load(sari, draft_id).typed == {page: {field: "diketik"} for page, field in pages}
