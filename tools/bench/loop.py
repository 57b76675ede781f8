"""`step-loop`: completing periksa_berkas in a case that came back 200 times, beside one that never did."""

from collections.abc import Iterator

from app.domain.actors import Actor
from app.models import new_id
from app.services.flow import tasks
from app.services.rehearsal import invented
from tools.bench import fill
from tools.bench.figures import Line, in_turn, line
from tools.bench.office import Office, Site

RETURNS, STEP = 200, "periksa_berkas"
WARM_UP = 5
COMPLETE = {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}

Held = tuple[Actor, str, int]  # who, task, version of the form


def measure(site: Site, rounds: int) -> Line:
    with site.open() as office:
        straight, returned = (office.case(STEP, {"jenis": "hilang"}) for _ in range(2))
        office.go_round(returned, RETURNS)
        task = office.open_task(returned)
        tasks.claim(office.who(task), task.id)
        who, task_id, _ = _held(office, returned)
        raw = invented.answers_for(who, task_id, office.rng, COMPLETE)
        many, none = (
            iter([_held(office, copied) for copied in fill.copy(case_id, WARM_UP + rounds, prefix)])
            for case_id, prefix in ((returned, "L"), (straight, "M"))
        )
        site.analyze()
        times = in_turn(lambda: _complete(many, raw), lambda: _complete(none, raw), rounds, WARM_UP)
        return line("step-loop", site.database, *times, returns=RETURNS, floor_returns=0)


def _held(office: Office, case_id: str) -> Held:
    task = office.open_task(case_id)
    return office.who(task), task.id, task.version


def _complete(held: Iterator[Held], raw: dict[str, object]) -> None:
    who, task_id, version = next(held)
    tasks.complete(who, task_id, version, new_id(), raw)
