"""Numbers without gaps or twins: they rise inside the transaction that uses them."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.tanggal import local
from app.models import Counter


def add_one(session: Session, name: str) -> int:
    """The next number of `name`, from 1. On PostgreSQL the row stays locked until the transaction ends."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rise = (
        dialect.insert(Counter)
        .values(name=name, value=1)
        .on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )
    return int(session.scalars(rise).one())


def case_number(session: Session, slug: str, at: datetime) -> str:
    """E.g. KK-2026-000123: first word of the slug, year in the office, number within the year."""
    series = f"{slug.split('-')[0].upper()[:10]}-{local(at).year}"
    return f"{series}-{add_one(session, series):06d}"
