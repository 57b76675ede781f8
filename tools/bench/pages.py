"""`case-page`: a case that has gone in circles beside one that has just begun, as officer and pemohon see it."""

from sqlalchemy import func, select

from app.models import Event
from app.services import store
from app.services.flow import tasks
from tools.bench.figures import Line, in_turn, line
from tools.bench.office import Office, Site

FEW, MANY = 10, 500
LATE_ENOUGH = 1.5


def measure(site: Site, rounds: int) -> list[Line]:
    """One line for the officer's page, one for the pemohon's."""
    with site.open() as office:
        little, much = _case(office, FEW), _case(office, MANY)
        officer, subject = office.who(office.open_task(much)), office.subject
        addresses = {
            "petugas": (officer, [f"/tugas/{office.open_task(case_id).id}" for case_id in (much, little)]),
            "pemohon": (subject, [f"/permohonan/{case_id}" for case_id in (much, little)]),
        }
        events = [_events(case_id) for case_id in (much, little)]
    found = []
    for reader, (person, (ours_at, floor_at)) in addresses.items():
        browser = site.browser(person)
        ours, floor = in_turn(lambda: _get(browser, ours_at), lambda: _get(browser, floor_at), rounds)  # noqa: B023
        found.append(
            line("case-page", site.database, ours, floor, reader=reader, events=events[0], floor_events=events[1])
        )
    return found


def _case(office: Office, events: int) -> str:
    """At periksa_berkas in its officer's hands, with at least so many events in its trail."""
    case_id = office.case("periksa_berkas", {"jenis": "hilang"})
    while _events(case_id) < events - 1:
        office.go_round(case_id, max(1, (events - 1 - _events(case_id)) // 4))
    task = office.open_task(case_id)
    if task.claimed_by is None:
        tasks.claim(office.who(task), task.id)
    return case_id


def _events(case_id: str) -> int:
    store.session.rollback()
    return store.session.scalar(select(func.count()).where(Event.stream == f"kasus:{case_id}")) or 0


def _get(browser: object, path: str) -> None:
    answer = browser.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.status
