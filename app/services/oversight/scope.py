"""Whose figures somebody may see: those of the units they watch over."""

from dataclasses import dataclass

from app.domain.actors import WATCHERS, Actor, demand
from app.domain.errors import NotFound
from app.domain.regions import kapanewon

NO_UNIT = "Tanpa kapanewon"


@dataclass(frozen=True)
class Scope:
    """`units`: codes, None for the whole office. `slug`: one service only, "" for all."""

    units: frozenset[str] | None
    slug: str = ""


def scope_of(actor: Actor, slug: str = "", unit: str = "") -> Scope:
    """What this person asks to see, no more than they may. Raises Forbidden, NotFound (a unit that is not theirs)."""
    demand(actor, "watch")
    units = actor.units_in(WATCHERS)
    if unit:
        if units is not None and unit not in units:
            raise NotFound
        units = frozenset({unit})
    return Scope(units, slug)


def unit_choices(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the units this person may look at one by one."""
    units = actor.units_in(WATCHERS)
    return [(each.kode, each.nama) for each in kapanewon() if units is None or each.kode in units]


def unit_name(code: str) -> str:
    return _names().get(code, code) if code else NO_UNIT


def _names() -> dict[str, str]:
    return {each.kode: each.nama for each in kapanewon()}
