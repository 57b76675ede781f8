"""The office's changes of code lists, as this process knows them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain import codes
from app.domain.codes import Code, OwnList, Term


def follow(data: Mapping[str, Any]) -> None:
    """From now on this process offers so."""
    codes.follow(read_own(data))


def read_own(data: Mapping[str, Any]) -> dict[str, OwnList]:
    return {
        name: OwnList(
            tuple(Term(Code(row[0], row[1]), _day(row[2]), _day(row[3] or ""), own=True) for row in kept["tambah"]),
            {code: date.fromisoformat(day) for code, day in kept["akhir"].items()},
        )
        for name, kept in data.items()
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
