"""`sweep`: looking for due timers among many, where nothing is due; and how many can be fired in a second."""

import time
from datetime import timedelta

from sqlalchemy import func, select, update

from app.models import Timer
from app.services import clock, store
from app.services.background import timers
from app.services.work import unit_of_work
from tools.bench import fill
from tools.bench.figures import Line, in_turn, line
from tools.bench.office import Office, Site

WAITING = "lengkapi_berkas"
JUDGED = {"surat_hilang": {"nilai": "tidak_terbaca", "catatan": "buram"}}
WANTING = {"keputusan": "kurang", "jenis_ditetapkan": "hilang", "pesan_pemohon": "Ulangi.", "berkas": JUDGED}


def measure(full: Site, small: Site, sizes: tuple[int, int], rounds: int) -> Line:
    """One sweep with nothing due, among as many timers as the offices have open tasks."""
    ours, floor = in_turn(lambda: _sweep(full), lambda: _sweep(small), rounds)
    return line("sweep", full.database, ours, floor, timers=sizes[0], floor_timers=sizes[1])


def fire(site: Site, norms: int, drawn: int) -> Line:
    """Norm breaches and drawn timers fired in a second, each with all that follows from it."""
    with site.open() as office:
        _make_due(select(Timer.id).where(Timer.kind == "norma").limit(norms))
        per_norm = _drain()
        _make_due(select(Timer.id).where(Timer.id.in_(_drawn(office, drawn))))
        per_drawn = _drain()
    return line(
        "sweep-fire",
        site.database,
        [per_drawn],
        [per_norm],
        norms_per_s=round(1 / per_norm, 1),
        drawn_per_s=round(1 / per_drawn, 1),
        norms=norms,
        drawn=drawn,
    )


def _sweep(site: Site) -> None:
    with site.open():
        assert timers.sweep(clock.now()) == 0


def _drawn(office: Office, count: int) -> list[str]:
    """Timers of so many cases that wait for their pemohon."""
    case_id = office.case("periksa_berkas", {"jenis": "hilang"})
    task = office.open_task(case_id)
    office.finish(case_id, task.step, office.who(task), WANTING)
    ids = fill.copy(case_id, count, "T")
    found: list[str] = []
    for at in range(0, count, 500):
        query = select(Timer.id).where(Timer.case_id.in_(ids[at : at + 500]), Timer.kind == "bpmn")
        found += store.session.scalars(query)
    assert len(found) == count
    return found


def _make_due(which: object) -> None:
    with unit_of_work() as session:
        ids = list(session.scalars(which))  # type: ignore[call-overload]
        for at in range(0, len(ids), 500):
            due = clock.now() - timedelta(seconds=1)
            session.execute(update(Timer).where(Timer.id.in_(ids[at : at + 500])).values(due_at=due))


def _drain() -> float:
    """Seconds for each due timer, until none is left."""
    waiting = store.session.scalar(select(func.count()).where(Timer.due_at <= clock.now())) or 0
    store.session.rollback()
    began, handled = time.perf_counter(), 0
    while now_handled := timers.sweep(clock.now()):
        handled += now_handled
    assert handled >= waiting > 0, (handled, waiting)
    return (time.perf_counter() - began) / handled
