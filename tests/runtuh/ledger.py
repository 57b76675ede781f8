"""The reckoning, from the tables and the diagram alone: is every case somewhere, and was everything done once?"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.runtuh.people import Said

Row = Any
# As models.base makes them; the words of a field of several choices look otherwise.
_ID = re.compile(r"[2-9a-hjkmnp-tv-z]{22}")


@dataclass
class Books:
    """Every row that matters, read in one go."""

    cases: list[Row]
    drafts: list[Row]
    permohonan: list[Row]
    tasks: list[Row]
    timers: list[Row]
    jobs: list[Row]
    answers: list[Row]
    uploads: list[Row]
    stored_files: list[Row]
    notices: list[Row]
    events: list[Row]
    streams: list[Row]
    users: list[Row]
    user_roles: list[Row]

    @classmethod
    def read(cls, url: str) -> "Books":
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            tables = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in cls.__annotations__}
        return cls(**tables)

    @property
    def running(self) -> list[Row]:
        return [case for case in self.cases if case.ended_at is None]

    @property
    def unfinished_jobs(self) -> list[Row]:
        return [job for job in self.jobs if job.done_at is None and job.kind not in _LATER]

    def trail_of(self, case_id: str) -> list[Row]:
        mine = [event for event in self.events if event.stream == f"kasus:{case_id}"]
        return sorted(mine, key=lambda event: event.seq)


# Told at fixed times of a working day, not while we watch.
_LATER = ("ringkasan", "keterlambatan")


def payload(row: Row, column: str = "payload") -> dict[str, Any]:
    """A JSON column; SQLite hands it over as text."""
    value = getattr(row, column)
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def lost(books: Books) -> list[str]:
    """Cases that nothing will ever move again; jobs that were given up."""
    moving = {task.case_id for task in books.tasks if task.closed_at is None and task.held_at is None}
    moving |= {timer.case_id for timer in books.timers if timer.held_at is None}
    moving |= {job.case_id for job in books.unfinished_jobs if job.failed_at is None}
    found = [f"{case.number} hangs in silence" for case in books.running if case.id not in moving]
    ended = {case.id for case in books.cases if case.ended_at is not None}
    found += [
        f"task {each.step} outlived its case" for each in books.tasks if not each.closed_at and each.case_id in ended
    ]
    found += [f"timer {each.element} outlived its case" for each in books.timers if each.case_id in ended]
    found += [f"{job.kind} was given up: {job.error}" for job in books.jobs if job.failed_at is not None]
    return found


def done_twice(books: Books) -> list[str]:
    """Each visit to a step once, whichever way it is counted."""
    # Answers that a later step corrects stand there once more, under the task of that step.
    found = list(_repeated("answers", ((one.case_id, one.step, one.visit, one.task_id) for one in books.answers)))
    found += _repeated("task opened", ((one.case_id, one.token) for one in books.tasks))
    found += _repeated("draft sent", (one.draft_id for one in books.permohonan))
    completions: Counter[tuple[str, str]] = Counter()
    for case in books.cases:
        trail = books.trail_of(case.id)
        done = [payload(event) for event in trail if event.verb == "langkah_selesai"]
        found += _repeated("task completed", (each["tugas"] for each in done if each["tugas"]))
        found += _repeated("case opened", (case.number for event in trail if event.verb == "kasus_dibuka"))
        completions.update((case.id, each["langkah"]) for each in done)
        visits = payload(case, "data")["visits"]
        told = {step: completions[case.id, step] for step in visits}
        if told != visits:
            found.append(f"{case.number}: {visits} visits, {told} in the trail")
    for (case_id, step), visits in _visits(books).items():
        if sorted(visits) != list(range(1, len(visits) + 1)):
            found.append(f"{case_id} {step}: visits {sorted(visits)}")
    return found


def broken_trails(books: Books) -> list[str]:
    """Numbers without a gap, up to the head. (`flask audit verify` looks at the hashes.)"""
    numbers = defaultdict(list)
    for event in books.events:
        numbers[event.stream].append(event.seq)
    heads = {stream.name: stream.seq for stream in books.streams}
    return [
        f"trail {name}: {sorted(seqs)}, head {heads.get(name)}"
        for name, seqs in numbers.items()
        if sorted(seqs) != list(range(1, heads.get(name, 0) + 1))
    ]


def broken_promises(books: Books, said: Said) -> list[str]:
    """What a person was told is done, and is not in the books; and what is there without anybody having asked."""
    cases = {each.draft_id: each.case_id for each in books.permohonan}
    numbers = {case.id: case.number for case in books.cases}
    completed = {task.id for task in books.tasks if task.completed_at is not None}
    withdrawn = {event.stream.removeprefix("kasus:") for event in books.events if event.verb == "penarikan"}
    found = [
        f"draft {draft} was sent as {number}, the books say {cases.get(draft)}"
        for draft, number in said.filed.items()
        if number not in (cases.get(draft), numbers.get(cases.get(draft, "")))
    ]
    found += [f"task {task} of {who} is not done" for task, who in said.done.items() if task not in completed]
    found += [f"{case_id} is not withdrawn" for case_id in said.withdrawn - withdrawn]
    found += [f"nobody knows of sending {draft}" for draft in cases.keys() - said.filed.keys()]
    if len(books.cases) != len(books.permohonan):
        found.append(f"{len(books.cases)} cases, {len(books.permohonan)} permohonan")
    return found


def lost_uploads(books: Books, data: Path) -> list[str]:
    """Every page that an answer names has its row and its bytes, and the bytes are those of its digest."""
    rows = {upload.id: upload for upload in books.uploads}
    found = []
    for answer in books.answers:
        for name in _upload_ids(payload(answer, "data")):
            if name not in rows or rows[name].case_id != answer.case_id:
                found.append(f"{answer.step}: upload {name} is gone")
    for stored in books.stored_files:
        path = data / "berkas" / stored.digest[:2] / stored.digest[2:4] / stored.digest
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != stored.digest:
            found.append(f"the bytes of {stored.digest} are not there")
    kept = {stored.digest for stored in books.stored_files}
    return found + [f"upload {each.id} has no file" for each in books.uploads if each.digest not in kept]


def _upload_ids(answers: dict[str, Any]) -> Iterator[str]:
    """Whatever stands in a field of files: lists, also inside rows and inside mappings by requirement."""
    for value in answers.values():
        if isinstance(value, dict):
            yield from _upload_ids(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for row in value:
                yield from _upload_ids(row)
        elif isinstance(value, list):
            yield from (each for each in value if _ID.fullmatch(each))


def _visits(books: Books) -> dict[tuple[str, str], set[int]]:
    visits = defaultdict(set)
    for answer in books.answers:
        visits[answer.case_id, answer.step].add(answer.visit)
    return visits


def _repeated(what: str, things: Any) -> list[str]:
    return [f"{what} {count} times: {thing}" for thing, count in Counter(things).items() if count > 1]
