"""Numbers without gaps or twins: they rise inside the transaction that uses them."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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
