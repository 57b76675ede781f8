"""Declarative base, the UTC datetime type and opaque ids."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, orm
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 22
_MOMENT = 9  # signs that hold a count of milliseconds until the year 2593
_IDS = len(_ALPHABET) ** ID_LENGTH


def new_id() -> str:
    """An opaque id, safe in a URL and easy to read aloud: 22 signs of 30, about 108 bits of chance."""
    number, signs = secrets.randbelow(_IDS), []
    for _ in range(ID_LENGTH):
        number, sign = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[sign])
    return "".join(signs)


def id_at(at: datetime) -> str:
    """An id that sorts after those of earlier moments, by milliseconds: what is equal else stands by arrival.

    13 of its signs, 64 bits, are chance.
    """
    number, signs = int(at.timestamp() * 1000), ""
    for _ in range(_MOMENT):
        number, sign = divmod(number, len(_ALPHABET))
        signs = _ALPHABET[sign] + signs
    return signs + new_id()[_MOMENT:]


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on every database; a naive datetime is a bug and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    # One registry, not metadata and type_annotation_map apart: Flask-SQLAlchemy copies this class's body, and
    # SQLAlchemy 2.1 takes only one of the two ways.
    registry = orm.registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime()},
    )


JsonDict = dict[str, Any]
