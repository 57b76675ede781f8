"""Who acts, on what, and may they: deny by default. Asked by every service, not only by routes."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from app.domain.errors import Forbidden

ROLES: dict[str, str] = {
    "pemohon": "Pemohon",
    "pendaftar": "Pendaftar",
    "petugas_layanan": "Petugas Unit Layanan & Entri",
    "petugas_cetak": "Petugas Cetak",
    "kasi": "Kepala Seksi",
    "kabid": "Kepala Bidang",
    "sekretaris": "Sekretaris",
    "kepala_dinas": "Kepala Dinas",
    "supervisor": "Supervisor",
    "pemilik_proses": "Pemilik Proses",
    "admin": "Admin",
    "auditor": "Auditor",
}
APPLICANTS = frozenset({"pemohon", "pendaftar"})
"""Residents: a pemohon's account is valid; a pendaftar's is not yet, or not any more, and opens its own pages only."""
OVERSEERS = frozenset({"supervisor", "auditor"})
"""They see every case of their units, whatever its procedure."""
HEADS = frozenset({"kasi", "kabid", "sekretaris", "kepala_dinas"})
"""Posts filled meanwhile under a title of its own: Plh. while their holder is away, Plt. while they are vacant."""
ASSIGNERS = frozenset({"supervisor", "kasi"})
"""They deal out tasks: a supervisor of their units, a section head where the section has a part in the procedure."""
OFFICE_WIDE = frozenset({"pemilik_proses", "admin", "auditor"})
"""Held for the whole office only: what they do asks for no unit."""
QUEUELESS = OVERSEERS | OFFICE_WIDE | APPLICANTS
"""Roles that no procedure gives a queue of the office: they oversee, administer, or ask."""
COUNTER_ROLE = "petugas_layanan"
"""Whoever has it files for people who stand at the counter."""
WATCHERS = frozenset({"supervisor", "kasi", "kabid", "sekretaris", "kepala_dinas", "auditor"})
"""They see what the office counts, of the units they have."""
PRIORITIZERS = frozenset({"petugas_layanan", "kasi", "kabid", "supervisor"})
SYSTEM_ID = "sistem"


@dataclass(frozen=True)
class Substitution:
    """A role held in somebody's stead, `first` to `last`, both included. `title`: "Plh. Kepala Dinas".

    `gained`: (role, kapanewon code or "" for the whole office) that the substitute does not have in their own right.
    """

    role: str
    title: str
    first: date
    last: date
    for_name: str
    gained: frozenset[tuple[str, str]] = frozenset()


def title_of(role: str, form: str = "") -> str:
    """What somebody is called who stands in for a role. `form`: "Plh." or "Plt.", "" where the role is no head's."""
    return f"{form} {ROLES[role]}" if form else f"Pengganti {ROLES[role]}"


@dataclass(frozen=True)
class Actor:
    """The person (or the system) behind a request.

    `posts`: (role, kapanewon code) where a role is held for some units only; a role without one is the whole office's.
    `standing_in`: which of these roles are theirs only while somebody is away. `away_until`: the last day on which the
    office holds this person absent, None for who is not.
    """

    id: str
    name: str
    roles: frozenset[str]
    posts: frozenset[tuple[str, str]] = frozenset()
    standing_in: tuple[Substitution, ...] = ()
    away_until: date | None = None

    @property
    def is_officer(self) -> bool:
        return bool(self.roles - APPLICANTS)

    def units_in(self, roles: AbstractSet[str]) -> frozenset[str] | None:
        """The units this person serves in any of these roles; None: the whole office, empty: in none of them."""
        found: set[str] = set()
        for role in self.roles & roles:
            units = {unit for held, unit in self.posts if held == role}
            if not units:
                return None
            found |= units
        return frozenset(found)

    def serves(self, unit: str, roles: AbstractSet[str]) -> bool:
        """Does this person have one of these roles there?"""
        units = self.units_in(roles)
        return units is None or unit in units

    def acting_as(self, roles: AbstractSet[str], unit: str) -> str:
        """The title under which this person does there what these roles do; "" in their own right."""
        held = [(each, role, where) for each in self.standing_in for role, where in each.gained if role in roles]
        titles = [each.title for each, _, where in held if where in ("", unit)]
        borrowed = {(role, where) for _, role, where in held}
        own = ((role, where) for role, where in self.places if role in roles and (role, where) not in borrowed)
        return titles[0] if titles and all(where not in ("", unit) for _, where in own) else ""

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """(role, kapanewon code or "" for the whole office) of every role."""
        bound = {role for role, _ in self.posts}
        return self.posts | {(role, "") for role in self.roles if role not in bound}


SYSTEM = Actor(id=SYSTEM_ID, name="Sistem", roles=frozenset({"sistem"}))


@dataclass(frozen=True)
class CaseRef:
    """The little of a case that rights depend on. `roles`: every role with a lane in its procedure."""

    id: str
    subject_id: str
    unit: str
    roles: frozenset[str]


