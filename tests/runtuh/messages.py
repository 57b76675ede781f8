"""What people must have been told: derived from the trail, the answers and the office's document, not from our code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from ruamel.yaml import YAML

from tests.runtuh.house import ROOT, SLUG
from tests.runtuh.ledger import Books, Row, payload
from tests.runtuh.mischief import Mischief

Told = Counter[tuple[str, str]]  # (user id, title) -> how often


@dataclass
class Happening:
    """One entry of a case's trail, with all that came before it in `doers` (step -> who did it last)."""

    done: str
    decision: str
    opened: tuple[str, ...]
    outcome: str
    doers: dict[str, str]


class Duty:
    """`notices` and `letters` that the document asks for, given what happened."""

    def __init__(self, books: Books) -> None:
        self._books = books
        document = YAML(typ="safe").load((ROOT / f"ikmt/{SLUG}.yaml").read_text())
        self._rules, self._templates = document["pemberitahuan"], document["templat"]
        self._automatic = document["otomatis"]
        self.notices: Told = Counter()
        self.letters: Told = Counter()
        self._once: set[tuple[str, str]] = set()  # case, template: what the document asks for once in a case
        for case in books.cases:
            for happening in self._happenings(case):
                self._tell(case, happening)

    def _tell(self, case: Row, happening: Happening) -> None:
        for rule in self._rules:
            if "rangkum" not in rule and _applies(rule["saat"], happening) and self._is_due(case, rule):
                self._add(case, happening, rule["templat"], rule["kepada"], rule["kanal"])
        action = self._automatic.get(happening.done, {})
        if action.get("kerjakan") == "kirim_pemberitahuan":
            self._add(case, happening, action["templat"], action["kepada"], ["aplikasi"])

    def _is_due(self, case: Row, rule: dict[str, Any]) -> bool:
        key = (case.id, rule["templat"])
        if rule.get("sekali") not in ("ya", True):
            return True
        is_new = key not in self._once
        self._once.add(key)
        return is_new

    def _add(self, case: Row, happening: Happening, template: str, to: Any, channels: list[str]) -> None:
        title = self._templates[template]["judul"].replace("{nomor}", case.number)
        for each in [to] if isinstance(to, str) else to:
            for person in self._people(case, happening, each):
                self.notices[person, title] += "aplikasi" in channels
                self.letters[person, title] += "email" in channels

    def _people(self, case: Row, happening: Happening, to: str) -> list[str]:
        word, _, name = to.partition(" ")
        if word == "peran":
            return [each.user_id for each in self._books.user_roles if each.role == name]
        if word == "pemohon":
            return [case.subject_id]
        return [happening.doers[step] for step in name.split(" atau ") if step in happening.doers][:1]

    def _happenings(self, case: Row) -> Iterator[Happening]:
        answers = {(each.task_id, each.step): payload(each, "data") for each in self._books.answers}
        doers: dict[str, str] = {}
        trail = [event for event in self._books.trail_of(case.id) if event.verb in _STEPS]
        for number, event in enumerate(trail, start=1):
            said = payload(event)
            done = said["langkah"] if event.verb == "langkah_selesai" else ""
            if done and event.actor != "sistem":
                doers[done] = event.actor
            decision = answers.get((said.get("tugas", ""), done), {}).get("keputusan", "")
            is_end = number == len(trail) and case.ended_at is not None
            opened = tuple(step for _, step, _ in said["dibuka"])
            yield Happening(done, decision, opened, case.outcome if is_end else "", dict(doers))


_STEPS = ("kasus_dibuka", "langkah_selesai", "batas_tercapai", "penarikan")


def _applies(when: str, happening: Happening) -> bool:
    if when.startswith("kasus ditutup"):
        return bool(happening.outcome) and when in ("kasus ditutup", f"kasus ditutup = {happening.outcome}")
    step, _, what = when.partition(" ")
    if what == "dibuka":
        return step in happening.opened
    return step == happening.done and what in ("selesai", f"= {happening.decision}")


def wrong_notices(books: Books, duty: Duty) -> list[str]:
    """Missing or doubled: title, how often it is there, how often it should be."""
    there = Counter((each.user_id, each.title) for each in books.notices)
    return list(_differences("notice", there, +duty.notices))


def wrong_letters(books: Books, duty: Duty, taken: list[EmailMessage]) -> list[str]:
    """Letters by Message-ID: each required one arrived, and no other was written."""
    people = {user.email: user.id for user in books.users}
    letters = {(str(each["Message-ID"]), people.get(str(each["To"]), ""), str(each["Subject"])) for each in taken}
    return list(_differences("letter", Counter((person, title) for _, person, title in letters), +duty.letters))


def repeated(mischief: Mischief) -> tuple[int, list[str]]:
    """How many letters came again, and those for which nothing that fell can be the reason."""
    first: dict[str, float] = {}
    again, without_reason = 0, []
    for at, name in mischief.arrivals:
        if name in first:
            again += 1
            if not mischief.between(first[name] - 1, at, "worker", "postgresql"):
                without_reason.append(f"letter {name} came again after {at - first[name]:.1f} s for no reason")
        first[name] = at
    return again, without_reason


def _differences(what: str, there: Told, due: Told) -> Iterator[str]:
    for key in sorted(there.keys() | due.keys()):
        if there[key] != due[key]:
            yield f"{what} {key[1]!r}: {there[key]} there, {due[key]} due"
