"""Counts tasks and cases from the events of the trail alone, without looking at any other table: a second opinion.

It knows what each verb does to a task, and nothing of how figures are made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.models import Event
from app.procedures.model.procedure import Procedure
from app.services import clock


@dataclass
class Visit:
    """One task as the trail tells it. `still`: stretches in which its clock stood; the last may be open."""

    step: str
    opened: datetime
    claimed: datetime | None = None
    holder: str = ""
    skipped: str = ""
    closed: datetime | None = None
    done: bool = False
    returned: bool = False
    returned_to: str = ""
    closer: str = ""  # who completed it
    digest: str = ""  # of what was answered
    late: datetime | None = None
    still: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)
    held: bool = False  # the case stands still, not only this task

    def stop(self, at: datetime, cause: str) -> None:
        self.still.append((at, None, cause))

    @property
    def stands(self) -> bool:
        return bool(self.still) and self.still[-1][1] is None

    def let_go(self, at: datetime) -> None:
        """Out of somebody's hands, with the pause that was theirs."""
        if not self.held:
            self.go_on(at)

    def go_on(self, at: datetime) -> None:
        self.still = [(start, end or at, cause) for start, end, cause in self.still]

    def times(self) -> tuple[int, int, int]:
        """(queue, stopped, everything), whole working seconds."""
        assert self.closed is not None
        between, turn = clock.calendar().between, self.claimed or self.closed
        cut = [(max(start, self.opened), min(end or self.closed, self.closed)) for start, end, _ in self.still]
        stopped = sum((between(a, b).total_seconds() for a, b in cut if a < b), 0.0)
        before = sum((between(a, min(b, turn)).total_seconds() for a, b in cut if a < min(b, turn)), 0.0)
        queue = between(self.opened, turn).total_seconds() - before
        return int(queue), int(stopped), int(between(self.opened, self.closed).total_seconds())

    def stood(self) -> dict[str, int]:
        """Cause -> whole working seconds in which the clock stood for it, where there were any."""
        assert self.closed is not None
        found: dict[str, int] = {}
        for start, end, cause in self.still:
            a, b = max(start, self.opened), min(end or self.closed, self.closed)
            seconds = int(clock.calendar().between(a, b).total_seconds()) if a < b else 0
            if seconds:
                found[cause] = found.get(cause, 0) + seconds
        return found


@dataclass
class Story:
    """One case. `tasks`: id -> visit; `for_another`: opened by somebody who is not its pemohon."""

    opened: datetime
    slug: str = ""
    unit: str = ""
    for_another: bool = False
    at_counter: bool = False
    tasks: dict[str, Visit] = field(default_factory=dict)
    ended: datetime | None = None
    reached: str = ""  # the last element passed that names a result


def retold(events: Iterable[Event], procedure: Procedure) -> dict[str, Story]:
    """Case id -> its story."""
    stories: dict[str, Story] = {}
    for event in sorted(events, key=lambda one: one.id):
        if not event.stream.startswith("kasus:"):
            continue
        story = stories.setdefault(event.stream.removeprefix("kasus:"), Story(event.at))
        _tell(story, event, procedure)
    return stories


def _tell(story: Story, event: Event, procedure: Procedure) -> None:
    what, at = event.payload, event.at
    task = story.tasks.get(what.get("tugas", ""))
    if task is not None and event.verb == "tugas_diambil":
        task.claimed, task.holder, task.skipped = at, event.actor, what.get("mendahului", "")
    elif task is not None and event.verb == "tugas_dilepas":
        task.claimed, task.holder = None, ""
        task.let_go(at)
    elif task is not None and event.verb == "tugas_dialihkan":
        task.claimed, task.holder = (task.claimed if what["dari"] else at), what["kepada"]
        if what["dari"]:
            task.let_go(at)
    elif task is not None and event.verb == "jam_dihentikan":
        task.stop(at, what["sebab"])
    elif task is not None and event.verb == "jam_dilanjutkan":
        task.go_on(at)
    elif task is not None and event.verb == "lewat_batas":
        task.late = at
    elif task is not None and event.verb == "batas_bergeser":
        task.late = None if datetime.fromisoformat(what["menjadi"]) > at else task.late
    elif task is not None and event.verb == "langkah_selesai":
        task.closed, task.done, task.claimed = at, True, task.claimed or at
        task.closer, task.digest = event.actor, what["isian"]
        task.go_on(at)
        behind = [step for _, step, _ in what["dibuka"] if _goes_back(procedure, task.step, step)]
        task.returned, task.returned_to = bool(behind), "".join(behind[:1])
    elif event.verb == "kasus_dibuka":
        story.slug, story.unit = what["prosedur"], what["unit"]
        story.for_another = what.get("untuk_orang_lain", False)
    elif event.verb == "dibantu_petugas":
        story.at_counter = True
    _follow(story, event, procedure)


def _follow(story: Story, event: Event, procedure: Procedure) -> None:
    what, at = event.payload, event.at
    for task_id in what.get("ditutup", ()):
        story.tasks[task_id].closed = at
        story.tasks[task_id].go_on(at)
    for task_id, step, holder in what.get("dibuka", ()):
        story.tasks[task_id] = Visit(step, at, at if holder else None, holder)
        story.ended = None
    for task_id in what.get("ditahan", ()):
        story.tasks[task_id].stop(at, "penarikan")
        story.tasks[task_id].held = True
    for task_id in what.get("dilanjutkan", ()):
        story.tasks[task_id].go_on(at)
        story.tasks[task_id].held = False
    passed = what.get("lewat", ())
    story.reached = next((each for each in reversed(passed) if each in procedure.outcomes), story.reached)
    if any(procedure.spec.elements[each].kind == "end" for each in passed) and not _open(story):
        story.ended = at


def _open(story: Story) -> bool:
    return any(task.closed is None for task in story.tasks.values())


def _goes_back(procedure: Procedure, step: str, to: str) -> bool:
    here, there = procedure.steps[step], procedure.steps[to]
    if here.by_applicant:
        return False
    is_earlier = bool(here.rows and there.rows) and min(there.rows) < min(here.rows)
    return is_earlier or (there.by_applicant and not there.rows)
