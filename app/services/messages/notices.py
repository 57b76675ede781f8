"""Notices: who is told what after a step.

In-app notices to known people and the rows of mail jobs are written inside the step's own transaction; a whole role is
told by a job, so that a step costs the same whatever the size of the role.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.placeholders import fill, fill_title
from app.models import Job, Notice, User, new_id
from app.procedures.model.notices import NoticeRule, NoticeTemplate
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.messages import notice_facts, outgoing
from app.services.paging import COUNT_CAP, Cursor, at_most, earlier
from app.services.records.trail import Chain
from app.services.work import ring_after_commit, unit_of_work

IN_APP, MAIL, WHATSAPP = "aplikasi", "email", "whatsapp"
PAGE = 30
HANDED = "diserahkan"
"""A fact of a run and a mark of its letters: whoever has no address was given the same on paper, at the counter."""
NOBODY = frozenset({"", "sistem"})

Row = dict[str, Any]

_INSERT_NOTICES = insert(Notice.__table__)  # type: ignore[arg-type]
_INSERT_JOBS = insert(Job.__table__)  # type: ignore[arg-type]


class Run(Protocol):
    """What a notice needs of a case inside its transaction; case_run.CaseRun is one."""

    session: Session
    id: str
    number: str
    procedure: Procedure
    subject_id: str
    status: str
    data: dict[str, Any]
    now: datetime
    facts: dict[str, str]
    tasks: dict[str, Row]  # the open ones, the newest last

    @property
    def chain(self) -> Chain | None: ...

    def name_of(self, person: str) -> str: ...

    def wants_whatsapp(self, person: str) -> bool: ...

    def send(self, notices: list[Row], jobs: list[Row]) -> None:
        """Write these rows in this transaction, now or with its other rows."""


@dataclass
class Situation:
    """A Run for whoever tells of a case without taking a step in it (a job, a reminder)."""

    session: Session
    id: str
    number: str
    procedure: Procedure
    subject_id: str
    status: str
    data: dict[str, Any]
    now: datetime
    facts: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    chain: Chain | None = None

    def name_of(self, person: str) -> str:
        return _names(self.session, [person]).get(person, "")

    def wants_whatsapp(self, person: str) -> bool:
        return bool(self.session.scalar(select(User.whatsapp_consent).where(User.id == person)))

    def send(self, notices: list[Row], jobs: list[Row]) -> None:
        _insert(self.session, notices, jobs)


@dataclass(frozen=True)
class _Moment:
    """One telling. `is_optional`: who does not want such mail is not sent it; `is_quiet`: written as read already."""

    key: str
    case_id: str | None
    at: datetime
    is_optional: bool = False
    is_quiet: bool = False


@dataclass(frozen=True)
class Page:
    """Newest first; `before`: what to pass for the next page (an id), None at the end."""

    notices: Sequence[Notice]
    before: str | None


def write(run: Run, rule: NoticeRule, *, key: str, prefix: str = "", speaker: str = "") -> None:
    """Tell everyone a rule names; inside the caller's unit of work.

    `key`: unique to this event and rule; the same key again is a database error, never a second notice.
    `prefix`: put before the title; `speaker`: the step whose message is passed on, by default the one just done.
    """
    template = run.procedure.templates[rule.template]
    template = NoticeTemplate(f"{prefix}{template.title}", _body_for(template, run.data["answers"]))
    facts = notice_facts.gather(run, rule.step, speaker)
    people = list(dict.fromkeys(person for to in rule.to if (person := _person(run, to)) is not None))
    names = {person: run.name_of(person) for person in people} if _says_name(template) else {}
    desk = notice_facts.desk_path(run.procedure, run.tasks)
    theirs = notice_facts.case_path(run.id, run.procedure.about)
    paths = {person: theirs if person == run.subject_id else desk for person in people}
    moment = _Moment(key, run.id, run.now, is_optional=not rule.compulsory)
    rows, jobs = _compose(paths, names, template, facts, rule.channels, moment)
    if WHATSAPP in rule.channels and outgoing.whatsapp is not None and run.subject_id in paths:
        jobs += _whatsapp(run, paths[run.subject_id], template, facts, moment)
    roles = [to.removeprefix("peran ") for to in rule.to if to.startswith("peran ")]
    jobs += [_role_job(run, role, template, facts, rule.channels, key, desk) for role in roles]
    run.send(rows, jobs)


def tell(
    session: Session,
    people: Sequence[str],
    template: NoticeTemplate,
    facts: Mapping[str, str],
    channels: Sequence[str],
    *,
    key: str,
    case_id: str | None,
    path: str,
    at: datetime,
    is_quiet: bool = False,
) -> None:
    """In-app notices and mail jobs for these user ids, in at most three statements.

    `path`: where on the site these people read on; `{tautan}` is its full address. `is_quiet`: kept among their
    notices, but not as something unread.
    """
    paths = dict.fromkeys(people, path)
    names = _names(session, list(paths)) if _says_name(template) else {}
    _insert(session, *_compose(paths, names, template, facts, channels, _Moment(key, case_id, at, is_quiet=is_quiet)))


def _compose(
    paths: Mapping[str, str],
    names: Mapping[str, str],
    template: NoticeTemplate,
    facts: Mapping[str, str],
    channels: Sequence[str],
    moment: _Moment,
) -> tuple[list[Row], list[Row]]:
    """The rows of in-app notices and of mail jobs; `paths`: user id -> where this person reads on."""
    notices, letters = [], []
    for person, path in paths.items():
        own = {**facts, "nama": names.get(person, ""), "tautan": outgoing.link(path)}
        title = fill_title(template.title, own)
        if IN_APP in channels:
            notices.append(_notice(moment, person, title, _in_app(template.body, own, path), path))
        if MAIL in channels:
            letter: Row = {"user": person, "title": title, "body": fill(template.body, own), "path": path}
            if moment.is_optional:
                letter["optional"] = True
            if facts.get(HANDED):
                letter[HANDED] = True
            letters.append(_job(f"surat:{moment.key}:{person}", "surat", letter, moment.case_id, moment.at))
    return notices, letters


def _whatsapp(run: Run, path: str, template: NoticeTemplate, facts: Mapping[str, str], moment: _Moment) -> list[Row]:
    """Only what happened and where to read on: neither the officer's words nor anybody's numbers go there."""
    if not run.wants_whatsapp(run.subject_id):
        return []
    what = {"user": run.subject_id, "title": fill_title(template.title, facts), "path": path}
    return [_job(f"whatsapp:{moment.key}:{run.subject_id}", "whatsapp", what, moment.case_id, moment.at)]


def _in_app(body: str, facts: Mapping[str, str], path: str) -> str:
    """As a letter, but its address is a button beside the notice, so it is named here, not written out."""
    lines = [line for line in body.splitlines() if line.strip() != "{tautan}"]
    return fill("\n".join(lines), {**facts, "tautan": _page_at(path)})


def _page_at(path: str) -> str:
    if path == "/akun" or path.startswith("/akun/"):
        return "halaman akun"
    return "halaman konsultasi" if path.startswith("/konsultasi/") else "halaman permohonan"


def _body_for(template: NoticeTemplate, answers: Mapping[str, Any]) -> str:
    """The body with those of its `tambahan` that this case meets, each a paragraph of its own."""
    added = [paragraph.strip() for condition, paragraph in template.additions if condition.holds(answers)]
    return "\n".join([template.body.rstrip(), *added])


def _says_name(template: NoticeTemplate) -> bool:
    return "{nama}" in template.title + template.body


def mine(actor: Actor, before: str | None = None, *, unread_only: bool = False) -> Page:
    """One's own notices; an id that is not one's own starts at the top."""
    query = select(Notice).where(Notice.user_id == actor.id)
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    last = store.session.get(Notice, before) if before else None
    if last is not None and last.user_id == actor.id:
        query = query.where(earlier(Notice.created_at, Notice.id, Cursor("", last.created_at, last.id)))
    query = query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(at_most(PAGE + 1))
    found = store.session.scalars(query).all()
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def one_of_mine(actor: Actor, notice_id: str) -> Notice | None:
    notice = store.session.get(Notice, notice_id)
    return notice if notice is not None and notice.user_id == actor.id else None


def unread_count(actor: Actor) -> int:
    """Counted up to COUNT_CAP and no further."""
    unread = select(Notice.id).where(Notice.user_id == actor.id, Notice.read_at.is_(None)).limit(at_most(COUNT_CAP))
    return store.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def mark_read(actor: Actor, notice_ids: Sequence[str] | None = None) -> int:
    """One's own notices only (all of them without ids); how many were unread."""
    seen = update(Notice).where(Notice.user_id == actor.id, Notice.read_at.is_(None)).values(read_at=clock.now())
    if notice_ids is not None:
        seen = seen.where(Notice.id.in_(notice_ids))
    with unit_of_work() as session:
        changed = session.execute(seen, execution_options={"synchronize_session": False})
        return int(changed.rowcount)  # type: ignore[attr-defined]


