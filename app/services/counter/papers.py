"""What the counter hands over on paper: the receipt with a PIN, to sign; and how somebody's permohonan stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.adapters.pdf import Letterhead
from app.domain.actors import Actor, CaseRef, can, demand
from app.domain.errors import InvalidInput, NotFound
from app.models import Case, Permohonan, Task, Upload
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.counter import assistance, filing
from app.services.flow import cases, delivered, discretion, published
from app.services.flow.cases import CaseView
from app.services.paging import at_most
from app.services.portal import pins, portal_views, receipts
from app.services.portal.pins import NewPin
from app.services.portal.portal_views import ENDED, RUNNING
from app.services.portal.receipts import Receipt
from app.services.records import trail
from app.services.signin import hashing
from app.services.work import unit_of_work

NEWEST = 10
WRONG_PIN = "PIN itu bukan PIN permohonan ini lagi. Buat PIN baru, lalu cetak buktinya."


@dataclass(frozen=True)
class Line:
    """A permohonan of the person at the counter. `task_id`: where the officer works on it or looks at it; `waits`: it
    waits for the pemohon, so that the officer may do it for them there; `results`: uploads to print."""

    case_id: str
    number: str
    title: str
    status: str
    opened_at: datetime
    task_id: str
    waits: bool
    results: Sequence[str]


def of_person(actor: Actor, subject_id: str) -> list[Line]:
    """The permohonan of a person that this officer may see, those that run first, at most NEWEST of either half."""
    demand(actor, "file_for")
    found: list[Line] = []
    for which in (RUNNING, ENDED):
        subject = Actor(subject_id, "", frozenset({"pemohon"}))
        query = portal_views.their_cases(subject, which).order_by(Case.opened_at.desc(), Case.id.desc())
        rows = list(store.session.scalars(query.limit(at_most(NEWEST))))
        seen = [case for case in rows if can(actor, "view_case", _ref(case))]
        found += [_line(case) for case in seen]
    return found


def receipt(actor: Actor, case_id: str, pin: str, head: Letterhead) -> Receipt:
    """With the PIN on it, and a place to sign for what was said at the counter. Raises NotFound, Forbidden,
    InvalidInput (no longer this PIN)."""
    permohonan, view = _served(actor, case_id)
    if not hashing.fits(permohonan.pin_hash or hashing.nobodys(), pin.strip()[:20]):
        raise InvalidInput({"pin": [WRONG_PIN]}, WRONG_PIN)
    return receipts.draw(view, permohonan, head, pin=pin.strip(), assisted=assistance.of_case(case_id))


def new_pin(actor: Actor, case_id: str) -> NewPin:
    """For a pemohon at the counter who lost theirs; the old one is no good from now on. Raises NotFound."""
    _, view = _served(actor, case_id)
    pin = pins.fresh()
    digest = hashing.digest(pin)
    with unit_of_work() as session:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        session.get_one(Permohonan, case_id).pin_hash = digest
        trail.append(session, trail.case_stream(case_id), actor.id, pins.RENEWED, {"di": "loket"}, clock.now())
    return NewPin(view.number, pin)


def _served(actor: Actor, case_id: str) -> tuple[Permohonan, CaseView]:
    """Of a permohonan that this officer filed, or may see anyway: never their own, nor one whose writer's name is kept
    from them. Raises NotFound, Forbidden."""
    demand(actor, "file_for")
    case, permohonan = store.session.get(Case, case_id), store.session.get(Permohonan, case_id)
    if case is None or permohonan is None or case.subject_id == actor.id:
        raise NotFound
    if not (can(actor, "view_case", _ref(case)) or filing.was_filed_by(actor, case_id)):
        raise NotFound
    view = cases.load(Actor(case.subject_id, "", frozenset({"pemohon"})), case_id)
    if view.procedure.about != "permohonan" or _hides_name(actor, case, view):
        raise NotFound
    return permohonan, view


def _hides_name(actor: Actor, case: Case, view: CaseView) -> bool:
    return case.confidential and not discretion.may_know(actor, view.ref, view.procedure, view.tasks)


def _ref(case: Case) -> CaseRef:
    return CaseRef(case.id, case.subject_id, case.unit, published.compiled(case.version_id).roles)


def _line(case: Case) -> Line:
    procedure = published.compiled(case.version_id)
    task, waits = _task(case.id, procedure)
    newest = list(delivered.newest(procedure, case.data["answers"]))
    results = store.session.scalars(select(Upload.id).where(Upload.id.in_(newest), Upload.cut_at.is_(None))).all()
    title = procedure.service.title
    return Line(case.id, case.number, title, case.status, case.opened_at, task, waits, results)


def _task(case_id: str, procedure: Procedure) -> tuple[str, bool]:
    """The open step of the pemohon, else any open one, else the last."""
    rows = store.session.execute(
        select(Task.id, Task.step, Task.closed_at)
        .where(Task.case_id == case_id)
        .order_by(Task.closed_at.is_(None).desc(), Task.opened_at.desc(), Task.id)
        .limit(at_most(5))
    ).all()
    waiting = next((row for row in rows if row.closed_at is None and procedure.steps[row.step].by_applicant), None)
    first = waiting or (rows[0] if rows else None)
    return (first.id if first else ""), waiting is not None
