"""Everything held about a person, for that person: as rows that a program reads. The shape: docs/data-saya.md.

Section by section and row by row, so that even a long history is never in memory as a whole. What officers noted for
themselves while working is not in it; what they wrote to the person is.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from app.domain.actors import ROLES, Actor
from app.domain.chain import written_moment
from app.domain.errors import NotFound, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import (
    DISCUSSION,
    Answer,
    Case,
    DataRequest,
    DiscussionMessage,
    Draft,
    Event,
    Notice,
    StoredFile,
    Upload,
    User,
    UserSession,
)
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.flow import delivered, published
from app.services.messages import outgoing
from app.services.messages.notice_facts import case_path
from app.services.paging import at_most
from app.services.privacy import agreed, readers, unheard
from app.services.records import trail
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SHAPE = 1
"""Number of the shape; another one for any change that a program would notice."""
MOST_DOWNLOADS = 10

Fields = dict[str, Any]


class OwnCase(NamedTuple):
    """One line of the person's own list, of whatever kind the case is; `path`: its page."""

    id: str
    path: str
    number: str
    title: str
    status: str
    opened_at: datetime
    ended_at: datetime | None


def taken(actor: Actor, form: str) -> None:
    """Note in the trail that the data were downloaded as `form` (json, pdf). Raises TooManyAttempts."""
    at = clock.now()
    if not throttle.reserve([Limit(f"unduh data {actor.id}", MOST_DOWNLOADS)], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Data ini baru saja diunduh berkali-kali. Coba lagi pukul {format_time(until)}.")
    with unit_of_work() as session:
        trail.append(session, trail.account_stream(actor.id), actor.id, "data_diunduh", {"bentuk": form}, at)


def as_json(actor: Actor) -> Iterator[str]:
    """One JSON object, piece by piece."""
    yield "{" + f'"keterangan": {_text(_about())},\n"akun": {_text(account(actor))}'
    for name, rows in SECTIONS.items():
        yield f',\n"{name}": ['
        for number, row in enumerate(rows(actor)):
            yield (",\n " if number else "\n ") + _text(row)
        yield "]"
    yield "}\n"


def account(actor: Actor) -> Fields:
    """Raises NotFound."""
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    return {
        "nama": user.name,
        "nik": user.nik or "",
        "nomor_kk": user.nomor_kk or "",
        "email": user.email,
        "nomor_ponsel": user.phone or "",
        "peran": sorted({ROLES.get(role.role, role.role) for role in user.roles}),
        "dibuka": _moment(user.created_at),
    }


def agreements(actor: Actor) -> Iterator[Fields]:
    for one in agreed.every(actor):
        yield {"apa": one.what, "naskah": one.version, "setuju": one.yes, "pada": _moment(one.at)}


def cases(actor: Actor) -> Iterator[Fields]:
    """Everything that was asked for or about this person, the newest first, with what they answered and handed in."""
    ids = [row.id for row in of_person(actor)]
    for case_id in ids:
        case = store.session.get_one(Case, case_id)
        procedure = published.compiled(case.version_id)
        yield {
            "nomor": case.number,
            "layanan": procedure.service.title,
            "status": case.status,
            "diajukan": _moment(case.opened_at),
            "berakhir": _moment(case.ended_at),
            "jawaban": list(_answers(case_id, procedure)),
            "berkas": list(_files(case_id, procedure)),
            "diskusi": list(_discussion(case_id)),
        }


def of_person(actor: Actor, limit: int | None = None) -> list[OwnCase]:
    """This person's cases of every kind that they hear of, the newest first; at most `limit`.

    Running and ended ones apart, because each half has an index of its own.
    """
    newest = Case.opened_at.desc(), Case.id.desc()
    found: list[Any] = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        query = select(Case.id, Case.number, Case.about, Case.version_id, Case.status, Case.opened_at, Case.ended_at)
        query = query.where(Case.subject_id == actor.id, half).order_by(*newest)
        found += store.session.execute(query.limit(at_most(limit + unheard.MOST)) if limit else query)
    hidden = unheard.among(actor.id, [(row.id, row.about, row.version_id) for row in found])
    found = [row for row in found if row.id not in hidden]
    found.sort(key=lambda row: (row.opened_at, row.id), reverse=True)
    # Titles from the compiled procedures: a join would lead PostgreSQL away from those indexes.
    return [
        OwnCase(
            row.id,
            case_path(row.id, row.about),
            row.number,
            _title(row.version_id),
            row.status,
            row.opened_at,
            row.ended_at,
        )
        for row in found[:limit]
    ]


def _title(version_id: str) -> str:
    return published.compiled(version_id).service.title


def drafts(actor: Actor) -> Iterator[Fields]:
    """Of this person's own hand, and those that an officer fills in for them at a counter."""
    mine = select(Draft).where(Draft.owner_id == actor.id, Draft.subject_id.is_(None), Draft.submitted_at.is_(None))
    for_me = store.session.scalars(select(Draft).where(Draft.subject_id == actor.id))
    for draft in (*store.session.scalars(mine), *(one for one in for_me if one.submitted_at is None)):
        yield {
            "layanan": published.compiled(draft.version_id).service.title,
            "dimulai": _moment(draft.created_at),
            "diubah": _moment(draft.updated_at),
            "isian": draft.answers,
            "berkas": [_file(*row) for row in store.session.execute(_uploads(Upload.draft_id == draft.id))],
        }


def notices(actor: Actor) -> Iterator[Fields]:
    query = select(Notice).where(Notice.user_id == actor.id).order_by(Notice.created_at.desc(), Notice.id.desc())
    for one in store.session.scalars(query):
        yield {
            "pada": _moment(one.created_at),
            "judul": one.title,
            "isi": one.body,
            "dibaca": _moment(one.read_at),
        }


def sessions(actor: Actor) -> Iterator[Fields]:
    query = select(UserSession).where(UserSession.user_id == actor.id).order_by(UserSession.begun_at.desc())
    for one in store.session.scalars(query):
        yield {
            "perangkat": one.device,
            "mulai": _moment(one.begun_at),
            "terakhir_dipakai": _moment(one.seen_at),
            "berakhir": _moment(one.ended_at),
        }


def opened(actor: Actor) -> Iterator[Fields]:
    for one in readers.everything(actor):
        yield {
            "pada": _moment(one.at),
            "nomor": one.number,
            "oleh": one.role,
            "tanda_petugas": one.mark,
            "keperluan": one.why,
        }


def asked(actor: Actor) -> Iterator[Fields]:
    """What was asked of these data before, and answered."""
    query = select(DataRequest).where(DataRequest.user_id == actor.id).order_by(DataRequest.at.desc())
    for one in store.session.scalars(query):
        yield {
            "nomor": one.number,
            "jenis": one.kind,
            "isi": one.text,
            "pada": _moment(one.at),
            "keputusan": one.decision,
            "jawaban": one.answer,
            "dijawab": _moment(one.answered_at),
        }


def account_history(actor: Actor) -> Iterator[Fields]:
    query = select(Event.at, Event.verb).where(Event.stream == trail.account_stream(actor.id)).order_by(Event.seq)
    for row in store.session.execute(query):
        yield {"pada": _moment(row.at), "perbuatan": row.verb}


SECTIONS: Mapping[str, Callable[[Actor], Iterator[Fields]]] = {
    "persetujuan": agreements,
    "permohonan": cases,
    "draf": drafts,
    "pemberitahuan": notices,
    "perangkat": sessions,
    "yang_membuka": opened,
    "permintaan_data": asked,
    "riwayat_akun": account_history,
}


def _about() -> Fields:
    return {"bentuk": SHAPE, "dibuat": _moment(clock.now()), "kantor": outgoing.office, "waktu": "UTC, ISO 8601"}


def _answers(case_id: str, procedure: Procedure) -> Iterator[Fields]:
    steps = {step.id: step.name for step in procedure.steps.values() if step.by_applicant}
    rows = store.session.execute(
        select(Answer.step, Answer.data, Answer.at)
        .where(Answer.case_id == case_id, Answer.step.in_(list(steps)))
        .order_by(Answer.at, Answer.id)
    )
    for row in rows:
        yield {"langkah": steps[row.step], "pada": _moment(row.at), "isian": row.data}


def _files(case_id: str, procedure: Procedure) -> Iterator[Fields]:
    """What the person handed in and what the office delivered; never the officers' working papers."""
    # What an officer attached to a message and did not send is not out.
    said = and_(Upload.case_id == case_id, Upload.step == DISCUSSION, Upload.field != "")
    theirs = delivered.to_pemohon(store.session(), case_id, procedure)
    return (_file(*row) for row in store.session.execute(_uploads(Upload.case_id == case_id, or_(said, theirs))))


def _discussion(case_id: str) -> Iterator[Fields]:
    query = select(DiscussionMessage).where(DiscussionMessage.case_id == case_id).order_by(DiscussionMessage.number)
    for one in store.session.scalars(query):
        yield {"pada": _moment(one.at), "oleh": "kantor" if one.by_office else "Anda", "pesan": one.text}


def _uploads(*which: ColumnElement[bool]) -> Any:
    query = select(Upload, StoredFile.mime, StoredFile.size, StoredFile.pages)
    joined = query.join(StoredFile, StoredFile.digest == Upload.digest).where(*which)
    return joined.order_by(Upload.created_at, Upload.id)


def _file(upload: Upload, mime: str, size: int, pages: int) -> Fields:
    return {
        "alamat": outgoing.link(f"/berkas/{upload.id}"),
        "isian": upload.field,
        "jenis": mime,
        "ukuran": size,
        "halaman": pages,
        "pada": _moment(upload.created_at),
    }


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


def _moment(at: datetime | None) -> str:
    return written_moment(at) if at else ""