def _person(run: Run, to: str) -> str | None:
    """The user id that `pemohon` or `pelaku <langkah>` means in this case; None for a role or a step nobody did.

    `pelaku <langkah> atau <langkah>`: of the first of these steps that somebody did.
    """
    if to == "pemohon":
        return run.subject_id
    if not to.startswith("pelaku "):
        return None
    done = [run.data["actors"].get(step, ()) for step in to.removeprefix("pelaku ").split(" atau ")]
    doers = [[person for person in people if person not in NOBODY] for people in done]
    return next((people[-1] for people in doers if people), None)


def _role_job(
    run: Run,
    role: str,
    template: NoticeTemplate,
    facts: Mapping[str, str],
    channels: Sequence[str],
    key: str,
    path: str,
) -> Row:
    payload = {
        "role": role,
        "title": template.title,
        "body": template.body,
        "facts": dict(facts),
        "channels": list(channels),
        "path": path,
    }
    return _job(f"pemberitahuan:{key}:{role}", "pemberitahuan", payload, run.id, run.now)


def _names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def _insert(session: Session, notices: list[Row], jobs: list[Row]) -> None:
    connection = session.connection()
    if notices:
        connection.execute(_INSERT_NOTICES, notices)
    if jobs:
        connection.execute(_INSERT_JOBS, jobs)
    for job in jobs:
        ring_after_commit(session, job["id"])


def _notice(moment: _Moment, person: str, title: str, body: str, path: str) -> Row:
    row: Row = {
        "id": new_id(),
        "key": f"{moment.key}:{person}",
        "user_id": person,
        "case_id": moment.case_id,
        "title": title,
        "body": body,
        "path": path,
        "created_at": moment.at,
    }
    return {**row, "read_at": moment.at} if moment.is_quiet else row


def _job(key: str, kind: str, payload: Mapping[str, Any], case_id: str | None, at: datetime) -> Row:
    return {
        "id": new_id(),
        "key": key,
        "kind": kind,
        "case_id": case_id,
        "payload": dict(payload),
        "due_at": at,
        "attempts": 0,
        "error": "",
        "created_at": at,
    }
