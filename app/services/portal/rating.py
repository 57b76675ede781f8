"""One resident rates one case of theirs that has ended: once, if they like, and added up at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.actors import Actor, CaseRef
from app.domain.errors import InvalidInput, NotFound
from app.domain.skm import ELEMENTS, HIGHEST, KEYS, LOWEST
from app.domain.tanggal import local
from app.domain.texts import storable
from app.models import Case, Rating, RatingSum
from app.services import clock, store
from app.services.flow import published
from app.services.flow.cases import CaseView
from app.services.records import trail
from app.services.work import unit_of_work

VERB = "pelayanan_dinilai"
RATED = ("permohonan", "konsultasi")
LONGEST_REMARK = 1000
REMARK = "saran"


def may_rate(actor: Actor, view: CaseView) -> bool:
    """Ended, theirs, of a kind that is rated, and not rated yet."""
    is_theirs = actor.id == view.subject_id and view.ended_at is not None and view.procedure.about in RATED
    return is_theirs and not is_rated(view.id)


def is_rated(case_id: str) -> bool:
    return store.session.get(Rating, case_id) is not None


def rate(actor: Actor, case_id: str, typed: Mapping[str, str]) -> None:
    """`typed`: U1 … U9 -> "1" … "4", and `saran`. A second rating of the same case changes nothing.

    Raises InvalidInput, NotFound (not theirs, not over, of a kind that nobody rates).
    """
    answers, remark = _read(typed)
    at = clock.now()
    with unit_of_work() as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None or not _is_theirs(actor, case) or case.ended_at is None or case.about not in RATED:
            raise NotFound
        if session.get(Rating, case_id) is not None:
            return
        slug = published.compiled(case.version_id).slug
        session.add(Rating(case_id=case_id, slug=slug, unit=case.unit, remark=remark, at=at, **answers))
        session.flush()
        _add_up(session, slug, answers, at)
        trail.append(session, trail.case_stream(case_id), actor.id, VERB, {}, at)


def _is_theirs(actor: Actor, case: Case) -> bool:
    ref = CaseRef(case.id, case.subject_id, case.unit, published.compiled(case.version_id).roles)
    return actor.id == ref.subject_id and bool(actor.roles & ref.roles)


def _read(typed: Mapping[str, str]) -> tuple[dict[str, int], str]:
    allowed = {str(number): number for number in range(LOWEST, HIGHEST + 1)}
    errors: dict[str, list[str]] = {}
    for element in ELEMENTS:
        if typed.get(element.key) not in allowed:
            errors[element.key] = [f"{element.name}: pilih satu jawaban."]
    remark = storable(typed.get(REMARK, "")).strip()
    if len(remark) > LONGEST_REMARK:
        errors[REMARK] = [f"Saran paling banyak {LONGEST_REMARK} huruf."]
    if errors:
        raise InvalidInput(errors)
    return {key.lower(): allowed[typed[key]] for key in KEYS}, remark


def _add_up(session: Session, slug: str, answers: Mapping[str, int], at: datetime) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    month = f"{local(at):%Y-%m}"
    grown = {name: getattr(RatingSum, name) + value for name, value in {"respondents": 1, **answers}.items()}
    session.execute(
        dialect.insert(RatingSum)
        .values(month=month, slug=slug, respondents=1, **answers)
        .on_conflict_do_update(index_elements=[RatingSum.month, RatingSum.slug], set_=grown)
    )
