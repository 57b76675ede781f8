"""Code lists by date: codes added by the office, and last days for codes that are offered no more. Nothing is deleted.

A procedure version names a list and does not hold it; which codes a form offers depends on its day alone (ADR 0016).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain import codes
from app.domain.actors import Actor
from app.domain.codes import Term
from app.domain.errors import InvalidInput, NotFound
from app.domain.tanggal import format_date
from app.domain.texts import storable
from app.services import clock
from app.services.office import taking, versions
from app.services.office.code_following import read_own
from app.services.work import unit_of_work

LONGEST_CODE, LONGEST_NAME = 20, 120
_DATE = "Tulis tanggal seperti 2027-01-31."


@dataclass(frozen=True)
class Summary:
    """One list: how many codes it has, how many are offered today, whether the office changed it."""

    name: str
    title: str
    all: int
    offered: int
    changed: bool


def listed(actor: Actor) -> list[Summary]:
    """Raises Forbidden."""
    versions.demand_admin(actor)
    today, own = clock.today(), read_own(versions.current(versions.CODES)[1])
    found = []
    for name in codes.code_list_names():
        terms = codes.terms(name)
        found.append(
            Summary(name, codes.TITLES[name], len(terms), sum(term.holds(today) for term in terms), name in own)
        )
    return found


def one(actor: Actor, name: str) -> tuple[int, tuple[Term, ...]]:
    """The version of all lists that counts, and every code of this one. Raises Forbidden, NotFound."""
    versions.demand_admin(actor)
    return versions.current(versions.CODES)[0], codes.terms(_known(name))


def add(actor: Actor, name: str, base: int, form: Mapping[str, str], reason: str) -> int:
    """A new code: `kode`, `nama`, `mulai` and perhaps `sampai`. Raises Forbidden, NotFound, InvalidInput, StaleForm."""
    versions.demand_admin(actor)
    terms = codes.terms(_known(name))
    code, label = (" ".join(storable(form.get(key, "")).split()) for key in ("kode", "nama"))
    since, until, errors = _day(form.get("mulai", "")), _day(form.get("sampai", "")), {}
    if not 0 < len(code) <= LONGEST_CODE:
        errors["kode"] = [f"Tulis kodenya, paling banyak {LONGEST_CODE} huruf."]
    elif any(term.code.kode == code for term in terms):
        errors["kode"] = ["Kode ini sudah ada. Kode yang pernah dipakai tidak dapat berarti lain."]
    if not 0 < len(label) <= LONGEST_NAME:
        errors["nama"] = [f"Tulis namanya, paling banyak {LONGEST_NAME} huruf."]
    elif any(term.code.nama.casefold() == label.casefold() and term.until is None for term in terms):
        errors["nama"] = ["Nama ini sudah ada dan masih berlaku."]
    if since is None:
        errors["mulai"] = [_DATE]
    if form.get("sampai") and until is None:
        errors["sampai"] = [_DATE]
    elif since and until and until < since:
        errors["sampai"] = ["Hari terakhir tidak boleh sebelum hari pertama."]
    if errors or since is None:
        raise InvalidInput(errors)
    new = [code, label, since.isoformat(), until.isoformat() if until else None]
    about = f"Kode {name} ditambah: {code} {label}, mulai {format_date(since)}"
    return _keep(actor, base, name, lambda kept: kept["tambah"].append(new), about, reason)


def end(actor: Actor, name: str, base: int, code: str, last: str, reason: str) -> int:
    """The last day on which forms offer a code; "" = without end. What was answered keeps its name.

    Raises Forbidden, NotFound, InvalidInput (also where nothing would be left to choose), StaleForm.
    """
    versions.demand_admin(actor)
    terms = codes.terms(_known(name))
    term = next((term for term in terms if term.code.kode == code), None)
    until = _day(last)
    if term is None:
        raise NotFound
    if last and until is None:
        raise InvalidInput({"sampai": [_DATE]})
    if until and term.since and until < term.since:
        raise InvalidInput({"sampai": ["Hari terakhir tidak boleh sebelum hari pertama."]})
    if until and not any(_takes_over(other, until) for other in terms if other is not term):
        raise InvalidInput(
            {
                "sampai": [
                    "Daftar ini akan kosong. Tambah dulu kode pengganti yang berlaku paling lambat sehari sesudahnya."
                ]
            }
        )

    def change(kept: dict[str, Any]) -> None:
        for row in kept["tambah"]:
            if row[0] == code:
                row[3] = until.isoformat() if until else None
        if not term.own:
            kept["akhir"].pop(code, None)
            if until:
                kept["akhir"][code] = until.isoformat()

    how = f"berakhir {format_date(until)}" if until else "tanpa batas lagi"
    return _keep(actor, base, name, change, f"Kode {name} {code} {term.code.nama}: {how}", reason)


def _takes_over(term: Term, until: date) -> bool:
    """Is it offered without end, from the day after `until` at the latest?"""
    return term.until is None and (term.since is None or (term.since - until).days <= 1)


def _keep(actor: Actor, base: int, name: str, change: Callable[[dict[str, Any]], None], about: str, reason: str) -> int:
    reason, at = versions.clean_reason(reason), clock.now()
    with unit_of_work() as session:
        _, before = versions.current(versions.CODES)
        data = {
            each: {"tambah": [list(row) for row in kept["tambah"]], "akhir": dict(kept["akhir"])}
            for each, kept in before.items()
        }
        change(data.setdefault(name, {"tambah": [], "akhir": {}}))
        number = versions.add(session, actor, versions.CODES, base, data, about, reason, at)
    taking.refresh(at_once=True)
    return number


def _known(name: str) -> str:
    if name not in codes.code_list_names():
        raise NotFound
    return name


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