@dataclass(frozen=True)
class TaskRef:
    """The little of a task that rights depend on.

    `roles`: who may do this step; `barred`: people the four-eyes rule excludes from it; `helpers`: roles that may do a
    resident's step on their behalf; `kin`: officers whose own household the case concerns.
    """

    case: CaseRef
    roles: frozenset[str]
    claimed_by: str | None = None
    barred: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()
    kin: frozenset[str] = frozenset()

    @property
    def by_applicant(self) -> bool:
        return bool(self.roles) and self.roles <= APPLICANTS


@dataclass(frozen=True)
class Office:
    """The object of verbs that concern no single case (publish, administer, audit, …)."""


OFFICE = Office()


def _owns(actor: Actor, case: CaseRef) -> bool:
    return bool(actor.roles & APPLICANTS & case.roles) and actor.id == case.subject_id


def _view_case(actor: Actor, case: object) -> bool:
    if not isinstance(case, CaseRef):
        return False
    if _owns(actor, case):
        return True
    # An officer is a resident too: their own case is seen as its pemohon only.
    return actor.serves(case.unit, (case.roles | OVERSEERS) - APPLICANTS) and actor.id != case.subject_id


def _discuss(actor: Actor, case: object) -> bool:
    """Whoever may see the case writes in its discussion, but for the auditor, who takes no part in anything.

    A case in which no resident has a part is the office's own: its subject must not even hear of it.
    """
    if not isinstance(case, CaseRef) or not case.roles & APPLICANTS:
        return False
    if _owns(actor, case):
        return True
    works_on_it = bool((actor.roles - APPLICANTS) & (case.roles | {"supervisor"}))
    return works_on_it and _view_case(actor, case)


def _annotate(actor: Actor, case: object) -> bool:
    """Whoever works on the case, or oversees it, notes something for the others; never on their own."""
    if not isinstance(case, CaseRef) or actor.id == case.subject_id:
        return False
    works_on_it = bool((actor.roles - APPLICANTS) & (case.roles | {"supervisor"}))
    return works_on_it and _view_case(actor, case)


def _work(actor: Actor, task: object) -> bool:
    if not isinstance(task, TaskRef) or actor.id in task.barred:
        return False
    if task.by_applicant:
        return bool(actor.roles & task.roles) and _owns(actor, task.case)
    is_own = actor.id == task.case.subject_id or actor.id in task.kin
    return actor.serves(task.case.unit, task.roles - APPLICANTS) and not is_own


def _assist(actor: Actor, task: object) -> bool:
    """An officer in the pemohon's place: only where the step allows it, never in the officer's own case."""
    if not isinstance(task, TaskRef) or not task.by_applicant or actor.id in task.kin | {task.case.subject_id}:
        return False
    return actor.serves(task.case.unit, task.helpers - APPLICANTS)


def _complete(actor: Actor, task: object) -> bool:
    if not isinstance(task, TaskRef):
        return False
    if _assist(actor, task):
        return True
    if not _work(actor, task):
        return False
    return task.by_applicant or task.claimed_by == actor.id


def _assign(actor: Actor, task: object) -> bool:
    """Give an officer's task to somebody, whoever has it; never one of the giver's own case."""
    if not isinstance(task, TaskRef) or task.by_applicant or actor.id in task.kin | {task.case.subject_id}:
        return False
    return actor.serves(task.case.unit, ASSIGNERS & (task.case.roles | {"supervisor"}))


def _office(*roles: str) -> Callable[[Actor, object], bool]:
    return lambda actor, _: bool(actor.roles & set(roles))


_RULES: dict[str, Callable[[Actor, object], bool]] = {
    "view_case": _view_case,
    "discuss": _discuss,
    "annotate": _annotate,
    "prioritize": lambda actor, case: bool(actor.roles & PRIORITIZERS) and _annotate(actor, case),
    "claim": _work,
    "complete": _complete,
    "assist": _assist,
    "assign": _assign,
    "withdraw": lambda actor, case: isinstance(case, CaseRef) and _owns(actor, case),
    "file": lambda actor, _: "pemohon" in actor.roles,
    "file_for": _office(COUNTER_ROLE),
    "look_up": _office(*(set(ROLES) - APPLICANTS - {"auditor", "admin", "pemilik_proses"})),
    "use_inbox": lambda actor, _: actor.is_officer and actor.roles != {"sistem"},
    "keep_canned": _office(*(set(ROLES) - APPLICANTS - {"auditor"})),
    "publish": _office("pemilik_proses", "sistem"),
    "audit": _office("auditor", "sistem"),
    "administer": _office("admin", "sistem"),
    "answer_data": _office("admin", "sekretaris"),
    "announce": _office("admin", "sistem"),
    "seal": _office("sistem"),
    "watch_mailbox": _office(*ROLES),
    "close_incident": _office("supervisor"),
    "watch": _office(*WATCHERS),
    "retry_job": _office("admin", "supervisor", "sistem"),
}


def can(actor: Actor, verb: str, thing: object) -> bool:
    """May `actor` do `verb` to `thing` (CaseRef, TaskRef or Office)? An unknown verb is no."""
    rule = _RULES.get(verb)
    return rule is not None and rule(actor, thing)


def demand(actor: Actor, verb: str, thing: object = OFFICE) -> None:
    """Raises Forbidden where `can` says no."""
    if not can(actor, verb, thing):
        raise Forbidden
