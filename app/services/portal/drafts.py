"""A permohonan that is still being filled in: begun, saved page by page, thrown away. Sending it: `submissions`."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Office, can
from app.domain.errors import AlreadySubmitted, Forbidden, InvalidInput, NotFound, StaleForm
from app.domain.tanggal import format_moment, format_time, local_date
from app.models import Draft, Upload, User, new_id
from app.procedures.answers import clean_section, prefill, reminders, visible_sections
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form, Section
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.flow import form_context, published
from app.services.paging import at_most
from app.services.portal.draft_answers import DraftAnswers
from app.services.work import unit_of_work

STALE = "Permohonan ini juga diubah di tab lain. Isian Anda masih ada di bawah; periksa, lalu simpan lagi."

MOST_BEGUN = 20

Reminders = list[tuple[str, str]]
Change = Callable[[DraftAnswers], DraftAnswers]


@dataclass(frozen=True)
class DraftView:
    """`answers`: what to show, prefilled, with what was typed but not accepted over it; `kept`: what is stored.

    `version` is the token of the form; `draft` (the row) follows the database, so never compare with its version.

    `sections`: the pages that apply now, in order; `done`: ids of those accepted. `for_name`: of whom an officer fills
    it in for at a counter, "" = the owner's own.
    """

    id: str
    version: int
    slug: str
    draft: Draft
    procedure: Procedure
    form: Form
    context: FormContext
    answers: Mapping[str, Any]
    kept: DraftAnswers
    sections: tuple[Section, ...]
    done: frozenset[str]
    saved_at: datetime
    for_name: str = ""

    @property
    def for_another(self) -> bool:
        return self.draft.subject_id is not None

    @property
    def subject_id(self) -> str:
        """Whose permohonan it becomes."""
        return self.draft.subject_id or self.draft.owner_id

    @property
    def typed(self) -> Mapping[str, Mapping[str, Any]]:
        """Section id -> raw of a page that was not accepted, to show over `answers`."""
        return self.kept.typed

    @property
    def next_section(self) -> Section | None:
        """The first page that still needs something; None: ready to be checked and sent."""
        return next((section for section in self.sections if section.id not in self.done), None)


@dataclass(frozen=True)
class DraftCard:
    """One line of "Lanjutkan": pages accepted (`done`) of pages that apply (`total`).

    `to_check`: pages that hold answers, copied or typed, that were not accepted yet. `for_name`: as in DraftView.
    """

    id: str
    slug: str
    title: str
    saved_at: datetime
    done: int
    total: int
    to_check: int = 0
    for_name: str = ""


def start(actor: Actor, slug: str) -> str:
    """The actor's open draft of this service, or a new one. Raises Forbidden, NotFound."""
    if not can(actor, "file", Office()):
        raise Forbidden("Hanya pemohon yang dapat mengajukan permohonan. Masuk dengan akun pemohon.")
    version = published.in_force(slug, clock.today())
    version_id, at = version.id, clock.now()
    if published.compiled(version_id).about == "akun":
        raise NotFound  # begun by registering
    with unit_of_work() as session:
        known = session.scalars(open_of(actor).where(Draft.slug == slug).limit(1)).one_or_none()
        if known is not None:
            return known.id
        return add(session, actor, slug, version_id, at)


def add(
    session: Session,
    actor: Actor,
    slug: str,
    version_id: str,
    at: datetime,
    *,
    subject_id: str | None = None,
    counter: str = "",
) -> str:
    """An empty draft, inside the caller's unit of work; its id. `subject_id`, `counter`: as in models.Draft."""
    draft = Draft(
        id=new_id(),
        owner_id=actor.id,
        subject_id=subject_id,
        counter=counter,
        slug=slug,
        version_id=version_id,
        answers=DraftAnswers().as_json(),
        created_at=at,
        updated_at=at,
    )
    session.add(draft)
    return draft.id


def mine(actor: Actor) -> list[DraftCard]:
    """What the actor began for themselves and did not send, latest first."""
    return [_card(view(draft)) for draft in store.session.scalars(open_of(actor))]


def for_others(actor: Actor) -> list[DraftCard]:
    """What an officer began at a counter for somebody and did not send, the latest MOST_BEGUN."""
    found = _unsent(actor).where(Draft.subject_id.is_not(None)).limit(at_most(MOST_BEGUN))
    return [_card(view(draft)) for draft in store.session.scalars(found)]


def load(actor: Actor, draft_id: str) -> DraftView:
    """Raises NotFound for anybody but its owner, AlreadySubmitted when it became a case."""
    return view(own_draft(store.session(), actor, draft_id))


def save_section(actor: Actor, draft_id: str, version: int, section_id: str, raw: Mapping[str, Any]) -> Reminders:
    """Check and keep one page; what it reminds of, refusing nothing: (path, sentence).

    Raises InvalidInput after keeping what was typed; StaleForm (nothing kept) when another tab saved in between.
    """
    seen = load(actor, draft_id)
    section = _section(seen, section_id)
    raw = _with_known_files(section.fields, raw, seen.context.uploads)
    try:
        values = clean_section(seen.form, section, raw, seen.context)
    except InvalidInput:
        _write(actor, draft_id, version, lambda kept: kept.keep(section, raw))
        raise
    _write(actor, draft_id, version, lambda kept: kept.accept(section, values))
    return _reminders(seen, section, values)


