"""Backups that were made and restores that were done, as lines that stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.models import Operation, new_id
from app.services import store
from app.services.operations.manifest import Manifest
from app.services.paging import at_most
from app.services.work import unit_of_work

BACKUP, RESTORE = "cadangan", "pemulihan"
SHOWN = 5


@dataclass(frozen=True)
class Line:
    """`made_at`: of the backup itself; `missing`: files the database named and the store had lost."""

    kind: str
    at: datetime
    rows: int
    files: int
    size: int
    missing: int
    made_at: str


def note_backup(made: Manifest, at: datetime) -> None:
    """Not into a database that is older than this program."""
    if Operation.__tablename__ not in made.rows:
        return
    with unit_of_work() as session:
        session.add(_row(BACKUP, made, at))


def note_restore(found: Manifest, at: datetime) -> None:
    with unit_of_work() as session:
        session.add(_row(RESTORE, found, at))


def last(kind: str, count: int = SHOWN) -> Sequence[Line]:
    """The newest first."""
    query = select(Operation).where(Operation.kind == kind).order_by(Operation.at.desc()).limit(at_most(count))
    return [
        Line(
            row.kind,
            row.at,
            row.data["baris"],
            row.data["berkas"],
            row.data["ukuran"],
            row.data["hilang"],
            row.data["dibuat"],
        )
        for row in store.session.scalars(query)
    ]


def _row(kind: str, made: Manifest, at: datetime) -> Operation:
    data = {
        "baris": sum(made.rows.values()),
        "berkas": len(made.files),
        "ukuran": sum(made.files.values()),
        "hilang": len(made.missing),
        "dibuat": made.made_at,
    }
    return Operation(id=new_id(), kind=kind, at=at, data=data)
