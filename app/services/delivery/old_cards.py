"""The old paper KK that a new one replaces: handed in at a counter, destroyed or kept, recorded once for a case."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.actors import Actor, CaseRef, can
from app.domain.errors import DealtWith, Forbidden, InvalidInput, NotFound
from app.domain.masking import mask_in_text
from app.domain.tanggal import local_date
from app.models import Case, OldCard, Task, User
from app.procedures.berkas import looked_up
from app.services import clock, store
from app.services.flow import delivered, discretion, published
from app.services.records import trail
from app.services.work import unit_of_work

FATES = {"dimusnahkan": "dimusnahkan", "disimpan": "disimpan di kantor"}
VERB = "kk_lama_diterima"
MAX_NOTE = 200
_UNKNOWN = "Nomor permohonan ini tidak ada, atau bukan dari wilayah Anda. Periksa nomornya."
_OWED = ("ada", "rusak")


@dataclass(frozen=True)
class Card:
    """`owed`: there is an old card to hand in, and its new one was delivered. `handed_in_on`: None = not yet.

    `received_by`: a name; `fate`: in words.
    """

    owed: bool
    handed_in_on: date | None = None
    received_by: str = ""
    fate: str = ""
    note: str = ""


@dataclass(frozen=True)
class Found:
    """A case as the counter looks it up. `task_id`: where it is seen."""

    case_id: str
    subject_id: str
    number: str
    applicant: str
    task_id: str
    card: Card


def of_case(case_id: str) -> Card:
    """Of a case that the caller may see."""
    case = store.session.get(Case, case_id)
    if case is None:
        raise NotFound
    row = store.session.execute(
        select(OldCard, User.name).join(User, User.id == OldCard.received_by).where(OldCard.case_id == case_id)
    ).one_or_none()
    if row is None:
        return Card(_owes(case))
    card, name = row
    return Card(False, date.fromisoformat(card.handed_in_on), name, FATES[card.fate], card.note)


def look_up(actor: Actor, number: str) -> str:
    """Case id, by the number of the permohonan. Raises NotFound where there is none that the actor serves."""
    typed = number.strip()
    case = store.session.scalars(select(Case).where(Case.number.in_({typed, typed.upper()}))).first()
    if case is None or not _replaces_cards(case) or not may_record(actor, _ref(case)):
        raise NotFound(_UNKNOWN)
    return case.id


def load(actor: Actor, case_id: str) -> Found:
    """Raises NotFound, Forbidden (their own case, or they only watch)."""
    row = store.session.execute(
        select(Case, discretion.in_lists(User.name)).join(User, User.id == Case.subject_id).where(Case.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_UNKNOWN)
    case, name = row
    _demand(actor, case)
    newest = store.session.scalar(select(Task.id).where(Task.case_id == case.id).order_by(Task.id.desc()).limit(1))
    return Found(case.id, case.subject_id, case.number, name, newest or "", of_case(case.id))


def record(actor: Actor, case_id: str, handed_in_on: date, fate: str, note: str) -> None:
    """Raises InvalidInput (a day to come, no fate), DealtWith (recorded before), Forbidden, NotFound."""
    note, at = " ".join(note.split()), clock.now()
    if handed_in_on > local_date(at):
        raise InvalidInput({"tanggal": ["Tanggal diserahkan tidak boleh sesudah hari ini."]})
    if fate not in FATES:
        raise InvalidInput({"nasib": ["Pilih dimusnahkan atau disimpan."]})
    if len(note) > MAX_NOTE:
        raise InvalidInput({"catatan": [f"Catatan paling banyak {MAX_NOTE} huruf."]})
    with unit_of_work() as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None:
            raise NotFound
        _demand(actor, case)
        if handed_in_on < local_date(case.opened_at):
            raise InvalidInput({"tanggal": ["Tanggal diserahkan tidak boleh sebelum permohonan diajukan."]})
        row = {
            "case_id": case_id,
            "handed_in_on": handed_in_on.isoformat(),
            "received_by": actor.id,
            "fate": fate,
            "note": mask_in_text(note),
            "recorded_at": at,
        }
        insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(OldCard)
        once = insert.values(**row).on_conflict_do_nothing(index_elements=["case_id"]).returning(OldCard.case_id)
        if session.execute(once).first() is None:
            raise DealtWith("KK lama untuk permohonan ini sudah dicatat diterima.")
        what = {"tanggal": row["handed_in_on"], "nasib": FATES[fate]}
        trail.append(session, trail.case_stream(case_id), actor.id, VERB, what, at)


def may_record(actor: Actor, case: CaseRef) -> bool:
    """Whoever works on such cases in that unit, also at the counter of a kapanewon."""
    return actor.is_officer and actor.id != case.subject_id and can(actor, "discuss", case)


def _demand(actor: Actor, case: Case) -> None:
    ref = _ref(case)
    if not _replaces_cards(case) or not can(actor, "view_case", ref):
        raise NotFound(_UNKNOWN)
    if not may_record(actor, ref):
        raise Forbidden


def _replaces_cards(case: Case) -> bool:
    """A konsultasi or an account delivers no card, and its writer's name may not be for this counter."""
    return published.compiled(case.version_id).about == "permohonan"


def _ref(case: Case) -> CaseRef:
    return CaseRef(case.id, case.subject_id, case.unit, published.compiled(case.version_id).roles)


def _owes(case: Case) -> bool:
    procedure, answers = published.compiled(case.version_id), case.data["answers"]
    first = procedure.first_step
    has_old = looked_up(f"{first}.kk_lama", answers) in _OWED or looked_up(f"{first}.jenis", answers) == "rusak"
    return has_old and any(delivered.latest(procedure, answers).values())