def keep_section(
    actor: Actor, draft_id: str, version: int, section_id: str, raw: Mapping[str, Any], *, is_typing: bool = False
) -> int:
    """Keep one page as it was typed, without judging it; returns the form's token from now on.

    `is_typing`: the page is still being filled in, and its token stays, so that it may be sent afterwards. Raises
    StaleForm when it was sent, or another tab saved, in between.
    """
    seen = load(actor, draft_id)
    section = _section(seen, section_id)
    raw = _with_known_files(section.fields, raw, seen.context.uploads)
    return _write(actor, draft_id, version, lambda kept: kept.keep(section, raw), is_typing=is_typing)


def discard(actor: Actor, draft_id: str) -> None:
    """Throw a draft away, with what was uploaded for it."""
    with unit_of_work() as session:
        draft = own_draft(session, actor, draft_id, lock=True)
        session.execute(delete(Upload).where(Upload.draft_id == draft.id))
        session.delete(draft)


def section_of(form: Form, path: str) -> Section | None:
    """The page that holds the field of an error's path."""
    name = path.split(".")[0]
    return next((section for section in form.sections if any(each.id == name for each in section.fields)), None)


def own_draft(session: Session, actor: Actor, draft_id: str, lock: bool = False) -> Draft:
    """The actor's unsent draft. Raises NotFound, AlreadySubmitted."""
    draft = session.get(Draft, draft_id, with_for_update=lock or None, populate_existing=lock)
    if draft is None or draft.owner_id != actor.id or not can(actor, _verb(draft), Office()):
        raise NotFound("Draf permohonan ini tidak ditemukan. Mungkin sudah dihapus; mulai lagi dari daftar layanan.")
    if draft.submitted_at is not None and draft.case_id is not None:
        raise AlreadySubmitted(draft.case_id, f"Permohonan ini sudah terkirim {_when(draft.submitted_at)}.")
    return draft


def view(draft: Draft) -> DraftView:
    """A draft as its owner sees it."""
    procedure = published.compiled(draft.version_id)
    form = procedure.forms[procedure.first_step]
    form = form.at_counter() if draft.subject_id else form
    context = form_context.for_draft(store.session(), draft, procedure)
    kept = DraftAnswers.of(draft)
    sections = visible_sections(form, context.own, context)
    return DraftView(
        id=draft.id,
        version=draft.version,
        slug=draft.slug,
        draft=draft,
        procedure=procedure,
        form=form,
        context=context,
        answers=prefill(form, context) | kept.all_typed(),
        kept=kept,
        sections=sections,
        done=frozenset(kept.done) & {section.id for section in sections},
        saved_at=draft.updated_at,
        for_name=_name_of(draft.subject_id) if draft.subject_id else "",
    )


def open_of(actor: Actor) -> Any:
    """The actor's own drafts that they did not send, latest first."""
    return _unsent(actor).where(Draft.subject_id.is_(None))


def _unsent(actor: Actor) -> Any:
    return (
        select(Draft)
        .where(Draft.owner_id == actor.id, Draft.submitted_at.is_(None))
        .order_by(Draft.updated_at.desc(), Draft.id)
    )


def _verb(draft: Draft) -> str:
    """A draft for somebody else is gone from who no longer sits at a counter."""
    return "file_for" if draft.subject_id else "file"


def _name_of(user_id: str) -> str:
    return store.session.scalar(select(User.name).where(User.id == user_id)) or ""


def _card(seen: DraftView) -> DraftCard:
    title, done, total = seen.procedure.service.title, len(seen.done), len(seen.sections)
    waiting = [page for page in seen.sections if page.id not in seen.done and any(seen.typed.get(page.id, {}).values())]
    return DraftCard(seen.id, seen.slug, title, seen.saved_at, done, total, len(waiting), seen.for_name)


def _section(seen: DraftView, section_id: str) -> Section:
    section = next((each for each in seen.form.sections if each.id == section_id), None)
    if section is None:
        raise NotFound("Halaman formulir ini tidak ada. Buka lagi permohonan Anda dari daftar.")
    return section


def _write(actor: Actor, draft_id: str, version: int, change: Change, *, is_typing: bool = False) -> int:
    """Store the changed answers; returns the new token. The same answers again (a second click) change nothing.

    Changed is what lies there when the draft is locked: typing in another tab does not move the token.
    """
    at = clock.now()
    with unit_of_work() as session:
        draft = own_draft(session, actor, draft_id, lock=True)
        answers = change(DraftAnswers.of(draft))
        if draft.answers == answers.as_json():
            return draft.version
        if draft.version != version:
            raise StaleForm(STALE)
        draft.answers = answers.as_json()
        draft.version += 0 if is_typing else 1
        draft.updated_at = at
        return draft.version


def _reminders(seen: DraftView, section: Section, values: Mapping[str, Any]) -> Reminders:
    here = {each.id for each in section.fields}
    found = reminders(seen.form, {**seen.context.own, **values}, seen.context)
    return [(path, text) for path, text in found if path.split(".")[0] in here]


def _with_known_files(fields: Iterable[Field], raw: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """The same, without ids of files that were removed in the meantime (another tab, a second click)."""
    kept = dict(raw)
    for field in fields:
        value = raw.get(field.id)
        if not isinstance(value, list):
            continue
        if field.kind == "berkas":
            kept[field.id] = [each for each in value if isinstance(each, str) and each in known]
        if field.kind == "tabel":
            rows = [row for row in value if isinstance(row, Mapping)]
            kept[field.id] = [_with_known_files(field.columns, row, known) for row in rows]
    return kept


def _when(at: datetime) -> str:
    return f"pukul {format_time(at)}" if local_date(at) == clock.today() else format_moment(at)
